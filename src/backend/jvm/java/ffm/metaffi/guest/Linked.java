package metaffi.guest;

import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * What is called by address instead of the native interface. To begin with that takes as long as starting
 * Java, so that it is done when there have been many calls, and beside them.
 */
final class Linked {
    private static boolean hasBegun;
    private static volatile boolean isReady, isRefused;

    private Linked() {}

    /** There have been many calls. */
    static synchronized void begin() {
        if (hasBegun) return;
        hasBegun = true;
        Threads.beside(Linked::prepare);
    }

    private static void prepare() {
        try {
            Memory.prepare();
            Calls.prepare();
        } catch (Throwable noMemory) {
            // All goes on as it is.
            isRefused = true;
        }
    }

    /** Memory for so many bytes of text and a NUL behind them, which is there. */
    static long allocate(int length) {
        return isReady ? Calls.allocate(length) : Host.allocate(length);
    }

    /** An entity is called often: it is given a function of its own, beside the calls. Whether all is done that can be. */
    static boolean often(long number) {
        if (isReady) Threads.beside(() -> OwnFunction.make(number));
        return isReady || isRefused;
    }

    /** The address of a C function that calls with a number and a frame, for ever. */
    static long function(MethodHandle target) {
        FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);
        return Linker.nativeLinker().upcallStub(target, shape, Arena.global()).address();
    }

    /** The entity of an index has been given back. */
    static void released(int index) {
        if (isReady) OwnFunction.release(index);
    }

    static long identity(long callable) {
        return isReady ? Calls.identity(callable) : Host.identity(callable);
    }

    static long callWords(long callable, int count, long a, long b, long c, long d) {
        return isReady ? Calls.callWords(callable, count, a, b, c, d) : Host.callWords(callable, count, a, b, c, d);
    }

    /** Writes the address and the length of a new text of UTF-8. */
    static void writeText(long at, String text) {
        if (isReady) Texts.write(at, text);
        else Text.write(at, Text.bytes(text));
    }

    /** Texts go into their memory at once. */
    private static final class Texts implements SegmentAllocator {
        private static final Texts TEXTS = new Texts();

        static void write(long at, String text) {
            MemorySegment written = TEXTS.allocateFrom(text);
            long data = written.address(), length = written.byteSize() - 1;
            // What cannot be written becomes one of these: only then it is looked at again.
            if (Calls.has(data, length, Text.REPLACED)) check(data, text);
            Memory.putLong(at, data);
            Memory.putLong(at + Long.BYTES, length);
        }

        private static void check(long data, String text) {
            try {
                Text.bytes(text);
            } catch (Throwable refused) {
                Host.free(data);
                throw refused;
            }
        }

        @Override
        public MemorySegment allocate(long size, long alignment) {
            return Memory.at(Values.allocate(size - 1), size);
        }
    }

    private static final class Calls {
        private static final Linker LINKER = Linker.nativeLinker();
        /** Of what is done at once, and calls nothing of Java's. */
        private static final Linker.Option SHORT = Linker.Option.critical(false);
        private static final MethodHandle ALLOCATE = downcall(Host.ALLOCATE, FunctionDescriptor.of(JAVA_LONG, JAVA_INT), SHORT);
        private static final MethodHandle HAS = downcall(Host.HAS, FunctionDescriptor.of(JAVA_BOOLEAN, JAVA_LONG, JAVA_LONG, JAVA_BYTE), SHORT);
        private static final MethodHandle IDENTITY = downcall(Host.IDENTITY, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG), SHORT);
        private static final MethodHandle CALL_WORDS = downcall(Host.CALL_WORDS, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

        private static MethodHandle downcall(int function, FunctionDescriptor type, Linker.Option... options) {
            return LINKER.downcallHandle(MemorySegment.ofAddress(Host.function(function)), type, options);
        }

        static long allocate(int length) {
            try {
                return (long) ALLOCATE.invokeExact(length);
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }

        static boolean has(long data, long length, byte one) {
            try {
                return (boolean) HAS.invokeExact(data, length, one);
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }

        static long identity(long callable) {
            try {
                return (long) IDENTITY.invokeExact(callable);
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }

        static long callWords(long callable, int count, long a, long b, long c, long d) {
            try {
                return (long) CALL_WORDS.invokeExact(callable, count, a, b, c, d);
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }

        /** Where it is not allowed, calls go on by the interface. */
        static void prepare() {
            try {
                MethodType type = MethodType.methodType(int.class, long.class, long.class);
                long entry = function(MethodHandles.lookup().findStatic(Entities.class, "call", type));
                isReady = true;
                Host.ready(entry);
            } catch (Throwable refused) {
                isRefused = true;
            }
        }
    }
}
