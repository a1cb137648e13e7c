package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;

/** The slots of a frame, each by how many bytes it is behind the frame's beginning. */
final class Slots {
    private static final int SLOT = 8;

    private Slots() {}

    /** One of these. */
    static MethodHandle method(String name, MethodType type) {
        try {
            return MethodHandles.lookup().findStatic(Slots.class, name, type);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

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

    /** No primitive type of Java has those above the largest long. */
    static long read_uint64(long frame, int at) {
        long number = Memory.getLong(frame + at);
        if (number < 0) throw Conversion.unfit(Long.toUnsignedString(number), "long");
        return number;
    }

    static long read_size(long frame, int at) {
        return read_uint64(frame, at);
    }

    /** The only units of UTF-8 that are characters. */
    static char read_char8(long frame, int at) {
        return Text.ofUnit(Memory.getByte(frame + at));
    }

    static char read_char16(long frame, int at) {
        return (char) Memory.getShort(frame + at);
    }

    static int read_char32(long frame, int at) {
        return Text.codePoint(Memory.getInt(frame + at));
    }

    static float read_float32(long frame, int at) {
        return Memory.getFloat(frame + at);
    }

    static double read_float64(long frame, int at) {
        return Memory.getDouble(frame + at);
    }

    /** UTF-8, whose address and length stand there; null if there is none. */
    static String read_string8(long frame, int at) {
        return Text.utf8(Memory.getLong(frame + at), Memory.getLong(frame + at + SLOT));
    }

    static String read_string16(long frame, int at) {
        return Text.utf16(Memory.getLong(frame + at), Memory.getLong(frame + at + SLOT));
    }

    static String read_string32(long frame, int at) {
        return Text.utf32(Memory.getLong(frame + at), Memory.getLong(frame + at + SLOT));
    }

    static Object read_handle(long frame, int at) {
        return Foreigners.of(Memory.getLong(frame + at));
    }

    /** The same as something of a type. */
    static Object read_object(Type type, long frame, int at) {
        return Coercion.to(read_handle(frame, at), type);
    }

    /** The same as an instance of an interface. */
    static Object read_instance(Class<?> type, long frame, int at) {
        return Foreigners.of(type, Memory.getLong(frame + at));
    }

    static Object read_any(Type type, long frame, int at) {
        return Values.read(frame + at, type);
    }

    /** A scalar as an object. */
    static Object read_object(long type, long frame, int at) {
        return Values.scalar(type, frame + at);
    }

    /** An array, or a collection. */
    static Object read_array(Type type, long frame, int at) {
        return Arrays.read(Memory.getLong(frame + at), type);
    }

    static Object read_collection(long kind, Type type, long frame, int at) {
        return Containers.read(kind, Memory.getLong(frame + at), type);
    }

    static Object read_neutral(long kind, long frame, int at) {
        return Neutral.read(kind, Memory.getLong(frame + at));
    }

    /** A callable of the other side's, which is counted for this. */
    static Object read_callable(long frame, int at) {
        return Foreigners.called(Memory.getLong(frame + at));
    }

    /** The same as an instance of a type. */
    static Object read_called(Class<?> type, long frame, int at) {
        return Foreigners.called(type, Memory.getLong(frame + at));
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
        Memory.putLong(frame + at, Conversion.unsigned(value, 0xff, "uint8"));
    }

    static void write_uint16(int at, long frame, int value) {
        Memory.putLong(frame + at, Conversion.unsigned(value, 0xffff, "uint16"));
    }

    static void write_uint32(int at, long frame, long value) {
        Memory.putLong(frame + at, Conversion.unsigned(value, 0xffffffffL, "uint32"));
    }

    static void write_uint64(int at, long frame, long value) {
        Memory.putLong(frame + at, Conversion.unsigned(value, Long.MAX_VALUE, "uint64"));
    }

    static void write_size(int at, long frame, long value) {
        Memory.putLong(frame + at, Conversion.unsigned(value, Long.MAX_VALUE, "size"));
    }

    static void write_char8(int at, long frame, char value) {
        Memory.putLong(frame + at, Text.unit(value));
    }

    static void write_char16(int at, long frame, char value) {
        Memory.putLong(frame + at, value);
    }

    static void write_char32(int at, long frame, int value) {
        Memory.putLong(frame + at, Text.codePoint(value));
    }

    static void write_float32(int at, long frame, float value) {
        Memory.putLong(frame + at, Float.floatToRawIntBits(value) & 0xffffffffL);
    }

    static void write_float64(int at, long frame, double value) {
        Memory.putDouble(frame + at, value);
    }

    /** The caller owns the text, which has a NUL behind it. */
    static void write_string8(int at, long frame, String value) {
        Text.writeUtf8(frame + at, value);
    }

    static void write_string16(int at, long frame, String value) {
        Text.writeUtf16(frame + at, value);
    }

    static void write_string32(int at, long frame, String value) {
        Text.writeUtf32(frame + at, value);
    }

    static void write_handle(int at, long frame, Object value) {
        Memory.putLong(frame + at, Foreigners.reference(value));
    }

    static void write_any(int at, long frame, Object value) {
        Values.writeWhole(frame + at, value, 0);
    }

    static void write_value(int at, long frame, Object value) {
        Values.write(frame + at, value);
    }

    /** A scalar of an object. */
    static void write_object(Kind kind, int at, long frame, Object value) {
        Memory.putLong(frame + at, Elements.word(kind.number, value));
    }

    static void write_array(Kind element, int at, long frame, Object value) {
        Memory.putLong(frame + at, Arrays.write(value, element, 0));
    }

    static void write_collection(long kind, int at, long frame, Object value) {
        Memory.putLong(frame + at, Containers.write(kind, value, 0));
    }

    static void write_neutral(Kind kind, int at, long frame, Object value) {
        Memory.putLong(frame + at, Neutral.write(kind, value));
    }

    static void write_callable(int at, long frame, Object value) {
        Memory.putLong(frame + at, value == null ? 0 : Callables.handle(value));
    }
}
