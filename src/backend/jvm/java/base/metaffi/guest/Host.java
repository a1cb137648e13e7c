package metaffi.guest;

/** What the other side does for this one, by native methods. */
final class Host {
    private Host() {}

    /** Memory for so many bytes of text and a NUL behind them, which is there. */
    static native long allocate(int length);

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
    static long entry() {
        return 0;
    }
}
