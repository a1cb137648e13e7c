package metaffi.guest;

import java.math.BigInteger;

/** From an object that is given to what a parameter takes: exact, or not at all. */
final class Coercion {
    /** How good a match is; each is better than those before. */
    static final int NONE = 0;
    static final int BOXED = 1;
    static final int WIDENED = 2;
    static final int EXACT = 3;

    private Coercion() {}

    /** How well an object becomes a parameter of a type. */
    static int match(Object given, Class<?> type) {
        if (given == null) return type.isPrimitive() ? NONE : EXACT;
        if (!type.isPrimitive()) {
            Class<?> primitive = primitive(type);
            if (given.getClass() == type) return EXACT;
            if (primitive != null && given instanceof Number) return Math.min(match(given, primitive), BOXED);
            if (type.isInstance(given)) return WIDENED;
            return Foreigners.become(given, type) ? BOXED : NONE;
        }
        if (given instanceof Boolean) return type == boolean.class ? EXACT : NONE;
        if (given instanceof Character) return type == char.class ? EXACT : NONE;
        if (given instanceof String) return type == char.class && ((String) given).length() == 1 ? BOXED : NONE;
        if (given instanceof Double) return type == double.class ? EXACT : type == float.class && fits((Double) given) ? BOXED : NONE;
        if (given instanceof Float) return type == float.class ? EXACT : type == double.class ? WIDENED : NONE;
        if (given instanceof Number) return integer((Number) given, type);
        return NONE;
    }

    private static boolean fits(double number) {
        return Double.isNaN(number) || (double) (float) number == number;
    }

    /** Integers have no width of their own where they come from: the narrowest is not the best. */
    private static int integer(Number given, Class<?> type) {
        if (given instanceof BigInteger) return NONE;
        long number = given.longValue();
        if (type == int.class) return (int) number == number ? EXACT : NONE;
        if (type == long.class) return (int) number == number ? WIDENED : EXACT;
        if (type == short.class) return (short) number == number ? BOXED : NONE;
        if (type == byte.class) return (byte) number == number ? BOXED : NONE;
        if (type == double.class) return (long) (double) number == number ? BOXED : NONE;
        if (type == float.class) return (long) (float) number == number ? BOXED : NONE;
        return NONE;
    }

    /** The object as a type has it, or a refusal. */
    static Object exact(Object given, Class<?> type) {
        if (match(given, type) == NONE)
            throw new Refusal(Refusal.MISMATCH, (given == null ? "null" : given + " (" + given.getClass().getTypeName() + ")") + " does not become " + type.getTypeName());
        return to(given, type);
    }

    /** The object as the parameter takes it; the two have matched. */
    static Object to(Object given, Class<?> type) {
        Class<?> primitive = type.isPrimitive() ? type : primitive(type);
        if (given == null) return null;
        if (primitive == null) return Foreigners.as(given, type);
        if (primitive == char.class && given instanceof String) return ((String) given).charAt(0);
        if (!(given instanceof Number)) return given;
        Number number = (Number) given;
        if (primitive == int.class) return number.intValue();
        if (primitive == long.class) return number.longValue();
        if (primitive == double.class) return number.doubleValue();
        if (primitive == float.class) return number.floatValue();
        if (primitive == short.class) return number.shortValue();
        if (primitive == byte.class) return number.byteValue();
        return given;
    }

    private static Class<?> primitive(Class<?> boxed) {
        Class<?> unwrapped = java.lang.invoke.MethodType.methodType(boxed).unwrap().returnType();
        return unwrapped.isPrimitive() ? unwrapped : null;
    }
}
