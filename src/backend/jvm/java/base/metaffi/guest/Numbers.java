package metaffi.guest;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Objects that are numbers. */
final class Numbers {
    /** Beyond it not every integer is a double. */
    private static final long EXACT = 1L << 53;

    private static final BigInteger UNSIGNED = BigInteger.ONE.shiftLeft(Long.SIZE);

    private Numbers() {}

    /** Whether those of a class are. */
    static boolean are(Class<?> of) {
        return of == Integer.class || of == Long.class || of == Short.class || of == Byte.class || of == Double.class || of == Float.class
                || of == BigInteger.class || of == BigDecimal.class || of == AtomicInteger.class || of == AtomicLong.class;
    }

    /** The number, as what holds it exactly. */
    static Object exact(Object number) {
        if (number instanceof AtomicInteger) return ((AtomicInteger) number).get();
        if (number instanceof AtomicLong) return ((AtomicLong) number).get();
        return number;
    }

    /** The number as others have it: an integer exactly, else the nearest double. */
    static Object plain(Object number) {
        if (!(number instanceof BigDecimal)) return exact(number);
        try {
            return ((BigDecimal) number).toBigIntegerExact();
        } catch (ArithmeticException fraction) {
            return ((BigDecimal) number).doubleValue();
        }
    }

    /** What holds it exactly, as bits. */
    static long fits(Object number) {
        Object exact = exact(number);
        if (exact instanceof Double || exact instanceof Float) return Capabilities.FITS_FLOAT64;
        BigInteger integer;
        if (exact instanceof BigDecimal) {
            try {
                integer = ((BigDecimal) exact).toBigIntegerExact();
            } catch (ArithmeticException fraction) {
                boolean isDouble = new BigDecimal(((BigDecimal) exact).doubleValue()).compareTo((BigDecimal) exact) == 0;
                return isDouble ? Capabilities.FITS_FLOAT64 : 0;
            }
        } else {
            integer = exact instanceof BigInteger ? (BigInteger) exact : BigInteger.valueOf(((Number) exact).longValue());
        }
        long bits = 0;
        if (integer.bitLength() < Long.SIZE) bits |= Capabilities.FITS_INT64;
        if (integer.signum() >= 0 && integer.compareTo(UNSIGNED) < 0) bits |= Capabilities.FITS_UINT64;
        if (integer.abs().compareTo(BigInteger.valueOf(EXACT)) <= 0) bits |= Capabilities.FITS_FLOAT64;
        return bits;
    }

    static boolean isTrue(Object number) {
        Object exact = exact(number);
        if (exact instanceof BigInteger) return ((BigInteger) exact).signum() != 0;
        if (exact instanceof BigDecimal) return ((BigDecimal) exact).signum() != 0;
        return ((Number) exact).doubleValue() != 0;
    }
}
