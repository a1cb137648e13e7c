package metaffi.guest;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.UUID;

/** Neutral values of one piece: what Java has for each, in the memory that others have it in. */
final class Neutral {
    private static final int WORD = 8, TEXT = 16;

    /** Where the parts of a time are. */
    private static final int MINUTE = 1, SECOND = 2, FOLD = 3, NANOSECOND = 4, HAS_OFFSET = 8, OFFSET = 12, PLACE = 16;

    private static final int DATE = 8;

    private Neutral() {}

    /** The kind that objects of a class are; null if they are none. */
    static Kind kind(Class<?> of) {
        if (of == BigInteger.class) return Kind.BIGINT;
        if (of == BigDecimal.class) return Kind.DECIMAL;
        if (of == LocalDate.class) return Kind.DATE;
        if (of == LocalTime.class || of == OffsetTime.class) return Kind.TIME;
        if (of == LocalDateTime.class || of == OffsetDateTime.class || of == ZonedDateTime.class || of == Instant.class) return Kind.DATETIME;
        if (of == Duration.class) return Kind.DURATION;
        if (of == UUID.class) return Kind.UUID;
        return ZoneId.class.isAssignableFrom(of) ? Kind.ZONE : null;
    }

    /** What is at an address; null if there is none. */
    static Object read(long kind, long at) {
        if (at == 0) return null;
        try {
            if (kind == Values.BIGINT) return bigint(at);
            if (kind == Values.DECIMAL) return decimal(text(at));
            if (kind == Values.DATE) return date(at);
            if (kind == Values.TIME) return time(at);
            if (kind == Values.DATETIME) return datetime(at);
            if (kind == Values.DURATION) return Duration.ofSeconds(Memory.getLong(at), Memory.getInt(at + WORD));
            if (kind == Values.ZONE) return ZoneId.of(text(at));
            if (kind == Values.UUID) return new UUID(Long.reverseBytes(Memory.getLong(at)), Long.reverseBytes(Memory.getLong(at + WORD)));
        } catch (DateTimeException impossible) {
            throw new Refusal(Refusal.RANGE, impossible.getMessage());
        }
        throw new Refusal(Refusal.UNSUPPORTED, kind == Values.RANGE ? "Java has nothing for a range; give an array of its integers" : "Java has nothing for a complex number; give its two parts");
    }

    private static String text(long at) {
        return Text.utf8(Memory.getLong(at), Memory.getLong(at + WORD));
    }

