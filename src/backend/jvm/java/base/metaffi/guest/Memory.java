package metaffi.guest;

import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Memory of the process by its addresses, where the JVM has no foreign memory yet. */
final class Memory {
    private static final Unsafe UNSAFE = unsafe();

    private Memory() {}

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException absent) {
            throw new ExceptionInInitializerError(absent);
        }
    }

    static byte getByte(long at) {
        return UNSAFE.getByte(at);
    }

    static short getShort(long at) {
        return UNSAFE.getShort(at);
    }

    static int getInt(long at) {
        return UNSAFE.getInt(at);
    }

    static long getLong(long at) {
        return UNSAFE.getLong(at);
    }

    static float getFloat(long at) {
        return UNSAFE.getFloat(at);
    }

    static double getDouble(long at) {
        return UNSAFE.getDouble(at);
    }

    static void putByte(long at, byte value) {
        UNSAFE.putByte(at, value);
    }

    static void putShort(long at, short value) {
        UNSAFE.putShort(at, value);
    }

    static void putInt(long at, int value) {
        UNSAFE.putInt(at, value);
    }

    static void putLong(long at, long value) {
        UNSAFE.putLong(at, value);
    }

    static void putDouble(long at, double value) {
        UNSAFE.putDouble(at, value);
    }

    /** Copies from memory into a whole array. */
    static void read(long from, byte[] to) {
        UNSAFE.copyMemory(null, from, to, Unsafe.ARRAY_BYTE_BASE_OFFSET, to.length);
    }

    /** Copies a whole array into memory. */
    static void write(byte[] from, long to) {
        UNSAFE.copyMemory(from, Unsafe.ARRAY_BYTE_BASE_OFFSET, null, to, from.length);
    }

    /** The same with an array of any numbers, of which so many bytes are read. */
    static void readAll(long from, Object to, long bytes) {
        UNSAFE.copyMemory(null, from, to, UNSAFE.arrayBaseOffset(to.getClass()), bytes);
    }

    /** The same the other way. */
    static void writeAll(Object from, long to, long bytes) {
        UNSAFE.copyMemory(from, UNSAFE.arrayBaseOffset(from.getClass()), null, to, bytes);
    }
}
