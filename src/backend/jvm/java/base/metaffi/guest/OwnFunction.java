package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;

/**
 * Functions of those entities that are called most: one for each index of their table, which stays, since
 * somebody may be about to call it, and refuses all numbers but that of the entity that is there.
 */
final class OwnFunction {
    /** So many indexes have some. */
    static final int COUNT = 4096;

    private static final MethodType TYPE = MethodType.methodType(int.class, long.class, long.class);
    private static final OwnFunction[] ALL = new OwnFunction[COUNT];

    private static final MethodHandle ENTER = enter();
    /** What is called where there is no entity. */
    private static final MethodHandle NOTHING = MethodHandles.insertArguments(ENTER, 0, null, -1L);

    private final MutableCallSite site = new MutableCallSite(NOTHING);
    private final long address = Linked.function(site.dynamicInvoker());

    private static MethodHandle enter() {
        try {
            MethodType type = TYPE.insertParameterTypes(0, MethodHandle.class, long.class);
            return MethodHandles.lookup().findStatic(Entities.class, "enter", type);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    private static synchronized OwnFunction of(int index) {
        if (ALL[index] == null) ALL[index] = new OwnFunction();
        return ALL[index];
    }

    /** The entity of an index has been given back. */
    static void release(int index) {
        if (index >= ALL.length || ALL[index] == null) return;
        Host.direct(index, 0, 0);
        ALL[index].site.setTarget(NOTHING);
    }

    /** Has an entity be called by one, if it is still there. */
    static void make(long number) {
        try {
            MethodHandle target = Entities.target(number);
            long module = Entities.module(number);
            OwnFunction direct = of((int) number);
            Entities.use(number, own -> {
                direct.site.setTarget(MethodHandles.insertArguments(ENTER, 0, target, own));
                Host.direct((int) own, direct.address, module);
            });
        } catch (Throwable noMemory) {
            // All goes on as it is.
        }
    }
}
