package metaffi.guest;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** C function pointers of Java's functions. */
final class Pointers {
    private static final Linker LINKER = Linker.nativeLinker();

    private Pointers() {}

    /** What keeps the function; null if there is none. A call that fails gives zero, and tells the other side. */
    static Object make(MethodHandle target) {
        Class<?> result = target.type().returnType();
        MemoryLayout[] params = new MemoryLayout[target.type().parameterCount()];
        for (int i = 0; i < params.length; i++) params[i] = layout(target.type().parameterType(i));
        try {
            MethodHandle failed = MethodHandles.lookup().findStatic(Pointers.class, "failed", MethodType.methodType(void.class, Throwable.class));
            MethodHandle zero = MethodHandles.foldArguments(MethodHandles.dropArguments(MethodHandles.zero(result), 0, Throwable.class), failed);
            MethodHandle caught = MethodHandles.catchException(target, Throwable.class, zero);
            FunctionDescriptor type = result == void.class ? FunctionDescriptor.ofVoid(params) : FunctionDescriptor.of(layout(result), params);
            return LINKER.upcallStub(caught, type, Arena.ofAuto());
        } catch (ReflectiveOperationException | RuntimeException refused) {
            // Of the JVM: calls go by frames.
            return null;
        }
    }

    private static MemoryLayout layout(Class<?> type) {
        if (type == double.class) return ValueLayout.JAVA_DOUBLE;
        if (type == float.class) return ValueLayout.JAVA_FLOAT;
        if (type == long.class) return ValueLayout.JAVA_LONG;
        if (type == int.class) return ValueLayout.JAVA_INT;
        if (type == short.class) return ValueLayout.JAVA_SHORT;
        if (type == char.class) return ValueLayout.JAVA_CHAR;
        return type == byte.class ? ValueLayout.JAVA_BYTE : ValueLayout.JAVA_BOOLEAN;
    }

    private static void failed(Throwable thrown) {
        Host.failed(Failures.keep(thrown));
    }

    static long address(Object pointer) {
        return ((MemorySegment) pointer).address();
    }
}
