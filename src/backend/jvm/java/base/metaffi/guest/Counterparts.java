package metaffi.guest;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.StringJoiner;

/** Classes whose objects others have in another form: enums by the names of constants, files by paths, dates. */
final class Counterparts {
    private static final String PATH = "__fspath__";
    private static final int MILLISECOND = 1_000_000;

    private Counterparts() {}

    /** Whether a value may become an object of a type. */
    static boolean has(Object given, Class<?> type) {
        return given instanceof String ? type.isEnum() : given instanceof Temporal && java.util.Date.class.isAssignableFrom(type);
    }

    /** The object of a type that a value is in another form; null if there is none. */
    static Object of(Object given, Class<?> type) {
        if (!has(given, type)) return null;
        if (given instanceof String) return constant((String) given, type);
        if (isSkipped(given)) return null;
        Instant moment = moment(given);
        switch (type.getName()) {
            case "java.util.Date":
                if (moment == null || moment.getNano() % MILLISECOND != 0) return null;
                return java.util.Date.from(moment);
            case "java.sql.Timestamp":
                if (given instanceof LocalDateTime) return made(type, "valueOf", LocalDateTime.class, given);
                return moment == null ? null : made(type, "from", Instant.class, moment);
            case "java.sql.Date":
                return given instanceof LocalDate ? made(type, "valueOf", LocalDate.class, given) : null;
            case "java.sql.Time":
                boolean isWhole = given instanceof LocalTime && ((LocalTime) given).get(ChronoField.NANO_OF_SECOND) == 0;
                return isWhole ? made(type, "valueOf", LocalTime.class, given) : null;
            default:
                return null;
        }
    }

    /** A local time is one of the zone that Java is in. */
    private static Instant moment(Object given) {
        if (given instanceof LocalDateTime) return ((LocalDateTime) given).atZone(ZoneId.systemDefault()).toInstant();
        if (given instanceof OffsetDateTime) return ((OffsetDateTime) given).toInstant();
        if (given instanceof ZonedDateTime) return ((ZonedDateTime) given).toInstant();
        return given instanceof Instant ? (Instant) given : null;
    }

    /** Whether it is a local time that never was in the zone that Java is in, where clocks were put forward. */
    private static boolean isSkipped(Object given) {
        return given instanceof LocalDateTime && ZoneId.systemDefault().getRules().getValidOffsets((LocalDateTime) given).isEmpty();
    }

    /** By a method of a class of a module that Java need not have. */
    private static Object made(Class<?> type, String method, Class<?> of, Object given) {
        try {
            return type.getMethod(method, of).invoke(null, given);
        } catch (InvocationTargetException thrown) {
            throw Failures.sneaky(thrown.getCause());
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    private static Object constant(String name, Class<?> type) {
        for (Object one : type.getEnumConstants()) if (((Enum<?>) one).name().equals(name)) return one;
        return null;
    }

    /** What is to be said where there is none. */
    static String advice(Object given, Class<?> type) {
        if (has(given, type) && isSkipped(given)) return ", as clocks in " + ZoneId.systemDefault() + " were put forward then; give it with its offset from UTC";
        if (!(given instanceof String) || !type.isEnum()) return "";
        StringJoiner names = new StringJoiner(", ", ", whose constants are ", "");
        for (Object one : type.getEnumConstants()) names.add(((Enum<?>) one).name());
        return names.toString();
    }

    /** Whether a type is that of files, which others have as objects that say their path. */
    static boolean areFiles(Class<?> type) {
        return type == Path.class || type == File.class;
    }

    /** Whether an object says the path of a file. */
    static boolean isFile(Foreign given) {
        return !given.isCallable && !given.can(Capabilities.TYPE) && given.has(PATH);
    }

    /** The file of one that does. */
    static Object file(Foreign given, Class<?> type) {
        Object path = given.runNamed(Foreign.INVOKE, PATH, new Object[0]);
        if (!(path instanceof String)) throw Coercion.mismatch(path, type);
        return type == File.class ? new File((String) path) : Path.of((String) path);
    }
}
