import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions of the suite that every runtime passes. */
public final class Conformance {
    public interface Operation {
        long apply(long a, long b);
    }

    public static final class Held {
        public long number;
        public List<Object> list = new ArrayList<>(Arrays.asList(1L, 2L, 3L));
        public Map<String, Object> map = new HashMap<>(Map.of("one", 1L));

        Held(long number) {
            this.number = number;
        }

        public long plus(long other) {
            return number + other;
        }
    }

    public static void nop() {}

    public static long add(long a, long b) {
        return a + b;
    }

    public static double multiply(double a, double b) {
        return a * b;
    }

    public static boolean negate(boolean truth) {
        return !truth;
    }

    public static String echo(String text) {
        return text;
    }

    public static double total(double[] numbers, long count) {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += numbers[i];
        return sum;
    }

    public static long apply(Operation operation, long a, long b) {
        return operation.apply(a, b);
    }

    public static Held make(long number) {
        return new Held(number);
    }

    public static long read(Held held) {
        return held.number;
    }
}
