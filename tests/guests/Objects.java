import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Real objects of many types, each made anew, with what they are used with. */
public final class Objects {
    public enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green";
            }
        }
    }

    public static final class Point implements Comparable<Point> {
        public int x = 1;
        public final int y = 2;

        @Override
        public int compareTo(Point other) {
            return Integer.compare(x, other.x);
        }
    }

    public abstract static class Abstract {}

    public static final class Resource implements AutoCloseable {
        @Override
        public void close() {}
    }

    /** One whose methods fail. */
    public static final class Failing {
        @Override
        public String toString() {
            return "failing";
        }
    }

    private static final class Kind {
        final Supplier<Object> make;
        final Long position;
        final String key;

        Kind(Supplier<Object> make, Long position, String key) {
            this.make = make;
            this.position = position;
            this.key = key;
        }
    }

    private static final Map<String, Kind> OBJECTS = new LinkedHashMap<>();

    private static void add(String name, Supplier<Object> make) {
        OBJECTS.put(name, new Kind(make, null, null));
    }

    private static void items(String name, Supplier<Object> make) {
        OBJECTS.put(name, new Kind(make, 1L, null));
    }

    private static void entries(String name, Supplier<Object> make) {
        OBJECTS.put(name, new Kind(make, null, "key"));
    }

    private static Map<String, Object> filled(Map<String, Object> map) {
        map.put("key", 1);
        return map;
    }

    static {
        add("Integer", () -> 7);
        add("Long", () -> 1L << 40);
        add("Double", () -> 1.5);
        add("Boolean", () -> true);
        add("Character", () -> 'c');
        add("BigInteger", () -> BigInteger.ONE.shiftLeft(100));
        add("BigDecimal", () -> new BigDecimal("1.5"));
        add("AtomicInteger", () -> new AtomicInteger(1));
        add("AtomicLong", () -> new AtomicLong(1));
        items("String", () -> "text");
        items("StringBuilder", () -> new StringBuilder("text"));
        items("int[]", () -> new int[] {1, 2, 3});
        items("double[]", () -> new double[] {1, 2, 3});
        items("byte[]", () -> "bytes".getBytes(StandardCharsets.UTF_8));
        items("String[]", () -> new String[] {"a", "b"});
        items("ragged int[][]", () -> new int[][] {{1}, {2, 3}});
        items("Object[]", () -> new Object[] {1, "b", null});
        items("ArrayList", () -> new ArrayList<Object>(List.of(1, 2, 3)));
        items("LinkedList", () -> new LinkedList<Object>(List.of(1, 2, 3)));
        items("fixed list", () -> Arrays.asList(1, 2, 3));
        items("immutable list", () -> List.of(1, 2, 3));
        items("unmodifiable list", () -> Collections.unmodifiableList(new ArrayList<Object>(List.of(1, 2))));
        items("part of a list", () -> new ArrayList<Object>(List.of(1, 2, 3)).subList(0, 2));
        add("empty list", Collections::emptyList);
        add("ArrayDeque", () -> new ArrayDeque<Object>(List.of(1, 2)));
        add("HashSet", () -> new HashSet<Object>(Set.of(1, 2)));
        add("TreeSet", () -> new TreeSet<Object>(Set.of(1, 2)));
        add("immutable set", () -> Set.of(1, 2));
        entries("HashMap", () -> filled(new HashMap<>()));
        entries("LinkedHashMap", () -> filled(new LinkedHashMap<>()));
        entries("TreeMap", () -> filled(new TreeMap<>()));
        entries("ConcurrentHashMap", () -> filled(new ConcurrentHashMap<>()));
        entries("immutable map", () -> Map.of("key", 1));
        entries("unmodifiable map", () -> Collections.unmodifiableMap(filled(new HashMap<>())));
        add("EnumMap", () -> new EnumMap<Colour, Object>(Map.of(Colour.RED, 1)));
        add("keys", () -> filled(new HashMap<>()).keySet());
        add("entry", () -> Map.entry("key", 1));
        add("iterator", () -> List.of(1, 2, 3).iterator());
        add("list iterator", () -> new ArrayList<Object>(List.of(1)).listIterator());
        add("stream", () -> Stream.of(1, 2));
        add("IntStream", () -> IntStream.range(0, 3));
        add("BitSet", BitSet::new);
        add("Optional", () -> Optional.of(1));
        add("empty Optional", Optional::empty);
        add("CompletableFuture", () -> CompletableFuture.completedFuture(1));
        add("FutureTask", () -> new FutureTask<Object>(() -> 1));
        add("enum member", () -> Colour.RED);
        add("enum member with a body", () -> Colour.GREEN);
        add("Point", Point::new);
        add("Resource", Resource::new);
        add("Failing", Failing::new);
        add("Object", Object::new);
        add("lambda", () -> (Function<Object, Object>) given -> given);
        add("Runnable", () -> (Runnable) () -> {});
        add("class", () -> Point.class);
        add("abstract class", () -> Abstract.class);
        add("interface", () -> Runnable.class);
        add("enum", () -> Colour.class);
        add("primitive type", () -> int.class);
        add("class of arrays", () -> int[].class);
        add("exception", () -> new IllegalStateException("wrong"));
        add("error", () -> new StackOverflowError());
        add("Thread", Thread::new);
        add("LocalDate", () -> LocalDate.of(2000, 1, 1));
        add("Instant", () -> Instant.EPOCH);
        add("Duration", () -> Duration.ofSeconds(1));
        add("ZoneId", () -> ZoneId.of("UTC"));
    }

    private Objects() {}

    public static String names() {
        return String.join("\n", OBJECTS.keySet());
    }

    public static Object make(String name) {
        return OBJECTS.get(name).make.get();
    }

    public static Object position(String name) {
        return OBJECTS.get(name).position;
    }

    public static Object key(String name) {
        return OBJECTS.get(name).key;
    }
}