    private static BigInteger bigint(long at) {
        byte[] bytes = new byte[Math.toIntExact(Memory.getLong(at + 2 * WORD))];
        if (bytes.length > 0) Memory.read(Memory.getLong(at + WORD), bytes);
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte other = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = other;
        }
        BigInteger magnitude = new BigInteger(1, bytes);
        return Memory.getByte(at) != 0 ? magnitude.negate() : magnitude;
    }

    private static BigDecimal decimal(String text) {
        try {
            BigDecimal number = new BigDecimal(text);
            if (number.signum() != 0 || !text.startsWith("-")) return number;
        } catch (NumberFormatException special) {
            // An infinity, or no number at all, which BigDecimal has not.
        }
        throw new Refusal(Refusal.RANGE, text + " has no exact form as java.math.BigDecimal");
    }

    private static LocalDate date(long at) {
        return LocalDate.of(Memory.getInt(at), Memory.getByte(at + 4), Memory.getByte(at + 5));
    }

    private static LocalTime local(long at) {
        return LocalTime.of(Memory.getByte(at), Memory.getByte(at + MINUTE), Memory.getByte(at + SECOND), Memory.getInt(at + NANOSECOND));
    }

    private static Object time(long at) {
        if (text(at + PLACE) != null) throw new Refusal(Refusal.UNSUPPORTED, "Java has no time of day in a time zone; give the offset alone");
        LocalTime time = local(at);
        if (Memory.getByte(at + HAS_OFFSET) != 0) return OffsetTime.of(time, ZoneOffset.ofTotalSeconds(Memory.getInt(at + OFFSET)));
        return withoutFold(time, at);
    }

    private static Object withoutFold(Object time, long at) {
        if (Memory.getByte(at + FOLD) != 0) throw new Refusal(Refusal.UNSUPPORTED, time + " with a fold has no form in Java without a time zone");
        return time;
    }

    private static Object datetime(long at) {
        long time = at + DATE;
        LocalDateTime local = LocalDateTime.of(date(at), local(time));
        String place = text(time + PLACE);
        ZoneOffset offset = Memory.getByte(time + HAS_OFFSET) == 0 ? null : ZoneOffset.ofTotalSeconds(Memory.getInt(time + OFFSET));
        if (place == null) return offset == null ? withoutFold(local, time) : OffsetDateTime.of(local, offset);
        ZoneId zone = ZoneId.of(place);
        if (offset != null) return ZonedDateTime.ofStrict(local, offset, zone);
        ZonedDateTime zoned = ZonedDateTime.of(local, zone);
        if (!zoned.toLocalDateTime().equals(local)) throw new Refusal(Refusal.RANGE, local + " is skipped by the clocks of " + place);
        return Memory.getByte(time + FOLD) != 0 ? zoned.withLaterOffsetAtOverlap() : zoned;
    }

    /** A new one of the kind; 0 of null. */
    static long write(Kind kind, Object given) {
        if (given == null) return 0;
        if (kind == Kind.BIGINT) return bigint((BigInteger) Coercion.to(given, BigInteger.class));
        if (kind == Kind.DECIMAL) return withText(0, Coercion.to(given, BigDecimal.class).toString());
        if (kind(given.getClass()) != kind) throw new Refusal(Refusal.MISMATCH, Foreigners.typeName(given) + " does not become " + kind);
        if (kind == Kind.ZONE) return withText(0, ((ZoneId) given).getId());
        if (kind == Kind.TIME) return given instanceof LocalTime ? time(0, (LocalTime) given, null, null, false) : time(0, ((OffsetTime) given).toLocalTime(), ((OffsetTime) given).getOffset(), null, false);
        if (kind == Kind.DATETIME) return datetime(given);
        long at = Values.allocate(2 * WORD - 1);
        if (kind == Kind.DATE) {
            date(at, (LocalDate) given);
        } else if (kind == Kind.DURATION) {
            Memory.putLong(at, ((Duration) given).getSeconds());
            Memory.putLong(at + WORD, ((Duration) given).getNano());
        } else {
            Memory.putLong(at, Long.reverseBytes(((UUID) given).getMostSignificantBits()));
            Memory.putLong(at + WORD, Long.reverseBytes(((UUID) given).getLeastSignificantBits()));
        }
        return at;
    }

    private static long bigint(BigInteger number) {
        byte[] bytes = number.abs().toByteArray();
        int length = number.signum() == 0 ? 0 : bytes[0] == 0 ? bytes.length - 1 : bytes.length;
        long at = Values.allocate(3 * WORD + length), magnitude = at + 3 * WORD;
        Memory.putLong(at, number.signum() < 0 ? 1 : 0);
        Memory.putLong(at + WORD, magnitude);
        Memory.putLong(at + 2 * WORD, length);
        for (int i = 0; i < length; i++) Memory.putByte(magnitude + i, bytes[bytes.length - 1 - i]);
        return at;
    }

    /** Room for a structure whose last part is a text, which is there. */
    private static long withText(int head, String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        long at = Values.allocate(head + TEXT + bytes.length), data = at + head + TEXT;
        Memory.write(bytes, data);
        Memory.putLong(at + head, text == null ? 0 : data);
        Memory.putLong(at + head + WORD, bytes.length);
        return at;
    }

    private static void date(long at, LocalDate date) {
        Memory.putLong(at, date.getYear() & 0xffffffffL | (long) date.getMonthValue() << 32 | (long) date.getDayOfMonth() << 40);
    }

    private static long time(int head, LocalTime time, ZoneOffset offset, String place, boolean isLater) {
        long made = withText(head + PLACE, place), at = made + head;
        Memory.putLong(at, time.getHour() | time.getMinute() << 8 | time.getSecond() << 16 | (isLater ? 1 << 24 : 0) | (long) time.getNano() << 32);
        Memory.putLong(at + HAS_OFFSET, offset == null ? 0 : 1 | (long) offset.getTotalSeconds() << 32);
        return made;
    }

    private static long datetime(Object given) {
        LocalDateTime local;
        ZoneOffset offset = null;
        String place = null;
        boolean isLater = false;
        if (given instanceof ZonedDateTime) {
            ZonedDateTime zoned = (ZonedDateTime) given;
            local = zoned.toLocalDateTime();
            offset = zoned.getOffset();
            if (!(zoned.getZone() instanceof ZoneOffset)) place = zoned.getZone().getId();
            isLater = !zoned.equals(zoned.withEarlierOffsetAtOverlap());
        } else if (given instanceof LocalDateTime) {
            local = (LocalDateTime) given;
        } else {
            OffsetDateTime known = given instanceof Instant ? ((Instant) given).atOffset(ZoneOffset.UTC) : (OffsetDateTime) given;
            local = known.toLocalDateTime();
            offset = known.getOffset();
        }
        long at = time(DATE, local.toLocalTime(), offset, place, isLater);
        date(at, local.toLocalDate());
        return at;
    }
}
