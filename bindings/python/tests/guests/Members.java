package guests;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** What entity paths name. */
public class Members {
    /** Overloads, of which each says which it is. */
    public static class Overloads {
        public static String number(int a) { return "int"; }
        public static String number(long a) { return "long"; }
        public static String number(double a) { return "double"; }
        public static String number(Object a) { return "Object"; }

        public static String narrow(short a) { return "short"; }
        public static String narrow(int a) { return "int"; }

        public static String boxed(Integer a) { return "Integer"; }
        public static String boxed(Object... a) { return "Object..."; }

        public static String many(long... a) { return "long..." + a.length; }
        public static String many(double... a) { return "double..." + a.length; }

        public static String text(String a) { return "String"; }
        public static String text(CharSequence a) { return "CharSequence"; }

        public static String held(Collection<?> a) { return "Collection"; }
        public static String held(List<?> a) { return "List"; }

        public static String either(List<?> a) { return "List"; }
        public static String either(Map<?, ?> a) { return "Map"; }

        public static String pair(int a, long b) { return "int, long"; }
        public static String pair(long a, int b) { return "long, int"; }

        public static String rank(double[] a) { return "double[]"; }
        public static String rank(double[][] a) { return "double[][]"; }

        public static String work(Runnable a) { return "Runnable"; }
        public static String work(Callable<?> a) { return "Callable"; }
    }

    public static String sum(String name, int... parts) { return name + java.util.Arrays.stream(parts).sum(); }

    /** Public methods of a class that is not. */
    static class Hidden implements Comparable<Hidden> {
        public String visible() { return "visible"; }
        @Override public int compareTo(Hidden other) { return 7; }
    }

    public static final class Shown extends Hidden {}

    public static Object hidden() { return new Hidden(); }

    public interface Named {
        int LIMIT = 12;
        String name();
        default String greeting() { return "I am " + name(); }
        static String of() { return "Named"; }
    }

    public static class Base {
        public int count = 1;
        public Object self() { return "base"; }
        public String inherited() { return "inherited"; }
    }

    public static class Derived extends Base implements Named {
        public static int made;
        public static final String KIND = "derived";
        public final int fixed = 5;
        private final String name;
        public Derived(String name) { this.name = name; made++; }
        @Override public String name() { return name; }
        @Override public String self() { return "derived"; }
    }

    public abstract static class Shape {}

    public enum Level { LOW, HIGH; public int weight() { return ordinal() * 10; } }

    public class Inner { public String outer() { return "inner of " + Members.this; } }

    @Override public String toString() { return "members"; }
}
