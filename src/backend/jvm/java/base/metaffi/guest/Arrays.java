package metaffi.guest;

import java.lang.reflect.Array;

/** Arrays of numbers as others have them: a descriptor of elements in memory, of any dimensions. */
final class Arrays {
    /** Where the parts of a descriptor are. */
    private static final int DATA = 0, ELEMENT = 8, RANK = 16, SHAPE = 24, STRIDES = 32;

    private static final int WORD = 8;

    /** The bit of a type that is an array of another. */
    static final long ARRAY = 1 << 16;

    private Arrays() {}

    /** A Java array of the same elements; null if there is none. */
    static Object read(long array) {
        if (array == 0) return null;
        long element = Memory.getLong(array + ELEMENT);
        Class<?> type = type(element);
        int rank = (int) Memory.getLong(array + RANK), size = size(type);
        int[] shape = new int[rank];
        long[] strides = new long[rank];
        long shapes = Memory.getLong(array + SHAPE), given = Memory.getLong(array + STRIDES), stride = size;
        for (int i = rank - 1; i >= 0; i--) {
            shape[i] = Math.toIntExact(Memory.getLong(shapes + (long) i * WORD));
            strides[i] = given == 0 ? stride : Memory.getLong(given + (long) i * WORD);
            stride *= shape[i];
        }
        return read(Memory.getLong(array + DATA), type, shape, strides, 0);
    }

    private static Object read(long data, Class<?> type, int[] shape, long[] strides, int at) {
        int length = shape[at];
        if (at < shape.length - 1) {
            Object rows = Array.newInstance(type, rest(shape, at));
            for (int i = 0; i < length; i++) Array.set(rows, i, read(data + i * strides[at], type, shape, strides, at + 1));
            return rows;
        }
        Object elements = Array.newInstance(type, length);
        if (strides[at] == size(type) && type != boolean.class) {
            Memory.readAll(data, elements, length * size(type));
        } else {
            for (int i = 0; i < length; i++) Array.set(elements, i, element(data + i * strides[at], type));
        }
        return elements;
    }

    private static int[] rest(int[] shape, int at) {
        int[] rest = new int[shape.length - at];
        System.arraycopy(shape, at, rest, 0, rest.length);
        return rest;
    }

    private static Object element(long at, Class<?> type) {
        if (type == double.class) return Memory.getDouble(at);
        if (type == float.class) return Memory.getFloat(at);
        if (type == long.class) return Memory.getLong(at);
        if (type == int.class) return Memory.getInt(at);
        if (type == short.class) return Memory.getShort(at);
        if (type == char.class) return (char) Memory.getShort(at);
        if (type == boolean.class) return Memory.getByte(at) != 0;
        return Memory.getByte(at);
    }

    /** What Java has for elements of a type: of unsigned bytes what has the same bits. */
    static Class<?> type(long element) {
        if (element == Values.FLOAT64) return double.class;
        if (element == Values.FLOAT32) return float.class;
        if (element == Values.INT64) return long.class;
        if (element == Values.INT32) return int.class;
        if (element == Values.INT16) return short.class;
        if (element == Values.INT8 || element == Values.UINT8) return byte.class;
        if (element == Values.CHAR16) return char.class;
        if (element == Values.BOOL) return boolean.class;
        throw new Refusal(Refusal.UNSUPPORTED, "Java has no array of elements of type " + element);
    }

    private static long number(Class<?> type) {
        if (type == double.class) return Values.FLOAT64;
        if (type == float.class) return Values.FLOAT32;
        if (type == long.class) return Values.INT64;
        if (type == int.class) return Values.INT32;
        if (type == short.class) return Values.INT16;
        if (type == byte.class) return Values.INT8;
        if (type == char.class) return Values.CHAR16;
        return type == boolean.class ? Values.BOOL : 0;
    }

    static int size(Class<?> type) {
        if (type == double.class || type == long.class) return 8;
        if (type == float.class || type == int.class) return 4;
        return type == short.class || type == char.class ? 2 : 1;
    }

    /** A new descriptor of the same elements, which the caller owns; 0 if there is none. Rows are of one length. */
    static long write(Object array) {
        if (array == null) return 0;
        Class<?> type = array.getClass();
        int rank = 0;
        while (type.isArray()) {
            type = type.getComponentType();
            rank++;
        }
        long element = number(type);
        if (element == 0) throw new Refusal(Refusal.UNSUPPORTED, "an array of " + type.getTypeName() + " has no numbers");
        long[] shape = new long[rank];
        Object row = array;
        for (int i = 0; i < rank; i++) {
            shape[i] = row == null ? 0 : Array.getLength(row);
            row = row == null || shape[i] == 0 || i == rank - 1 ? null : Array.get(row, 0);
        }
        check(array, shape, 0);
        long made = Host.array(element, shape);
        write(array, Memory.getLong(made + DATA), type, shape, 0);
        return made;
    }

    private static void check(Object array, long[] shape, int at) {
        if (array == null || Array.getLength(array) != shape[at])
            throw new Refusal(Refusal.UNSUPPORTED, "the rows of the array are not all of one length");
        if (at < shape.length - 1) for (int i = 0; i < shape[at]; i++) check(Array.get(array, i), shape, at + 1);
    }

    private static long write(Object array, long to, Class<?> type, long[] shape, int at) {
        int length = (int) shape[at];
        if (at == shape.length - 1) {
            Memory.writeAll(array, to, length * size(type));
            return to + (long) length * size(type);
        }
        for (int i = 0; i < length; i++) to = write(Array.get(array, i), to, type, shape, at + 1);
        return to;
    }
}
