package metaffi.guest;

import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collections: maps, sets and tuples of others', whose elements go into them as those say that they are. */
final class Containers {
    private static final int VALUE = 24;

    private Containers() {}

    /** Whether a collection of a type can be made. */
    static boolean has(Class<?> type) {
        return Iterable.class.isAssignableFrom(type) && make(type) != null;
    }

    private static Collection<Object> make(Class<?> type) {
        if (type.isAssignableFrom(ArrayList.class)) return new ArrayList<>();
        if (type.isAssignableFrom(LinkedHashSet.class)) return new LinkedHashSet<>();
        if (type.isAssignableFrom(TreeSet.class)) return new TreeSet<>();
        return type.isAssignableFrom(ArrayDeque.class) ? new ArrayDeque<>() : null;
    }

    /** A collection of a type with these. */
    static Object collection(Object[] items, Type type, Class<?> raw) {
        Collection<Object> made = make(raw);
        if (made == null) throw Coercion.mismatch(items, raw);
        Type item = Types.element(type);
        for (int i = 0; i < items.length; i++) made.add(Elements.coerced(items[i], item, i));
        return made;
    }

    /** A map of a type with the entries of another. */
    static Object map(Map<?, ?> entries, Type type, Class<?> raw) {
        Map<Object, Object> made = raw.isAssignableFrom(LinkedHashMap.class) ? new LinkedHashMap<>() : new TreeMap<>();
        if (!raw.isInstance(made)) throw Coercion.mismatch(entries, raw);
        Type key = Types.argument(type, 0, 2), item = Types.argument(type, 1, 2);
        for (Map.Entry<?, ?> entry : entries.entrySet()) made.put(Coercion.to(entry.getKey(), key), Coercion.to(entry.getValue(), item));
        return made;
    }

    /** A map, a set or a tuple as something of a type; null if there is none. */
    static Object read(long kind, long array, Type type) {
        if (array == 0) return null;
        Class<?> raw = Types.raw(type);
        if (kind == Values.MAP) return map(new ArrayView(array), type, raw);
        if (kind == Values.SET && raw == Object.class) return Arrays.read(array, Set.class);
        return Arrays.read(array, raw == Object.class ? Object[].class : type);
    }

    private static Object map(ArrayView view, Type type, Class<?> raw) {
        boolean hasPairs = view.rank() == 2 && view.element == Values.ANY && (view.length() == 0 || view.row(0).length() == 2);
        if (!hasPairs) throw new Refusal(Refusal.MISMATCH, "a map is an array of any, of shape [pairs, 2]");
        Map<Object, Object> made = new LinkedHashMap<>();
        Type key = Types.argument(type, 0, 2), item = Types.argument(type, 1, 2);
        for (int i = 0; i < view.length(); i++) {
            ArrayView pair = view.row(i);
            made.put(Elements.read(pair, 0, key), Elements.read(pair, 1, item));
        }
        return raw.isInstance(made) ? made : map(made, type, raw);
    }

    /** A new map, set or tuple with copies of what is in a collection; 0 of null. */
    static long write(long kind, Object given, int depth) {
        if (given == null) return 0;
        if (kind == Values.MAP) {
            if (!(given instanceof Map)) throw Coercion.mismatch(given, Map.class);
            return pairs((Map<?, ?>) given, depth);
        }
        if (kind == Values.SET && !(given instanceof Set)) throw Coercion.mismatch(given, Set.class);
        if (kind == Values.TUPLE && !(given instanceof List) && !given.getClass().isArray()) throw Coercion.mismatch(given, List.class);
        return Arrays.write(given, Kind.ANY, depth);
    }

    private static long pairs(Map<?, ?> entries, int depth) {
        List<Object> all = new ArrayList<>(2 * entries.size());
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            all.add(entry.getKey());
            all.add(entry.getValue());
        }
        long made = Arrays.make(Values.ANY, all.size() / 2, 2), data = ArrayView.data(made);
        try {
            for (int i = 0; i < all.size(); i++) Values.writeWhole(data + (long) i * VALUE, all.get(i), Arrays.deeper(depth));
        } catch (Throwable failed) {
            Host.freeArray(made);
            throw failed;
        }
        return made;
    }
}
