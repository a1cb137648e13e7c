package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.Temporal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A type of the vocabulary: its number, what Java has for it, and how many slots of a frame it takes.
 * Each has a method in {@link Slots} that reads it and one that writes it.
 */
final class Kind {
    private static final Map<String, Kind> BY_NAME = new HashMap<>();
    /** By which bit the number is; behind them their arrays. */
    private static final Kind[] BY_NUMBER = new Kind[2 * Long.SIZE];

    static final Kind BOOL = add("bool", Values.BOOL, boolean.class);
    static final Kind INT8 = add("int8", Values.INT8, byte.class);
    static final Kind INT16 = add("int16", Values.INT16, short.class);
    static final Kind INT32 = add("int32", Values.INT32, int.class);
    static final Kind INT64 = add("int64", Values.INT64, long.class);
    static final Kind UINT8 = add("uint8", Values.UINT8, short.class);
    static final Kind UINT16 = add("uint16", Values.UINT16, int.class);
    static final Kind UINT32 = add("uint32", Values.UINT32, long.class);
    static final Kind UINT64 = add("uint64", Values.UINT64, long.class);
    static final Kind SIZE = add("size", Values.SIZE, long.class);
    static final Kind CHAR8 = add("char8", Values.CHAR8, char.class);
    static final Kind CHAR16 = add("char16", Values.CHAR16, char.class);
    static final Kind CHAR32 = add("char32", Values.CHAR32, int.class);
    static final Kind FLOAT32 = add("float32", Values.FLOAT32, float.class);
    static final Kind FLOAT64 = add("float64", Values.FLOAT64, double.class);
    static final Kind STRING8 = add("string8", Values.STRING8, String.class);
    static final Kind STRING16 = add("string16", Values.STRING16, String.class);
    static final Kind STRING32 = add("string32", Values.STRING32, String.class);
    static final Kind HANDLE = add("handle", Values.HANDLE, Object.class);
    static final Kind CALLABLE = add("callable", Values.CALLABLE, Object.class);
    static final Kind ANY = add("any", Values.ANY, Object.class);
    static final Kind BIGINT = add("bigint", Values.BIGINT, BigInteger.class);
    static final Kind DECIMAL = add("decimal", Values.DECIMAL, BigDecimal.class);
    static final Kind DATE = add("date", Values.DATE, LocalDate.class);
    static final Kind TIME = add("time", Values.TIME, Temporal.class);
    static final Kind DATETIME = add("datetime", Values.DATETIME, Temporal.class);
    static final Kind DURATION = add("duration", Values.DURATION, Duration.class);
    static final Kind ZONE = add("zone", Values.ZONE, ZoneId.class);
    static final Kind UUID = add("uuid", Values.UUID, UUID.class);
    static final Kind MAP = add("map", Values.MAP, Map.class);
    static final Kind SET = add("set", Values.SET, Set.class);
    static final Kind TUPLE = add("tuple", Values.TUPLE, Object[].class);
    /** Anything as the protocol gives it: numbers, texts and null as what they are, all else as an object. */
    static final Kind VALUE = new Kind("value", Values.ANY, Object.class, null);
    private static final Kind ARRAY = new Kind("array", Arrays.ARRAY, Object.class, null);

    static {
        BY_NAME.put("array", ARRAY);
    }

    private final String name;
    final long number;
    /** What Java has for it: of times and arrays what all that there is for them has in common. */
    final Class<?> natural;
    /** What it is an array of; null if it is none, or of whatever the array says. */
    final Kind element;
    final int slots;

    private Kind(String name, long number, Class<?> natural, Kind element) {
        this.name = name;
        this.number = number;
        this.natural = natural;
        this.element = element;
        boolean isText = (number & (Values.STRING8 | Values.STRING16 | Values.STRING32)) == number;
        slots = number == Values.ANY ? 3 : isText ? 2 : 1;
    }

    private static Kind add(String name, long number, Class<?> natural) {
        Kind kind = new Kind(name, number, natural, null);
        Kind array = new Kind(name + "_array", number | Arrays.ARRAY, Object.class, kind);
        BY_NAME.put(name, kind);
        BY_NAME.put(name + "_array", array);
        BY_NAME.put(name + "_packed_array", array);
        BY_NUMBER[bit(number)] = kind;
        BY_NUMBER[bit(array.number)] = array;
        return kind;
    }

    /** Its name. */
    String type() {
        return name;
    }

    boolean isArray() {
        return (number & Arrays.ARRAY) != 0;
    }

    /** What Java has for the elements of an array; null if it is none. */
    Class<?> component() {
        return isArray() ? element == null ? Object.class : Elements.natural(element.number) : null;
    }

    /** Whether it is a number, a character or a truth value. */
    boolean isScalar() {
        return natural.isPrimitive();
    }

    /** The kind of that name; null if Java has nothing for it. */
    static Kind named(String name) {
        return BY_NAME.get(name);
    }

    private static int bit(long number) {
        long plain = number & ~Arrays.ARRAY;
        return Long.numberOfTrailingZeros(plain) + (number == plain ? 0 : Long.SIZE);
    }

    /** The kind of that number; null if Java has nothing for it. */
    static Kind of(long number) {
        Kind found = number == 0 || number == Arrays.ARRAY ? null : BY_NUMBER[bit(number)];
        return found != null && found.number == number ? found : null;
    }

    /** The array of this. */
    Kind array() {
        return of(number | Arrays.ARRAY);
    }

    /** The kind that a Java type is without being told: what may be a value as well as an object is any. */
    static Kind of(Class<?> type) {
        if (type.isArray()) return element(type.getComponentType()).array();
        if (type == boolean.class) return BOOL;
        if (type == byte.class) return INT8;
        if (type == short.class) return INT16;
        if (type == int.class) return INT32;
        if (type == long.class) return INT64;
        if (type == char.class) return CHAR16;
        if (type == float.class) return FLOAT32;
        if (type == double.class) return FLOAT64;
        if (type == String.class) return STRING8;
        return Coercion.isValue(type) ? ANY : HANDLE;
    }

    /** The kind of the elements of an array; bytes are memory. */
    static Kind element(Class<?> component) {
        while (component.isArray()) component = component.getComponentType();
        if (component == byte.class) return UINT8;
        Kind neutral = Neutral.kind(component);
        return neutral != null ? neutral : of(component);
    }

    /** Whether a value of it may become a parameter of a type, and whether each does. */
    boolean becomes(Class<?> type, boolean always) {
        if (isArray()) return always ? type.isArray() && element == element(type) : Coercion.takesArrays(type);
        if (this == CALLABLE) return type == Object.class || type.isInterface();
        return always ? Conversion.widens(natural, type) : Conversion.is(natural, type);
    }

    /** (frame) → what stands there, so many bytes behind its beginning. */
    MethodHandle reader(int offset) {
        MethodType reads = MethodType.methodType(natural, long.class, int.class);
        return MethodHandles.insertArguments(Slots.method("read_" + name, reads), 1, offset);
    }

    /** (frame, value) → writes it there. */
    MethodHandle writer(int offset) {
        MethodType writes = MethodType.methodType(void.class, int.class, long.class, natural);
        return MethodHandles.insertArguments(Slots.method("write_" + name, writes), 0, offset);
    }

    @Override
    public String toString() {
        return name;
    }
}
