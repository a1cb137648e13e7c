package metaffi.guest;

import java.util.List;
import metaffi.ForeignException;

/** What another language failed with, in code of Java's that called it. */
final class Failure extends ForeignException {
    private static final long serialVersionUID = 1;

    /** The failure itself, as the other side has it. */
    final transient long failure;

    private final String[] told;
    private transient Object original;
    /** Whether it has left Java. */
    private boolean isPassed;

    /** Takes over a failure. */
    Failure(long failure, String[] told, Object original, Throwable cause) {
        super(told[0], cause);
        this.failure = failure;
        this.told = told;
        this.original = original;
        Foreign.CLEANER.register(this, () -> Host.releaseFailure(failure));
    }

    /** The frames of Java's that it has passed through, the first time that it leaves. */
    List<StackTraceElement> passed() {
        List<StackTraceElement> all = isPassed ? List.of() : Frames.own(this);
        isPassed = true;
        return all.subList(Math.min(all.size(), Frames.count(told)), all.size());
    }

    @Override
    public String runtime() {
        return told[1];
    }

    @Override
    public String typeName() {
        return told[2];
    }

    @Override
    public String trace() {
        return told[3];
    }

    @Override
    public Object original() {
        return original;
    }
}
