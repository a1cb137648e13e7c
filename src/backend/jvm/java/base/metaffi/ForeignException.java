package metaffi;

/** What code of another language failed with. Should it leave Java again, it is that failure there. */
public abstract class ForeignException extends RuntimeException {
    private static final long serialVersionUID = 1;

    protected ForeignException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The name of the runtime that it comes from; empty if none has a part in it. */
    public abstract String runtime();

    /** The name of its type there, such as {@code ValueError}; empty if it has none. */
    public abstract String typeName();

    /** Its stack trace as its language prints it; empty if there is none. */
    public abstract String trace();

    /** The failure itself as an object; null if it is none. */
    public abstract Object original();

    @Override
    public String toString() {
        String type = (runtime() + " " + typeName()).trim();
        return ForeignException.class.getName() + ": " + (type.isEmpty() ? "" : type + ": ") + getMessage();
    }
}
