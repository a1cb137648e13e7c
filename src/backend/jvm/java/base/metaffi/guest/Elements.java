package metaffi.guest;

import java.lang.reflect.Array;
import java.lang.reflect.Type;
import java.math.BigInteger;

/** Elements of arrays, alone and in rows. */
final class Elements {
    private static final int WORD = 8;
    private static final long INTEGERS = Values.INT8 | Values.INT16 | Values.INT32 | Values.INT64 | Values.UINT8 | Values.UINT16 | Values.UINT32 | Values.UINT64 | Values.SIZE;
    private static final long BYTES = Values.INT8 | Values.UINT8 | Values.CHAR8 | Values.BOOL;
    private static final long SHORTS = Values.INT16 | Values.UINT16 | Values.CHAR16;
    private static final long INTS = Values.INT32 | Values.UINT32 | Values.CHAR32 | Values.FLOAT32;
    private static final long TEXTS = Values.STRING8 | Values.STRING16 | Values.STRING32;
    /** Above all of any width. */
    private static final long SCALARS = INTEGERS | Values.BOOL | Values.CHAR8 | Values.CHAR16 | Values.CHAR32 | Values.FLOAT32 | Values.FLOAT64;

    private static final long ALL = SCALARS | TEXTS | Values.HANDLE | Values.CALLABLE | Values.ANY | (2 * Values.TUPLE - Values.BIGINT);

    private Elements() {}

    /** How many bytes an element takes. */
    static int size(long element) {
        if ((element & Arrays.ARRAY) != 0) return WORD;
        if ((element & BYTES) != 0) return 1;
        if ((element & SHORTS) != 0) return 2;
        if ((element & INTS) != 0) return 4;
        if (element == Values.ANY) return 3 * WORD;
        return (element & TEXTS) != 0 ? 2 * WORD : WORD;
    }

    /** Whether a number is that of a type of elements. */
    static boolean areKnown(long element) {
        long base = element & ~Arrays.ARRAY;
        return Long.bitCount(base) == 1 ? (base & ALL) != 0 : element == Arrays.ARRAY;
    }

    /** What Java has for elements of a type: of unsigned bytes what has the same bits. */
    static Class<?> natural(long element) {
        if (element == Values.UINT8) return byte.class;
        if (element == Values.TIME || element == Values.DATETIME || element == Values.COMPLEX || element == Values.RANGE) return Object.class;
        return Kind.of(element).natural;
    }

    /** One of a row. */
    static Object read(ArrayView row, int index, Type type) {
        try {
            return read(row.element, row.at(index), type);
        } catch (Refusal refused) {
            throw Refusal.at(refused, "[" + index + "]");
        }
    }

    /** One at an address. */
    static Object read(long element, long at, Type type) {
        if ((element & SCALARS) == element && element != 0) return Coercion.to(Values.scalar(element, at), type);
        if (element == Values.ANY) return Values.inside(at, type);
        if ((element & Arrays.ARRAY) != 0) return Arrays.read(Memory.getLong(at), type);
        if (element == Values.HANDLE) return Coercion.to(object(Memory.getLong(at)), type);
        if (element == Values.CALLABLE) return Coercion.to(Foreigners.called(Memory.getLong(at)), type);
        if (element >= Values.MAP) return Coercion.to(Containers.read(element, Memory.getLong(at), type), type);
        if (element >= Values.BIGINT) return Coercion.to(Neutral.read(element, Memory.getLong(at)), type);
        if (element == Values.NULL || element == 0) return Coercion.to(null, type);
        long data = Memory.getLong(at), length = Memory.getLong(at + WORD);
        String text = element == Values.STRING8 ? Text.utf8(data, length) : element == Values.STRING16 ? Text.utf16(data, length) : Text.utf32(data, length);
        return Coercion.to(text, type);
    }

    /** The object of a handle. */
    private static Object object(long handle) {
        if (handle == 0) return null;
        long reference = Host.referenceOf(handle);
        if (reference == Long.MIN_VALUE) throw new Refusal(Refusal.HANDLE, "the handle of an object is stale, or is none of an object");
        return Foreigners.of(reference);
    }

