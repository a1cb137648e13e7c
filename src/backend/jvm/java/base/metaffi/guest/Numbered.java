package metaffi.guest;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;

/** A member that is used from outside by a number, as long as its class is there. */
abstract class Numbered {
    private static Place[] table = new Place[256];
    private static int last = 0;
    /** The places of those that are gone, whose numbers nobody can use: with each goes all that has it. */
    private static final ReferenceQueue<Numbered> GONE = new ReferenceQueue<>();

    private static final class Place extends WeakReference<Numbered> {
        final int number;

        Place(Numbered one, int number) {
            super(one, GONE);
            this.number = number;
        }
    }

    private int number;

    /** Its number, which is above zero: it gets one when somebody asks. */
    final int number() {
        synchronized (Numbered.class) {
            if (number != 0) return number;
            Place gone = (Place) GONE.poll();
            int place = gone == null ? ++last : gone.number;
            if (place == table.length) table = Arrays.copyOf(table, place * 2);
            table[place] = new Place(this, place);
            return number = place;
        }
    }

    /** The one of a number that whoever has an object of its class was given. */
    static Numbered of(int number) {
        return table[number].get();
    }

    /** What it is, as the other side counts: what is read and written, what is called, or what always is the same object. */
    static final int ATTRIBUTE = 0, METHOD = 1, CONSTANT = 2;

    abstract int kind();

    /** Writes its value there. */
    abstract void read(Object of, long to) throws Throwable;
}
