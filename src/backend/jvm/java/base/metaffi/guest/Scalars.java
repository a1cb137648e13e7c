package metaffi.guest;

import java.lang.reflect.Method;

/** A callable of another language that takes and gives a few numbers, for a method of exactly these. */
final class Scalars {
    private static final int MOST = 4, BITS = 6, MASK = (1 << BITS) - 1;

    private static final long[] TYPES = {0, Values.INT64, Values.FLOAT64, Values.INT32, Values.BOOL, Values.FLOAT32};

    private final long[] types;
    private final long result;

    private Scalars(long[] types, long result) {
        this.types = types;
        this.result = result;
    }

    /** Null if it is another, or the method takes or gives anything else. */
    static Scalars of(long handle, Method method) {
        Class<?>[] params = method.getParameterTypes();
        long codes = params.length > MOST ? -1 : Host.scalars(handle);
        if (codes < 0) return null;
        long[] types = new long[MOST];
        for (int i = 0; i < MOST; i++) {
            types[i] = type(codes >>> i * BITS);
            if (!is(types[i], i < params.length ? params[i] : void.class)) return null;
        }
        long result = type(codes >>> MOST * BITS);
        return is(result, method.getReturnType()) ? new Scalars(types, result) : null;
    }

    /** What a method takes and gives, as the other side has it; below zero if that is not a few numbers. */
    static long codes(Method method) {
        Class<?>[] params = method.getParameterTypes();
        if (params.length > MOST) return -1;
        long codes = code(method.getReturnType()) << MOST * BITS;
        for (int i = 0; i < params.length; i++) codes |= code(params[i]) << i * BITS;
        return codes;
    }

    private static long code(Class<?> type) {
        for (long one : TYPES) if (is(one, type)) return one == 0 ? 0 : Long.numberOfTrailingZeros(one) + 1;
        return -1;
    }

    private static long type(long code) {
        return (code & MASK) == 0 ? 0 : 1L << (code & MASK) - 1;
    }

    /** Whether a word of a type is exactly what Java has as another; nothing is void. */
    private static boolean is(long type, Class<?> has) {
        if (type == 0) return has == void.class;
        if (type == Values.INT64) return has == long.class;
        if (type == Values.FLOAT64) return has == double.class;
        if (type == Values.INT32) return has == int.class;
        if (type == Values.BOOL) return has == boolean.class;
        return type == Values.FLOAT32 && has == float.class;
    }

    Object call(long handle, Object[] given) {
        int count = given.length;
        long a = count > 0 ? word(types[0], given[0]) : 0, b = count > 1 ? word(types[1], given[1]) : 0;
        long c = count > 2 ? word(types[2], given[2]) : 0, d = count > 3 ? word(types[3], given[3]) : 0;
        ClassLoader loader = Threads.out();
        long found = Linked.callWords(handle, count, a, b, c, d);
        Threads.back(loader);
        if (found == 0) {
            long failure = Host.takeFailure();
            if (failure != 0) throw Failures.sneaky(Failures.raised(failure));
        }
        return object(result, found);
    }

    private static long word(long type, Object given) {
        if (type == Values.INT64) return (Long) given;
        if (type == Values.FLOAT64) return Double.doubleToRawLongBits((Double) given);
        if (type == Values.INT32) return (Integer) given;
        if (type == Values.BOOL) return (Boolean) given ? 1 : 0;
        return Float.floatToRawIntBits((Float) given) & 0xffffffffL;
    }

    private static Object object(long type, long word) {
        if (type == Values.INT64) return word;
        if (type == Values.FLOAT64) return Double.longBitsToDouble(word);
        if (type == Values.INT32) return (int) word;
        if (type == Values.BOOL) return (word & 0xff) != 0;
        return type == Values.FLOAT32 ? (Object) Float.intBitsToFloat((int) word) : null;
    }
}
