package metaffi.guest;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** What was thrown. */
final class Failures {
    private Failures() {}

    /** Set beside the index of what another language failed with. */
    private static final int FOREIGN = 1 << 30;

    /** The index by which it is asked about; below zero if it was thrown by what refuses. */
    static int keep(Throwable thrown) {
        int index = Objects.add(thrown);
        if (thrown instanceof ForeignException) return index | FOREIGN;
        return thrown instanceof Refusal ? -index : index;
    }

    /** What another language failed with, as the other side has it. */
    static long foreign(int index) {
        return ((ForeignException) Objects.get(index)).failure;
    }

    /** The stack trace as Java prints it. */
    static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** As JSON: type, message, frames, trace; and the same of its causes, but for the trace. */
    static String describe(int index) {
        StringBuilder json = new StringBuilder();
        Throwable thrown = (Throwable) Objects.get(index);
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        int open = 0;
        for (Throwable one = thrown; one != null && seen.add(one); one = one.getCause()) {
            if (open++ > 0) json.append(",\"cause\":");
            json.append("{");
            if (one instanceof Refusal) {
                json.append("\"refusal\":");
                Refusal refusal = (Refusal) one;
                Text.quote(json, refusal.status);
                if (refusal.name != null) {
                    Text.quote(json.append(",\"name\":"), refusal.name);
                    Text.quote(json.append(",\"known\":"), refusal.known);
                }
                json.append(',');
            }
            json.append("\"type\":");
            Text.quote(json, one.getClass().getName());
            json.append(",\"message\":");
            Text.quote(json, message(one));
            json.append(",\"frames\":[");
            frames(json, one.getStackTrace());
            json.append(']');
            if (one == thrown) {
                json.append(",\"trace\":");
                Text.quote(json, trace(thrown));
            }
        }
        for (int i = 0; i < open; i++) json.append('}');
        return json.toString();
    }

    private static String message(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? "" : message;
    }

    private static void frames(StringBuilder json, StackTraceElement[] frames) {
        String separator = "";
        for (StackTraceElement frame : frames) {
            json.append(separator).append("{\"function\":");
            Text.quote(json, frame.getClassName() + "." + frame.getMethodName());
            json.append(",\"file\":");
            Text.quote(json, frame.getFileName() == null ? "" : frame.getFileName());
            json.append(",\"line\":").append(Math.max(0, frame.getLineNumber())).append('}');
            separator = ",";
        }
    }
}
