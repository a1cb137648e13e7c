import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.function.LongBinaryOperator;

/** The limit where the JVM has foreign memory: an upcall stub for each function, written for it. */
public final class Stubs {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final Object[] OBJECTS = {null, new Guest(5)};
    private static final MethodHandle MALLOC = LINKER.downcallHandle(
            LINKER.defaultLookup().find("malloc").get(), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG), Linker.Option.critical(false));
    private static Throwable thrown;
    private static LongBinaryOperator operation;

    private Stubs() {}

    /** The address of the stub of a method of this class or the guest. */
    public static long stub(String name) throws ReflectiveOperationException {
        for (Class<?> of : new Class<?>[] {Stubs.class, Guest.class})
            for (Method one : of.getMethods())
                if (one.getName().equals(name)) return stub(MethodHandles.lookup().unreflect(one));
        throw new NoSuchMethodException(name);
    }

    private static long stub(MethodHandle method) {
        MemoryLayout[] params = method.type().parameterList().stream().map(Stubs::layout).toArray(MemoryLayout[]::new);
        Class<?> result = method.type().returnType();
        FunctionDescriptor type = result == void.class ? FunctionDescriptor.ofVoid(params) : FunctionDescriptor.of(layout(result), params);
        return LINKER.upcallStub(method, type, Arena.global()).address();
    }

    private static MemoryLayout layout(Class<?> type) {
        if (type == double.class) return JAVA_DOUBLE;
        return type == int.class ? JAVA_INT : JAVA_LONG;
    }

    /** UTF-8 in and out, in new memory; the length stands where `lengthTo` says. */
    public static long echoBytes(long text, long length, long lengthTo) {
        byte[] given = new byte[(int) length];
        MemorySegment.copy(ALL, JAVA_BYTE, text, given, 0, given.length);
        byte[] bytes = Guest.echo(new String(given, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        long to = allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, ALL, JAVA_BYTE, to, bytes.length);
        ALL.set(JAVA_BYTE, to + bytes.length, (byte) 0);
        ALL.set(JAVA_LONG, lengthTo, bytes.length);
        return to;
    }

    private static long allocate(long size) {
        try {
            return (long) MALLOC.invokeExact(size);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    public static double totalCopied(long numbers, long count) {
        double[] copy = new double[(int) count];
        MemorySegment.copy(ALL, JAVA_DOUBLE, numbers, copy, 0, copy.length);
        return Guest.total(copy);
    }

    public static double totalInPlace(long numbers, long count) {
        return GuestMemory.total(MemorySegment.ofAddress(numbers).reinterpret(count * 8));
    }

    public static long plusOf(int object, long other) {
        return ((Guest) OBJECTS[object]).plus(other);
    }

    public static long numberOf(int object) {
        return ((Guest) OBJECTS[object]).number;
    }

    /** Keeps an instance that calls a function pointer. */
    public static void setOperation(long pointer) {
        MethodHandle call = LINKER.downcallHandle(MemorySegment.ofAddress(pointer), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
        operation = MethodHandleProxies.asInterfaceInstance(LongBinaryOperator.class, call);
    }

    public static long applyKept(long a, long b) {
        return Guest.apply(operation, a, b);
    }

    /** 1, with the length of the message before its bytes; 0 if nothing was thrown. */
    public static int raiseCaught(long to) {
        try {
            Guest.raise();
            return 0;
        } catch (Throwable one) {
            thrown = one;
            byte[] bytes = one.getMessage().getBytes(StandardCharsets.UTF_8);
            ALL.set(JAVA_LONG, to, bytes.length);
            MemorySegment.copy(bytes, 0, ALL, JAVA_BYTE, to + 8, bytes.length);
            return 1;
        }
    }
}
