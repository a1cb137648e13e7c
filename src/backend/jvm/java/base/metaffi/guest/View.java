package metaffi.guest;

import java.lang.reflect.Type;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import metaffi.ForeignObject;

/** What an object of another language does as one of Java's interfaces. */
interface View extends ForeignObject, Comparable<Object>, AutoCloseable {
    Foreign foreign();

    /** With what its keys and items are to be; both are Object where they are as they come. */
    static View of(Foreign foreign, Type key, Type item) {
        if (foreign.can(Capabilities.MAPPING)) return new Entries(foreign, key, item);
        if (foreign.can(Capabilities.SEQUENCE)) return new Items(foreign, item);
        if (foreign.can(Capabilities.SET)) return new Elements(foreign, item);
        return foreign.can(Capabilities.NEXT) ? new Course(foreign, item) : new Plain(foreign, item);
    }

    static boolean isContainer(View view) {
        return view instanceof Collection || view instanceof Map;
    }

    @Override
    default String runtime() {
        return (String) foreign().run(Foreign.RUNTIME);
    }

    @Override
    default String typeName() {
        return (String) foreign().run(Foreign.TYPE_NAME);
    }

    @Override
    default Object attribute(String name) {
        return foreign().run(Foreign.GET, name);
    }

    @Override
    default void setAttribute(String name, Object value) {
        foreign().run(Foreign.SET, name, value);
    }

    @Override
    default Object item(Object key) {
        return foreign().run(Foreign.ITEM, key);
    }

    @Override
    default void setItem(Object key, Object value) {
        foreign().run(Foreign.SET_ITEM, key, value);
    }

    @Override
    default Object call(Object... arguments) {
        return foreign().call(arguments);
    }

    @Override
    default Object invoke(String name, Object... arguments) {
        return foreign().runNamed(Foreign.INVOKE, name, arguments);
    }

    @Override
    default <T> T as(Class<T> type) {
        return type.cast(Foreigners.as(Foreigners.plain(foreign()), type));
    }

    @Override
    default int compareTo(Object other) {
        if ((Boolean) foreign().run(Foreign.EQUAL, other)) return 0;
        return (Boolean) foreign().run(Foreign.LESS, other) ? -1 : 1;
    }

    @Override
    default void close() {
        foreign().run(Foreign.EXIT);
    }

    /** An iterator of it, over what is to be of a type. */
    @SuppressWarnings("unchecked")
    static Iterator<Object> over(Foreign foreign, int what, Type item) {
        return (Iterator<Object>) Foreigners.withParts(foreign.run(Foreign.ITERATE, what), Object.class, item);
    }

    /** Something without items; it may be iterated. */
    final class Plain implements View, Iterable<Object> {
        private final Foreign foreign;
        private final Type item;

        Plain(Foreign foreign, Type item) {
            this.foreign = foreign;
            this.item = item;
        }

        @Override
        public Foreign foreign() {
            return foreign;
        }

        @Override
        public Iterator<Object> iterator() {
            return over(foreign, Operations.ITSELF, item);
        }
    }

    /** An iterator. */
    final class Course implements View, Iterator<Object>, Iterable<Object> {
        private final Foreign foreign;
        private final Type item;
        private Object next;
        private boolean isKnown;

        Course(Foreign foreign, Type item) {
            this.foreign = foreign;
            this.item = item;
        }

        @Override
        public Foreign foreign() {
            return foreign;
        }

        @Override
        public Iterator<Object> iterator() {
            return this;
        }

        @Override
        public boolean hasNext() {
            if (!isKnown) {
                next = foreign.run(Foreign.NEXT);
                isKnown = true;
            }
            return next != Foreign.ENDED;
        }

        @Override
        public Object next() {
            if (!hasNext()) throw new NoSuchElementException();
            isKnown = false;
            return Coercion.to(next, item);
        }
    }

    /** A sequence. */
    final class Items extends AbstractList<Object> implements View {
        private final Foreign foreign;
        private final Type item;

        Items(Foreign foreign, Type item) {
            this.foreign = foreign;
            this.item = item;
        }

