package metaffi.guest;

import java.lang.reflect.Array;
import java.lang.reflect.Type;
import java.util.Collection;

/** Arrays of Java's and those that others have. */
final class Arrays {
    /** The bit of a type that is an array of another. */
    static final long ARRAY = 1 << 16;

    private static final int WORD = 8;

    /** How deep values are nested at the most. */
    private static final int DEEPEST = 64;

    private Arrays() {}

    /** An array as something of a type; null if there is none. */
    static Object read(long array, Type type) {
        if (array == 0) return null;
        Class<?> raw = Types.raw(type);
        return Buffers.are(raw) ? Buffers.of(new ArrayView(array), raw) : read(new ArrayView(array), type);
    }

    private static Object read(ArrayView view, Type type) {
        Class<?> raw = Types.raw(type);
        if (raw == Object.class) return natural(view);
        if (!raw.isArray()) return Coercion.to(items(view, Types.element(type)), type);
        if (view.rank() > 1 && !isNested(raw.getComponentType()))
            throw new Refusal(Refusal.MISMATCH, "an array of " + view.rank() + " dimensions does not become " + raw.getTypeName());
        if (view.rank() == 1 && raw.getComponentType().isArray() && view.element != Values.ANY && (view.element & ARRAY) == 0)
            throw new Refusal(Refusal.MISMATCH, "an array of one dimension does not become " + raw.getTypeName());
        Object made = Array.newInstance(raw.getComponentType(), view.length());
        if (view.rank() == 1) {
            Elements.read(view, made, Types.element(type));
        } else {
            Object[] rows = (Object[]) made;
            for (int i = 0; i < rows.length; i++) rows[i] = row(view, i, Types.element(type));
        }
        return made;
    }

    private static boolean isNested(Class<?> component) {
        return component == Object.class || component.isArray() || Containers.has(component);
    }

    private static Object row(ArrayView view, int index, Type type) {
        try {
            return read(view.row(index), type);
        } catch (Refusal refused) {
            throw Refusal.at(refused, "[" + index + "]");
        }
    }

    private static Object[] items(ArrayView view, Type type) {
        Object[] items = new Object[view.length()];
        for (int i = 0; i < items.length; i++) items[i] = view.rank() > 1 ? row(view, i, type) : Elements.read(view, i, type);
        return items;
    }

    /** What Java has for it: rows of one class are an array of that. */
    private static Object natural(ArrayView view) {
        if ((view.element & ARRAY) == 0 || view.rank() > 1) return read(view, natural(view, 0));
        Object[] rows = items(view, Object.class);
        Class<?> all = null;
        for (Object row : rows) {
            if (row == null) continue;
            if (all != null && all != row.getClass()) return rows;
            all = row.getClass();
        }
        if (all == null) return rows;
        Object[] made = (Object[]) Array.newInstance(all, rows.length);
        System.arraycopy(rows, 0, made, 0, rows.length);
        return made;
    }

    /** The class of the array that has the elements of one, from a dimension on. */
    static Class<?> natural(ArrayView view, int dimension) {
        Class<?> component = dimension == view.rank() - 1 ? Elements.natural(view.element) : natural(view, dimension + 1);
        return Array.newInstance(component, 0).getClass();
    }

    /** What arrays of a class have in their rows at last. */
    static Class<?> leaf(Class<?> type) {
        Class<?> leaf = type;
        while (leaf.isArray()) leaf = leaf.getComponentType();
        return leaf;
    }

    /** A new array of a shape, whose elements are all zeroes. */
    static long make(long element, long... shape) {
        long made = Host.array(element, shape);
        if (made == 0) throw new OutOfMemoryError("an array could not be allocated");
        return made;
    }

    /**
     * A new descriptor of the same elements, as those of a kind or as what they are, which the caller owns;
     * 0 if there is none. Rows of one length are dimensions.
     */
    static long write(Object given, Kind element, int depth) {
        if (given == null) return 0;
        if (Buffers.are(given.getClass())) return Buffers.give(given, element);
        Object array = given instanceof Collection ? ((Collection<?>) given).toArray() : given;
        if (!array.getClass().isArray()) throw Coercion.mismatch(given, Object[].class);
        Kind kind = element != null ? element : Kind.element(array.getClass());
        long[] shape = new long[rank(array, kind)];
        return isRectangle(array, shape, 0) ? rectangle(array, kind, shape, depth) : ragged(array, kind, depth);
    }

