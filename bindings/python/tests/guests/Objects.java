import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;
import metaffi.ForeignException;
import metaffi.ForeignObject;

/** What Java does with objects and functions of Python, and what it gives. */
public final class Objects {
    public interface Shape {
        double area();

        String name();

        default String described() {
            return name() + " of " + area();
        }
    }

    public interface Binary {
        long apply(long left, long right);

        default long twice(long left, long right) {
            return apply(left, right) * 2;
        }
    }

    interface Hidden {
        String text(String given);

        default String loud(String given) {
            return text(given) + "!";
        }
    }

    public static class Own extends RuntimeException {
        public final int code = 7;

        Own(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private Objects() {}

    public static Object echo(Object object) {
        return object;
    }

    public static String classOf(Object object) {
        return object == null ? "null" : object.getClass().getSimpleName();
    }

    public static boolean same(Object one, Object other) {
        return one == other;
    }

    public static boolean equal(Object one, Object other) {
        return one.equals(other) && one.hashCode() == other.hashCode();
    }

    public static String text(Object one) {
        return one.toString();
    }

    public static String interfaces(Object one) {
        List<String> names = new ArrayList<>();
        for (Class<?> type : one.getClass().getInterfaces()) names.add(type.getSimpleName());
        java.util.Collections.sort(names);
        return String.join(",", names);
    }

    public static long total(List<?> numbers) {
        long sum = 0;
        for (Object number : numbers) sum += ((Number) number).longValue();
        return sum;
    }

    public static String joined(Map<String, Object> map) {
        List<String> all = new ArrayList<>();
        for (Map.Entry<String, Object> entry : map.entrySet()) all.add(entry.getKey() + "=" + entry.getValue());
        return String.join(";", all) + "/" + map.size() + map.containsKey("a") + map.get("none");
    }

    public static void put(Map<String, Object> map) {
        map.put("new", 5);
        map.remove("a");
    }

    public static void append(List<Object> list) {
        list.add("end");
        list.set(0, "first");
        list.remove(1);
    }

    public static boolean has(Set<?> set, Object value) {
        return set.contains(value) && set.size() == 2;
    }

    public static String all(Iterable<?> values) {
        StringBuilder text = new StringBuilder();
        for (Object one : values) text.append(one).append(' ');
        return text.toString();
    }

    public static String closed(AutoCloseable resource) throws Exception {
        try (AutoCloseable one = resource) {
            return classOf(one);
        }
    }

    @SuppressWarnings("unchecked")
    public static Object largest(List<Object> list) {
        return java.util.Collections.max(list, (one, other) -> ((Comparable<Object>) one).compareTo(other));
    }

    public static String shape(Shape shape) {
        return shape.described();
    }

    public static long binary(Binary binary) {
        return binary.apply(20, 1) + binary.twice(1, 2);
    }

    public static String hidden(Object object) {
        return ((ForeignObject) object).as(Hidden.class).loud("it");
    }

    public static String loud(Hidden function) {
        return function.loud("it");
    }

    public static Object members(ForeignObject object) {
        object.setAttribute("other", 3);
        return object.attribute("x") + " " + object.attribute("other") + " " + object.invoke("twice", 4) + " " + object.typeName() + " " + object.runtime();
    }

    public static int reduce(IntBinaryOperator operator) {
        return java.util.stream.IntStream.of(1, 2, 3, 4).reduce(0, operator);
    }

    public static List<String> sorted(List<String> list, Comparator<String> by) {
        List<String> copy = new ArrayList<>(list);
        copy.sort(by.reversed());
        return copy;
    }

    public static Object called(Object function) {
        return ((ForeignObject) function).call(3, "x");
    }

    public static Object applied(Function<Object, Object> function, Object to) {
        return function.andThen(Function.identity()).apply(to);
    }

    public static Runnable made(List<Object> into) {
        return () -> into.add("ran");
    }

    private static Object latest;

    /** What is given, whether that is what was given before, and what comes of it. */
    public static Object[] operator(LongUnaryOperator given, long number) {
        boolean isLatest = latest == given;
        latest = given;
        return new Object[] {given, isLatest, given.applyAsLong(number), given.andThen(given).applyAsLong(number)};
    }

    public static boolean isLatest(IntUnaryOperator given) {
        return latest == given || given.applyAsInt(1) < 0;
    }

    public static void forget() {
        latest = null;
    }

    public static LongUnaryOperator adder(long by) {
        return number -> number + by;
    }

    public static String onThreads(Callable<Object> callable) throws Exception {
        Object[] found = new Object[1];
        Thread thread = new Thread(() -> {
            try {
                found[0] = callable.call();
            } catch (Exception failed) {
                found[0] = failed;
            }
        });
        thread.start();
        thread.join();
        return String.valueOf(found[0]);
    }

    public static String caught(Runnable runnable) {
        try {
            runnable.run();
            return "nothing";
        } catch (ForeignException failed) {
            return failed + "|" + failed.runtime() + "|" + failed.typeName() + "|" + failed.original().getClass().getInterfaces().length + "|" + failed.getCause() + "|" + failed.getStackTrace()[0];
        }
    }

    public static boolean passes(Runnable runnable, Throwable own) {
        try {
            runnable.run();
            return false;
        } catch (Throwable failed) {
            return failed == own;
        }
    }

    public static void run(Runnable runnable) {
        runnable.run();
    }

    public static Throwable own(String message) {
        return new Own(message, new IllegalStateException("first"));
    }

    public static void raise(String message) {
        Own own = new Own(message, new IllegalStateException("first"));
        own.addSuppressed(new IllegalArgumentException("beside"));
        throw own;
    }

    public static void raise(Throwable thrown) throws Throwable {
        throw thrown;
    }

    public static CompletableFuture<Object> promise() {
        return new CompletableFuture<>();
    }

    public static Iterator<Object> iterator() {
        return List.<Object>of(1, "two", 3.5).iterator();
    }

    static final class Broken {
        static final int NUMBER = Integer.parseInt("none");
    }

    public static class Secretive extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("a secret");
        }
    }

    public static int overflow() {
        return overflow() + 1;
    }

    public static Object exhaust() {
        return new long[Integer.MAX_VALUE][];
    }

    public static int initialise() {
        return Broken.NUMBER;
    }

    public static void secretive() {
        throw new Secretive();
    }

    public static void circular() {
        RuntimeException first = new RuntimeException("first"), second = new RuntimeException("second", first);
        first.initCause(second);
        throw first;
    }

    public static void nothing() {
        throw null;
    }

    /** By reflection: older compilers know of none. */
    public static String onVirtualThreads(Callable<Object> callable) throws Exception {
        java.util.concurrent.ExecutorService service;
        try {
            service = (java.util.concurrent.ExecutorService) java.util.concurrent.Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException older) {
            return "no virtual threads";
        }
        String found = String.valueOf(service.submit(callable).get());
        service.shutdown();
        return found;
    }
}
