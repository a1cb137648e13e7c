package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;

/** How one argument, or the result, goes between its place in a frame and a member: exact, or an error. */
final class Passing {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private Passing() {}

    /** Refuses a kind that never becomes what a member takes. */
    static void checkArgument(Kind kind, Class<?> to, Type generic, String what) {
        if (isOptional(kind, to)) {
            Type item = item(Types.of(generic, to));
            checkArgument(kind, Types.raw(item), item, what);
        } else if (!isPlain(kind, to) && !becomes(kind, to)) {
            throw new Refusal(Refusal.MISMATCH, what + ": " + kind + " does not become " + to.getTypeName());
        }
    }

    private static boolean becomes(Kind kind, Class<?> to) {
        if (kind == Kind.CALLABLE) return true;
        if (kind.isArray()) return Coercion.takesArrays(to);
        boolean isText = kind == Kind.CHAR32 && !to.isPrimitive() && Conversion.is(char.class, to);
        return isText || Conversion.is(kind.natural, to);
    }

    /** The same of what a member gives. */
    static void checkResult(Kind kind, Class<?> from) {
        boolean fits = isPlain(kind, from) && isSigned(kind) || isWritten(kind, from) || kind.natural == Object.class || Conversion.is(from, kind.natural);
        if (!fits) throw new Refusal(Refusal.MISMATCH, "the result: " + from.getTypeName() + " does not become " + kind);
    }

    /** Whether each object is looked at when it is written. */
    private static boolean isWritten(Kind kind, Class<?> from) {
        return kind.isArray() || kind.number >= Values.BIGINT || kind.isScalar() && !from.isPrimitive();
    }

    private static boolean isOptional(Kind kind, Class<?> to) {
        return to == Optional.class && kind != Kind.HANDLE;
    }

    /** What an Optional is declared to have. */
    private static Type item(Type type) {
        return type instanceof ParameterizedType ? ((ParameterizedType) type).getActualTypeArguments()[0] : Object.class;
    }

    /** (frame) → the argument as a member takes it, whose errors say what it is. */
    static MethodHandle reader(Kind kind, int offset, Class<?> to, Type generic, String what) {
        Type type = Types.of(generic, to);
        if (isOptional(kind, to)) return optional(kind, offset, item(type), what);
        if (isPlain(kind, to)) return kind.reader(offset);
        MethodHandle read = MethodHandles.filterReturnValue(read(kind, offset, to, type), convert(kind, to, type));
        return named(read, what);
    }

    /** Whether a number is the same on both sides, and none is refused. */
    private static boolean isPlain(Kind kind, Class<?> type) {
        return kind.natural == type && kind.isScalar() && !isChecked(kind);
    }

    /** Whether even what the kind itself has for a type may be refused. */
    private static boolean isChecked(Kind kind) {
        return kind == Kind.UINT64 || kind == Kind.SIZE || kind == Kind.CHAR8 || kind == Kind.CHAR32;
    }

    private static MethodHandle optional(Kind kind, int offset, Type item, String what) {
        MethodHandle present = reader(kind, offset, Types.raw(item), item, what);
        MethodHandle wrap = method(Optional.class, "ofNullable", Optional.class, Object.class);
        return MethodHandles.filterReturnValue(present.asType(present.type().changeReturnType(Object.class)), wrap);
    }

    /** (frame) → what stands there, which may have to be converted. */
    private static MethodHandle read(Kind kind, int offset, Class<?> to, Type type) {
        if (kind.isArray()) return bound("read_array", offset, type);
        if (kind == Kind.ANY) return bound("read_any", offset, type);
        if (kind == Kind.HANDLE && type instanceof ParameterizedType && Foreigners.hasParts(to)) return bound("read_object", offset, type);
        if (kind == Kind.CALLABLE || kind == Kind.HANDLE && to.isInterface()) {
            MethodType reads = MethodType.methodType(Object.class, Class.class, long.class, int.class);
            MethodHandle read = Slots.method(kind == Kind.CALLABLE ? "read_called" : "read_instance", reads);
            return MethodHandles.insertArguments(MethodHandles.insertArguments(read, 2, offset), 0, to);
        }
        if (kind.number >= Values.MAP) return bound("read_collection", offset, kind.number, type);
        if (kind.number >= Values.BIGINT) return bound("read_neutral", offset, kind.number);
        if (!to.isPrimitive() && kind.isScalar() && !isSigned(kind)) return bound("read_object", offset, kind.number);
        return kind.reader(offset);
    }

