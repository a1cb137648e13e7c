package metaffi.guest;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory as Java has it: buffers over that of others, and those of Java's that others look at. */
final class Buffers {
    private Buffers() {}

    /** Whether a type is one of them. */
    static boolean are(Class<?> type) {
        return Buffer.class.isAssignableFrom(type);
    }

    /** Whether something is memory that others may look at as it is. */
    static boolean areLent(Object object) {
        return object instanceof Buffer && NioBuffers.isLendable((Buffer) object);
    }

    /** Whether they may write it, too. */
    static boolean areWritable(Object object) {
        return !((Buffer) object).isReadOnly();
    }

    /** Where the memory of a buffer is, if that is outside of Java's; else 0. */
    static long address(Object object) {
        return object instanceof Buffer && ((Buffer) object).isDirect() ? Host.address((Buffer) object) : 0;
    }

    /** The same buffer over memory of its own. */
    static Object copy(Object buffer) {
        return NioBuffers.own((Buffer) buffer);
    }

    /** The elements of an array, which are not copied, as long as they are lent. */
    static Object of(ArrayView view, Class<?> type) {
        NioBuffers.check(view, type);
        ByteBuffer all = Host.buffer(view.data, view.bytes());
        return NioBuffers.typed((Host.isReadOnly(view.array) ? all.asReadOnlyBuffer() : all).order(ByteOrder.nativeOrder()), type);
    }

    /** What is left in a buffer as an array: memory outside of Java's is not copied. */
    static long give(Object given, Kind element) {
        Buffer buffer = (Buffer) given;
        Kind kind = NioBuffers.kind(buffer, element);
        if (!NioBuffers.isLendable(buffer)) return Arrays.write(NioBuffers.copy(buffer), element, 0);
        int size = Elements.size(kind.number);
        return Host.borrow(kind.number, Host.address(buffer) + (long) buffer.position() * size, buffer.remaining(), Objects.add(given), buffer.isReadOnly());
    }
}
