package metaffi.guest;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What was thrown. */
final class Failures {
    private Failures() {}

    /** Set beside the index of what another language failed with. */
    private static final int FOREIGN = 1 << 30;

    /** So many causes of a failure are followed. */
    private static final int CAUSES = 64;

    private static final int[] NONE = {};

    /** What is said where there is not even memory, or stack, for what was thrown. */
    private static final int LAST = Objects.add(new OutOfMemoryError("Java has no memory left, or this thread no stack"));

    static int last() {
        Objects.retain(LAST);
        return LAST;
    }

    /** What code of others has thrown through an instance of an interface that does not declare it. */
    private static final ThreadLocal<WeakReference<Throwable>> UNDECLARED = new ThreadLocal<>();

    static Throwable undeclared(Throwable thrown) {
        UNDECLARED.set(new WeakReference<>(thrown));
        return thrown;
    }

    /** It is wrapped on its way. */
    private static Throwable unwrapped(Throwable thrown) {
        if (!(thrown instanceof UndeclaredThrowableException) || thrown.getCause() == null) return thrown;
        WeakReference<Throwable> undeclared = UNDECLARED.get();
        return undeclared != null && undeclared.get() == thrown.getCause() ? thrown.getCause() : thrown;
    }

    /** The index by which it is asked about; below zero if it was thrown by what refuses. */
    static int keep(Throwable kept) {
        Throwable thrown = unwrapped(kept);
        int index = Objects.add(thrown);
        if (thrown instanceof Failure) return index | FOREIGN;
        return thrown instanceof Refusal ? -index : index | Interrupts.why(thrown);
    }

    /** What another language failed with, as the other side has it; 0 of what Java has thrown itself. */
    static long foreign(int index) {
        Object thrown = Objects.get(index);
        return thrown instanceof Failure ? ((Failure) thrown).failure : 0;
    }

    /** What is thrown for a failure, which is taken over: what Java has thrown itself, or what says what it is. */
    static Throwable raised(long failure) {
        return raised(failure, CAUSES);
    }

    private static Throwable raised(long failure, int causes) {
        String[] told = Host.failure(failure);
        Object original = original(failure);
        Throwable raised;
        if (original instanceof Throwable) {
            raised = (Throwable) original;
            if (cause(raised) == null) lead(led(failure, causes), raised);
            Host.releaseFailure(failure);
        } else {
            raised = new Failure(failure, told, original, led(failure, causes));
        }
        Frames.merge(raised, told);
        return raised;
    }

    /** What led to a failure; null if nothing did. */
    private static Throwable led(long failure, int causes) {
        long cause = causes == 0 ? 0 : Host.cause(failure);
        return cause == 0 ? null : raised(cause, causes - 1);
    }

    /** Says what led to what Java has thrown, and another language raised, where it has no cause and can have one. */
    private static void lead(Throwable led, Throwable raised) {
        Throwable one = led;
        // Not to itself.
        for (int i = 0; one != null && one != raised; i++) one = i == CAUSES ? raised : cause(one);
        if (led == null || one == raised) return;
        try {
            raised.initCause(led);
        } catch (RuntimeException fixed) {
            // It was made without one, for good.
        }
    }

    private static Object original(long failure) {
        long reference = Host.original(failure);
        if (reference == 0) return null;
        if (reference < 0) return Foreigners.plain(new Foreign(~reference));
        Object original = Objects.get((int) reference);
        Objects.release((int) reference);
        return original;
    }

    /** Throws what is not declared. */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** The indexes of what led to it, one after another, each once. */
    static int[] causes(int index) {
        Throwable thrown = (Throwable) Objects.get(index);
        if (cause(thrown) == null) return NONE;
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.add(thrown);
        List<Throwable> all = new ArrayList<>();
        for (Throwable one = cause(thrown); one != null && all.size() < CAUSES && seen.add(one); one = cause(one)) {
            all.add(one);
            // That one has its causes itself.
            if (one instanceof Failure) break;
        }
        return indexes(all.toArray(new Throwable[0]));
    }

    static Throwable cause(Throwable of) {
        try {
            return of.getCause();
        } catch (Throwable itsOwn) {
            return null;
        }
    }

    /** The indexes of what was thrown while it was on its way. */
    static int[] suppressed(int index) {
        return indexes(((Throwable) Objects.get(index)).getSuppressed());
    }

    private static int[] indexes(Throwable[] all) {
        int[] indexes = new int[all.length];
        for (int i = 0; i < all.length; i++) indexes[i] = Objects.add(all[i]);
        return indexes;
    }

    /** The stack trace as Java prints it. */
    static String trace(int index) {
        Throwable thrown = (Throwable) Objects.get(index);
        StringWriter text = new StringWriter();
        try {
            thrown.printStackTrace(new PrintWriter(text));
        } catch (Throwable itsOwn) {
            text.append(thrown.getClass().getName()).append(", whose text fails");
        }
        return Text.shown(Frames.printed(text.toString()));
    }

    /** What refuses, as JSON: its status, its message, and of a name that is not there, those that are. */
    static String refused(int index) {
        Throwable thrown = (Throwable) Objects.get(index);
        StringBuilder json = new StringBuilder("{\"message\":");
        Text.quote(json, message(thrown));
        if (thrown instanceof Refusal) {
            Refusal refusal = (Refusal) thrown;
            Text.quote(json.append(",\"refusal\":"), refusal.status);
            if (refusal.name != null) {
                Text.quote(json.append(",\"name\":"), refusal.name);
                Text.quote(json.append(",\"known\":"), refusal.known);
            }
        }
        return json.append('}').toString();
    }

    /** The name of its class. */
    static String typeName(int index) {
        return Objects.get(index).getClass().getName();
    }

    /** The program's frames: of each its function, its file and its line, with a line for each of these. */
    static String frames(Throwable thrown) {
        return frames(Frames.own(thrown));
    }

    /** The same of those between where a failure of others came in and where it leaves, once. */
    static String passed(int index) {
        Object thrown = Objects.get(index);
        return thrown instanceof Failure ? frames(((Failure) thrown).passed()) : "";
    }

    static String message(int index) {
        return message((Throwable) Objects.get(index));
    }

    /** What it says; half of a surrogate pair, which no other language has, is replaced. */
    static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            if (message != null) return Text.shown(message);
            // Some say nothing but what led to them.
            Throwable cause = thrown.getCause();
            return cause == null || cause == thrown ? "" : Text.shown(cause.toString());
        } catch (Throwable itsOwn) {
            return "<its getMessage() failed>";
        }
    }

    private static String frames(List<StackTraceElement> frames) {
        StringBuilder lines = new StringBuilder();
        for (StackTraceElement frame : frames) {
            String file = frame.getFileName();
            line(lines, Frames.function(frame));
            line(lines, file == null ? "" : file);
            lines.append(Math.max(0, frame.getLineNumber())).append('\n');
        }
        return lines.toString();
    }

    private static void line(StringBuilder lines, String text) {
        lines.append(Text.shown(text).replace('\n', ' ')).append('\n');
    }
}
