package metaffi.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stacks of several languages as one, in the order of calls. */
final class Frames {
    /** What is told of a failure before its frames, and of each of them. */
    private static final int FIRST = 4;

    private static final int EACH = 3;
    private static final String OURS = "metaffi.guest.";
    private static final String ENTRY = "metaffi.guest.Entities";
    private static final String EXIT = "metaffi.guest.Host";

    /** The runtimes that frames have come from, which stand where Java has the class. */
    private static final Set<String> RUNTIMES = ConcurrentHashMap.newKeySet();

    private Frames() {}

    /** How many frames are told of a failure. */
    static int count(String[] told) {
        return (told.length - FIRST) / EACH;
    }

    /** Has a stack begin with the frames of what another language failed with, and go on with those of this thread. */
    static void merge(Throwable into, String[] told) {
        List<StackTraceElement> all = new ArrayList<>();
        RUNTIMES.add(told[1]);
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
            if (isEntry(one)) break;
            if (!isOurs(one)) own.add(one);
        }
        return own;
    }

    /** Whether what is before a frame was called from outside: by this, or after this had called out. */
    private static boolean isEntry(StackTraceElement frame) {
        return frame.getClassName().equals(ENTRY) || frame.isNativeMethod() && frame.getClassName().equals(EXIT);
    }

    /** The name of a frame's function, as its own language has it. */
    static String function(StackTraceElement frame) {
        String holder = frame.getClassName(), name = frame.getMethodName();
        boolean isJavas = frame.getFileName() == null || frame.getFileName().endsWith(".java");
        return holder.isEmpty() || !isJavas && RUNTIMES.contains(holder) ? name : holder + "." + name;
    }

    /** A stack trace as it is printed, without the frames that are none of the program's. */
    static String printed(String trace) {
        StringBuilder lines = new StringBuilder();
        for (String line : trace.split("(?<=\n)")) {
            int at = line.indexOf("\tat ") + 4, module = line.indexOf('/', at), call = line.indexOf('(', at);
            String frame = line.substring(module < 0 || module > call ? at : module + 1);
            if (at < 4 || !isOurs(frame)) lines.append(line);
        }
        return lines.toString();
    }

    private static boolean isOurs(StackTraceElement frame) {
        return isOurs(frame.getClassName());
    }

    private static boolean isOurs(String name) {
        return name.startsWith(OURS) || isMachinery(name);
    }

    /** How proxies and method handles call. */
    private static boolean isMachinery(String name) {
        return name.startsWith("java.lang.invoke.") || name.startsWith("jdk.internal.") || name.startsWith("java.lang.reflect.")
                || name.startsWith("jdk.proxy") || name.startsWith("com.sun.proxy.") || name.startsWith("$Proxy");
    }
}
