import java.util.function.Function;

/** What fails, and what passes failures on. */
public final class Failing {
    private Failing() {}

    /** Says what no other language can write down. */
    public static final String HALF = "a\ud800b";

    public static void raise(String message) {
        throw new IllegalStateException(message, new IllegalArgumentException("inner"));
    }

    public static Object deep(Function<Object, Object> called, Object given) {
        return deeper(called, given);
    }

    private static Object deeper(Function<Object, Object> called, Object given) {
        return called.apply(given);
    }

    public static void halfMessage() {
        throw new IllegalStateException(HALF);
    }

    public static final class Initialised {
        static final int NUMBER = Integer.parseInt("nothing");

        public static int number() {
            return NUMBER;
        }
    }

    public static int initialise() {
        return Initialised.number();
    }

    public static char halfChar() {
        return HALF.charAt(1);
    }

    public static Character halfCharacter() {
        return HALF.charAt(1);
    }

    public static String halfText() {
        return HALF;
    }

    public static Object halfObject() {
        return HALF;
    }

    public static char[] halfChars() {
        return HALF.toCharArray();
    }

    public static String[] halfTexts() {
        return new String[] {HALF};
    }

    public static Object halfGiven(Function<Object, Object> called) {
        return called.apply(HALF);
    }

    public static java.util.List<Object> halfItems() {
        return new java.util.ArrayList<>(java.util.List.of(HALF));
    }

    public static Object halfSaid() {
        return new StringBuilder(HALF);
    }

    /** Counts how often its trace is made. */
    public static final class Counted extends RuntimeException {
        private static int printed;

        Counted() {
            super("counted");
            setStackTrace(new StackTraceElement[] {
                new StackTraceElement("a\nb", "run", "Odd\nName.java", 7), new StackTraceElement("c.D", "call", null, -2),
            });
        }

        @Override
        public void printStackTrace(java.io.PrintWriter to) {
            printed++;
            super.printStackTrace(to);
        }
    }

    public static void counted() {
        throw new Counted();
    }

    public static int printed() {
        return Counted.printed;
    }
}