    /** A handle of what stands for an object, which is taken over. */
    static long handle(long reference) {
        long handle = Host.give(reference);
        if (handle == 0 && reference != 0) throw new OutOfMemoryError("no handle could be made");
        return handle;
    }

    /** Reads a row into an array of its length. */
    static void read(ArrayView row, Object to, Type type) {
        int length = row.length();
        if (row.isPacked() && hasBitsOf(row.element, to.getClass().getComponentType())) {
            if (length > 0) Memory.readAll(row.data, to, row.bytes());
        } else if (isNumber(row.element, to)) {
            for (int i = 0; i < length; i++) integer(row, i, to);
        } else {
            for (int i = 0; i < length; i++) set(to, i, read(row, i, type), type);
        }
    }

    /** Whether elements are numbers for an array of them. */
    private static boolean isNumber(long element, Object to) {
        if (element == Values.CHAR32) return to instanceof int[] || to instanceof char[];
        return (element & INTEGERS) != 0 && to.getClass().getComponentType().isPrimitive() && !(to instanceof boolean[]);
    }

    /** Whether an array of Java's has the very same bits. Of longs that are unsigned, each is looked at. */
    private static boolean hasBitsOf(long element, Class<?> component) {
        if (component == double.class) return element == Values.FLOAT64;
        if (component == float.class) return element == Values.FLOAT32;
        if (component == long.class) return element == Values.INT64;
        if (component == int.class) return element == Values.INT32;
        if (component == short.class) return element == Values.INT16;
        if (component == char.class) return element == Values.CHAR16 || element == Values.UINT16;
        return component == byte.class && (element == Values.INT8 || element == Values.UINT8);
    }

    private static void integer(ArrayView row, int index, Object to) {
        try {
            long number = number(row.element, row.at(index));
            if (to instanceof long[]) ((long[]) to)[index] = number;
            else if (to instanceof int[]) ((int[]) to)[index] = Conversion.to_int(number);
            else if (to instanceof short[]) ((short[]) to)[index] = Conversion.to_short(number);
            else if (to instanceof double[]) ((double[]) to)[index] = Conversion.to_double(number);
            else if (to instanceof float[]) ((float[]) to)[index] = Conversion.to_float(number);
            else if (to instanceof char[]) ((char[]) to)[index] = Conversion.to_char(number);
            else ((byte[]) to)[index] = row.element == Values.UINT8 ? (byte) number : Conversion.to_byte(number);
        } catch (Refusal refused) {
            throw Refusal.at(refused, "[" + index + "]");
        }
    }

    private static long number(long element, long at) {
        if (element == Values.INT64) return Memory.getLong(at);
        if (element == Values.INT32) return Memory.getInt(at);
        if (element == Values.INT16) return Memory.getShort(at);
        if (element == Values.INT8) return Memory.getByte(at);
        if (element == Values.UINT8) return Memory.getByte(at) & 0xff;
        if (element == Values.UINT16) return Memory.getShort(at) & 0xffff;
        if (element == Values.CHAR32) return Text.codePoint(Memory.getInt(at));
        return element == Values.UINT32 ? Memory.getInt(at) & 0xffffffffL : Slots.read_uint64(at, 0);
    }

    /** Sets an element of an array to what an object is as one. */
    static void set(Object array, int index, Object given, Type type) {
        Object element = coerced(given, type, index);
        if (array instanceof Object[]) ((Object[]) array)[index] = element;
        else Array.set(array, index, element);
    }

    static Object coerced(Object given, Type type, int index) {
        try {
            return Coercion.to(given, type);
        } catch (Refusal refused) {
            throw Refusal.at(refused, "[" + index + "]");
        }
    }

