package metaffi.guest;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** The buffers of java.nio by their elements. */
final class NioBuffers {
    private NioBuffers() {}

    /** Refuses elements that are not those of a type of buffers, or that do not follow one another. */
    static void check(ArrayView view, Class<?> type) {
        Class<?> element = element(type);
        if (!view.isContiguous() || view.bytes() > Integer.MAX_VALUE && Buffer.class.isAssignableFrom(type))
            throw new Refusal(Refusal.MISMATCH, "an array whose elements do not follow one another, or of more than 2 GiB, does not become " + type.getTypeName() + "; declare an array of Java's, which is a copy");
        Kind kind = Kind.of(view.element);
        boolean isPlain = kind != null && kind.isScalar();
        if (!isPlain || element != byte.class && (Elements.size(view.element) != Elements.size(Kind.element(element).number) || isFloating(element) != isFloating(kind.natural)))
            throw new Refusal(Refusal.MISMATCH, "an array of " + (kind == null ? "other elements" : kind) + " does not become " + type.getTypeName());
    }

    private static boolean isFloating(Class<?> type) {
        return type == double.class || type == float.class;
    }

    private static Class<?> element(Class<?> type) {
        if (DoubleBuffer.class.isAssignableFrom(type)) return double.class;
        if (FloatBuffer.class.isAssignableFrom(type)) return float.class;
        if (LongBuffer.class.isAssignableFrom(type)) return long.class;
        if (IntBuffer.class.isAssignableFrom(type)) return int.class;
        if (ShortBuffer.class.isAssignableFrom(type)) return short.class;
        return CharBuffer.class.isAssignableFrom(type) ? char.class : byte.class;
    }

    /** All of them as a buffer of a type. */
    static Object typed(ByteBuffer all, Class<?> type) {
        Class<?> element = element(type);
        if (element == double.class) return all.asDoubleBuffer();
        if (element == float.class) return all.asFloatBuffer();
        if (element == long.class) return all.asLongBuffer();
        if (element == int.class) return all.asIntBuffer();
        if (element == short.class) return all.asShortBuffer();
        return element == char.class ? all.asCharBuffer() : all;
    }

    /** What an array of a buffer's elements is of, if what is declared is not something else. */
    static Kind kind(Buffer buffer, Kind declared) {
        Kind own = Kind.element(element(buffer.getClass()));
        if (declared == null || declared == own || Elements.size(declared.number) == 1 && own == Kind.UINT8) return declared == null ? own : declared;
        throw new Refusal(Refusal.MISMATCH, buffer.getClass().getTypeName() + " does not become " + declared.array() + "; declare " + own.array());
    }

    /** Whether others can look at its memory. */
    static boolean isLendable(Buffer buffer) {
        return buffer.isDirect() && (buffer instanceof ByteBuffer || order(buffer) == ByteOrder.nativeOrder());
    }

    private static ByteOrder order(Buffer buffer) {
        if (buffer instanceof ByteBuffer) return ((ByteBuffer) buffer).order();
        if (buffer instanceof DoubleBuffer) return ((DoubleBuffer) buffer).order();
        if (buffer instanceof FloatBuffer) return ((FloatBuffer) buffer).order();
        if (buffer instanceof LongBuffer) return ((LongBuffer) buffer).order();
        if (buffer instanceof IntBuffer) return ((IntBuffer) buffer).order();
        if (buffer instanceof ShortBuffer) return ((ShortBuffer) buffer).order();
        return ((CharBuffer) buffer).order();
    }

    /** The same buffer, which is outside of Java's memory, over memory of its own. */
    static Buffer own(Buffer buffer) {
        int bytes = buffer.capacity() * Elements.size(Kind.element(element(buffer.getClass())).number);
        ByteBuffer all = ByteBuffer.allocateDirect(bytes).put(Host.buffer(Host.address(buffer), bytes)).clear();
        Buffer own = (Buffer) typed((buffer.isReadOnly() ? all.asReadOnlyBuffer() : all).order(order(buffer)), buffer.getClass());
        return own.limit(buffer.limit()).position(buffer.position());
    }

    /** An array of what is left in it. */
    static Object copy(Buffer buffer) {
        int length = buffer.remaining();
        if (buffer instanceof ByteBuffer) {
            byte[] copy = new byte[length];
            ((ByteBuffer) buffer).duplicate().get(copy);
            return copy;
        }
        Class<?> element = element(buffer.getClass());
        Object copy = java.lang.reflect.Array.newInstance(element, length);
        if (element == double.class) ((DoubleBuffer) buffer).duplicate().get((double[]) copy);
        else if (element == float.class) ((FloatBuffer) buffer).duplicate().get((float[]) copy);
        else if (element == long.class) ((LongBuffer) buffer).duplicate().get((long[]) copy);
        else if (element == int.class) ((IntBuffer) buffer).duplicate().get((int[]) copy);
        else if (element == short.class) ((ShortBuffer) buffer).duplicate().get((short[]) copy);
        else ((CharBuffer) buffer).duplicate().get((char[]) copy);
        return copy;
    }
}
