import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** What is called with memory of the caller. */
public final class GuestMemory {
    private GuestMemory() {}

    public static double total(MemorySegment numbers) {
        double total = 0;
        for (long i = 0, count = numbers.byteSize() / 8; i < count; i++) total += numbers.getAtIndex(JAVA_DOUBLE_UNALIGNED, i);
        return total;
    }
}
