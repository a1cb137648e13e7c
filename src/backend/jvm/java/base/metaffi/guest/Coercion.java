package metaffi.guest;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.Temporal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** From an object that is given to what a parameter takes: exact, or not at all. */
final class Coercion {
    /** How good a match is: none, as what it is not first of all, by the value alone, by boxing, or as Java widens. */
    static final int NONE = 0, LAST = 1, CHECKED = 2, LOOSE = 3, STRICT = 4;

    /** How many units of a text messages show. */
    private static final int SHOWN = 40;

    private Coercion() {}

    /** Whether what is of a type may be given by its value as well as by an object that is one. */
    static boolean isValue(Class<?> type) {
        if (type == Object.class || isNumber(type) || type == Boolean.class || type == Character.class) return true;
        if (type == CharSequence.class || type == Comparable.class || type == Optional.class) return true;
        if (Neutral.kind(type) != null || type == Temporal.class) return true;
        return Buffers.are(type) || type.isInterface() && takesArrays(type) || type == Map.class;
    }

    /** Whether a type is one of values alone, which objects of other languages may be by what they say. */
    private static boolean isOfValues(Class<?> type) {
        return type.isPrimitive() || isNumber(type) || Neutral.kind(type) != null || type == Temporal.class || type == Boolean.class || type == Character.class || type == String.class;
    }

    private static boolean isNumber(Class<?> type) {
        return type == Number.class || Number.class.isAssignableFrom(boxed(type)) && type.getName().startsWith("java.lang.") || type.isPrimitive() && type != boolean.class && type != char.class || type == BigInteger.class || type == BigDecimal.class;
    }

