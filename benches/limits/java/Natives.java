import java.util.function.LongBinaryOperator;

/** What Java calls by native methods: the limit where the JVM has no foreign memory. */
public final class Natives {
    public static final LongBinaryOperator OPERATION = Natives::call;

    private Natives() {}

    private static native long call(long a, long b);
}
