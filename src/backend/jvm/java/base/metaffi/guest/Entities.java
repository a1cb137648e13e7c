package metaffi.guest;

import java.lang.invoke.MethodHandle;

/** What is called from outside, each by its index. */
final class Entities {
    private static MethodHandle[] table = new MethodHandle[256];
    private static int[] next = new int[256];
    private static int free = -1;
    private static int used = 0;

    private Entities() {}

    /** Calls one with a frame: 0, or the index of what it threw. */
    static int call(int entity, long frame) {
        try {
            table[entity].invokeExact(frame);
            return 0;
        } catch (Throwable thrown) {
            return Failures.keep(thrown);
        }
    }

    static synchronized int add(MethodHandle entity) {
        int index = free;
        if (index >= 0) {
            free = next[index];
        } else {
            if (used == table.length) {
                next = java.util.Arrays.copyOf(next, used * 2);
                table = java.util.Arrays.copyOf(table, used * 2);
            }
            index = used++;
        }
        table[index] = entity;
        return index;
    }

    static synchronized void release(int index) {
        table[index] = null;
        next[index] = free;
        free = index;
    }
}
