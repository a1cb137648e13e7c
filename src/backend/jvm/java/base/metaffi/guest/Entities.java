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

        Entity(long number, MethodHandle target) {
            this.number = number;
            this.target = target;
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
            return Failures.keep(thrown);
        }
    }

    static synchronized long add(MethodHandle target) {
        if (freed == 0 && used == table.length) {
            table = java.util.Arrays.copyOf(table, used * 2);
            free = java.util.Arrays.copyOf(free, used * 2);
        }
        int index = freed > 0 ? free[--freed] : used++;
        long number = table[index] == null ? index : table[index].number;
        table[index] = new Entity(number, target);
        return number;
    }

    private static MethodHandle bind(Entity operation) throws IllegalAccessException {
        MethodHandle target = Operations.bind((int) operation.number);
        table[(int) operation.number] = new Entity(operation.number, target);
        return target;
    }

    static synchronized void release(long number) {
        int index = (int) number;
        table[index] = new Entity(number + USE, null);
        free[freed++] = index;
    }
}
