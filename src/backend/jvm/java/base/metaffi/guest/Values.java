package metaffi.guest;

import java.nio.charset.StandardCharsets;

/** Values with their types, as they stand in three slots: the number of the type, and the datum. */
final class Values {
    static final long FLOAT64 = 1;
    static final long FLOAT32 = 1 << 1;
    static final long INT8 = 1 << 2;
    static final long INT16 = 1 << 3;
    static final long INT32 = 1 << 4;
    static final long INT64 = 1 << 5;
    static final long UINT8 = 1 << 6;
    static final long UINT16 = 1 << 7;
    static final long UINT32 = 1 << 8;
    static final long UINT64 = 1 << 9;
    static final long BOOL = 1 << 10;
    static final long STRING8 = 1 << 12;
    static final long HANDLE = 1 << 15;
    static final long SIZE = 1 << 18;
    static final long CHAR8 = 1 << 19;
    static final long CHAR16 = 1 << 20;
    static final long CHAR32 = 1 << 21;
    static final long NULL = 1 << 23;
    static final long CALLABLE = 1 << 24;

    private static final int DATUM = 8;

    private Values() {}

    static Object read(long value) {
        long type = Memory.getLong(value), at = value + DATUM;
        if (type == INT64) return narrow(Memory.getLong(at));
        if (type == STRING8) return text(at);
        if (type == HANDLE) return Foreigners.of(Memory.getLong(at));
        if (type == CALLABLE) return Foreigners.called(Memory.getLong(at));
        if (type == FLOAT64) return Memory.getDouble(at);
        if (type == BOOL) return Memory.getByte(at) != 0;
        if (type == NULL || type == 0) return null;
        if (type == INT32) return Memory.getInt(at);
        if (type == FLOAT32) return Memory.getFloat(at);
        if (type == INT16) return Memory.getShort(at);
        if (type == INT8) return Memory.getByte(at);
        if (type == UINT8 || type == CHAR8) return Memory.getByte(at) & 0xff;
        if (type == UINT16) return Memory.getShort(at) & 0xffff;
        if (type == UINT32) return narrow(Memory.getInt(at) & 0xffffffffL);
        if (type == UINT64 || type == SIZE) return unsigned(Memory.getLong(at));
        if (type == CHAR16) return (char) Memory.getShort(at);
        if (type == CHAR32) return new String(Character.toChars(Memory.getInt(at)));
        throw new Refusal(Refusal.UNSUPPORTED, "Java has nothing for a value of type " + type);
    }

    /** As Java writes a number down: an Integer, unless it takes a Long. */
    private static Object narrow(long number) {
        if ((int) number == number) return (int) number;
        return number;
    }

    private static Object unsigned(long number) {
        return number >= 0 ? narrow(number) : new java.math.BigInteger(Long.toUnsignedString(number));
    }

    private static String text(long at) {
        long text = Memory.getLong(at);
        if (text == 0) return null;
        byte[] bytes = new byte[(int) Memory.getLong(at + DATUM)];
        Memory.read(text, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Numbers, texts, truth values and null as what they are, all else as the index of the object. */
    static void write(long value, Object object) {
        long at = value + DATUM;
        if (object == null) {
            put(value, NULL, 0);
        } else if (object instanceof String) {
            Memory.putLong(value, STRING8);
            Slots.write_string8(0, at, (String) object);
        } else if (object instanceof Integer) {
            put(value, INT32, (Integer) object);
        } else if (object instanceof Long) {
            put(value, INT64, (Long) object);
        } else if (object instanceof Double) {
            put(value, FLOAT64, Double.doubleToRawLongBits((Double) object));
        } else if (object instanceof Boolean) {
            put(value, BOOL, (Boolean) object ? 1 : 0);
        } else if (object instanceof Character) {
            put(value, CHAR16, (Character) object);
        } else if (object instanceof Float) {
            put(value, FLOAT32, Float.floatToRawIntBits((Float) object) & 0xffffffffL);
        } else if (object instanceof Short) {
            put(value, INT16, (Short) object);
        } else if (object instanceof Byte) {
            put(value, INT8, (Byte) object);
        } else {
            Foreigners.write(value, object);
        }
    }

    private static void put(long value, long type, long datum) {
        Memory.putLong(value, type);
        Memory.putLong(value + DATUM, datum);
    }
}
