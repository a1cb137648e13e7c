package metaffi.guest;

import java.io.InterruptedIOException;
import java.lang.ref.WeakReference;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/** Code of Java's that hosts interrupt, by the thread that it runs on. */
final class Interrupts {
    /** Why, as the other side counts. */
    private static final int ASKED = 1, TIMED_OUT = 2;

    /** Where that stands in what {@link Failures#keep} gives. */
    private static final int SHIFT = 28;

    /** So many causes of a failure are looked at. */
    private static final int CAUSES = 64;

    /** Why threads were interrupted that have not noticed yet. */
    private static final Map<Thread, Integer> AHEAD = new WeakHashMap<>();

    /** Whether any thread ever was. */
    private static volatile boolean isUsed;

    /** What a thread has failed with when it noticed, which may pass through more calls. */
    private static final ThreadLocal<Noticed> NOTICED = new ThreadLocal<>();

    private static final class Noticed extends WeakReference<Throwable> {
        final int why;

        Noticed(Throwable thrown, int why) {
            super(thrown);
            this.why = why;
        }
    }

    private Interrupts() {}

    /** Interrupts what runs on threads; how many they are. */
    static synchronized int interrupt(List<Thread> threads, int why) {
        int count = 0;
        for (Thread thread : threads) {
            // What runs later has not been meant; the time of a scope passes for whatever runs in it.
            if (why == ASKED && !isInside(thread)) continue;
            isUsed = true;
            AHEAD.putIfAbsent(thread, why);
            thread.interrupt();
            count++;
        }
        return count;
    }

    /** Whether a thread runs any code of Java's but this. */
    private static boolean isInside(Thread thread) {
        int others = 0;
        for (StackTraceElement one : thread.getStackTrace()) {
            String of = one.getClassName();
            boolean isAsking = of.equals(Interrupts.class.getName()) || of.equals(Threads.class.getName());
            if (!isAsking && !(of.equals("java.lang.Thread") && one.getMethodName().equals("getStackTrace"))) others++;
        }
        return others > 0;
    }

    /** The time of this thread is not over, or what has passed is forgotten. */
    static synchronized void takeBack() {
        if (AHEAD.remove(Thread.currentThread(), TIMED_OUT)) Thread.interrupted();
    }

    /**
     * Before a call, as long as threads are interrupted by request: what an earlier one has not noticed is not this
     * one's. 0 if none is any more.
     */
    static synchronized int begin() {
        Thread current = Thread.currentThread();
        AHEAD.keySet().removeIf(one -> !one.isAlive());
        // Outermost there is this alone, and what is called from outside.
        if (AHEAD.getOrDefault(current, TIMED_OUT) == ASKED && new Throwable().getStackTrace().length == 2) {
            AHEAD.remove(current);
            Thread.interrupted();
        }
        return AHEAD.containsValue(ASKED) ? 1 : 0;
    }

    /** Why something was thrown, where it stands beside an index; 0 of what is no interruption. */
    static int why(Throwable thrown) {
        if (!isUsed) return 0;
        Noticed before = NOTICED.get();
        if (before != null && before.get() == thrown) return before.why << SHIFT;
        Integer why = take(Thread.currentThread());
        // Who still is interrupted has not dealt with it.
        if (why == null || !(Thread.interrupted() | tells(thrown))) return 0;
        NOTICED.set(new Noticed(thrown, why));
        return why << SHIFT;
    }

    private static synchronized Integer take(Thread thread) {
        return AHEAD.remove(thread);
    }

    /** Whether something is thrown by what waits and is interrupted, or because of that. */
    private static boolean tells(Throwable thrown) {
        Throwable one = thrown;
        for (int i = 0; i < CAUSES && one != null; i++, one = one.getCause()) {
            if (one instanceof InterruptedException || one instanceof ClosedByInterruptException || one instanceof FileLockInterruptionException) return true;
            if (one instanceof InterruptedIOException && !(one instanceof SocketTimeoutException)) return true;
        }
        return false;
    }
}
