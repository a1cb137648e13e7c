package metaffi.guest;

import java.lang.invoke.VarHandle;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The objects that are used from outside, each by its index; 0 is null. What is added stays until it
 * is given back as often as it was retained and once more, and indexes are used again.
 */
public final class Objects {
    private static final int BITS = 14, SIZE = 1 << BITS, MASK = SIZE - 1;

    /** A part of the table, which stays where it is. */
    private static final class Chunk {
        final Object[] objects = new Object[SIZE];
        /** The next free index at each free one, and at all others how often they are to be given back. */
        final int[] next = new int[SIZE];
        /** How often each index was used. */
        final int[] uses = new int[SIZE];
    }

    private static final long COUNT = 1L << 32;

    /** Beside how often an index is to be given back: the other side has a reference to the object. */
    private static final int MIRRORED = 1 << 30;

    /** The first free index, and above it a number that changes with it. */
    private static final AtomicLong FREE = new AtomicLong();

    private static Chunk[] chunks = {};

    private Objects() {}

    /** A new index for an object; it is one for each time that it is added. */
    static int add(Object object) {
        if (object == null) return 0;
        while (true) {
            long first = FREE.get();
            int index = (int) first;
            if (index == 0) {
                grow();
                continue;
            }
            Chunk chunk = chunks[index >>> BITS];
            int next = chunk.next[index & MASK];
            if (!FREE.compareAndSet(first, (first & -COUNT) + COUNT | next)) continue;
            chunk.next[index & MASK] = 1;
            chunk.uses[index & MASK] = chunk.uses[index & MASK] % Integer.MAX_VALUE + 1;
            // Whoever sees it sees the number of its use.
            VarHandle.releaseFence();
            chunk.objects[index & MASK] = object;
            return index;
        }
    }

    private static synchronized void grow() {
        if ((int) FREE.get() != 0) return;
        Chunk chunk = new Chunk();
        int first = chunks.length << BITS, last = first + MASK;
        // The first index of all is that of null.
        if (first == 0) first++;
        for (int index = first; index < last; index++) chunk.next[index & MASK] = index + 1;
        Chunk[] all = java.util.Arrays.copyOf(chunks, chunks.length + 1);
        all[chunks.length] = chunk;
        chunks = all;
        push(first, last);
    }

    /** Puts free indexes before all others, which follow one another from the first to the last. */
    private static void push(int first, int last) {
        Chunk chunk = chunks[last >>> BITS];
        long before;
        do {
            before = FREE.get();
            chunk.next[last & MASK] = (int) before;
        } while (!FREE.compareAndSet(before, (before & -COUNT) + COUNT | first));
    }

    static Object get(int index) {
        return chunks[index >>> BITS].objects[index & MASK];
    }

    /** What stands for what is at an index outside: above the index there is which use of it this is. */
    static long reference(int index) {
        return (long) chunks[index >>> BITS].uses[index & MASK] << Integer.SIZE | index;
    }

    /** What a reference stands for, which others may be giving back. */
    static Object of(long reference) {
        int index = (int) reference;
        Chunk chunk = chunks[index >>> BITS];
        Object object = chunk.objects[index & MASK];
        VarHandle.acquireFence();
        return object != null && chunk.uses[index & MASK] == (int) (reference >>> Integer.SIZE) ? object : absent(reference);
    }

    private static Object absent(long reference) {
        // An index alone, of whoever has not given it back; 0 is that of null.
        if (reference >>> Integer.SIZE == 0) return get((int) reference);
        throw new Refusal(Refusal.HANDLE, "the object is freed by another thread meanwhile: free it when no call uses it");
    }

    /** Has an index given back once more. */
    static void retain(int index) {
        Chunk chunk = chunks[index >>> BITS];
        synchronized (chunk) {
            chunk.next[index & MASK]++;
        }
    }

    /** An object to which the other side has a reference of its own from now on, as long as it has the index. */
    static Object mirrored(int index) {
        Chunk chunk = chunks[index >>> BITS];
        synchronized (chunk) {
            chunk.next[index & MASK] |= MIRRORED;
        }
        return get(index);
    }

    /** Gives an index back. */
    static void release(int index) {
        if (index == 0) return;
        Chunk chunk = chunks[index >>> BITS];
        // Whoever is the last to have it is so alone: only who has it retains it.
        if (chunk.next[index & MASK] != 1 && !isLast(chunk, index & MASK)) return;
        if (chunk.next[index & MASK] == MIRRORED) Host.forget(index);
        chunk.objects[index & MASK] = null;
        push(index, index);
    }

    private static boolean isLast(Chunk chunk, int at) {
        synchronized (chunk) {
            return (--chunk.next[at] & ~MIRRORED) == 0;
        }
    }

    /** How many there are. */
    public static int live() {
        int count = 0;
        for (Chunk chunk : chunks) if (chunk != null) for (Object one : chunk.objects) if (one != null) count++;
        return count;
    }

    /** Another reference of the same object. */
    static long another(int index) {
        return reference(add(get(index)));
    }

    /** The name of its class. */
    static String typeName(int index) {
        return Foreigners.typeName(get(index));
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
}
