package metaffi.guest;

/** What is called by address instead of the native interface: here nothing. */
final class Linked {
    private Linked() {}

    /** There have been many calls. */
    static void begin() {}

    /** Memory for so many bytes of text and a NUL behind them, which is there. */
    static long allocate(int length) {
        return Host.allocate(length);
    }
}
