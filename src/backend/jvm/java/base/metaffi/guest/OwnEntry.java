package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;

/**
 * What the native interface calls instead of {@link Entities#call}: the class is defined anew by each loader that has
 * what it is to call, so that the compiler knows that.
 */
final class OwnEntry {
    private static final MethodHandle TARGET = (MethodHandle) ((Supplier<?>) OwnEntry.class.getClassLoader()).get();

    private OwnEntry() {}

    /**
     * With the address of a number and a frame. What comes is turned so that it is not 0, which the interface gives
     * where something is thrown.
     */
    static int call(long given) throws Throwable {
        return (int) TARGET.invokeExact(given) ^ Integer.MIN_VALUE;
    }
}
