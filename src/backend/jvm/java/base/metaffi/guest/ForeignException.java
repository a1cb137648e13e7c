package metaffi.guest;

import java.lang.ref.Cleaner;

/** What another language failed with, in code of Java's that called it. */
public final class ForeignException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final Cleaner CLEANER = Cleaner.create();

    /** The failure itself, as the other side has it. */
    final transient long failure;

    /** Takes over a reference. */
    ForeignException(long failure) {
        super(Host.message(failure));
        this.failure = failure;
        CLEANER.register(this, () -> Host.releaseFailure(failure));
    }
}
