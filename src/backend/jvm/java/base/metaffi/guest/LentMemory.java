package metaffi.guest;

import java.lang.reflect.Type;

/** The memory of an object of another language as an array, which is lent until that ends. */
final class LentMemory {
    private static final int DATUM = 8;

    /** The value that is the array. */
    private final long value;
    private final long array;
    /** The class of the array of Java's that has the same elements. */
    private final Class<?> natural;

    /** Takes over a value that was lent. */
    LentMemory(long value) {
        this.value = value;
        array = Memory.getLong(value + DATUM);
        natural = Arrays.natural(new ArrayView(array), 0);
    }

    void end() {
        Host.clear(value);
        Host.free(value);
    }

    /** How well it becomes something of a type, as far as that is known without a look at its elements. */
    int match(Class<?> type) {
        if (type.isAssignableFrom(natural)) return Coercion.STRICT;
        if (Buffers.are(type)) return isLentAs(type) ? Coercion.LOOSE : Coercion.NONE;
        if (!type.isArray()) return Containers.has(type) ? Coercion.LAST : Coercion.NONE;
        return Arrays.leaf(type).isPrimitive() ? Coercion.CHECKED : Coercion.LAST;
    }

    /** Whether an address is in it. */
    boolean has(long address) {
        return new ArrayView(array).has(address);
    }

    private boolean isLentAs(Class<?> type) {
        try {
            NioBuffers.check(new ArrayView(array), type);
            return true;
        } catch (Refusal other) {
            return false;
        }
    }

    /** The same elements as something of a type: a copy, but for a buffer of Java's, which is lent as long as this is. */
    Object as(Type type) {
        return Arrays.read(array, type != Object[].class && Types.raw(type).isAssignableFrom(natural) ? natural : type);
    }
}
