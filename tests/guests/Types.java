import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** What Java sees of each value, and gives back. */
public final class Types {
    private Types() {}

    public static boolean echo(boolean given) { return given; }
    public static byte echo(byte given) { return given; }
    public static short echo(short given) { return given; }
    public static int echo(int given) { return given; }
    public static long echo(long given) { return given; }
    public static char echo(char given) { return given; }
    public static float echo(float given) { return given; }
    public static double echo(double given) { return given; }
    public static Boolean echo(Boolean given) { return given; }
    public static Byte echo(Byte given) { return given; }
    public static Short echo(Short given) { return given; }
    public static Integer echo(Integer given) { return given; }
    public static Long echo(Long given) { return given; }
    public static Character echo(Character given) { return given; }
    public static Float echo(Float given) { return given; }
    public static Double echo(Double given) { return given; }
    public static Number echo(Number given) { return given; }
    public static Object echo(Object given) { return given; }
    public static String echo(String given) { return given; }
    public static CharSequence echo(CharSequence given) { return given; }
    public static char[] echo(char[] given) { return given; }
    public static BigInteger echo(BigInteger given) { return given; }
    public static BigDecimal echo(BigDecimal given) { return given; }
    public static LocalDate echo(LocalDate given) { return given; }
    public static LocalTime echo(LocalTime given) { return given; }
    public static OffsetTime echo(OffsetTime given) { return given; }
    public static LocalDateTime echo(LocalDateTime given) { return given; }
    public static OffsetDateTime echo(OffsetDateTime given) { return given; }
    public static ZonedDateTime echo(ZonedDateTime given) { return given; }
    public static Instant echo(Instant given) { return given; }
    public static Duration echo(Duration given) { return given; }
    public static ZoneId echo(ZoneId given) { return given; }
    public static UUID echo(UUID given) { return given; }
    public static boolean[] echo(boolean[] given) { return given; }
    public static byte[] echo(byte[] given) { return given; }
    public static short[] echo(short[] given) { return given; }
    public static int[] echo(int[] given) { return given; }
    public static long[] echo(long[] given) { return given; }
    public static float[] echo(float[] given) { return given; }
    public static double[] echo(double[] given) { return given; }
    public static int[][] echo(int[][] given) { return given; }
    public static double[][][] echo(double[][][] given) { return given; }
    public static String[] echo(String[] given) { return given; }
    public static String[][] echo(String[][] given) { return given; }
    public static Integer[] echo(Integer[] given) { return given; }
    public static Object[] echo(Object[] given) { return given; }
    public static BigInteger[] echo(BigInteger[] given) { return given; }
    public static Held[] echo(Held[] given) { return given; }
    public static Held echo(Held given) { return given; }
    public static ByteBuffer echo(ByteBuffer given) { return given; }
    public static DoubleBuffer echo(DoubleBuffer given) { return given; }

    public static Optional<Integer> optional(Optional<Integer> given) { return given; }
    public static Optional<String> optionalText(Optional<String> given) { return given; }
    public static List<Integer> integers(List<Integer> given) { return given; }
    public static List<Long> longs(List<Long> given) { return given; }
    public static List<List<Short>> nested(List<List<Short>> given) { return given; }
    public static Collection<? super Byte> bytes(Collection<? super Byte> given) { return given; }
    public static Set<Float> floats(Set<Float> given) { return given; }
    public static Map<String, Long> map(Map<String, Long> given) { return given; }
    public static TreeMap<Integer, int[]> tree(TreeMap<Integer, int[]> given) { return given; }

    public static String show(Object given) { return text(given); }

    public static final class Held {
        private final String name;

        public Held(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The class of something and what is in it. */
    private static String text(Object given) {
        if (given == null) return "null";
        String name = given.getClass().getSimpleName();
        if (given.getClass().isArray()) {
            List<String> items = new ArrayList<>();
            boolean isPrimitive = given.getClass().getComponentType().isPrimitive();
            for (int i = 0; i < Array.getLength(given); i++) items.add(isPrimitive ? String.valueOf(Array.get(given, i)) : text(Array.get(given, i)));
            return name + " " + items;
        }
        if (given instanceof Optional) return name + " " + text(((Optional<?>) given).orElse(null));
        if (given instanceof Collection) {
            List<String> items = new ArrayList<>();
            for (Object one : (Collection<?>) given) items.add(text(one));
            return name + " " + items;
        }
        if (given instanceof Map) {
            Map<String, String> items = new LinkedHashMap<>();
            for (Map.Entry<?, ?> one : ((Map<?, ?>) given).entrySet()) items.put(text(one.getKey()), text(one.getValue()));
            return name + " " + items;
        }
        return name + " " + given;
    }

    public static int[][] ragged() { return new int[][] {{1, 2, 3}, {}, null, {4}}; }
    public static Object[] mixed() { return new Object[] {1, "two", 3.0, null, new int[] {4}, new Held("five")}; }
    public static List<List<Integer>> lists() { return List.of(List.of(1, 2), List.of(3, 4)); }
    public static Map<String, Object> entries() { return new TreeMap<>(Map.of("a", 1, "b", List.of(2L))); }
    public static Set<Integer> set() { return Set.of(7); }
    public static List<Object> tuple() { return Arrays.asList(1, "two", null); }
    public static Object nothing() { return null; }
    public static Integer noInteger() { return null; }
    public static BigInteger big() { return BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE); }
    public static String half() { return "a\ud800"; }
    public static Object[] cycle() {
        Object[] itself = new Object[1];
        itself[0] = itself;
        return itself;
    }

    public static ByteBuffer direct(int length) {
        ByteBuffer made = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i++) made.put(i, (byte) i);
        return made.position(1);
    }

    public static ByteBuffer heap() { return ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1); }

    public static DoubleBuffer doubles() {
        DoubleBuffer made = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder()).asDoubleBuffer();
        return made.put(0, 0.5).put(1, 1.5).put(2, 2.5);
    }

    public static DoubleBuffer swapped() {
        boolean isLittle = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return ByteBuffer.allocateDirect(8).order(isLittle ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(0, 2.5);
    }

    public static boolean isReadOnly(ByteBuffer given) { return given.isReadOnly(); }

    public static String three(int first, String second, Integer third) { return first + second + third; }

    /** Doubles each number where it is. */
    public static void twice(DoubleBuffer numbers) {
        for (int i = 0; i < numbers.capacity(); i++) numbers.put(i, 2 * numbers.get(i));
    }

    public static double sum(double[] numbers) {
        double sum = 0;
        for (double one : numbers) sum += one;
        return sum;
    }
}
