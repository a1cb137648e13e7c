package metaffi.guest;

import java.lang.ref.Cleaner;
import java.lang.reflect.Method;

/** An object or a callable of another language by its handle, which is let go when Java has it no more. */
final class Foreign {
    /** What is done with it, as the other side counts. */
    static final int RUNTIME = 0;

    static final int TYPE_NAME = 1;
    static final int GET = 2;
    static final int SET = 3;
    static final int ITEM = 4;
    static final int SET_ITEM = 5;
    static final int DELETE_ITEM = 6;
    static final int LENGTH = 7;
    static final int CONTAINS = 8;
    static final int CALL = 9;
    static final int INVOKE = 10;
    static final int ITERATE = 11;
    static final int NEXT = 12;
    static final int EQUAL = 13;
    static final int LESS = 14;
    static final int HASH = 15;
    static final int TEXT = 16;
    static final int ENTER = 17;
    static final int EXIT = 18;
    static final int HAS = 19;
    static final int CONVERT = 20;
    static final int BUFFER = 21;
    static final int ITEMS = 22;

    /** What {@link #NEXT} gives at the end. */
    static final Object ENDED = new Object();

    static final Cleaner CLEANER = Cleaner.create();
    private static final int VALUE = 24;
    private static final Object[] NONE = {};

    private final long handle;
    private final Held held;
    final boolean isCallable;
    /** The capabilities. */
    private final long can;
    /** What it was made into to see whether that can be, which is used once; null if nothing. */
    private Object made;
    /** Whether it shows no memory. */
    private boolean isOpaque;
    /** All that was in it when it was given; null if nobody has asked. */
    private Object[] items;

    /** What is let go with it: the handle, and its memory while that is lent. */
    private static final class Held implements Runnable {
        private final long handle;
        private LentMemory memory;

        Held(long handle) {
            this.handle = handle;
        }

        @Override
        public void run() {
            end();
            Host.release(handle);
        }

        void end() {
            if (memory != null) memory.end();
            memory = null;
        }
    }

    /** What stands for the capabilities where asking has failed. */
    private static final long UNTOLD = Long.MIN_VALUE;

    /** Takes over a handle. What cannot be asked can nothing. */
    Foreign(long handle) {
        this(handle, able(handle));
        // Nothing of this object, which would never be collected then.
        CLEANER.register(this, held);
    }

    private static long able(long handle) {
        long can = Host.capabilities(handle);
        if (can != UNTOLD) return can;
        Host.releaseFailure(Host.takeFailure());
        return 0;
    }

    /** The same; what asking fails with is thrown. */
    static Foreign asked(long handle) {
        long can = Host.capabilities(handle);
        if (can == UNTOLD) {
            // Letting go may run what fails, too.
            long failure = Host.takeFailure();
            Host.release(handle);
            throw Failures.sneaky(Failures.raised(failure));
        }
        Foreign asked = new Foreign(handle, can);
        CLEANER.register(asked, asked.held);
        return asked;
    }

    private Foreign(long handle, long bits) {
        this.handle = handle;
        isCallable = bits < 0;
        can = isCallable ? Capabilities.CALL : bits;
        // Single numbers of numpy have memory, too.
        isOpaque = !can(Capabilities.BUFFER) || !can(Capabilities.LENGTH) || can(Capabilities.NUMBER | Capabilities.BOOLEAN);
        held = new Held(handle);
    }

    /** One by a handle that is lent, as long as that is. */
    static Foreign lent(long handle) {
        long can = Host.capabilities(handle);
        if (can == UNTOLD) throw Failures.sneaky(Failures.raised(Host.takeFailure()));
        return new Foreign(handle, can);
    }

    /** The same for whoever keeps it. */
    Foreign kept() {
        Foreign kept = new Foreign(Host.keep(handle), isCallable ? -1 : can);
        CLEANER.register(kept, kept.held);
        return kept;
    }

    /** One of nothing, to find out what instances look like. */
    Foreign() {
        handle = 0;
        held = null;
        isCallable = isOpaque = true;
        can = Capabilities.CALL;
    }

    boolean can(long capability) {
        return (can & capability) != 0;
    }

    /** Another handle, as others are given it. */
    long share() {
        long another = Host.keep(handle);
        java.lang.ref.Reference.reachabilityFence(this);
        return another;
    }

    /** What tells it from all others that are there. */
    long identity() {
        return Linked.identity(handle);
    }

