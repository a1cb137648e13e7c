package metaffi.guest;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

/**
 * The objects that are used from outside, each by its index; 0 is null. What is added stays until it
 * is given back, and indexes are used again.
 */
final class Objects {
    private static Object[] table = new Object[1024];
    /** The next free index at each free one, and how many have been used. */
    private static int[] next = new int[1024];

    private static int free = 0;
    private static int used = 1;

    private Objects() {}

    /** A new index for an object; it is one for each time that it is added. */
    static synchronized int add(Object object) {
        if (object == null) return 0;
        int index = free;
        if (index != 0) {
            free = next[index];
        } else {
            if (used == table.length) grow();
            index = used++;
        }
        table[index] = object;
        return index;
    }

    private static void grow() {
        int length = Math.max(used + 1, used * 2);
        next = java.util.Arrays.copyOf(next, length);
        table = java.util.Arrays.copyOf(table, length);
    }

    static Object get(int index) {
        return table[index];
    }

    /** Another index of the same object. */
    static int another(int index) {
        return add(get(index));
    }

    /** The name of its class. */
    static String typeName(int index) {
        Object object = get(index);
        return object == null ? "null" : object.getClass().getTypeName();
    }

    /** Numbers of objects, given when somebody asks first. */
    private static final Map<Identity, Long> NUMBERS = new HashMap<>();

    /** A number that is the same for the same object, and of no other. */
    static synchronized long identity(int index) {
        while (true) {
            Identity gone = (Identity) Identity.GONE.poll();
            if (gone == null) break;
            NUMBERS.remove(gone);
        }
        return NUMBERS.computeIfAbsent(new Identity(get(index)), key -> nextNumber++);
    }

    private static long nextNumber = 1;

    /** An object as a key, by what it is and not by what it equals, that does not keep it. */
    private static final class Identity extends WeakReference<Object> {
        static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();
        private final int hash;

        Identity(Object object) {
            super(object, GONE);
            hash = System.identityHashCode(object);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return this == other || other instanceof Identity && get() != null && get() == ((Identity) other).get();
        }
    }

    /** Gives an index back. */
    static synchronized void release(int index) {
        if (index == 0) return;
        table[index] = null;
        next[index] = free;
        free = index;
    }
}
