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

    /**
     * Calls a callable with so many values, where its result is to be written: 0, or what it failed with,
     * which is owned.
     */
    static native long callBack(long callable, long arguments, int count, long result);

    /** Gives memory back. */
    static native void free(long memory);

    /** Another handle of a callable. */
    static native long keepCallable(long callable);

    /** Lets a callable go. */
    static native void releaseCallable(long callable);

    /** What a failure says. */
    static native String message(long failure);

    /** Lets a failure go. */
    static native void releaseFailure(long failure);

    /** The address of a C function that calls entities; 0 where the JVM makes none. */
    static long entry() throws ReflectiveOperationException {
        MethodType type = MethodType.methodType(int.class, int.class, long.class);
        MethodHandle call = MethodHandles.lookup().findStatic(Entities.class, "call", type);
        FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG);
        return LINKER.upcallStub(call, shape, Arena.global()).address();
    }
}
