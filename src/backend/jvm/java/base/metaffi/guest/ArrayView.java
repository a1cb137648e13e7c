package metaffi.guest;

/** An array of others' as its descriptor says: elements in memory, of any dimensions. */
final class ArrayView {
    /** Where the parts of a descriptor are. */
    private static final int DATA = 0, ELEMENT = 8, RANK = 16, SHAPE = 24, STRIDES = 32;

    private static final int WORD = 8;

    /** How many dimensions there are at the most. */
    private static final int MOST = 64;

    /** The descriptor. */
    final long array;
    /** The first element. */
    final long data;
    /** The number of the type of an element, which is that of an array where rows have lengths of their own. */
    final long element;
    private final int[] shape;
    private final long[] strides;
    /** The first of the dimensions that are left. */
    private final int dimension;

    ArrayView(long array) {
        this.array = array;
        data = data(array);
        element = element(array);
        long shapes = Memory.getLong(array + SHAPE), dimensions = Memory.getLong(array + RANK);
        if (shapes == 0 || dimensions < 1 || dimensions > MOST) throw malformed("it has no shape, or one of too many dimensions");
        if (!Elements.areKnown(element)) throw malformed("its elements are of no known type, " + element);
        int rank = (int) dimensions;
        shape = new int[rank];
        strides = new long[rank];
        dimension = 0;
        long given = Memory.getLong(array + STRIDES), stride = Elements.size(element);
        boolean isEmpty = false;
        for (int i = rank - 1; i >= 0; i--) {
            long extent = Memory.getLong(shapes + (long) i * WORD);
            if (extent < 0 || extent > Integer.MAX_VALUE) throw Conversion.unfit(Long.toUnsignedString(extent) + " elements", "an array of Java's, which has fewer than 2147483648");
            shape[i] = (int) extent;
            isEmpty |= extent == 0;
            strides[i] = given == 0 ? stride : Memory.getLong(given + (long) i * WORD);
            stride *= shape[i];
        }
        if (data == 0 && !isEmpty) throw malformed("it has elements, but its data is NULL");
    }

    private static Refusal malformed(String why) {
        return new Refusal(Refusal.ARGUMENT, "an array is malformed: " + why);
    }

    private ArrayView(ArrayView of, int index) {
        array = of.array;
        data = of.at(index);
        element = of.element;
        shape = of.shape;
        strides = of.strides;
        dimension = of.dimension + 1;
    }

    /** Where the elements of an array are. */
    static long data(long array) {
        return Memory.getLong(array + DATA);
    }

    /** The number of the type of an array's elements. */
    static long element(long array) {
        return Memory.getLong(array + ELEMENT);
    }

    /** How many dimensions it has. */
    int rank() {
        return shape.length - dimension;
    }

    /** How many rows, or elements. */
    int length() {
        return shape[dimension];
    }

    /** Where one of them begins. */
    long at(int index) {
        return data + index * strides[dimension];
    }

    /** What one of several dimensions has at an index. */
    ArrayView row(int index) {
        return new ArrayView(this, index);
    }

    /** Whether its elements follow one another. */
    boolean isPacked() {
        return length() <= 1 || strides[dimension] == Elements.size(element);
    }

    /** The same in all dimensions. */
    boolean isContiguous() {
        long stride = Elements.size(element);
        for (int i = shape.length - 1; i >= dimension; i--) {
            if (shape[i] > 1 && strides[i] != stride) return false;
            stride *= shape[i];
        }
        return true;
    }

    /** Whether an address is among those of its elements. */
    boolean has(long address) {
        return address >= data && address <= data + bytes();
    }

    /** How many bytes its elements take. */
    long bytes() {
        long bytes = Elements.size(element);
        for (int i = dimension; i < shape.length; i++) bytes *= shape[i];
        return bytes;
    }
}