    /** Whether a Java type has exactly the values of the kind. */
    private static boolean isSigned(Kind kind) {
        return kind.natural == boolean.class || kind.natural == float.class || kind.natural == double.class || kind == Kind.INT8 || kind == Kind.INT16 || kind == Kind.INT32 || kind == Kind.INT64 || kind == Kind.CHAR16;
    }

    private static MethodHandle bound(String name, int offset, Object... first) {
        MethodType type = MethodType.methodType(Object.class, long.class, int.class);
        for (int i = first.length - 1; i >= 0; i--) type = type.insertParameterTypes(0, first[i] instanceof Long ? long.class : Type.class);
        MethodHandle read = MethodHandles.insertArguments(Slots.method(name, type), 0, first);
        return MethodHandles.insertArguments(read, 1, offset);
    }

    private static MethodHandle convert(Kind kind, Class<?> to, Type type) {
        if (kind == Kind.CALLABLE) return Conversion.cast(Object.class, to);
        boolean isObject = kind.isArray() || kind.number >= Values.BIGINT || kind.isScalar() && !to.isPrimitive() && !isSigned(kind);
        return isObject ? Conversion.ofObject(to, type) : Conversion.of(kind.natural, to);
    }

    /** (frame, result) → writes it. */
    static MethodHandle writer(Kind kind, int offset, Class<?> from) {
        if (isPlain(kind, from) && isSigned(kind)) return kind.writer(offset);
        MethodHandle write;
        if (kind.isArray()) write = bound("write_array", offset, Kind.class, kind.element);
        else if (kind.number >= Values.MAP) write = bound("write_collection", offset, long.class, kind.number);
        else if (kind.number >= Values.BIGINT) write = bound("write_neutral", offset, Kind.class, kind);
        else if (kind.isScalar() && !from.isPrimitive()) write = bound("write_object", offset, Kind.class, kind);
        else if (kind.isScalar()) write = MethodHandles.filterArguments(kind.writer(offset), 1, Conversion.of(from, kind.natural));
        else write = MethodHandles.filterArguments(kind.writer(offset), 1, result(kind, from));
        return named(write.asType(MethodType.methodType(void.class, long.class, from)), "the result");
    }

    private static MethodHandle bound(String name, int offset, Class<?> firstType, Object first) {
        MethodType type = MethodType.methodType(void.class, firstType, int.class, long.class, Object.class);
        return MethodHandles.insertArguments(Slots.method(name, type), 0, first, offset);
    }

    private static MethodHandle result(Kind kind, Class<?> from) {
        if (kind.natural == Object.class) return Conversion.cast(from, Object.class);
        return Conversion.ofObject(kind.natural, kind.natural).asType(MethodType.methodType(kind.natural, from));
    }

    /** The same, whose errors say what it is about. */
    private static MethodHandle named(MethodHandle target, String what) {
        if (what == null) return target;
        MethodHandle at = method(Refusal.class, "at", Refusal.class, Refusal.class, String.class);
        at = MethodHandles.insertArguments(at, 1, what);
        MethodHandle raise = MethodHandles.throwException(target.type().returnType(), Refusal.class);
        return MethodHandles.catchException(target, Refusal.class, MethodHandles.filterArguments(raise, 0, at));
    }

    private static MethodHandle method(Class<?> of, String name, Class<?> returned, Class<?>... given) {
        try {
            return LOOKUP.findStatic(of, name, MethodType.methodType(returned, given));
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }
}