    /** Does something with it. */
    Object run(int operation, Object... given) {
        int count = given.length;
        long values = Values.allocate((count + 1L) * VALUE);
        long result = values + (long) count * VALUE, failure = 1;
        ClassLoader loader = Threads.out();
        try {
            write(values, given);
            failure = Host.operate(handle, operation, values, count, result);
            Threads.back(loader);
            if (failure != 0) throw Failures.sneaky(Failures.raised(failure));
            if (operation == NEXT && Memory.getLong(result) == 0) return ENDED;
            // What says what it is is not asked that again.
            return operation == CONVERT ? Values.all(result, 1)[0] : Values.read(result);
        } finally {
            if (failure == 0 && Memory.getLong(result) >= Values.STRING8 && Memory.getLong(result) != Values.NULL) Host.clear(result);
            Host.free(values);
            java.lang.ref.Reference.reachabilityFence(this);
        }
    }

    /** Writes what is given. What could not be written leaves nothing behind. */
    private static void write(long values, Object[] given) {
        int written = 0;
        try {
            for (; written < given.length; written++) Values.write(values + (long) written * VALUE, given[written]);
        } finally {
            if (written < given.length) Host.drop(values, written);
        }
    }

    /** Does something with it that has a name. */
    Object runNamed(int operation, String name, Object[] given) {
        Object[] all = new Object[given.length + 1];
        all[0] = name;
        System.arraycopy(given, 0, all, 1, given.length);
        return run(operation, all);
    }

    Object call(Object[] given) {
        return run(CALL, given == null ? NONE : given);
    }

    /** The callable that it is: of the types that it declares, or of those of a method, if these are a few numbers; null if it is none. */
    Foreign callable(Method method) {
        long callable = isCallable ? 0 : Host.callableOf(handle, Scalars.codes(method));
        return isCallable ? this : callable == 0 ? null : asked(callable);
    }

    /** How it is called by a method; null if only with values of any types. */
    Scalars scalars(Method method) {
        return Scalars.of(handle, method);
    }

    Object call(Scalars scalars, Object[] given) {
        try {
            return scalars.call(handle, given);
        } finally {
            java.lang.ref.Reference.reachabilityFence(this);
        }
    }

    boolean has(String member) {
        return !isCallable && (Boolean) run(HAS, member);
    }

    /** What it is as a value; else what is given. */
    Object neutral(Object otherwise) {
        Object value = run(CONVERT);
        return Foreigners.in(value) == null ? value : otherwise;
    }

    /** Its memory, which is lent until it is {@link #settle settled}; null if it shows none. */
    LentMemory memory() {
        if (isOpaque || held.memory != null) return held.memory;
        held.memory = lent(BUFFER);
        isOpaque = held.memory == null;
        return held.memory;
    }

    /** All that is in a list and in lists in it, as it is when it is asked first; null if that has no such form. */
    Object[] items() {
        if (items != null) return items;
        LentMemory all = lent(ITEMS);
        if (all == null) return null;
        try {
            return items = (Object[]) all.as(Object[].class);
        } catch (Refusal other) {
            return null;
        } finally {
            all.end();
        }
    }

    /** An array that an operation gives; null if it does not. */
    private LentMemory lent(int operation) {
        long value = Values.allocate(VALUE), failure = 1;
        LentMemory lent = null;
        ClassLoader loader = Threads.out();
        try {
            failure = Host.operate(handle, operation, value, 0, value);
            Threads.back(loader);
            if (failure != 0) Host.releaseFailure(failure);
            else if ((Memory.getLong(value) & Arrays.ARRAY) != 0) lent = new LentMemory(value);
        } catch (Refusal malformed) {
            // Its elements are of a type that Java has nothing for.
        } finally {
            if (lent == null) {
                if (failure == 0) Host.clear(value);
                Host.free(value);
            }
            java.lang.ref.Reference.reachabilityFence(this);
        }
        return lent;
    }

    /** What it was made into for a type, once; null if it was not. */
    Object taken(Class<?> type) {
        Object taken = made;
        made = null;
        return taken != null && taken.getClass() == type ? taken : null;
    }

    /** Keeps what it was made into. */
    void keep(Object made) {
        this.made = made;
    }

    /** A call that it was given to is over. */
    void settle() {
        made = null;
        items = null;
        held.end();
        java.lang.ref.Reference.reachabilityFence(this);
    }

    int length() {
        return Math.toIntExact(((Number) run(LENGTH)).longValue());
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) return true;
        return other instanceof Foreign && !isCallable && !((Foreign) other).isCallable && (Boolean) run(EQUAL, Foreigners.plain((Foreign) other));
    }

    @Override
    public int hashCode() {
        return isCallable ? System.identityHashCode(this) : Long.hashCode(((Number) run(HASH)).longValue());
    }

    @Override
    public String toString() {
        return (String) run(TEXT);
    }
}
