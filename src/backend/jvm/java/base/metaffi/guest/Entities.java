package metaffi.guest;

import java.lang.invoke.MethodHandle;

/**
 * What is called from outside, each by its number: the index in the table, and above it how often that
 * was used before. A number that was given back is refused, and never used again.
 */
final class Entities {
    private static final class Entity {
        final long number;
        /** What takes a frame; null if the index is free, or it is an operation that is not bound yet. */
        final MethodHandle target;
        /** The same without a frame; null if there is none. */
        final Typed typed;

        Entity(long number, MethodHandle target, Typed typed) {
            this.number = number;
            this.target = target;
            this.typed = typed;
        }
    }

    private static final long USE = 1L << 32;

    private static Entity[] table = new Entity[256];
    private static int[] free = new int[256];
    private static int freed = 0, used = 0;

    private Entities() {}

    /** Calls one with a frame: 0, or the index of what it threw. */
    static int call(long number, long frame) {
        try {
            Entity entity = table[(int) number];
            if (entity.number != number) throw new Refusal(Refusal.HANDLE, "the entity has been freed");
            MethodHandle target = entity.target;
            if (target == null) target = bind(entity);
            target.invokeExact(frame);
            return 0;
        } catch (Throwable thrown) {
            try {
                return Failures.keep(thrown);
            } catch (Throwable nothingLeft) {
                return Failures.last();
            }
        }
    }

    static synchronized long add(MethodHandle target, Typed typed) {
        if (freed == 0 && used == table.length) {
            table = java.util.Arrays.copyOf(table, used * 2);
            free = java.util.Arrays.copyOf(free, used * 2);
        }
        int index = freed > 0 ? free[--freed] : used++;
        long number = table[index] == null ? index : table[index].number;
        table[index] = new Entity(number, target, typed);
        return number;
    }

    private static MethodHandle bind(Entity operation) throws IllegalAccessException {
        MethodHandle target = Operations.bind((int) operation.number);
        table[(int) operation.number] = new Entity(operation.number, target, null);
        return target;
    }

    /** The address of a C function with its natural types, which is there as long as it; 0 if there is none. */
    static long pointer(long number) {
        Typed typed = table[(int) number].typed;
        return typed == null ? 0 : typed.address();
    }

    static synchronized void release(long number) {
        int index = (int) number;
        table[index] = new Entity(number + USE, null, null);
        free[freed++] = index;
    }
}
