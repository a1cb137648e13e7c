package metaffi.guest;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The items of sequences and the entries of maps. */
final class Items {
    private Items() {}

    static Object get(Object of, Object key) {
        Capabilities.require(of, Capabilities.READ_ITEMS | Capabilities.READ_ENTRIES, "has no items");
        if (of instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) of;
            Object sought = key(map, key);
            if (!found(map, sought)) throw absent(key);
            return map.get(sought);
        }
        return at(of, index(of, key));
    }

    /** The item at a position. */
    static Object get(Object of, long position) {
        Capabilities.require(of, Capabilities.READ_ITEMS, "has no items by position");
        return at(of, index(of, position));
    }

    private static Object at(Object of, int index) {
        if (of instanceof List) return ((List<?>) of).get(index);
        if (of instanceof CharSequence) return ((CharSequence) of).charAt(index);
        return Array.get(of, index);
    }

    /** Maps may refuse keys of other types, and null, by an exception. */
    private static boolean found(Map<?, ?> map, Object key) {
        try {
            return map.containsKey(key);
        } catch (ClassCastException | NullPointerException other) {
            return false;
        }
    }

    private static boolean found(Collection<?> all, Object value) {
        try {
            return all.contains(value);
        } catch (ClassCastException | NullPointerException other) {
            return false;
        }
    }

    /** The key that a map has for one that is given, or would have: integers of other classes are never equal. */
    private static Object key(Map<?, ?> map, Object key) {
        for (Object one : widths(key)) if (found(map, one)) return one;
        return like(map.keySet(), key);
    }

    /** The value, and if it is an integer the same of all other classes that hold it. */
    private static Object[] widths(Object value) {
        if (!(value instanceof Integer) && !(value instanceof Long)) return new Object[] {value};
        long number = ((Number) value).longValue();
        if ((int) number != number) return new Object[] {number};
        if ((short) number != number) return new Object[] {(int) number, number};
        return (byte) number != number ? new Object[] {(int) number, number, (short) number} : new Object[] {(int) number, number, (short) number, (byte) number};
    }

    private static Refusal absent(Object key) {
        return new Refusal(Refusal.NOT_FOUND, "there is no entry " + Operations.spelled(key));
    }

    @SuppressWarnings("unchecked")
    static void set(Object of, Object key, Object value) {
        Capabilities.require(of, Capabilities.WRITE_ITEMS | Capabilities.WRITE_ENTRIES, "has no items that are written");
        if (of instanceof Map) ((Map<Object, Object>) of).put(key((Map<?, ?>) of, key), like(((Map<?, ?>) of).values(), value));
        else if (of instanceof List) ((List<Object>) of).set(index(of, key), like((List<?>) of, value));
        else Array.set(of, index(of, key), Operations.coerced(value, of.getClass().getComponentType(), "the element"));
    }

    static void delete(Object of, Object key) {
        Capabilities.require(of, Capabilities.DELETE_ITEMS | Capabilities.DELETE_ENTRIES, "has no items that are deleted");
        if (of instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) of;
            Object sought = key(map, key);
            if (!found(map, sought)) throw absent(key);
            map.remove(sought);
        } else {
            ((List<?>) of).remove(index(of, key));
        }
    }

    /** A position, which counts from the end if it is below zero. */
    private static int index(Object of, Object key) {
        if (!(key instanceof Integer) && !(key instanceof Long)) {
            Refusal beyond = new Refusal(Refusal.NOT_FOUND, "there is no item " + key + " of " + length(of));
            // What is no position would be the key of an entry.
            throw key instanceof java.math.BigInteger ? beyond : new Refusal(Refusal.UNSUPPORTED, of.getClass().getTypeName() + " has items by position, which is an integer and not " + Operations.spelled(key));
        }
        return index(of, ((Number) key).longValue());
    }

    private static int index(Object of, long index) {
        long length = length(of);
        long position = index < 0 ? index + length : index;
        if (position < 0 || position >= length) throw new Refusal(Refusal.NOT_FOUND, "there is no item " + index + " of " + length);
        return (int) position;
    }

    /** A number as the first of the others is one: an Integer and a Long are never equal. */
    private static Object like(Iterable<?> others, Object value) {
        if (!(value instanceof Number)) return value;
        Iterator<?> all = others.iterator();
        Object first = all.hasNext() ? all.next() : null;
        if (first == null || first.getClass() == value.getClass() || !(first instanceof Number)) return value;
        return Coercion.match(value, first.getClass()) == Coercion.NONE ? value : Coercion.to(value, first.getClass());
    }

    static long length(Object of) {
        Capabilities.require(of, Capabilities.LENGTH, "has no length");
        if (of instanceof Collection) return ((Collection<?>) of).size();
        if (of instanceof Map) return ((Map<?, ?>) of).size();
        if (of instanceof CharSequence) return ((CharSequence) of).length();
        return Array.getLength(of);
    }

    static boolean contains(Object of, Object value) {
        Capabilities.require(of, Capabilities.CONTAIN, "contains nothing");
        if (of instanceof Map) return found((Map<?, ?>) of, key((Map<?, ?>) of, value));
        if (of instanceof CharSequence) return (value instanceof CharSequence || value instanceof Character) && of.toString().contains(value.toString());
        if (of instanceof Collection) {
            for (Object one : widths(value)) if (found((Collection<?>) of, one)) return true;
            return found((Collection<?>) of, like((Collection<?>) of, value));
        }
        Class<?> type = of.getClass().getComponentType();
        if (Coercion.match(value, type) == Coercion.NONE) return false;
        Object sought = Coercion.to(value, type);
        for (int i = 0, length = Array.getLength(of); i < length; i++) if (java.util.Objects.equals(Array.get(of, i), sought)) return true;
        return false;
    }

    /** So many items from a position on, each so many behind the last, as what the sequence is itself. */
    static Object slice(Object of, int start, int count, int step) {
        if (of instanceof CharSequence) {
            StringBuilder text = new StringBuilder(count);
            for (int i = 0; i < count; i++) text.append(((CharSequence) of).charAt(start + i * step));
            // Text would come as a value: what is sliced is an object, and so are its items.
            return text;
        }
        if (of instanceof List) {
            List<Object> items = new ArrayList<>(count);
            for (int i = 0; i < count; i++) items.add(((List<?>) of).get(start + i * step));
            return items;
        }
        Object items = Array.newInstance(of.getClass().getComponentType(), count);
        if (step == 1) System.arraycopy(of, start, items, 0, count);
        else for (int i = 0; i < count; i++) Array.set(items, i, Array.get(of, start + i * step));
        return items;
    }

    /** Whether an array is of what the items that it was made of are themselves. */
    static boolean isNatural(Object[] items, Object array) {
        Class<?> leaf = items == null ? null : natural(items, null);
        return leaf != null && leaf == Arrays.leaf(array.getClass());
    }

    /** What all items are, and those of arrays among them; null of none. */
    private static Class<?> natural(Object[] items, Class<?> before) {
        Class<?> all = before;
        for (Object item : items) {
            boolean isRow = item instanceof Object[];
            Class<?> one = isRow ? natural((Object[]) item, all) : item == null ? Object.class : Arrays.leaf(item.getClass());
            Class<?> primitive = one == null ? null : Coercion.primitive(one);
            if (primitive != null) one = primitive;
            if (one == null || one == all) continue;
            if (all == null || Conversion.widens(all, one) || all == long.class && one == double.class) all = one;
            else if (!Conversion.widens(one, all) && !(one == long.class && all == double.class)) return Object.class;
        }
        return all;
    }
}
