package metaffi.guest;

import java.util.ArrayList;
import java.util.List;

/** Stacks of several languages as one, in the order of calls. */
final class Frames {
    /** What is told of a failure before its frames, and of each of them. */
    private static final int FIRST = 4;

    private static final int EACH = 3;
    private static final String OURS = "metaffi.guest.";
    private static final String ENTRY = "metaffi.guest.Entities";

    private Frames() {}

    /** Has a stack begin with the frames of what another language failed with, and go on with those of this thread. */
    static void merge(Throwable into, String[] told) {
        List<StackTraceElement> all = new ArrayList<>();
        for (int i = told.length - EACH; i >= FIRST; i -= EACH) all.add(frame(told[1], told[i], told[i + 1], Integer.parseInt(told[i + 2])));
        boolean isOutside = false;
        for (StackTraceElement one : new Throwable().getStackTrace()) {
            // Those of ours on the way out are none of the program's.
            isOutside |= !isOurs(one);
            if (isOutside) all.add(one);
        }
        into.setStackTrace(all.toArray(new StackTraceElement[0]));
    }

    private static StackTraceElement frame(String runtime, String function, String file, int line) {
        int dot = file.endsWith(".java") ? function.lastIndexOf('.') : -1;
        String holder = dot < 0 ? runtime : function.substring(0, dot);
        return new StackTraceElement(holder, function.substring(dot + 1), file.isEmpty() ? null : file, line == 0 ? -1 : line);
    }

    /** The frames of a stack that are the program's, up to where it was called from outside. */
    static List<StackTraceElement> own(Throwable thrown) {
        List<StackTraceElement> own = new ArrayList<>();
        for (StackTraceElement one : thrown.getStackTrace()) {
            if (one.getClassName().equals(ENTRY)) break;
            if (!isOurs(one) && !isMachinery(one)) own.add(one);
        }
        return own;
    }

    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().startsWith(OURS) || isMachinery(frame);
    }

    /** How proxies and method handles call. */
    private static boolean isMachinery(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("java.lang.invoke.") || name.startsWith("jdk.internal.") || name.startsWith("java.lang.reflect.")
                || name.startsWith("jdk.proxy") || name.startsWith("com.sun.proxy.") || name.startsWith("$Proxy");
    }
}
