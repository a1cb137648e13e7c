package metaffi.guest;

/** What is asked for and cannot be: a status of the other side's, and why. */
final class Refusal extends RuntimeException {
    static final String NOT_FOUND = "not_found";
    static final String MISMATCH = "type_mismatch";
    static final String RANGE = "out_of_range";
    static final String UNSUPPORTED = "unsupported";

    final String status;

    Refusal(String status, String message) {
        super(message);
        this.status = status;
    }
}
