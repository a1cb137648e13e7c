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

/**
 * What is called by address instead of the native interface. To begin with that takes as long as starting
 * Java, so that it is done when there have been many calls, and beside them.
 */
final class Linked {
    private static boolean hasBegun;
    private static volatile boolean isReady;

    private Linked() {}

    /** There have been many calls. */
    static synchronized void begin() {
        if (hasBegun) return;
        hasBegun = true;
        Thread thread = new Thread(Linked::prepare, "metaffi");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            // All goes on as it is.
        }
    }

    private static void prepare() {
        Memory.prepare();
        Calls.prepare();
    }

    /** Memory for so many bytes of text and a NUL behind them, which is there. */
    static long allocate(int length) {
        return isReady ? Calls.allocate(length) : Host.allocate(length);
    }

    private static final class Calls {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final MethodHandle ALLOCATE = downcall(Host.allocator(), FunctionDescriptor.of(JAVA_LONG, JAVA_INT));

        private static MethodHandle downcall(long address, FunctionDescriptor type) {
            return LINKER.downcallHandle(MemorySegment.ofAddress(address), type, Linker.Option.critical(false));
        }

        static long allocate(int length) {
            try {
                return (long) ALLOCATE.invokeExact(length);
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }

        /** Where it is not allowed, calls go on by the interface. */
        static void prepare() {
            try {
                MethodType type = MethodType.methodType(int.class, long.class, long.class);
                MethodHandle call = MethodHandles.lookup().findStatic(Entities.class, "call", type);
                FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);
                long entry = LINKER.upcallStub(call, shape, Arena.global()).address();
                isReady = true;
                Host.ready(entry);
            } catch (Throwable refused) {
                return;
            }
        }
    }
}
