import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongBinaryOperator;

/** What is called, by metaffi and by hand. */
public final class Guest {
    public long number;

    public Guest(long number) {
        this.number = number;
    }

    public static void nop() {}

    public static long add(long a, long b) {
        return a + b;
    }

    public static double multiply(double a, double b) {
        return a * b;
    }

    public static String echo(String text) {
        return text;
    }

    public static double total(double[] numbers) {
        double total = 0;
        for (double number : numbers) total += number;
        return total;
    }

    public long plus(long other) {
        return number + other;
    }

    public static Guest make(long number) {
        return new Guest(number);
    }

    public static long apply(LongBinaryOperator operation, long a, long b) {
        return operation.applyAsLong(a, b);
    }

    public static void raise() {
        throw new IllegalStateException("this went wrong");
    }

    public static List<Object> copy(Collection<?> values) {
        return new ArrayList<>(values);
    }
}
