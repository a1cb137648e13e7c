package metaffi.guest;

/** The end of Java. */
final class Ending implements Runnable {
    private Ending() {}

    /** What is run last. */
    static Runnable hook() {
        return new Ending();
    }

    @Override
    public void run() {
        Host.ended();
    }

    /** Writes what has been printed and is not written yet. */
    static void flush() {
        System.out.flush();
        System.err.flush();
    }
}
