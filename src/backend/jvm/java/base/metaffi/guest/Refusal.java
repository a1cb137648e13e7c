package metaffi.guest;

/** What is asked for and cannot be: a status of the other side's, and why. */
public final class Refusal extends RuntimeException {
    static final String ARGUMENT = "invalid_argument";
    public static final String NOT_FOUND = "not_found";
    static final String MISMATCH = "type_mismatch";
    static final String RANGE = "out_of_range";
    static final String TEXT = "invalid_text";
    static final String HANDLE = "invalid_handle";
    public static final String LOAD_FAILED = "load_failed";
    public static final String SYNTAX = "syntax";
    public static final String UNSUPPORTED = "unsupported";

    final String status;
    /** A name that is not there, and those that are, a line for each; null if it is about something else. */
    final String name, known;

    public Refusal(String status, String message) {
        this(status, message, null, null);
    }

    Refusal(String status, String message, String name, String known) {
        super(message);
        this.status = status;
        this.name = name;
        this.known = known;
    }

    /** The same of a place; an index stands right behind it. */
    static Refusal at(Refusal refused, String place) {
        String message = refused.getMessage();
        return new Refusal(refused.status, place + (message.startsWith("[") ? "" : ": ") + message, refused.name, refused.known);
    }
}
