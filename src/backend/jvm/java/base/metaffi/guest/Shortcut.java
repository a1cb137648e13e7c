package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.util.Optional;
import metaffi.ForeignObject;

/** How a method is called with arguments of some types, of which it is known that they mean it. */
final class Shortcut {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final int VALUE = 24, DATUM = 8, WORD = 8;

    /** Java has no handle that reads many more arguments. */
    private static final int MOST = 100;

    /** Thrown before the method runs, for an argument that is to be looked at in another way. */
    static final class Unfit extends RuntimeException {
        private Unfit() {
            super(null, null, false, false);
        }
    }

    private static final Unfit UNFIT = new Unfit();

    /** The types of the arguments: Integer of what an int has, Void of null, Object of any object where that does not matter, ForeignObject of one of another language, and Callables of what calls. */
    private final Class<?>[] tags;
    private final boolean isAlone;
    /** (object, values, where the result is written) → nothing. */
    final MethodHandle target;

    private Shortcut(Class<?>[] tags, boolean isAlone, MethodHandle target) {
        this.tags = tags;
        this.isAlone = isAlone;
        this.target = target;
    }

    /** One for the method and arguments like these, which others take, too, unless it is alone; null if there is none. */
    static Shortcut of(MethodHandle method, boolean onObject, Class<?>[] types, Type[] generic, long values, boolean isAlone, ClassLoader loader) {
        if (types.length > MOST) return null;
        Class<?>[] tags = new Class<?>[types.length];
        MethodHandle[] readers = new MethodHandle[types.length];
        for (int i = 0; i < types.length; i++) {
            tags[i] = tag(values + (long) i * VALUE, isAlone);
            // Classes of others are not kept.
            boolean isKnown = tags[i] != null && (tags[i] == ForeignObject.class || tags[i] == Callables.class || tags[i].getClassLoader() == null || tags[i].getClassLoader() == loader);
            readers[i] = isKnown && Types.raw(generic[i]) == types[i] ? reader(tags[i], types[i], generic[i], i * VALUE) : null;
            if (readers[i] == null) return null;
        }
        return new Shortcut(tags, isAlone, Caller.within(loader, compose(method, onObject, readers)));
    }

    private static MethodHandle compose(MethodHandle method, boolean onObject, MethodHandle[] readers) {
        MethodHandle called = MethodHandles.filterArguments(method, onObject ? 1 : 0, readers);
        called = onObject ? called.asType(called.type().changeParameterType(0, Object.class)) : MethodHandles.dropArguments(called, 0, Object.class);
        MethodHandle written = MethodHandles.collectArguments(writer(method.type().returnType()), 1, called);
        int[] order = new int[readers.length + 2];
        java.util.Arrays.fill(order, 1);
        order[0] = 2;
        order[1] = 0;
        return MethodHandles.permuteArguments(written, MethodType.methodType(void.class, Object.class, long.class, long.class), order);
    }

    /** Whether arguments are of these types. */
    boolean takes(long values, int count) {
        if (count != tags.length) return false;
        for (int i = 0; i < count; i++) if (tag(values + (long) i * VALUE, isAlone) != tags[i]) return false;
        return true;
    }

    /** Whether a value is an object or a callable of another language. */
    static boolean isForeign(long value) {
        Class<?> tag = tag(value, true);
        return tag == ForeignObject.class || tag == Callables.class;
    }

    private static Class<?> tag(long value, boolean isAlone) {
        long kind = Memory.getLong(value);
        if (kind == Values.INT64) return fits(Memory.getLong(value + DATUM)) ? Integer.class : Long.class;
        if (kind == Values.FLOAT64) return Double.class;
        if (kind == Values.STRING8) return String.class;
        if (kind == Values.BOOL) return Boolean.class;
        if (kind == Values.NULL) return Void.class;
        if (kind == Values.CALLABLE) return isAlone ? Callables.class : null;
        if (kind != Values.HANDLE) return null;
        long reference = Memory.getLong(value + DATUM);
        if (reference == 0) return Void.class;
        if (reference < 0) return isAlone ? ForeignObject.class : null;
        Class<?> of = isAlone ? Object.class : Objects.get((int) reference).getClass();
        // What may also come as a value is read in another way.
        return of == Integer.class || of == Long.class || of == Double.class || of == Boolean.class || of == String.class ? null : of;
    }

    private static boolean fits(long number) {
        return (int) number == number;
    }

    /** (values) → the argument; null if it has to be made of what is given there. */
    private static MethodHandle reader(Class<?> tag, Class<?> type, Type generic, int at) {
        if (tag == Callables.class) return isFunction(type) ? at(at, function("called", type, generic)) : null;
        if (tag == ForeignObject.class) return Buffers.are(type) ? null : at(at, foreign(type, generic).asType(MethodType.methodType(type, long.class)));
        boolean isInteger = tag == Integer.class || tag == Long.class;
        if (type.isPrimitive()) {
            boolean isExact = isInteger ? type == long.class || type == int.class || type == double.class : tag == Double.class ? type == double.class : tag == Boolean.class && type == boolean.class;
            if (!isExact) return null;
            return at(at, find(isInteger && type == double.class ? "whole" : type.getName(), type, long.class));
        }
        MethodHandle read;
        if (tag == Void.class) return type == Optional.class ? null : MethodHandles.dropArguments(MethodHandles.constant(type, null), 0, long.class);
        if (tag == String.class) read = type.isAssignableFrom(String.class) ? find("text", String.class, long.class) : null;
        else if (isInteger || tag == Double.class || tag == Boolean.class) read = type.isAssignableFrom(tag) ? find("scalar", Object.class, long.class) : null;
        else read = find("object", Object.class, Class.class, long.class).bindTo(type);
        return read == null ? null : at(at, read.asType(MethodType.methodType(type, long.class)));
    }