        @Override
        public Foreign foreign() {
            return foreign;
        }

        @Override
        public int size() {
            return foreign.length();
        }

        @Override
        public Object get(int index) {
            checked(index, size());
            return metaffi.guest.Elements.coerced(foreign.run(Foreign.ITEM, index), item, index);
        }

        @Override
        public Object set(int index, Object value) {
            Object before = get(index);
            foreign.run(Foreign.SET_ITEM, index, value);
            return before;
        }

        @Override
        public void add(int index, Object value) {
            checked(index, size() + 1);
            foreign.run(Foreign.INVOKE, "insert", index, value);
        }

        @Override
        public Object remove(int index) {
            Object before = get(index);
            foreign.run(Foreign.DELETE_ITEM, index);
            return before;
        }

        private static void checked(int index, int size) {
            if (index < 0 || index >= size) throw new IndexOutOfBoundsException("index " + index + " of " + size);
        }

        @Override
        public boolean contains(Object value) {
            return (Boolean) foreign.run(Foreign.CONTAINS, value);
        }

        @Override
        public Iterator<Object> iterator() {
            return over(foreign, Operations.ITSELF, item);
        }
    }

    /** A set. */
    final class Elements extends AbstractSet<Object> implements View {
        private final Foreign foreign;
        private final Type item;

        Elements(Foreign foreign, Type item) {
            this.foreign = foreign;
            this.item = item;
        }

        @Override
        public Foreign foreign() {
            return foreign;
        }

        @Override
        public int size() {
            return foreign.length();
        }

        @Override
        public boolean contains(Object value) {
            return (Boolean) foreign.run(Foreign.CONTAINS, value);
        }

        @Override
        public Iterator<Object> iterator() {
            return over(foreign, Operations.ITSELF, item);
        }
    }

    /** A mapping. */
    final class Entries extends AbstractMap<Object, Object> implements View {
        private final Foreign foreign;
        private final Type key;
        private final Type item;

        Entries(Foreign foreign, Type key, Type item) {
            this.foreign = foreign;
            this.key = key;
            this.item = item;
        }

        @Override
        public Foreign foreign() {
            return foreign;
        }

        @Override
        public int size() {
            return foreign.length();
        }

        @Override
        public boolean containsKey(Object key) {
            return (Boolean) foreign.run(Foreign.CONTAINS, key);
        }

        @Override
        public Object get(Object key) {
            return containsKey(key) ? Coercion.to(foreign.run(Foreign.ITEM, key), item) : null;
        }

        @Override
        public Object put(Object key, Object value) {
            Object before = get(key);
            foreign.run(Foreign.SET_ITEM, key, value);
            return before;
        }

        @Override
        public Object remove(Object key) {
            if (!containsKey(key)) return null;
            Object before = get(key);
            foreign.run(Foreign.DELETE_ITEM, key);
            return before;
        }

        @Override
        public Set<Map.Entry<Object, Object>> entrySet() {
            return new EntrySet(this);
        }
    }

    /** The entries of a mapping. */
    final class EntrySet extends AbstractSet<Map.Entry<Object, Object>> {
        private final Entries of;

        EntrySet(Entries of) {
            this.of = of;
        }

        @Override
        public int size() {
            return of.size();
        }

        @Override
        public Iterator<Map.Entry<Object, Object>> iterator() {
            Iterator<Object> keys = over(of.foreign, Operations.KEYS, Object.class);
            return new Iterator<Map.Entry<Object, Object>>() {
                private Object last;

                @Override
                public boolean hasNext() {
                    return keys.hasNext();
                }

                @Override
                public Map.Entry<Object, Object> next() {
                    Object own = keys.next();
                    last = own;
                    return new AbstractMap.SimpleEntry<Object, Object>(Coercion.to(own, of.key), of.get(own)) {
                        @Override
                        public Object setValue(Object value) {
                            of.put(own, value);
                            return super.setValue(value);
                        }
                    };
                }

                @Override
                public void remove() {
                    of.remove(last);
                }
            };
        }
    }
}
