package metaffi.guest;

import java.lang.reflect.Array;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.BaseStream;

/** What is iterated, and what comes next. */
final class Courses {
    private static final int VALUE = 24;

    private Courses() {}

    static Object iterate(Object of, int what) {
        Capabilities.require(of, Capabilities.ITERATE, "is not iterated");
        if (what != Operations.ITSELF) Capabilities.require(of, Capabilities.MAPPING, "has no keys and entries");
        if (of instanceof Iterator) return of;
        return course(iterator(of, what));
    }

    /** An iterator that nobody else has, of which many may be taken at a time. */
    static Iterator<?> course(Iterator<?> of) {
        return new Course(of);
    }

    private static Iterator<?> iterator(Object of, int what) {
        if (of instanceof BaseStream) return ((BaseStream<?, ?>) of).iterator();
        if (of instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) of;
            if (what == Operations.VALUES) return map.values().iterator();
            return what == Operations.ENTRIES ? new Pairs(map.entrySet().iterator()) : map.keySet().iterator();
        }
        return of instanceof Iterable ? ((Iterable<?>) of).iterator() : new Positions(of);
    }

    /** Writes the next ones, as many as there is room for, maybe as a visit tells them; how many they are. */
    static long next(Object of, long values, int room, boolean areVisited) throws Throwable {
        Capabilities.require(of, Capabilities.NEXT, "is no iterator");
        if (of instanceof Course) return ((Course) of).next(values, room, areVisited);
        // Others may take from it, too: none that is not asked for.
        return write((Iterator<?>) of, values, areVisited) ? 1 : 0;
    }

    private static boolean write(Iterator<?> of, long value, boolean isVisited) {
        if (!of.hasNext()) return false;
        if (isVisited) Visits.write(value, of.next());
        else Values.write(value, of.next());
        return true;
    }

    /** An iterator that nobody else has. */
    private static final class Course implements Iterator<Object> {
        private final Iterator<?> of;
        /** What it failed with after it had given something, which is said the next time. */
        private Throwable late;

        Course(Iterator<?> of) {
            this.of = of;
        }

        long next(long values, int room, boolean areVisited) throws Throwable {
            Throwable failed = late;
            late = null;
            int count = 0;
            try {
                while (failed == null && count < room && write(of, values + (long) count * VALUE, areVisited)) count++;
            } catch (Throwable thrown) {
                failed = thrown;
            }
            if (failed == null) return count;
            if (count == 0) throw failed;
            late = failed;
            return count;
        }

        @Override
        public boolean hasNext() {
            return of.hasNext();
        }

        @Override
        public Object next() {
            return of.next();
        }
    }

    /** The items of what has positions alone. */
    private static final class Positions implements Iterator<Object> {
        private final Object of;
        private int at;

        Positions(Object of) {
            this.of = of;
        }

        @Override
        public boolean hasNext() {
            return at < Items.length(of);
        }

        @Override
        public Object next() {
            if (!hasNext()) throw new NoSuchElementException();
            return of instanceof CharSequence ? (Object) ((CharSequence) of).charAt(at++) : Array.get(of, at++);
        }
    }

    /** Keys and what they stand for. */
    private static final class Pairs implements Iterator<Object> {
        private final Iterator<? extends Map.Entry<?, ?>> entries;

        Pairs(Iterator<? extends Map.Entry<?, ?>> entries) {
            this.entries = entries;
        }

        @Override
        public boolean hasNext() {
            return entries.hasNext();
        }

        @Override
        public Object next() {
            Map.Entry<?, ?> entry = entries.next();
            return new Object[] {entry.getKey(), entry.getValue()};
        }
    }
}
