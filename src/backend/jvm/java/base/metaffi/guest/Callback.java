package metaffi.guest;

import java.lang.ref.Cleaner;

/** A callable of another language, let go when nobody has it any more. */
final class Callback {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final int VALUE = 24;

    private final long callable;

    /** Takes over a reference. */
    Callback(long callable) {
        this.callable = callable;
        CLEANER.register(this, () -> Host.releaseCallable(callable));
    }

    /** Calls it with anything. */
    Object call(Object[] given) {
        int count = given == null ? 0 : given.length;
        long values = Host.allocate((count + 1) * VALUE);
        try {
            for (int i = 0; i < count; i++) Values.write(values + (long) i * VALUE, given[i]);
            long result = values + (long) count * VALUE, failure = Host.callBack(callable, values, count, result);
            if (failure != 0) throw new ForeignException(failure);
            return Values.read(result);
        } finally {
            Host.free(values);
        }
    }
}
