import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

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

    private static final Object NEVER = new Object();

    /** Waits for what never comes, in one of the ways there are. */
    public static void await(int way) throws Exception {
        if (way == 0) Thread.sleep(1_000_000);
        else if (way == 1) synchronized (NEVER) { NEVER.wait(); }
        else if (way == 2) new LinkedBlockingQueue<Object>().take();
        else if (way == 3) new CompletableFuture<Object>().get();
        else if (way == 4) new Semaphore(0).acquire();
        else if (way == 5) while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait();
        else awaitAndWrap();
        throw new IllegalStateException("it has ended");
    }

    /** As many libraries do. */
    private static void awaitAndWrap() {
        try {
            Thread.sleep(1_000_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("wrapped");
        }
    }

    /** Deals with it itself. */
    public static boolean survive(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
            return false;
        } catch (InterruptedException dealtWith) {
            return true;
        }
    }

    /** Does not look. */
    public static boolean ignore(int milliseconds) {
        long end = System.nanoTime() + milliseconds * 1_000_000L;
        while (System.nanoTime() < end) Thread.onSpinWait();
        return Thread.currentThread().isInterrupted();
    }

    public static boolean isInterrupted() {
        return Thread.currentThread().isInterrupted();
    }

    public static void fail() {
        throw new IllegalStateException("its own");
    }

    public static void run(Runnable call) {
        call.run();
    }

    /** What a child process says of the signals that it does not get. */
    public static String blockedInChild() throws Exception {
        Process child = new ProcessBuilder("grep", "SigBlk", "/proc/self/status").start();
        return new String(child.getInputStream().readAllBytes()).replaceAll("\\s+", "");
    }
}
