package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What is called by address instead of the native interface: here nothing. */
final class Linked {
    /** Whether any entity has a function of its own. */
    private static volatile boolean hasOwn;

    private Linked() {}

    /** There have been many calls. */
    static void begin() {}

    /** An entity is called often: it is given a function of its own, beside the calls. Whether all is done that can be. */
    static boolean often(long number) {
        hasOwn = true;
        Threads.beside(() -> OwnFunction.make(number));
        return true;
    }

    /** The entity of an index has been given back. */
    static void released(int index) {
        if (hasOwn) OwnFunction.release(index);
    }

    /** What the other side calls a method by that calls with a number and a frame, for ever; 0 if that cannot be. */
    static long function(MethodHandle target) {
        // The interface takes longer over an argument than it takes to read one.
        MethodHandle read = MethodHandles.filterArguments(target, 0, Kind.INT64.reader(0), Kind.INT64.reader(Long.BYTES));
        MethodType type = MethodType.methodType(int.class, long.class);
        return Host.method(new EntryLoader(MethodHandles.permuteArguments(read, type, 0, 0)));
    }

    static long identity(long callable) {
        return Host.identity(callable);
    }

    static long callWords(long callable, int count, long a, long b, long c, long d) {
        return Host.callWords(callable, count, a, b, c, d);
    }

    /** Writes the address and the length of a new text of UTF-8. */
    static void writeText(long at, String text) {
        Text.write(at, Text.bytes(text));
    }

    /** Memory for so many bytes of text and a NUL behind them, which is there. */
    static long allocate(int length) {
        return Host.allocate(length);
    }
}