    /** The same with the values before it. */
    private static MethodHandle at(int offset, MethodHandle read) {
        MethodHandle add = MethodHandles.insertArguments(find("add", long.class, long.class, long.class), 1, (long) offset);
        return MethodHandles.filterArguments(read, 0, add);
    }

    /** (where, result) → writes it as a value. */
    static MethodHandle writer(Class<?> type) {
        if (type == void.class) return find("give", void.class, long.class);
        if (type.isPrimitive()) return find("give", void.class, long.class, type);
        MethodType any = MethodType.methodType(void.class, long.class, type);
        try {
            return LOOKUP.findStatic(Values.class, "write", any.changeParameterType(1, Object.class)).asType(any);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    private static MethodHandle find(String name, Class<?> returned, Class<?>... given) {
        try {
            String own = returned.getName().equals(name) ? name + "Of" : name;
            return LOOKUP.findStatic(Shortcut.class, own, MethodType.methodType(returned, given));
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    private static long add(long one, long other) {
        return one + other;
    }

    private static long longOf(long value) {
        return Memory.getLong(value + DATUM);
    }

    private static int intOf(long value) {
        long number = Memory.getLong(value + DATUM);
        if (!fits(number)) throw UNFIT;
        return (int) number;
    }

    private static double doubleOf(long value) {
        return Memory.getDouble(value + DATUM);
    }

    private static double whole(long value) {
        long number = Memory.getLong(value + DATUM);
        if (!fits(number)) throw UNFIT;
        return number;
    }

    private static boolean booleanOf(long value) {
        return Memory.getByte(value + DATUM) != 0;
    }

    private static String text(long value) {
        return Text.utf8(Memory.getLong(value + DATUM), Memory.getLong(value + DATUM + WORD));
    }

    private static Object scalar(long value) {
        return Values.scalar(Memory.getLong(value), value + DATUM);
    }

    /** Whether what can be called becomes an instance of a type. */
    private static boolean isFunction(Class<?> type) {
        return Capabilities.singleOf(type) != null && !Foreigners.hasParts(type);
    }

    private static MethodHandle foreign(Class<?> type, Type generic) {
        return isFunction(type) ? function("function", type, generic) : find("foreign", Object.class, Type.class, long.class).bindTo(generic);
    }

    private static MethodHandle function(String name, Class<?> type, Type generic) {
        MethodHandle read = find(name, Object.class, Class.class, Class.class, long.class);
        return MethodHandles.insertArguments(read, 0, type, Types.given(generic)).asType(MethodType.methodType(type, long.class));
    }

    private static Object function(Class<?> type, Class<?> gives, long value) {
        try {
            return Coercion.to(Foreigners.of(type, gives, Memory.getLong(value + DATUM)), type);
        } catch (Refusal refused) {
            throw UNFIT;
        }
    }

    private static Object called(Class<?> type, Class<?> gives, long value) {
        try {
            return Coercion.to(Foreigners.called(type, gives, Memory.getLong(value + DATUM)), type);
        } catch (Refusal refused) {
            throw UNFIT;
        }
    }

    private static Object foreign(Type type, long value) {
        try {
            return Foreigners.of(Memory.getLong(value + DATUM), type);
        } catch (Refusal refused) {
            throw UNFIT;
        }
    }

    private static Object object(Class<?> type, long value) {
        Object object = Objects.get((int) Memory.getLong(value + DATUM));
        if (!type.isInstance(object)) throw UNFIT;
        return object;
    }

    private static void give(long to) {
        give(to, Values.NULL, 0);
    }

    private static void give(long to, long number) {
        give(to, Values.INT64, number);
    }

    private static void give(long to, int number) {
        give(to, Values.INT32, number);
    }

    private static void give(long to, short number) {
        give(to, Values.INT16, number);
    }

    private static void give(long to, byte number) {
        give(to, Values.INT8, number);
    }

    private static void give(long to, char unit) {
        give(to, Values.CHAR16, unit);
    }

    private static void give(long to, boolean truth) {
        give(to, Values.BOOL, truth ? 1 : 0);
    }

    private static void give(long to, double number) {
        give(to, Values.FLOAT64, Double.doubleToRawLongBits(number));
    }

    private static void give(long to, float number) {
        give(to, Values.FLOAT32, Float.floatToRawIntBits(number) & 0xffffffffL);
    }

    private static void give(long to, long type, long datum) {
        Memory.putLong(to, type);
        Memory.putLong(to + DATUM, datum);
    }
}