    /** Writes a row; where the next one begins. */
    static long write(Object row, long to, Kind kind, int depth) {
        int length = Array.getLength(row), size = size(kind.number);
        Class<?> component = row.getClass().getComponentType();
        if (hasBitsOf(kind.number, component) || component == boolean.class && kind == Kind.BOOL) {
            Memory.writeAll(row, to, (long) length * size);
            return to + (long) length * size;
        }
        for (int i = 0; i < length; i++, to += size) {
            try {
                write(to, Array.get(row, i), kind, depth);
            } catch (Refusal refused) {
                throw Refusal.at(refused, "[" + i + "]");
            }
        }
        return to;
    }

    private static void write(long to, Object given, Kind kind, int depth) {
        if (kind == Kind.ANY) Values.writeWhole(to, given, Arrays.deeper(depth));
        else if (kind.isScalar()) store(to, word(kind.number, given), size(kind.number));
        else if (kind == Kind.STRING8) Text.writeUtf8(to, (String) Coercion.to(given, String.class));
        else if (kind == Kind.STRING16) Text.writeUtf16(to, (String) Coercion.to(given, String.class));
        else if (kind == Kind.STRING32) Text.writeUtf32(to, (String) Coercion.to(given, String.class));
        else if (kind == Kind.HANDLE) Memory.putLong(to, handle(Foreigners.reference(given)));
        else if (kind.number >= Values.MAP) Memory.putLong(to, Containers.write(kind.number, given, Arrays.deeper(depth)));
        else if (kind.number >= Values.BIGINT) Memory.putLong(to, Neutral.write(kind, given));
        else Memory.putLong(to, given == null ? 0 : Callables.handle(given));
    }

    private static void store(long to, long word, int size) {
        if (size == 1) Memory.putByte(to, (byte) word);
        else if (size == 2) Memory.putShort(to, (short) word);
        else if (size == 4) Memory.putInt(to, (int) word);
        else Memory.putLong(to, word);
    }

    /** What stands in a slot for an object that is a number, a character or a truth value. */
    static long word(long kind, Object given) {
        given = Coercion.present(given);
        if (given == null) throw new Refusal(Refusal.MISMATCH, "null does not become " + Kind.of(kind) + ", which is never null; declare any");
        if (kind == Values.FLOAT64) return Double.doubleToRawLongBits(Coercion.toDouble(given));
        if (kind == Values.FLOAT32) return Float.floatToRawIntBits(Coercion.toFloat(given)) & 0xffffffffL;
        if (kind == Values.BOOL) return (boolean) Coercion.to(given, boolean.class) ? 1 : 0;
        if (kind == Values.CHAR32) return Text.codePoint(point(given));
        if (kind == Values.CHAR8) return Text.unit(point(given));
        if (kind == Values.CHAR16) return given instanceof Number ? Conversion.to_char(Coercion.toLong(given, "char16")) : (char) Coercion.to(given, char.class);
        return integer(kind, given);
    }

    private static int point(Object given) {
        if (!(given instanceof String)) return Conversion.to_int(Coercion.toLong(given, "a character"));
        String text = (String) given;
        if (text.isEmpty() || text.codePointCount(0, text.length()) != 1) throw Coercion.mismatch(given, char.class);
        return text.codePointAt(0);
    }

    private static long integer(long kind, Object given) {
        boolean isSigned = (kind & (Values.INT8 | Values.INT16 | Values.INT32 | Values.INT64)) != 0;
        int bits = 8 * size(kind) - (isSigned ? 1 : 0);
        if (bits == 64) {
            BigInteger number = given instanceof Character ? BigInteger.valueOf((Character) given) : Coercion.toBigInteger(given, Kind.of(kind).type());
            if (number.signum() < 0 || number.bitLength() > bits) throw Conversion.unfit(number, Kind.of(kind).type());
            return number.longValue();
        }
        long number = Coercion.toLong(given, Kind.of(kind).type()), limit = -1L >>> 64 - bits;
        if (number > limit || number < (isSigned ? -limit - 1 : 0)) throw Conversion.unfit(number, Kind.of(kind).type());
        return number;
    }
}
