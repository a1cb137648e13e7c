package metaffi.guest;

import java.io.InterruptedIOException;
import java.lang.ref.WeakReference;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.ToIntFunction;

/** Code of Java's that hosts interrupt, by the thread that it runs on. */
final class Interrupts {
    /** Why, as the other side counts. */
    private static final int ASKED = 1, TIMED_OUT = 2;

    /** Where that stands in what {@link Failures#keep} gives. */
    private static final int SHIFT = 28;

    /** So many causes of a failure are looked at. */
    private static final int CAUSES = 64;

    /** What is ahead of threads: they have been interrupted, and have not noticed yet, or are being. */
    private static final Map<Thread, Ahead> AHEAD = new WeakHashMap<>();

    private static final class Ahead {
        boolean isAsked;
        /** How many scopes' time is over, which was not noticed, and which was. */
        int timedOut, noticed;
        /** How many others are interrupting it. */
        int underway;

        int notice() {
            int why = isAsked ? ASKED : timedOut > 0 ? TIMED_OUT : 0;
            isAsked = false;
            noticed += timedOut;
            timedOut = 0;
            return why;
        }

        /** A scope whose time is over is left, or its time set anew. */
        int leave() {
            if (noticed > 0) noticed--;
            else if (timedOut > 0 && --timedOut == 0 && !isAsked) Thread.interrupted();
            return 0;
        }

        int forget() {
            if (isAsked && timedOut == 0) Thread.interrupted();
            isAsked = false;
            return 0;
        }

        boolean isOver() {
            return !isAsked && timedOut == 0 && noticed == 0 && underway == 0;
        }
    }

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

    /**
     * The threads that are meant by a number, by 0 all but this. Each waits from here on, where it looks, until
     * it {@link #interrupt} has been.
     */
    static Thread[] meant(long number) {
        Thread[] threads = Threads.known(number).toArray(new Thread[0]);
        synchronized (AHEAD) {
            for (Thread thread : threads) AHEAD.computeIfAbsent(thread, one -> new Ahead());
            for (Thread thread : threads) if (thread != Thread.currentThread()) AHEAD.get(thread).underway++;
        }
        isUsed = true;
        return threads;
    }

    /** Interrupts what runs on them; how many have been. No lock is held: what is interrupted may run code of others. */
    static int interrupt(Thread[] threads, int why) {
        int count = 0, done = 0;
        try {
            for (; done < threads.length; end(threads[done++])) {
                // What runs later has not been meant; the time of a scope passes for whatever runs in it.
                if (why == ASKED && !isInside(threads[done])) continue;
                begin(threads[done], why);
                threads[done].interrupt();
                count++;
            }
        } finally {
            while (done < threads.length) end(threads[done++]);
        }
        return count;
    }

    private static void begin(Thread thread, int why) {
        synchronized (AHEAD) {
            Ahead ahead = AHEAD.get(thread);
            if (why == ASKED) ahead.isAsked = true;
            else ahead.timedOut++;
        }
    }

    private static void end(Thread thread) {
        synchronized (AHEAD) {
            Ahead ahead = AHEAD.get(thread);
            if (thread != Thread.currentThread()) ahead.underway--;
            if (ahead.isOver()) AHEAD.remove(thread);
        }
    }

    /** Does something with what is ahead of this thread, while nobody interrupts it; 0 if nothing is. */
    private static int settled(ToIntFunction<Ahead> deed) {
        Thread current = Thread.currentThread();
        while (true) {
            synchronized (AHEAD) {
                Ahead ahead = AHEAD.get(current);
                if (ahead == null) return 0;
                if (ahead.underway == 0) {
                    int done = deed.applyAsInt(ahead);
                    if (ahead.isOver()) AHEAD.remove(current);
                    return done;
                }
            }
            Thread.yield();
        }
    }

    /** Whether a thread runs any code of Java's, which is not such that asks here, and not called by Java. */
    private static boolean isInside(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        if (stack.length == 0) return false;
        String outermost = stack[stack.length - 1].getClassName();
        return !outermost.equals(Interrupts.class.getName()) && !outermost.equals(Threads.class.getName());
    }

    /** The time of this thread is not over, or what has passed is forgotten. */
    static void takeBack() {
        settled(Ahead::leave);
    }

    /**
     * Before a call on a thread that was to be interrupted by request: what an earlier one has not noticed is not
     * this one's. 0 if nothing is left of it.
     */
    static int begin() {
        // Outermost there is this alone; within another call, that one may notice it yet.
        if (new Throwable().getStackTrace().length == 1) return settled(Ahead::forget);
        synchronized (AHEAD) {
            Ahead ahead = AHEAD.get(Thread.currentThread());
            return ahead != null && (ahead.isAsked || ahead.underway > 0) ? 1 : 0;
        }
    }

    /** Why something was thrown, where it stands beside an index; 0 of what is no interruption. */
    static int why(Throwable thrown) {
        if (!isUsed) return 0;
        Noticed before = NOTICED.get();
        if (before != null && before.get() == thrown) return before.why << SHIFT;
        int why = settled(Ahead::notice);
        // Who still is interrupted has not dealt with it.
        if (why == 0 || !(Thread.interrupted() | tells(thrown))) return 0;
        NOTICED.set(new Noticed(thrown, why));
        return why << SHIFT;
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
