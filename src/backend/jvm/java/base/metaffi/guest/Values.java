package metaffi.guest;

import java.lang.reflect.Type;
import java.math.BigInteger;

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
    static final long STRING16 = 1 << 13;
    static final long STRING32 = 1 << 14;
    static final long HANDLE = 1 << 15;
    static final long SIZE = 1 << 18;
    static final long CHAR8 = 1 << 19;
    static final long CHAR16 = 1 << 20;
    static final long CHAR32 = 1 << 21;
    static final long ANY = 1 << 22;
    static final long NULL = 1 << 23;
    static final long CALLABLE = 1 << 24;
    static final long BIGINT = 1L << 32;
    static final long DECIMAL = 1L << 33;
    static final long COMPLEX = 1L << 34;
    static final long DATE = 1L << 35;
    static final long TIME = 1L << 36;
    static final long DATETIME = 1L << 37;
    static final long DURATION = 1L << 38;
    static final long ZONE = 1L << 39;
    static final long UUID = 1L << 40;
    static final long RANGE = 1L << 41;
    static final long MAP = 1L << 42;
    static final long SET = 1L << 43;
    static final long TUPLE = 1L << 44;

    private static final int VALUE = 24;
    private static final int DATUM = 8;
    private static final int WORD = 8;

    private Values() {}

    /** What a value is, whose objects are references. */
    static Object read(long value) {
        return read(value, Object.class);
    }

    /** The same as something of a type. */
    static Object read(long value, Type type) {
        if (Memory.getLong(value) != HANDLE) return inside(value, type);
        return Foreigners.of(Memory.getLong(value + DATUM), type);
    }

    /** What values are that follow one another; objects of other languages as what stands for them. */
    static Object[] all(long values, int count) {
        Object[] all = new Object[count];
        for (int i = 0; i < count; i++) {
            long value = values + (long) i * VALUE;
            all[i] = Memory.getLong(value) == HANDLE ? Foreigners.of(Memory.getLong(value + DATUM)) : inside(value, Object.class);
        }
        return all;
    }

    /** What a value is that is an element: its objects are handles. */
    static Object inside(long value, Type type) {
        long kind = Memory.getLong(value), at = value + DATUM;
        if (type == Object.class && kind < STRING16) {
            if (kind == STRING8) return Text.utf8(Memory.getLong(at), Memory.getLong(at + WORD));
            return kind == 0 ? null : scalar(kind, at);
        }
        return Elements.read(kind, at, type);
    }

    /** A number, character or truth value; integers as Java writes them down: an Integer, unless it takes a Long. */
    static Object scalar(long kind, long at) {
        if (kind == INT64) return narrow(Memory.getLong(at));
        if (kind == FLOAT64) return Memory.getDouble(at);
        if (kind == BOOL) return Memory.getByte(at) != 0;
        if (kind == INT32) return Memory.getInt(at);
        if (kind == FLOAT32) return Memory.getFloat(at);
        if (kind == INT16) return Memory.getShort(at);
        if (kind == INT8) return Memory.getByte(at);
        if (kind == UINT8) return Memory.getByte(at) & 0xff;
        if (kind == UINT16) return Memory.getShort(at) & 0xffff;
        if (kind == UINT32) return narrow(Memory.getInt(at) & 0xffffffffL);
        if (kind == UINT64 || kind == SIZE) return unsigned(Memory.getLong(at));
        if (kind == CHAR8) return Text.ofUnit(Memory.getByte(at));
        if (kind == CHAR16) return (char) Memory.getShort(at);
        if (kind == CHAR32) return character(Text.codePoint(Memory.getInt(at)));
        throw new Refusal(Refusal.UNSUPPORTED, "Java has nothing for a value of type " + kind);
    }

    private static Object narrow(long number) {
        if ((int) number == number) return (int) number;
        return number;
    }

    private static Object unsigned(long number) {
        return number >= 0 ? narrow(number) : new BigInteger(Long.toUnsignedString(number));
    }

    private static Object character(int point) {
        if (Character.isBmpCodePoint(point)) return (char) point;
        return new String(Character.toChars(point));
    }

    /** Numbers, texts, truth values and null as what they are, all else as what stands for the object. */
    static void write(long value, Object object) {
        if (!writePlain(value, object)) Foreigners.write(value, object);
    }

    /** The same, but arrays and neutral values are copied; objects are handles inside of others, so deep. */
    static void writeWhole(long value, Object object, int depth) {
        object = Coercion.present(object);
        if (writePlain(value, object)) return;
        Kind neutral = Neutral.kind(object.getClass());
        if (neutral != null) put(value, neutral.number, Neutral.write(neutral, object));
        else if (object.getClass().isArray() || Buffers.are(object.getClass())) putArray(value, Arrays.write(object, null, depth));
        else Foreigners.write(value, object);
        if (depth > 0 && Memory.getLong(value) == HANDLE) Memory.putLong(value + DATUM, Elements.handle(Memory.getLong(value + DATUM)));
    }

    private static boolean writePlain(long value, Object object) {
        long at = value + DATUM;
        if (object == null) {
            put(value, NULL, 0);
        } else if (object instanceof String) {
            Text.writeUtf8(at, (String) object);
            Memory.putLong(value, STRING8);
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
        } else if (object instanceof BigInteger) {
            put(value, BIGINT, Neutral.write(Kind.BIGINT, object));
        } else {
            return false;
        }
        return true;
    }

    private static void putArray(long value, long array) {
        put(value, ArrayView.element(array) | Arrays.ARRAY, array);
    }

    private static void put(long value, long type, long datum) {
        Memory.putLong(value, type);
        Memory.putLong(value + DATUM, datum);
    }

    /** Memory of so many bytes, which whoever has the value gives back. */
    static long allocate(long bytes) {
        long memory = bytes < Integer.MAX_VALUE ? Linked.allocate((int) bytes) : 0;
        if (memory == 0) throw new OutOfMemoryError(bytes + " bytes could not be allocated");
        return memory;
    }
}
