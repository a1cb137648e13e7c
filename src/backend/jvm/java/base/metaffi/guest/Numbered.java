package metaffi.guest;

import java.lang.ref.WeakReference;

/** A member that is used from outside by a number, as long as its class is there. */
abstract class Numbered {
    private static WeakReference<?>[] table = new WeakReference<?>[256];
    private static int last = 0;

    private int number;

    /** Its number, which is above zero: it gets one when somebody asks. */
    final int number() {
        synchronized (Numbered.class) {
            if (number != 0) return number;
            if (++last == table.length) table = java.util.Arrays.copyOf(table, last * 2);
            table[last] = new WeakReference<>(this);
            return number = last;
        }
    }

    /** The one of a number that whoever has an object of its class was given. */
    static Numbered of(int number) {
        return (Numbered) table[number].get();
    }

    /** What it is, as the other side counts: what is read and written, what is called, or what always is the same object. */
    static final int ATTRIBUTE = 0, METHOD = 1, CONSTANT = 2;

    abstract int kind();

    /** Writes its value there. */
    abstract void read(Object of, long to) throws Throwable;
}
