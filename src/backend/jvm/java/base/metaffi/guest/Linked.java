package metaffi.guest;

/** What is called by address instead of the native interface: here nothing. */
final class Linked {
    private Linked() {}

    /** There have been many calls. */
    static void begin() {}

    /** An entity is called often. */
    static void often(long number, java.lang.invoke.MethodHandle target) {}

    /** The entity of an index has been given back. */
    static void released(int index) {}

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
