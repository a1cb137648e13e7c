import java.util.Optional;

/** Members that take and give numbers, of classes and of their objects. */
public final class Direct {
    public static class Base {
        public int number = 1;

        public int number() {
            return number;
        }
    }

    public static final class Derived extends Base {
        @Override
        public int number() {
            return number + 100;
        }
    }

    public static final class Other {
        public int number() {
            return 7;
        }
    }

    public interface Counted {
        int number();
    }

    public static final class Counter implements Counted {
        @Override
        public int number() {
            return 9;
        }
    }

    /** Cannot be initialised. */
    public static final class Broken {
        public static int value = fail();

        private static int fail() {
            throw new IllegalStateException("not today");
        }

        public static int get() {
            return value;
        }
    }

    public static Base base() {
        return new Base();
    }

    public static Derived derived() {
        return new Derived();
    }

    public static Other other() {
        return new Other();
    }

    public static Counter counter() {
        return new Counter();
    }

    public static Direct make() {
        return new Direct();
    }

    public static int of(Base base) {
        return base == null ? -1 : base.number();
    }

    public static long many(int a, Base first, long b, Object second, short c) {
        return a + b + c + (first == null ? 0 : 1000) + (second == null ? 0 : 2000);
    }

    public static int given(Optional<?> one) {
        return one == null ? -1 : one.isPresent() ? 1 : 0;
    }

    public static int fail(int what) {
        if (what == 1) throw new IllegalArgumentException("number one");
        if (what == 2) throw new StackOverflowError("too deep");
        return what;
    }

    public static int deep(int depth) {
        return deep(depth + 1) + 1;
    }

    public int failing() {
        throw new UnsupportedOperationException("by an object");
    }

    public static void nop() {}

    /** Whether the thread has the class loader of this class. */
    public static boolean isHere() {
        return Thread.currentThread().getContextClassLoader() == Direct.class.getClassLoader();
    }

    /** Sets another one, which stays; or that of the system. */
    public static void leave(boolean forOwn) {
        ClassLoader system = ClassLoader.getSystemClassLoader();
        Thread.currentThread().setContextClassLoader(forOwn ? new ClassLoader(system) {} : system);
    }

    public static boolean staticBoolean;
    public boolean ownBoolean;

    public static boolean sameBoolean(boolean it) {
        return it;
    }

    public boolean echoBoolean(boolean it) {
        ownBoolean = it;
        return ownBoolean;
    }

    public static byte staticByte;
    public byte ownByte;

    public static byte sameByte(byte it) {
        return it;
    }

    public byte echoByte(byte it) {
        ownByte = it;
        return ownByte;
    }

    public static short staticShort;
    public short ownShort;

    public static short sameShort(short it) {
        return it;
    }

    public short echoShort(short it) {
        ownShort = it;
        return ownShort;
    }

    public static char staticChar;
    public char ownChar;

    public static char sameChar(char it) {
        return it;
    }

    public char echoChar(char it) {
        ownChar = it;
        return ownChar;
    }

    public static int staticInt;
    public int ownInt;

    public static int sameInt(int it) {
        return it;
    }

    public int echoInt(int it) {
        ownInt = it;
        return ownInt;
    }

    public static long staticLong;
    public long ownLong;

    public static long sameLong(long it) {
        return it;
    }

    public long echoLong(long it) {
        ownLong = it;
        return ownLong;
    }

    public static float staticFloat;
    public float ownFloat;

    public static float sameFloat(float it) {
        return it;
    }

    public float echoFloat(float it) {
        ownFloat = it;
        return ownFloat;
    }

    public static double staticDouble;
    public double ownDouble;

    public static double sameDouble(double it) {
        return it;
    }

    public double echoDouble(double it) {
        ownDouble = it;
        return ownDouble;
    }
}
