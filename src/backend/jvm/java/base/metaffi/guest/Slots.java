package metaffi.guest;

import java.nio.charset.StandardCharsets;

/** The slots of a frame, each by how many bytes it is behind the frame's beginning. */
final class Slots {
    private static final int SLOT = 8;

    private Slots() {}

    static boolean read_bool(long frame, int at) {
        return Memory.getByte(frame + at) != 0;
    }

    static byte read_int8(long frame, int at) {
        return Memory.getByte(frame + at);
    }

    static short read_int16(long frame, int at) {
        return Memory.getShort(frame + at);
    }

    static int read_int32(long frame, int at) {
        return Memory.getInt(frame + at);
    }

    static long read_int64(long frame, int at) {
        return Memory.getLong(frame + at);
    }

    static short read_uint8(long frame, int at) {
        return (short) (Memory.getByte(frame + at) & 0xff);
    }

    static int read_uint16(long frame, int at) {
        return Memory.getShort(frame + at) & 0xffff;
    }

    static long read_uint32(long frame, int at) {
        return Memory.getInt(frame + at) & 0xffffffffL;
    }

    /** Java has no type for those above the largest long. */
    static long read_uint64(long frame, int at) {
        return unsigned(Memory.getLong(frame + at), "long");
    }

    static long read_size(long frame, int at) {
        return read_uint64(frame, at);
    }

    private static long unsigned(long number, String type) {
        if (number < 0) throw new Refusal(Refusal.RANGE, Long.toUnsignedString(number) + " does not fit " + type);
        return number;
    }

    static char read_char16(long frame, int at) {
        return (char) Memory.getShort(frame + at);
    }

    static float read_float32(long frame, int at) {
        return Memory.getFloat(frame + at);
    }

    static double read_float64(long frame, int at) {
        return Memory.getDouble(frame + at);
    }

    /** UTF-8, whose address and length stand there; null if there is none. */
    static String read_string8(long frame, int at) {
        long text = Memory.getLong(frame + at);
        if (text == 0) return null;
        byte[] bytes = new byte[(int) Memory.getLong(frame + at + SLOT)];
        Memory.read(text, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static Object read_handle(long frame, int at) {
        return Foreigners.of(Memory.getLong(frame + at));
    }

    static Object read_any(long frame, int at) {
        return Values.read(frame + at);
    }

    static Object read_array(long frame, int at) {
        return Arrays.read(Memory.getLong(frame + at));
    }

    /** A callable of the other side's, which is counted for this. */
    static Object read_callable(long frame, int at) {
        return Foreigners.called(Memory.getLong(frame + at));
    }

    static void write_bool(int at, long frame, boolean value) {
        Memory.putLong(frame + at, value ? 1 : 0);
    }

    static void write_int8(int at, long frame, byte value) {
        Memory.putLong(frame + at, value);
    }

    static void write_int16(int at, long frame, short value) {
        Memory.putLong(frame + at, value);
    }

    static void write_int32(int at, long frame, int value) {
        Memory.putLong(frame + at, value);
    }

    static void write_int64(int at, long frame, long value) {
        Memory.putLong(frame + at, value);
    }

    static void write_uint8(int at, long frame, short value) {
        Memory.putLong(frame + at, value);
    }

    static void write_uint16(int at, long frame, int value) {
        Memory.putLong(frame + at, value);
    }

    static void write_uint32(int at, long frame, long value) {
        Memory.putLong(frame + at, value);
    }

    static void write_uint64(int at, long frame, long value) {
        if (value < 0) throw new Refusal(Refusal.RANGE, "the result " + value + " is below zero, which uint64 is not");
        Memory.putLong(frame + at, value);
    }

    static void write_size(int at, long frame, long value) {
        write_uint64(at, frame, value);
    }

    static void write_char16(int at, long frame, char value) {
        Memory.putLong(frame + at, value);
    }

    static void write_float32(int at, long frame, float value) {
        Memory.putLong(frame + at, Float.floatToRawIntBits(value) & 0xffffffffL);
    }

    static void write_float64(int at, long frame, double value) {
        Memory.putDouble(frame + at, value);
    }

    /** The caller owns the text, which has a NUL behind it. */
    static void write_string8(int at, long frame, String value) {
        byte[] bytes = value == null ? null : Text.bytes(value);
        long text = 0;
        if (bytes != null) {
            text = Host.allocate(bytes.length);
            Memory.write(bytes, text);
        }
        Memory.putLong(frame + at, text);
        Memory.putLong(frame + at + SLOT, bytes == null ? 0 : bytes.length);
    }

    static void write_handle(int at, long frame, Object value) {
        Memory.putLong(frame + at, Foreigners.reference(value));
    }

    static void write_any(int at, long frame, Object value) {
        Values.write(frame + at, value);
    }

    static void write_array(int at, long frame, Object value) {
        Memory.putLong(frame + at, Arrays.write(value));
    }

    static void write_callable(int at, long frame, Object value) {
        Memory.putLong(frame + at, value == null ? 0 : Callables.handle(value));
    }
}
