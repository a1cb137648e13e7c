package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** From what Java has for a kind to what a member declares, and back: exact, or an error. */
final class Conversion {
    /** The widths of numbers, each of which the later ones hold. */
    private static final Class<?>[] INTEGERS = {byte.class, short.class, int.class, long.class};

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private static final MethodHandle COERCE = coerce();

    private Conversion() {}

    private static MethodHandle coerce() {
        try {
            return LOOKUP.findStatic(Coercion.class, "exact", MethodType.methodType(Object.class, Object.class, Class.class));
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    /** Whether every value of one type is one of the other, as Java widens. */
    static boolean widens(Class<?> from, Class<?> to) {
        if (from == to) return true;
        if (!from.isPrimitive() || !to.isPrimitive()) return !from.isPrimitive() && to.isAssignableFrom(from);
        int a = width(from), b = width(to);
        if (a >= 0 && b >= 0) return a < b;
        if (from == char.class) return to == int.class || to == long.class;
        if (to == double.class) return from == float.class || a >= 0 && a <= 2;
        return to == float.class && a >= 0 && a <= 1;
    }

    private static int width(Class<?> type) {
        for (int i = 0; i < INTEGERS.length; i++) if (INTEGERS[i] == type) return i;
        return -1;
    }

    static boolean isInteger(Class<?> type) {
        return width(type) >= 0;
    }

    /** Whether some values of one type are of the other, which is found out of each. */
    static boolean narrows(Class<?> from, Class<?> to) {
        return isInteger(from) && isInteger(to) || from == double.class && to == float.class;
    }

    /** (from) → to; what does not fit is an error then. Null if there is no way. */
    static MethodHandle of(Class<?> from, Class<?> to) {
        MethodType type = MethodType.methodType(to, from);
        if (widens(from, to)) return MethodHandles.identity(to).asType(type);
        try {
            if (narrows(from, to)) {
                Class<?> wide = from == double.class ? double.class : long.class;
                MethodType exact = MethodType.methodType(to, wide);
                return LOOKUP.findStatic(Conversion.class, "to_" + to.getName(), exact).asType(type);
            }
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
        if (from == void.class || to == void.class) return null;
        if (from == Object.class && to != Object.class) return MethodHandles.insertArguments(COERCE, 1, to).asType(type);
        boolean boxes = from.isPrimitive() && !to.isPrimitive() && to.isAssignableFrom(boxed(from));
        boolean casts = !from.isPrimitive() && !to.isPrimitive() && from.isAssignableFrom(to);
        if (casts && to.isInterface()) return Foreigners.converter(to).asType(type);
        return boxes || casts ? MethodHandles.identity(to).asType(type) : null;
    }

    static Class<?> boxed(Class<?> primitive) {
        return MethodType.methodType(primitive).wrap().returnType();
    }

    static byte to_byte(long number) {
        if ((byte) number != number) throw unfit(number, "byte");
        return (byte) number;
    }

    static short to_short(long number) {
        if ((short) number != number) throw unfit(number, "short");
        return (short) number;
    }

    static int to_int(long number) {
        if ((int) number != number) throw unfit(number, "int");
        return (int) number;
    }

    static long to_long(long number) {
        return number;
    }

    static float to_float(double number) {
        float nearest = (float) number;
        if (Float.isInfinite(nearest) && !Double.isInfinite(number))
            throw new Refusal(Refusal.RANGE, number + " does not fit float");
        return nearest;
    }

    private static Refusal unfit(long number, String type) {
        return new Refusal(Refusal.RANGE, number + " does not fit " + type);
    }
}
