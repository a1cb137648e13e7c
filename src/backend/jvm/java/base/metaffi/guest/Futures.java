package metaffi.guest;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What is awaited. */
final class Futures {
    private static final int VALUE = 24;

    private Futures() {}

    /** Says to whoever has begun to wait what comes of it, once, on any thread. */
    static void await(Object of, long completion) {
        Capabilities.require(of, Capabilities.AWAIT, "is not awaited");
        if (of instanceof CompletionStage) {
            ((CompletionStage<?>) of).whenComplete((value, failed) -> tell(completion, value, failed));
            return;
        }
        // Nothing tells when another future is done: a thread waits for it.
        Thread waits = new Thread(() -> waitFor((Future<?>) of, completion), "metaffi-future");
        waits.setDaemon(true);
        waits.start();
    }

    private static void waitFor(Future<?> of, long completion) {
        Object value = null;
        Throwable failed = null;
        try {
            value = of.get();
        } catch (Throwable any) {
            failed = any;
        }
        tell(completion, value, failed);
    }

    private static void tell(long completion, Object value, Throwable failed) {
        Throwable reason = failed;
        while ((reason instanceof CompletionException || reason instanceof ExecutionException) && reason.getCause() != null) reason = reason.getCause();
        long result = Values.allocate(VALUE);
        try {
            if (reason == null) {
                try {
                    Values.write(result, value);
                } catch (Throwable unwritten) {
                    reason = unwritten;
                }
            }
            boolean isCancelled = reason instanceof CancellationException;
            Host.complete(completion, result, reason == null ? 0 : Failures.keep(reason), isCancelled);
        } finally {
            Host.free(result);
        }
    }

    static void cancel(Object of) {
        if (of instanceof Future) ((Future<?>) of).cancel(true);
        else ((CompletionStage<?>) of).toCompletableFuture().cancel(true);
    }
}
