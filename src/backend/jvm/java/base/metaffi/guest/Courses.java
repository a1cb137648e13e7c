package metaffi.guest;

import java.lang.reflect.Array;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.BaseStream;

/** What is iterated, and what comes next. */
final class Courses {
    private static final int VALUE = 24;

    /** What iterators failed with after they had given something, which is said the next time. */
    private static final Map<Object, Throwable> LATE = new IdentityHashMap<>();

    private Courses() {}

    static Object iterate(Object of, int what) {
        Capabilities.require(of, Capabilities.ITERATE, "is not iterated");
        if (what != Operations.ITSELF) Capabilities.require(of, Capabilities.MAPPING, "has no keys and entries");
        if (of instanceof Iterator) return of;
        if (of instanceof BaseStream) return ((BaseStream<?, ?>) of).iterator();
        if (of instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) of;
            if (what == Operations.VALUES) return map.values().iterator();
            return what == Operations.ENTRIES ? new Pairs(map.entrySet().iterator()) : map.keySet().iterator();
        }
        if (of instanceof Iterable) return ((Iterable<?>) of).iterator();
        return new Positions(of);
    }

    /** Writes the next ones, as many as there is room for, maybe as a visit tells them; how many they are. */
    static long next(Object of, long values, int room, boolean areVisited) throws Throwable {
        Capabilities.require(of, Capabilities.NEXT, "is no iterator");
        Iterator<?> iterator = (Iterator<?>) of;
        Throwable late = late(of, null);
        if (late != null) throw late;
        int count = 0;
        try {
            for (; count < room && iterator.hasNext(); count++) {
                long at = values + (long) count * VALUE;
                if (areVisited) Visits.write(at, iterator.next());
                else Values.write(at, iterator.next());
            }
        } catch (Throwable failed) {
            if (count == 0) throw failed;
            late(of, failed);
        }
        return count;
    }

    /** Puts off a failure, or takes the one that was. */
    private static Throwable late(Object of, Throwable failed) {
        synchronized (LATE) {
            if (failed != null) return LATE.put(of, failed);
            return LATE.isEmpty() ? null : LATE.remove(of);
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