    /** Whether all rows of an array of numbers have one length. */
    static boolean isRectangle(Object array) {
        return isRectangle(array, new long[rank(array, Kind.element(array.getClass()))], 0);
    }

    /** One deeper than that; what contains itself has no end. */
    static int deeper(int depth) {
        if (depth == DEEPEST) throw new Refusal(Refusal.RANGE, "values are nested more than " + DEEPEST + " deep, or one contains itself");
        return depth + 1;
    }

    /** How many dimensions it has, if its rows are of one length. */
    private static int rank(Object array, Kind kind) {
        int rank = 1;
        Class<?> component = array.getClass().getComponentType();
        for (; component.isArray(); component = component.getComponentType()) rank++;
        if (component.isPrimitive() || kind == Kind.ANY) return rank;
        // Arrays and collections that are elements of what may have any.
        Object row = array;
        for (int i = 1; i < rank && row != null; i++) row = first(row);
        for (row = row == null ? null : first(row); row != null && isRow(row); row = first(row)) rank = deeper(rank);
        return rank;
    }

    private static Object first(Object row) {
        if (row instanceof Collection) return ((Collection<?>) row).isEmpty() ? null : ((Collection<?>) row).iterator().next();
        return Array.getLength(row) == 0 ? null : Array.get(row, 0);
    }

    private static boolean isRow(Object element) {
        return element instanceof Collection || element.getClass().isArray();
    }

    /** Whether all rows have one length, which is in the shape afterwards. */
    private static boolean isRectangle(Object row, long[] shape, int at) {
        Object[] rows = at < shape.length - 1 ? rows(row) : null;
        shape[at] = rows != null ? rows.length : length(row);
        if (rows == null) return true;
        long[] first = null;
        for (Object one : rows) {
            if (one == null || !isRow(one) || !isRectangle(one, shape, at + 1)) return false;
            if (first != null && !java.util.Arrays.equals(first, shape)) return false;
            if (first == null) first = shape.clone();
        }
        return true;
    }

    private static Object[] rows(Object row) {
        return row instanceof Collection ? ((Collection<?>) row).toArray() : (Object[]) row;
    }

    private static int length(Object row) {
        return row instanceof Collection ? ((Collection<?>) row).size() : Array.getLength(row);
    }

    private static long rectangle(Object array, Kind kind, long[] shape, int depth) {
        long made = make(kind.number, shape);
        try {
            fill(array, ArrayView.data(made), kind, shape, 0, depth);
            return made;
        } catch (Throwable failed) {
            Host.freeArray(made);
            throw failed;
        }
    }

    private static long fill(Object row, long to, Kind kind, long[] shape, int at, int depth) {
        if (at == shape.length - 1) return Elements.write(row instanceof Collection ? rows(row) : row, to, kind, depth);
        Object[] rows = rows(row);
        for (int i = 0; i < rows.length; i++) {
            try {
                to = fill(rows[i], to, kind, shape, at + 1, depth);
            } catch (Refusal refused) {
                throw Refusal.at(refused, "[" + i + "]");
            }
        }
        return to;
    }

    /** An array of arrays, some of which may not be there. */
    private static long ragged(Object array, Kind kind, int depth) {
        Object[] rows = rows(array);
        long made = make(kind.array().number, rows.length), data = ArrayView.data(made);
        try {
            for (int i = 0; i < rows.length; i++) {
                if (rows[i] != null && !isRow(rows[i])) throw Coercion.mismatch(rows[i], Object[].class);
                Memory.putLong(data + (long) i * WORD, write(rows[i], kind, deeper(depth)));
            }
            return made;
        } catch (Throwable failed) {
            Host.freeArray(made);
            throw failed;
        }
    }
}
