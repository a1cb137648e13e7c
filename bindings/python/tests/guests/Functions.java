import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import java.util.function.LongBinaryOperator;
import java.util.function.LongSupplier;

/** What calls functions of others by interfaces. */
public final class Functions {
    private Functions() {}

    public interface Mixed {
        boolean test(long one, double two, int three, boolean four);
    }

    public interface Longest {
        long of(long a, long b, long c, long d, long e);
    }

    public static long apply(LongBinaryOperator operation, long a, long b) {
        return operation.applyAsLong(a, b);
    }

    public static double real(DoubleUnaryOperator operation, double a) {
        return operation.applyAsDouble(a);
    }

    public static boolean whole(IntPredicate predicate, int a) {
        return predicate.test(a);
    }

    public static boolean mixed(Mixed predicate) {
        return predicate.test(1L << 40, 0.5, -3, true);
    }

    public static long longest(Longest function) {
        return function.of(1, 2, 3, 4, 5);
    }

    public static long supplied(LongSupplier supplier) {
        return supplier.getAsLong();
    }

    public static boolean truth(BooleanSupplier supplier) {
        return supplier.getAsBoolean();
    }

    public static void run(Runnable task) {
        task.run();
    }

    public static Object any(BiFunction<Object, Object, Object> function, Object a, Object b) {
        return function.apply(a, b);
    }

    public static int compare(Comparator<Object> order, Object a, Object b) {
        return order.compare(a, b);
    }

    public static String meant(Runnable task) {
        return "Runnable";
    }

    public static String meant(List<?> list) {
        return "List";
    }

    public static boolean same(LongSupplier one, LongSupplier other) {
        return one == other;
    }
}
