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
        /** How often it was called here, as good as exact, until that was told. */
        int calls;

        Entity(long number, MethodHandle target, Bound bound) {
            this.number = number;
            this.target = target;
            this.bound = bound;
        }
    }

    private static final long USE = 1L << 32;

    /** So many calls of one are worth a function of its own. */
    private static final int OFTEN = 1 << 12;

    private static Entity[] table = new Entity[256];
    private static int[] free = new int[256];
    private static int freed = 0, used = 0;

    private Entities() {}

    /** Calls one with a frame: 0, or the index of what it threw. */
    static int call(long number, long frame) {
        try {
            Entity entity = table[(int) number];
            if (entity.number != number) throw freed();
            MethodHandle target = entity.target;
            if (target == null) target = make(entity);
            if (entity.calls < OFTEN && ++entity.calls == OFTEN && !often(number)) entity.calls = 0;
            target.invokeExact(frame);
            return 0;
        } catch (Throwable thrown) {
            return failed(thrown);
        }
    }

    /** The same of one that has its own function, in which the compiler knows what it calls. */
    static int enter(MethodHandle target, long own, long number, long frame) {
        try {
            if (number != own) throw freed();
            target.invokeExact(frame);
            return 0;
        } catch (Throwable thrown) {
            return failed(thrown);
        }
    }

    /** One is called often, here or by the other side itself. Whether all is done that can be. */
    static boolean often(long number) {
        return (int) number >= OwnFunction.COUNT || Linked.often(number);
    }

    /** What one calls with a frame. */
    static MethodHandle target(long number) throws IllegalAccessException {
        Entity entity = table[(int) number];
        if (entity.number != number) throw freed();
        return entity.target == null ? make(entity) : entity.target;
    }

    private static Refusal freed() {
        return new Refusal(Refusal.HANDLE, "the entity has been freed");
    }

    private static int failed(Throwable thrown) {
        try {
            return Failures.keep(thrown);
        } catch (Throwable nothingLeft) {
            return Failures.last();
        }
    }

    /** Does something with the number of one as long as nobody gives that back. */
    static synchronized void use(long number, java.util.function.LongConsumer use) {
        if (table[(int) number].number == number) use.accept(number);
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
        // It gives memory back, and there may be none to bind it later.
        if (table[Operations.RELEASE].target == null) bind(table[Operations.RELEASE]);
        return entity.bound == null ? bind(entity) : made(entity, entity.bound.ofFrame());
    }

    private static MethodHandle bind(Entity operation) throws IllegalAccessException {
        return made(operation, Operations.bind((int) operation.number));
    }

    /** What one is made of. */
    static synchronized Bound bound(long number) {
        Entity entity = table[(int) number];
        if (entity.number != number) throw freed();
        return entity.bound;
    }

    /** The number of the module in which one leaves a thread; 0 if that is not known. */
    static long module(long number) {
        Bound bound = bound(number);
        if (bound == null || !(bound.loader instanceof ModuleLoader)) return 0;
        return Direct.is(bound.target, bound.params, bound.returns) ? ((ModuleLoader) bound.loader).number : 0;
    }

    /** It may have been given back meanwhile, or made by another thread. */
    private static synchronized MethodHandle made(Entity entity, MethodHandle target) {
        if (table[(int) entity.number] != entity) return target;
        Entity made = new Entity(entity.number, target, entity.bound);
        made.typed = entity.typed;
        table[(int) entity.number] = made;
        return target;
    }

    /** The address of a C function with its natural types, which is there as long as it; 0 if there is none. */
    static synchronized long pointer(long number) {
        Entity entity = table[(int) number];
        if (entity.typed == null) entity.typed = new Typed(entity.bound);
        return entity.typed.address();
    }

    static synchronized void release(long number) {
        int index = (int) number;
        table[index] = new Entity(number + USE, null, null);
        Linked.released(index);
        free[freed++] = index;
    }
}
