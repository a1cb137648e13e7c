package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;

/** From what Java has for a kind to what a member declares, and back: exact, or an error. */
final class Conversion {
    /** The widths of numbers, each of which the later ones hold. */
    private static final Class<?>[] INTEGERS = {byte.class, short.class, int.class, long.class};

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private Conversion() {}

    /** Whether every value of one type is one of the other, as Java widens without losing anything. */
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
    private static boolean narrows(Class<?> from, Class<?> to) {
        if (isInteger(from)) return to.isPrimitive() && to != boolean.class && to != void.class;
        return from == char.class && isInteger(to) || from == double.class && to == float.class;
    }

    /** Whether something of one type may become something of another. */
    static boolean is(Class<?> from, Class<?> to) {
        if (from == void.class || to == void.class) return false;
        if (widens(from, to) || narrows(from, to)) return true;
        if (from.isPrimitive() && to.isPrimitive()) return false;
        return isBoxed(from, to) || from.isAssignableFrom(to) || from == Object.class || Coercion.may(from, to);
    }

    private static boolean isBoxed(Class<?> from, Class<?> to) {
        return from.isPrimitive() && to.isAssignableFrom(boxed(from));
    }

    /** (from) → to; what does not fit is an error then. Null if there is no way. */
    static MethodHandle of(Class<?> from, Class<?> to) {
        if (!is(from, to)) return null;
        MethodType type = MethodType.methodType(to, from);
        if (narrows(from, to) && !widens(from, to)) return exact(to, from == double.class ? double.class : long.class).asType(type);
        return widens(from, to) || isBoxed(from, to) ? cast(from, to) : ofObject(to, to).asType(type);
    }

    /**
     * (from) → to, which it is or has to be. A handle remembers what it was made into last, and so keeps that class:
     * it is never one that all share, as that of Object is.
     */
    static MethodHandle cast(Class<?> from, Class<?> to) {
        return MethodHandles.identity(to == Object.class ? from : to).asType(MethodType.methodType(to, from));
    }

    private static MethodHandle exact(Class<?> to, Class<?> wide) {
        try {
            return LOOKUP.findStatic(Conversion.class, "to_" + to.getName(), MethodType.methodType(to, wide));
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    /** (Object) → what it is as something of a type; what is no such thing is an error then. */
    static MethodHandle ofObject(Class<?> to, Type type) {
        if (to == Object.class) return MethodHandles.identity(Object.class);
        try {
            MethodType coerces = MethodType.methodType(Object.class, Object.class, Type.class);
            MethodHandle coerce = LOOKUP.findStatic(Coercion.class, "to", coerces);
            coerce = MethodHandles.insertArguments(coerce, 1, type).asType(MethodType.methodType(to, Object.class));
            if (to.isPrimitive()) return coerce;
            // Most are such things already.
            MethodHandle isOne = LOOKUP.findVirtual(Class.class, "isInstance", MethodType.methodType(boolean.class, Object.class)).bindTo(to);
            return MethodHandles.guardWithTest(isOne, cast(Object.class, to), coerce);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
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

    static char to_char(long number) {
        if ((char) number != number) throw unfit(number, "char");
        return (char) number;
    }

    static int to_int(long number) {
        if ((int) number != number) throw unfit(number, "int");
        return (int) number;
    }

    static long to_long(long number) {
        return number;
    }

    /** The largest long is not what the nearest double is, although it is converted to the same. */
    static double to_double(long number) {
        double nearest = number;
        if (number == Long.MAX_VALUE || (long) nearest != number) throw inexact(number, "double");
        return nearest;
    }

    static float to_float(long number) {
        float nearest = number;
        if (number == Long.MAX_VALUE || (long) nearest != number) throw inexact(number, "float");
        return nearest;
    }

    /** The nearest one, which is never an infinity of what is none. */
    static float to_float(double number) {
        float nearest = (float) number;
        if (Float.isInfinite(nearest) && !Double.isInfinite(number)) throw unfit(number, "float");
        return nearest;
    }

    /** A number that is not below zero, and not above a limit. */
    static long unsigned(long number, long limit, String type) {
        if (number < 0 || number > limit) throw unfit(number, type);
        return number;
    }

    static Refusal unfit(Object number, String type) {
        return new Refusal(Refusal.RANGE, number + " does not fit " + type);
    }

    static Refusal inexact(Object number, String type) {
        return new Refusal(Refusal.RANGE, number + " has no exact form as " + type);
    }
}
