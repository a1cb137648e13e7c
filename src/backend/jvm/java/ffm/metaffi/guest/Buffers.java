package metaffi.guest;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.Buffer;
import java.nio.ByteOrder;

/** Memory as Java has it: buffers over that of others, and those of Java's that others look at. */
final class Buffers {
    private Buffers() {}

    /** Whether a type is one of them. */
    static boolean are(Class<?> type) {
        return Buffer.class.isAssignableFrom(type) || MemorySegment.class.isAssignableFrom(type);
    }

    /** Whether something is memory that others may look at as it is. */
    static boolean areLent(Object object) {
        return object instanceof Buffer buffer ? NioBuffers.isLendable(buffer) : object instanceof MemorySegment segment && segment.isNative();
    }

    /** Whether they may write it, too. */
    static boolean areWritable(Object object) {
        return object instanceof Buffer buffer ? !buffer.isReadOnly() : !((MemorySegment) object).isReadOnly();
    }

    /** Where the memory of a buffer is, if that is outside of Java's; else 0. */
    static long address(Object object) {
        if (object instanceof Buffer buffer) return buffer.isDirect() ? Host.address(buffer) : 0;
        return object instanceof MemorySegment segment && segment.isNative() ? segment.address() : 0;
    }

    /** The same buffer over memory of its own. */
    static Object copy(Object given) {
        if (given instanceof Buffer buffer) return NioBuffers.own(buffer);
        MemorySegment segment = (MemorySegment) given, own = Arena.ofAuto().allocate(segment.byteSize()).copyFrom(segment);
        return segment.isReadOnly() ? own.asReadOnly() : own;
    }

    /** The elements of an array, which are not copied, as long as they are lent. */
    static Object of(ArrayView view, Class<?> type) {
        NioBuffers.check(view, type);
        MemorySegment all = MemorySegment.ofAddress(view.data).reinterpret(view.bytes());
        if (Host.isReadOnly(view.array)) all = all.asReadOnly();
        return MemorySegment.class.isAssignableFrom(type) ? all : NioBuffers.typed(all.asByteBuffer().order(ByteOrder.nativeOrder()), type);
    }

    /** What is left in a buffer as an array: memory outside of Java's is not copied. */
    static long give(Object given, Kind element) {
        if (given instanceof Buffer buffer) {
            Kind kind = NioBuffers.kind(buffer, element);
            if (!NioBuffers.isLendable(buffer)) return Arrays.write(NioBuffers.copy(buffer), element, 0);
            return lend(given, MemorySegment.ofBuffer(buffer), kind);
        }
        MemorySegment segment = (MemorySegment) given;
        if (!segment.isNative()) return Arrays.write(segment.toArray(ValueLayout.JAVA_BYTE), element, 0);
        return lend(given, segment, element == null ? Kind.UINT8 : element);
    }

    private static long lend(Object keeps, MemorySegment segment, Kind kind) {
        long size = Elements.size(kind.number);
        if (!kind.isScalar() || segment.byteSize() % size != 0)
            throw new Refusal(Refusal.MISMATCH, segment.byteSize() + " bytes do not become " + kind.array());
        return Host.borrow(kind.number, segment.address(), segment.byteSize() / size, Objects.add(keeps), segment.isReadOnly());
    }
}
