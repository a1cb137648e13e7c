package metaffi.guest;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What the other side does for this one, by its C functions. */
final class Host {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle ALLOCATE = downcall(allocator(), FunctionDescriptor.of(JAVA_LONG, JAVA_INT));

    private Host() {}

    private static MethodHandle downcall(long address, FunctionDescriptor type) {
        return LINKER.downcallHandle(MemorySegment.ofAddress(address), type, Linker.Option.critical(false));
    }

    /** The address of what allocates. */
    private static native long allocator();

    /** Memory for so many bytes of text and a NUL behind them, which is there. */
    static long allocate(int length) {
        try {
            return (long) ALLOCATE.invokeExact(length);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A new descriptor of an array, whose elements are not written yet; 0 if there is no memory. */
    static native long array(long element, long[] shape);

    /** A new handle of a callable of an entity, as that is described; 0 if there can be none. */
    static native long callable(String entity);

    /** What can be done with an object of another's, as bits; below zero of a callable. */
    static native long capabilities(long handle);

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

    /** The address of a C function that calls entities; 0 where the JVM makes none. */
    static long entry() throws ReflectiveOperationException {
        MethodType type = MethodType.methodType(int.class, long.class, long.class);
        MethodHandle call = MethodHandles.lookup().findStatic(Entities.class, "call", type);
        FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);
        return LINKER.upcallStub(call, shape, Arena.global()).address();
    }
}