    private static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? Conversion.boxed(type) : type;
    }

    /** Whether something of a type of ours, as neutral values are, may become something of another. */
    static boolean may(Class<?> from, Class<?> to) {
        Class<?> given = boxed(from), wanted = boxed(to);
        if (wanted.isAssignableFrom(given) || given.isAssignableFrom(wanted) || given == Optional.class || wanted == Optional.class) return true;
        if (isNumber(given) && isNumber(wanted)) return given != Double.class && given != Float.class || wanted == Double.class || wanted == Float.class || wanted == BigDecimal.class;
        if (given == String.class) return to == char[].class || wanted == Character.class;
        if (given == char[].class && wanted == String.class) return true;
        if (given == Character.class) return wanted == String.class || wanted == CharSequence.class;
        if (given == Object[].class) return takesArrays(to);
        return given == Temporal.class && Temporal.class.isAssignableFrom(wanted);
    }

    /** Whether a parameter of a type may take an array. */
    static boolean takesArrays(Class<?> type) {
        return type.isArray() || type == Object.class || type == Optional.class || Containers.has(type) || Buffers.are(type);
    }

    /** How well an object becomes a parameter of a type; of primitives there are boxes only, which stand for them. */
    static int match(Object given, Class<?> type) {
        if (given == null) return type.isPrimitive() ? NONE : STRICT;
        Foreign foreign = Foreigners.in(given);
        if (foreign != null) return ofForeign(given, foreign, type);
        if (!type.isPrimitive()) {
            if (type.isInstance(given)) return given instanceof MethodGroup ? CHECKED : primitive(given.getClass()) == null ? STRICT : LOOSE;
            Class<?> primitive = primitive(type);
            if (primitive != null && given instanceof Number) return Math.min(match(given, primitive), CHECKED);
            if (Counterparts.has(given, type)) return Counterparts.of(given, type) == null ? NONE : LAST;
            int reference = References.match(given, type);
            return reference != NONE ? reference : becomes(given, type) ? CHECKED : NONE;
        }
        if (given instanceof Boolean) return type == boolean.class ? STRICT : NONE;
        if (given instanceof Character) return type == char.class || type == int.class || type == long.class ? STRICT : NONE;
        if (given instanceof String) return type == char.class && ((String) given).length() == 1 ? CHECKED : NONE;
        if (given instanceof Double) return type == double.class ? STRICT : type == float.class && fits((Double) given) ? CHECKED : NONE;
        if (given instanceof Float) return type == float.class || type == double.class ? STRICT : NONE;
        if (given instanceof Number) return integer((Number) given, type);
        return NONE;
    }

    /** The same of an object of another language: first of all it is its memory, or the value that it says it is. */
    private static int ofForeign(Object given, Foreign foreign, Class<?> type) {
        LentMemory memory = foreign.memory();
        if (memory != null) {
            int match = memory.match(type);
            if (match >= LOOSE || match == LAST && !type.isInstance(given)) return match;
            if (match == CHECKED) return tried(given, foreign, type) == null ? NONE : CHECKED;
            return type.isInstance(given) ? CHECKED : Foreigners.become(given, type);
        }
        Object value = given;
        try {
            value = said(given, type);
        } catch (Refusal inexact) {
            // Which may be an object for another parameter.
        }
        int match = value == given ? NONE : match(value, type);
        if (match != NONE) return match;
        if (type.isInstance(given)) return value == given && !(type == Object.class && Foreigners.isCalled(given)) ? STRICT : CHECKED;
        if (type.isArray() && isForeignList(given)) {
            Object made = tried(given, foreign, type);
            return made == null ? NONE : Items.isNatural(foreign.items(), made) ? LOOSE : Arrays.leaf(type).isPrimitive() ? CHECKED : LAST;
        }
        if (Counterparts.areFiles(type) && Counterparts.isFile(foreign)) return LOOSE;
        boolean isMade = type.isInterface() || Throwable.class.isAssignableFrom(type);
        return isMade ? Foreigners.become(given, type) : becomes(given, type) ? CHECKED : NONE;
    }

    /** What it becomes, which is made only once; null if it does not. */
    private static Object tried(Object given, Foreign foreign, Class<?> type) {
        try {
            Object made = to(given, (Type) type);
            foreign.keep(made);
            return made;
        } catch (Refusal refused) {
            return null;
        }
    }

    /** Whether it becomes one that it is not yet. */
    private static boolean becomes(Object given, Class<?> type) {
        boolean isPlausible = may(given.getClass(), type) || given instanceof Temporal && may(Temporal.class, type) || given.getClass().isArray() && takesArrays(type);
        isPlausible |= given instanceof Collection && Containers.has(type) || given instanceof Map && Map.class.isAssignableFrom(type);
        if (!isPlausible) return false;
        try {
            to(given, (Type) type);
            return true;
        } catch (Refusal refused) {
            return false;
        }
    }

    private static boolean fits(double number) {
        return Double.isInfinite(number) || !Float.isInfinite((float) number);
    }

    /** Integers have no width of their own where they come from: each is an int, or a long if that does not hold it. */
    private static int integer(Number given, Class<?> type) {
        if (given instanceof BigInteger || given instanceof BigDecimal) return isExact(given, type) ? CHECKED : NONE;
        long number = given.longValue();
        if (type == int.class) return (int) number == number ? STRICT : NONE;
        if (type == long.class) return STRICT;
        if (type == short.class) return (short) number == number ? CHECKED : NONE;
        if (type == byte.class) return (byte) number == number ? CHECKED : NONE;
        if (type == double.class) return (long) (double) number == number ? STRICT : NONE;
        if (type == float.class) return (long) (float) number == number ? STRICT : NONE;
        return NONE;
    }

    private static boolean isExact(Object number, Class<?> type) {
        try {
            scalar(number, type);
            return true;
        } catch (Refusal inexact) {
            return false;
        }
    }

    /** The object as a parameter of a class takes it. */
    static Object to(Object given, Class<?> type) {
        return to(given, (Type) type);
    }

    /** The object as something of a type; else an error that says what it is. */
    static Object to(Object given, Type type) {
        Class<?> raw = Types.raw(type);
        if (given == null) {
            if (raw.isPrimitive()) throw new Refusal(Refusal.MISMATCH, "null given for " + raw + ", which is never null; give a value");
            return raw == Optional.class ? Optional.empty() : null;
        }
        Foreign foreign = Foreigners.in(given);
        if (foreign != null) {
            Object value = value(given, foreign, type);
            if (value != given) return raw.isInstance(value) && !(type instanceof ParameterizedType) ? value : to(value, type);
        }
        Class<?> primitive = raw.isPrimitive() ? raw : raw.isInstance(given) ? null : primitive(raw);
        if (primitive != null) return scalar(given, primitive);
        if (raw.isInstance(given)) return type instanceof ParameterizedType ? Foreigners.of(given, (ParameterizedType) type) : given;
        return other(given, type, raw);
    }

    /** What an object of another language is for a type by its memory or by what it says; else the object. */
    private static Object value(Object given, Foreign foreign, Type type) {
        Class<?> raw = Types.raw(type);
        Object taken = foreign.taken(raw);
        if (taken != null) return taken;
        LentMemory memory = Buffers.are(raw) ? null : foreign.memory();
        if (memory != null) {
            try {
                int match = memory.match(raw);
                if (match > LAST || match == LAST && !raw.isInstance(given)) return memory.as(type);
            } finally {
                // What is no value here is an object, whose memory is its own again.
                foreign.settle();
            }
        }
        if (Counterparts.areFiles(raw) && Counterparts.isFile(foreign)) return Counterparts.file(foreign, raw);
        Object value = said(given, raw);
        return value == given || isOfValues(raw) || Counterparts.has(value, raw) || match(value, raw) != NONE ? value : given;
    }

    /** The value that an object says it is where a type is given one; else the object. */
    private static Object said(Object given, Class<?> type) {
        return isOfValues(type) ? Foreigners.neutral(given) : Foreigners.value(given);
    }

    private static Object scalar(Object given, Class<?> type) {
        if (type == boolean.class) {
            if (given instanceof Boolean) return given;
        } else if (type == char.class) {
            if (given instanceof Character) return given;
            if (given instanceof String && ((String) given).length() == 1) return ((String) given).charAt(0);
        } else if (type == double.class || type == float.class) {
            return type == double.class ? (Object) toDouble(given) : (Object) toFloat(given);
        } else if (given instanceof Number || given instanceof Character) {
            long number = toLong(given, type.getTypeName());
            if (type == int.class) return Conversion.to_int(number);
            if (type == long.class) return number;
            if (type == short.class) return Conversion.to_short(number);
            if (type == byte.class) return Conversion.to_byte(number);
        }
        throw mismatch(given, type);
    }

    /** An integer that a long holds. */
    static long toLong(Object given, String type) {
        if (given instanceof Integer || given instanceof Long || given instanceof Short || given instanceof Byte) return ((Number) given).longValue();
        if (given instanceof Character) return (Character) given;
        BigInteger number = toBigInteger(given, type);
        if (number.bitLength() > 63) throw Conversion.unfit(number, type);
        return number.longValue();
    }

    static BigInteger toBigInteger(Object given, String type) {
        if (given instanceof BigInteger) return (BigInteger) given;
        if (given instanceof BigDecimal) return whole((BigDecimal) given, type);
        if (given instanceof Integer || given instanceof Long || given instanceof Short || given instanceof Byte) return BigInteger.valueOf(((Number) given).longValue());
        throw mismatch(given, type, "");
    }

    private static BigInteger whole(BigDecimal number, String type) {
        try {
            return number.toBigIntegerExact();
        } catch (ArithmeticException fraction) {
            throw Conversion.inexact(number, type);
        }
    }

    static double toDouble(Object given) {
        if (given instanceof Double || given instanceof Float) return ((Number) given).doubleValue();
        if (given instanceof BigDecimal || given instanceof BigInteger) {
            double nearest = ((Number) given).doubleValue();
            BigDecimal exact = given instanceof BigDecimal ? (BigDecimal) given : new BigDecimal((BigInteger) given);
            if (Double.isInfinite(nearest) || new BigDecimal(nearest).compareTo(exact) != 0) throw Conversion.inexact(given, "double");
            return nearest;
        }
        if (!(given instanceof Number)) throw mismatch(given, double.class);
        return Conversion.to_double(toLong(given, "double"));
    }

    static float toFloat(Object given) {
        if (given instanceof Float) return (Float) given;
        if (given instanceof Double) return Conversion.to_float((double) given);
        double exact = toDouble(given);
        if ((float) exact != exact) throw Conversion.inexact(given, "float");
        return (float) exact;
    }

    /** What is in something optional; null if there is nothing. */
    static Object present(Object given) {
        if (given instanceof Optional) return ((Optional<?>) given).orElse(null);
        if (given instanceof OptionalInt) return ((OptionalInt) given).isPresent() ? ((OptionalInt) given).getAsInt() : null;
        if (given instanceof OptionalLong) return ((OptionalLong) given).isPresent() ? ((OptionalLong) given).getAsLong() : null;
        if (given instanceof OptionalDouble) return ((OptionalDouble) given).isPresent() ? ((OptionalDouble) given).getAsDouble() : null;
        return given;
    }

    private static Object other(Object given, Type type, Class<?> raw) {
        if (given != present(given)) return to(present(given), type);
        if (raw == BigInteger.class && given instanceof Number) return toBigInteger(given, raw.getTypeName());
        if (raw == BigDecimal.class) {
            if (given instanceof BigInteger) return new BigDecimal((BigInteger) given);
            if (given instanceof Double || given instanceof Float) return decimal(((Number) given).doubleValue());
            if (given instanceof Number) return BigDecimal.valueOf(toLong(given, raw.getTypeName()));
        }
        if (Counterparts.has(given, raw)) {
            Object one = Counterparts.of(given, raw);
            if (one == null) throw mismatch(given, raw);
            return one;
        }
        if (given instanceof Character && raw.isAssignableFrom(String.class)) return given.toString();
        if (raw == String.class && given instanceof char[]) return new String((char[]) given);
        if (raw == char[].class && given instanceof String) return ((String) given).toCharArray();
        if (raw == Optional.class) return Optional.of(to(given, Types.argument(type, 0, 1)));
        if (given.getClass().isArray() && takesArrays(raw)) return array(given, type, raw);
        if (raw.isArray() && isForeignList(given)) return array(items(given, raw), type, raw);
        if (given instanceof Map && Map.class.isAssignableFrom(raw)) return Containers.map((Map<?, ?>) given, type, raw);
        if (given instanceof Collection && Containers.has(raw)) return Containers.collection(((Collection<?>) given).toArray(), type, raw);
        if (References.match(given, raw) != NONE) return References.as(given, raw);
        if (Foreigners.become(given, raw) != NONE) return Foreigners.as(given, type);
        if (given instanceof OffsetDateTime && raw == Instant.class) return ((OffsetDateTime) given).toInstant();
        if (given instanceof OffsetDateTime && raw == ZonedDateTime.class) return ((OffsetDateTime) given).toZonedDateTime();
        if (given instanceof ZonedDateTime && raw == Instant.class) return ((ZonedDateTime) given).toInstant();
        throw mismatch(given, raw);
    }

    /** Whether it is a sequence of another language's, which has no arrays of Java's. */
    static boolean isForeignList(Object given) {
        return given instanceof List && Foreigners.in(given) != null;
    }

    /** Its items: lists in it are themselves, unless an array of numbers or of texts is made of them. */
    private static Object[] items(Object given, Class<?> type) {
        Class<?> leaf = Arrays.leaf(type);
        Object[] all = leaf.isPrimitive() || leaf == String.class ? Foreigners.in(given).items() : null;
        return all != null ? all : ((List<?>) given).toArray();
    }

    private static BigDecimal decimal(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) throw Conversion.inexact(number, "java.math.BigDecimal");
        return new BigDecimal(number);
    }

    /** An array of others' elements as one, or as a collection, of a type. */
    private static Object array(Object given, Type type, Class<?> raw) {
        if (!raw.isArray()) {
            Object[] items = (Object[]) (given instanceof Object[] ? given : array(given, Object[].class, Object[].class));
            return Containers.collection(items, type, raw);
        }
        int length = Array.getLength(given);
        Object made = Array.newInstance(raw.getComponentType(), length);
        Type element = Types.element(type);
        for (int i = 0; i < length; i++) Elements.set(made, i, Array.get(given, i), element);
        return made;
    }

    /** Why something does not become something else. */
    static Refusal mismatch(Object given, Class<?> type) {
        boolean isTime = given instanceof Temporal && Temporal.class.isAssignableFrom(type);
        return mismatch(given, type.getTypeName(), isTime ? "; give it with the parts that this has, such as the offset from UTC" : Counterparts.advice(given, type) + Roles.advice(given, type) + ofAnotherModule(given, type));
    }

    private static Refusal mismatch(Object given, String type, String advice) {
        String text = Foreigners.typeName(given);
        if (given instanceof Number || given instanceof Boolean) text = given + " (" + text + ")";
        if (given instanceof String) text = "the text \"" + (((String) given).length() > SHOWN ? ((String) given).substring(0, SHOWN) + "…" : given) + "\"";
        return new Refusal(Refusal.MISMATCH, text + " does not become " + type + advice);
    }

    /** What is to be said of an object of a class that another module has, too. */
    static String ofAnotherModule(Object given, Class<?> type) {
        if (given == null || !isNamesake(given.getClass(), type)) return "";
        return "; " + type.getTypeName() + " of one module is not " + type.getTypeName() + " of another module: load what uses it in one";
    }

    /** Whether a class, or one above it, is another of the same name. */
    private static boolean isNamesake(Class<?> of, Class<?> type) {
        if (of == null || of == type) return false;
        if (of.getName().equals(type.getName())) return true;
        for (Class<?> above : of.getInterfaces()) if (isNamesake(above, type)) return true;
        return isNamesake(of.getSuperclass(), type);
    }

    /** The primitive that a class is the box of; null if it is none. */
    static Class<?> primitive(Class<?> boxed) {
        Class<?> unwrapped = MethodType.methodType(boxed).unwrap().returnType();
        return unwrapped.isPrimitive() ? unwrapped : null;
    }
}
