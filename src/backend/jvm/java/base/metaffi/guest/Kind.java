package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;

/**
 * A type of the vocabulary: what Java has for it, how many slots of a frame it takes, and how it is
 * read there and written.
 */
enum Kind {
    BOOL(boolean.class, 1),
    INT8(byte.class, 1),
    INT16(short.class, 1),
    INT32(int.class, 1),
    INT64(long.class, 1),
    UINT8(short.class, 1),
    UINT16(int.class, 1),
    UINT32(long.class, 1),
    UINT64(long.class, 1),
    SIZE(long.class, 1),
    CHAR16(char.class, 1),
    FLOAT32(float.class, 1),
    FLOAT64(double.class, 1),
    STRING8(String.class, 2),
    HANDLE(Object.class, 1),
    CALLABLE(Object.class, 1),
    ANY(Object.class, 3),
    FLOAT64_ARRAY(double[].class, 1),
    FLOAT32_ARRAY(float[].class, 1),
    INT8_ARRAY(byte[].class, 1),
    INT16_ARRAY(short[].class, 1),
    INT32_ARRAY(int[].class, 1),
    INT64_ARRAY(long[].class, 1),
    UINT8_ARRAY(byte[].class, 1),
    CHAR16_ARRAY(char[].class, 1),
    BOOL_ARRAY(boolean[].class, 1);

    /** What Java has for it. */
    final Class<?> natural;

    final int slots;
    /** What it is read as: of arrays, whose dimensions are not known, and of callables any object. */
    final Class<?> carrier;
    private MethodHandle read;
    private MethodHandle write;

    private static final Map<String, Kind> BY_NAME = new HashMap<>();

    static {
        try {
            for (Kind kind : values()) kind.find(MethodHandles.lookup());
        } catch (ReflectiveOperationException absent) {
            throw new ExceptionInInitializerError(absent);
        }
    }

    Kind(Class<?> natural, int slots) {
        this.natural = natural;
        this.slots = slots;
        carrier = natural.isArray() ? Object.class : natural;
    }

    private void find(MethodHandles.Lookup lookup) throws ReflectiveOperationException {
        String name = natural.isArray() ? "array" : type();
        BY_NAME.put(type(), this);
        MethodType reads = MethodType.methodType(carrier, long.class, int.class);
        MethodType writes = MethodType.methodType(void.class, int.class, long.class, carrier);
        read = lookup.findStatic(Slots.class, "read_" + name, reads);
        write = lookup.findStatic(Slots.class, "write_" + name, writes);
    }

    /** Its name. */
    String type() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The kind of that name; null if Java has nothing for it. */
    static Kind named(String name) {
        return BY_NAME.get(name);
    }

    /** The kind that a Java type is without being told. */
    static Kind of(Class<?> type) {
        if (type == boolean.class) return BOOL;
        if (type == byte.class) return INT8;
        if (type == short.class) return INT16;
        if (type == int.class) return INT32;
        if (type == long.class) return INT64;
        if (type == char.class) return CHAR16;
        if (type == float.class) return FLOAT32;
        if (type == double.class) return FLOAT64;
        if (type == Object.class) return ANY;
        if (type.isArray())
            for (Kind kind : values()) if (kind.natural.isArray() && kind.natural.getComponentType() == leaf(type)) return kind;
        return type == String.class ? STRING8 : HANDLE;
    }

    /** Whether a value of it may become a parameter of a type, and whether each does. */
    boolean becomes(Class<?> type, boolean always) {
        if (natural.isArray()) return type == Object.class || leaf(type) == natural.getComponentType() && type.isArray();
        if (this == CALLABLE) return type == Object.class || type.isInterface();
        return always ? Conversion.widens(natural, type) : Conversion.of(carrier, type) != null;
    }

    private static Class<?> leaf(Class<?> type) {
        while (type.isArray()) type = type.getComponentType();
        return type;
    }

    boolean isArray() {
        return natural.isArray();
    }

    /** What Java has for the elements of an array; null if it is none. */
    Class<?> component() {
        return natural.getComponentType();
    }

    /** (frame) → what stands there, so many bytes behind its beginning. */
    MethodHandle reader(int offset) {
        return MethodHandles.insertArguments(read, 1, offset);
    }

    /** (frame, value) → writes it there. */
    MethodHandle writer(int offset) {
        return MethodHandles.insertArguments(write, 0, offset);
    }
}
