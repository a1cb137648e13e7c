package metaffi.guest;

/** What the other side does for this one, by native methods. */
final class Host {
    private Host() {}

    /** Memory for so many bytes of text and a NUL behind them, which is there. */
    static native long allocate(int length);

    /** The address of a C function, by which it is called more quickly: `ALLOCATE` and those after it. */
    static native long function(int which);

    static final int ALLOCATE = 0, HAS = 1, IDENTITY = 2, CALL_WORDS = 3;

    /** From now on entities are called by a C function, which is at an address. */
    static native void ready(long entry);

    /** From now on the entity of an index is called by a C function of its own; 0: by that of all. The module's number, or 0. */
    static native void direct(int index, long entry, long module);

    /**
     * What the other side calls the method of a new class by, which it defines by the loader; 0 if it cannot.
     * It is no address, but goes where those of functions do.
     */
    static native long method(ClassLoader of);

    /** A new descriptor of an array, whose elements are not written yet; 0 if there is no memory. */
    static native long array(long element, long[] shape);

    /** A new handle of a callable of an entity, as that is described; 0 if there can be none. */
    static native long callable(String entity);

    /**
     * Says what came of something that was awaited: a value, which is taken over, or the index of what it
     * failed with, as calls give it.
     */
    static native void complete(long completion, long value, int thrown, boolean isCancelled);

    /** What can be done with an object of another's, as bits; below zero of a callable. */
    static native long capabilities(long handle);

    /**
     * What a callable takes and gives, if that is a few numbers: for each of the four arguments, and behind
     * them the result, six bits of the number of its type and one; below zero if it is anything else.
     */
    static native long scalars(long callable);

    /** Calls such a one; what it gives as a word, 0 if it failed or gives nothing. */
    static native long callWords(long callable, int count, long a, long b, long c, long d);

    /** What the last such call on this thread failed with, once, which is owned; 0 if it did not. */
    static native long takeFailure();

    /** What tells a callable or an object from all others that are there, whatever its handle; 0 if it has been freed. */
    static native long identity(long handle);

    /**
     * A new handle of the callable that an object is; of one that declares no types one of these, as
     * {@link #scalars} has them; 0 if it is none, or these are below zero.
     */
    static native long callableOf(long object, long types);

    /** A call of a C function pointer has thrown something, by its index as a call gives it. */
    static native void failed(int thrown);

    /** Gives an array back that nobody has yet. */
    static native void freeArray(long array);

    /** What stands for the object of a handle, which is lent; the least number if there is none. */
    static native long referenceOf(long handle);

    /** A handle of what stands for an object, which it takes over; 0 if there can be none. */
    static native long give(long reference);

    /** Whether the elements of an array must not be written. */
    static native boolean isReadOnly(long array);

    /** A new descriptor of elements that an object keeps, whose index it takes over; 0 if there is no memory. */
    static native long borrow(long element, long data, long length, int object, boolean readOnly);

    /** A direct buffer of memory. */
    static native java.nio.ByteBuffer buffer(long data, long bytes);

    /** Where the memory of a direct buffer begins. */
    static native long address(java.nio.Buffer buffer);

    /**
     * Does something with it and so many values, which are taken over, and lends the result where it is
     * to be written: 0, or what it failed with, which is owned.
     */
    static native long operate(long handle, int operation, long values, int count, long result);

    /** Gives back a result that is more than a number. */
    static native void clear(long result);

    /** Gives up so many values that were to be taken over. */
    static native void drop(long values, int count);

    /** Java ends: nothing of it is called any more. */
    static native void ended();

    /** Whether a method does what it does for whoever calls it: 1 or 0; below zero if that is not known. */
    static native int asksForCaller(java.lang.reflect.Method method);

    /** An index is given back, whose object was referred to otherwise, too. */
    static native void forget(int object);

    /** Gives memory back. */
    static native void free(long memory);

    /** Another handle of an object or a callable. */
    static native long keep(long handle);

    /** Lets an object or a callable go. */
    static native void release(long handle);

    /** What a failure says: its message, runtime, type and trace, then function, file and line of each frame. */
    static native String[] failure(long failure);

    /** What stands for the object that a failure is, which is owned; 0 if it is none. */
    static native long original(long failure);

    /** What led to a failure, which is owned; 0 if nothing did. */
    static native long cause(long failure);

    /** Lets a failure go. */
    static native void releaseFailure(long failure);
}
