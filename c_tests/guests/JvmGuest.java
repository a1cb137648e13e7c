import java.util.ServiceLoader;

/** What the tests of threads and ends call. */
public final class JvmGuest {
    private JvmGuest() {}

    /** What ServiceLoader finds by this thread's class loader. */
    public static final class Service implements Runnable {
        @Override
        public void run() {}
    }

    public static int services() {
        int count = 0;
        for (Runnable one : ServiceLoader.load(Runnable.class)) if (one instanceof Service) count++;
        return count;
    }

    public static boolean isDaemon() {
        return Thread.currentThread().isDaemon();
    }

    public static int threads() {
        return Thread.getAllStackTraces().size();
    }

    public static int recurse(int depth) {
        return depth < 0 ? depth : recurse(depth + 1) + 1;
    }

    /** How deep it gets before the stack ends. */
    private static int depth;

    private static void descend() {
        depth++;
        descend();
    }

    public static int depth() {
        depth = 0;
        try {
            descend();
        } catch (StackOverflowError end) {
            return depth;
        }
        return -1;
    }

    /** Calls it on a thread of Java's own; a virtual one if there are any and that is asked for. */
    public static boolean callOnThread(Runnable call, boolean isVirtual) throws Exception {
        Thread thread;
        try {
            if (!isVirtual) throw new NoSuchMethodException();
            thread = (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, call);
        } catch (NoSuchMethodException absent) {
            isVirtual = false;
            thread = new Thread(call);
            thread.start();
        }
        thread.join();
        return isVirtual;
    }

    /** Does nothing for ever, on a daemon or another thread, and calls meanwhile. */
    public static void spin(boolean isDaemon) {
        Thread thread = new Thread(() -> {
            for (long i = 0; ; i++) Math.abs(i + new Object().hashCode());
        });
        thread.setDaemon(isDaemon);
        thread.start();
    }

    public static void atExit(String text) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.print(text)));
    }

    /** Without a line's end, so that it stays in a buffer. */
    public static void print(String text) {
        System.out.write(text.getBytes(), 0, text.length());
    }

    public static void exit(int status) {
        System.exit(status);
    }

    public static double third() {
        return 1.0 / Double.parseDouble("3");
    }

    /** What a child process says of the signals that it does not get. */
    public static String blockedInChild() throws Exception {
        Process child = new ProcessBuilder("grep", "SigBlk", "/proc/self/status").start();
        return new String(child.getInputStream().readAllBytes()).replaceAll("\\s+", "");
    }
}
