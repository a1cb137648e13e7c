package metaffi.guest;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;

/**
 * C functions of those entities that are called most: one for each index of their table, which stays, since
 * somebody may be about to call it, and refuses all numbers but that of the entity that is there.
 */
final class OwnFunction {
    private static final MethodType TYPE = MethodType.methodType(int.class, long.class, long.class);
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);
    /** So many indexes have some. */
    private static final OwnFunction[] ALL = new OwnFunction[4096];

    private static final MethodHandle ENTER = enter();
    /** What is called where there is no entity. */
    private static final MethodHandle NOTHING = MethodHandles.insertArguments(ENTER, 0, null, -1L);

    private final MutableCallSite site = new MutableCallSite(NOTHING);
    private final long address = function(site.dynamicInvoker());

    private static MethodHandle enter() {
        try {
            MethodType type = TYPE.insertParameterTypes(0, MethodHandle.class, long.class);
            return MethodHandles.lookup().findStatic(Entities.class, "enter", type);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    /** The address of a C function that calls with a number and a frame, for ever. */
    static long function(MethodHandle target) {
        return Linker.nativeLinker().upcallStub(target, SHAPE, Arena.global()).address();
    }

    /** Whether an entity can have one. */
    static boolean has(long number) {
        return (int) number < ALL.length;
    }

    private static synchronized OwnFunction of(int index) {
        if (ALL[index] == null) ALL[index] = new OwnFunction();
        return ALL[index];
    }

    /** The entity of an index has been given back. */
    static void release(int index) {
        if (index >= ALL.length || ALL[index] == null) return;
        Host.direct(index, 0);
        ALL[index].site.setTarget(NOTHING);
    }

    /** Has an entity be called by one. */
    static final class Making implements Runnable {
        private final long number;
        private final MethodHandle target;

        Making(long number, MethodHandle target) {
            this.number = number;
            this.target = target;
        }

        @Override
        public void run() {
            OwnFunction direct = of((int) number);
            Entities.use(number, own -> {
                direct.site.setTarget(MethodHandles.insertArguments(ENTER, 0, target, own));
                Host.direct((int) own, direct.address);
            });
        }
    }
}
