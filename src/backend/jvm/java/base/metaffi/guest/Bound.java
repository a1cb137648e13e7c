package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.util.List;

/** A target with the kinds of what it takes and gives where it is called from: what an entity is made of. */
final class Bound {
    private static final int SLOT = 8;

    final Target target;
    /** The class loader of its module; null if it has none. */
    final ClassLoader loader;
    /** Whether the first argument is an object that has it. */
    private final boolean onObject;
    final List<Kind> params, returns;
    private final List<? extends Type> types;
    /** What arguments are called in errors, one for each; null if nobody is told. */
    private final String[] names;

    /** Refuses kinds that never become what the target takes. */
    Bound(Target target, ClassLoader loader, boolean onObject, List<Kind> params, List<Kind> returns, List<? extends Type> types, List<String> names) {
        this.target = target;
        this.loader = loader;
        this.onObject = onObject;
        this.params = params;
        this.returns = returns;
        this.types = types;
        this.names = new String[params.size()];
        if (names == null) return;
        for (int i = 0; i < params.size(); i++) {
            this.names[i] = "argument " + i + (names.get(i) == null ? "" : " (" + names.get(i) + ")");
            Passing.checkArgument(params.get(i), target.takes.get(i), types.get(i), this.names[i]);
        }
        if (!returns.isEmpty()) Passing.checkResult(returns.get(0), target.gives);
    }

    /** What is called. */
    MethodHandle called() {
        MethodHandle called = loader == null ? target.handle() : Threads.within(loader, target.handle());
        if (!onObject) return called;
        Class<?> type = called.type().parameterType(0);
        return MethodHandles.filterArguments(called, 0, present().asType(MethodType.methodType(type, type)));
    }

    /** The same with a frame: arguments are read there, converted, and what comes is written behind them. */
    MethodHandle ofFrame() {
        MethodHandle called = called();
        MethodType type = called.type();
        int count = params.size(), offset = 0;
        MethodHandle[] readers = new MethodHandle[count];
        int[] lent = new int[count];
        int lends = 0;
        for (int i = 0; i < count; i++) {
            readers[i] = Passing.reader(params.get(i), offset, type.parameterType(i), types.get(i), names[i]);
            if (params.get(i).isArray() && Buffers.are(type.parameterType(i))) lent[lends++] = offset;
            offset += params.get(i).slots * SLOT;
        }
        called = MethodHandles.filterArguments(called, 0, readers);
        if (lends > 0 && mayBeBuffer(type.returnType())) {
            called = MethodHandles.collectArguments(kept(type.returnType(), java.util.Arrays.copyOf(lent, lends)), 0, called);
            count++;
        }
        if (!returns.isEmpty()) {
            called = MethodHandles.collectArguments(Passing.writer(returns.get(0), offset, type.returnType()), 1, called);
            count++;
        }
        return Caller.within(target.callers(), MethodHandles.permuteArguments(called, MethodType.methodType(void.class, long.class), new int[count]));
    }

    private static boolean mayBeBuffer(Class<?> type) {
        return Buffers.are(type) || type.isAssignableFrom(java.nio.ByteBuffer.class);
    }

    /** (result, frame) → the result; of a buffer over the memory of arguments a copy, which stays when that goes. */
    private static MethodHandle kept(Class<?> type, int[] lent) {
        MethodHandle kept = method("kept", MethodType.methodType(Object.class, int[].class, Object.class, long.class));
        return MethodHandles.insertArguments(kept, 0, (Object) lent).asType(MethodType.methodType(type, type, long.class));
    }

    private static Object kept(int[] lent, Object result, long frame) {
        long address = Buffers.address(result);
        for (int offset : lent) {
            long array = address == 0 ? 0 : Memory.getLong(frame + offset);
            if (array != 0 && new ArrayView(array).has(address)) return Buffers.copy(result);
        }
        return result;
    }

    private static MethodHandle present() {
        return method("requirePresent", MethodType.methodType(Object.class, Object.class));
    }

    private static MethodHandle method(String name, MethodType type) {
        try {
            return MethodHandles.lookup().findStatic(Bound.class, name, type);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    private static Object requirePresent(Object self) {
        if (self == null) throw new Refusal(Refusal.MISMATCH, "argument 0 (self) is NULL, but the object is needed");
        return self;
    }
}
