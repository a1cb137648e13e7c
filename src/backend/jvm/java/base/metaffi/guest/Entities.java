package metaffi.guest;

import java.lang.invoke.MethodHandle;

/**
 * What is called from outside, each by its number: the index in the table, and above it how often that
 * was used before. A number that was given back is refused, and never used again.
 */
final class Entities {
    private static final class Entity {
        final long number;
        /** What takes a frame; null if it has not been called yet, or the index is free. */
        final MethodHandle target;
        /** What that is made of; null of an operation, and if the index is free. */
        final Bound bound;
        /** The same without a frame; null if nobody has asked for it. */
        Typed typed;

        Entity(long number, MethodHandle target, Bound bound) {
            this.number = number;
            this.target = target;
            this.bound = bound;
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
            if (target == null) target = make(entity);
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

    /** What is made of it is made when it is called; null: an operation. */
    static synchronized long add(Bound bound) {
        if (freed == 0 && used == table.length) {
            table = java.util.Arrays.copyOf(table, used * 2);
            free = java.util.Arrays.copyOf(free, used * 2);
        }
        int index = freed > 0 ? free[--freed] : used++;
        long number = table[index] == null ? index : table[index].number;
        table[index] = new Entity(number, null, bound);
        return number;
    }

    private static MethodHandle make(Entity entity) throws IllegalAccessException {
        MethodHandle target = entity.bound == null ? Operations.bind((int) entity.number) : entity.bound.ofFrame();
        made(entity, target);
        return target;
    }

    /** It may have been given back meanwhile, or made by another thread. */
    private static synchronized void made(Entity entity, MethodHandle target) {
        if (table[(int) entity.number] != entity) return;
        Entity made = new Entity(entity.number, target, entity.bound);
        made.typed = entity.typed;
        table[(int) entity.number] = made;
    }

    /** The address of a C function with its natural types, which is there as long as it; 0 if there is none. */
    static synchronized long pointer(long number) {
        Entity entity = table[(int) number];
        if (entity.typed == null) entity.typed = new Typed(entity.bound);
        return entity.typed.address();
    }

    static synchronized void release(long number) {
        Direct.forget(number);
        int index = (int) number;
        table[index] = new Entity(number + USE, null, null);
        free[freed++] = index;
    }
}
