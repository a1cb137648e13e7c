package metaffi.guest;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory of the process by its addresses. To begin with the quick way takes longer than all else in a first call,
 * so that it is prepared beside the calls when there have been many.
 */
final class Memory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** So many times are worth it. */
    private static int few = 300;

    private static boolean isReady;

    private Memory() {}

    /** Begins with the quick way. */
    static void prepare() {
        ALL.get(JAVA_LONG_UNALIGNED, Host.function(Host.ALLOCATE));
        isReady = true;
    }

    private static ByteBuffer first(long at) {
        if (--few == 0) Linked.begin();
        return Host.buffer(at, Long.BYTES).order(ByteOrder.nativeOrder());
    }

    /** So many bytes there. */
    static MemorySegment at(long address, long size) {
        return ALL.asSlice(address, size);
    }

    static byte getByte(long at) {
        return isReady ? ALL.get(JAVA_BYTE, at) : first(at).get(0);
    }

    static short getShort(long at) {
        return isReady ? ALL.get(JAVA_SHORT_UNALIGNED, at) : first(at).getShort(0);
    }

    static int getInt(long at) {
        return isReady ? ALL.get(JAVA_INT_UNALIGNED, at) : first(at).getInt(0);
    }

    static long getLong(long at) {
        return isReady ? ALL.get(JAVA_LONG_UNALIGNED, at) : first(at).getLong(0);
    }

    static float getFloat(long at) {
        return isReady ? ALL.get(JAVA_FLOAT_UNALIGNED, at) : first(at).getFloat(0);
    }

    static double getDouble(long at) {
        return isReady ? ALL.get(JAVA_DOUBLE_UNALIGNED, at) : first(at).getDouble(0);
    }

    static void putByte(long at, byte value) {
        if (isReady) ALL.set(JAVA_BYTE, at, value);
        else first(at).put(0, value);
    }

    static void putShort(long at, short value) {
        if (isReady) ALL.set(JAVA_SHORT_UNALIGNED, at, value);
        else first(at).putShort(0, value);
    }

    static void putInt(long at, int value) {
        if (isReady) ALL.set(JAVA_INT_UNALIGNED, at, value);
        else first(at).putInt(0, value);
    }

    static void putLong(long at, long value) {
        if (isReady) ALL.set(JAVA_LONG_UNALIGNED, at, value);
        else first(at).putLong(0, value);
    }

    static void putDouble(long at, double value) {
        if (isReady) ALL.set(JAVA_DOUBLE_UNALIGNED, at, value);
        else first(at).putDouble(0, value);
    }

    /** Copies from memory into a whole array. */
    static void read(long from, byte[] to) {
        MemorySegment.copy(ALL, JAVA_BYTE, from, to, 0, to.length);
    }

    /** Copies a whole array into memory. */
    static void write(byte[] from, long to) {
        MemorySegment.copy(from, 0, ALL, JAVA_BYTE, to, from.length);
    }

    /** The same with an array of any numbers, of which so many bytes are read. */
    static void readAll(long from, Object to, long bytes) {
        if (to instanceof boolean[] flags) {
            for (int i = 0; i < bytes; i++) flags[i] = getByte(from + i) != 0;
        } else {
            segment(to).copyFrom(ALL.asSlice(from, bytes));
        }
    }

    /** The same the other way. */
    static void writeAll(Object from, long to, long bytes) {
        if (from instanceof boolean[] flags) {
            for (int i = 0; i < bytes; i++) ALL.set(JAVA_BYTE, to + i, (byte) (flags[i] ? 1 : 0));
        } else {
            ALL.asSlice(to, bytes).copyFrom(segment(from));
        }
    }

    private static MemorySegment segment(Object array) {
        if (array instanceof double[] doubles) return MemorySegment.ofArray(doubles);
        if (array instanceof float[] floats) return MemorySegment.ofArray(floats);
        if (array instanceof long[] longs) return MemorySegment.ofArray(longs);
        if (array instanceof int[] ints) return MemorySegment.ofArray(ints);
        if (array instanceof short[] shorts) return MemorySegment.ofArray(shorts);
        return array instanceof char[] chars ? MemorySegment.ofArray(chars) : MemorySegment.ofArray((byte[]) array);
    }
}
