import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What it is given is told by its class and its text. */
public final class Given {
    private Given() {}

    private static String told(Object given) {
        return given == null ? "null" : given.getClass().getSimpleName() + " " + given;
    }

    public static String decimal(BigDecimal given) {
        return told(given);
    }

    public static String bigint(BigInteger given) {
        return told(given);
    }

    public static String duration(Duration given) {
        return told(given);
    }

    public static String date(LocalDate given) {
        return told(given);
    }

    public static String local(LocalDateTime given) {
        return told(given);
    }

    public static String offset(OffsetDateTime given) {
        return told(given);
    }

    public static String instant(Instant given) {
        return told(given);
    }

    public static String time(LocalTime given) {
        return told(given);
    }

    public static String uuid(UUID given) {
        return told(given);
    }

    public static String number(Number given) {
        return told(given);
    }

    public static String primitive(double given) {
        return told(given);
    }

    public static String object(Object given) {
        return given instanceof java.lang.reflect.Proxy ? "object" : told(given);
    }

    public static String chosen(LocalDate given) {
        return "date";
    }

    public static String chosen(BigDecimal given) {
        return "decimal";
    }

    public static String chosen(UUID given) {
        return "uuid";
    }

    private static String all(Iterable<?> given) {
        StringBuilder text = new StringBuilder();
        for (Object one : given) text.append(told(one)).append(';');
        return text.toString();
    }

    public static String longs(List<Long> given) {
        Object first = given.get(0);
        return told(first) + "|" + all(given);
    }

    public static String integers(Iterable<Integer> given) {
        return all(given);
    }

    public static String bytes(Set<Byte> given) {
        return all(given);
    }

    public static String floats(Collection<? extends Float> given) {
        return all(given);
    }

    public static String shorts(Map<String, Short> given) {
        return all(given.values()) + told(given.get("a")) + given.keySet();
    }

    public static String nested(Map<Long, List<LocalDate>> given) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<?, ? extends List<?>> entry : given.entrySet()) text.append(told(entry.getKey())).append('=').append(all(entry.getValue()));
        return text.toString();
    }

    public static String next(Iterator<Long> given) {
        return told(given.next());
    }

    public static void change(List<Long> given) {
        given.set(0, 7L);
        given.add(8L);
    }

    public static boolean same(List<Long> given, Object other) {
        return given.equals(other);
    }

    public static List<Long> back(List<Long> given) {
        return given;
    }
}
