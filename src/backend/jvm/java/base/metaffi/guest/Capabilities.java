package metaffi.guest;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/** What objects can do, found out once for each class. */
final class Capabilities {
    static final long READ_ATTRIBUTES = 1;
    static final long WRITE_ATTRIBUTES = 1 << 1;
    static final long LIST_MEMBERS = 1 << 3;
    static final long READ_ITEMS = 1 << 4;
    static final long WRITE_ITEMS = 1 << 5;
    static final long DELETE_ITEMS = 1 << 6;
    static final long READ_ENTRIES = 1 << 7;
    static final long WRITE_ENTRIES = 1 << 8;
    static final long DELETE_ENTRIES = 1 << 9;
    static final long LENGTH = 1 << 10;
    static final long CONTAIN = 1 << 11;
    static final long ITERATE = 1 << 12;
    static final long NEXT = 1 << 13;
    static final long AWAIT = 1 << 17;
    static final long CALL = 1 << 18;
    static final long CONSTRUCT = 1 << 19;
    static final long ORDER = 1 << 22;
    static final long HASH = 1 << 23;
    static final long ENTER = 1 << 24;
    static final long BUFFER = 1L << 20;
    static final long WRITE_BUFFER = 1L << 21;
    static final long SEQUENCE = 1L << 32;
    static final long MUTABLE_SEQUENCE = 1L << 33;
    static final long MAPPING = 1L << 34;
    static final long SET = 1L << 35;
    static final long ERROR = 1L << 36;
    static final long TYPE = 1L << 37;
    static final long NUMBER = 1L << 39;
    static final long FITS_INT64 = 1L << 40;
    static final long FITS_UINT64 = 1L << 41;
    static final long FITS_FLOAT64 = 1L << 42;
    static final long TEXT = 1L << 43;
    static final long BYTES = 1L << 44;
    static final long BOOLEAN = 1L << 46;
    static final long DATE = 1L << 47;
    static final long TIME = 1L << 48;
    static final long ZONE = 1L << 49;
    static final long DURATION = 1L << 50;

    private static final ClassValue<Long> OF_CLASS = new ClassValue<Long>() {
        @Override
        protected Long computeValue(Class<?> of) {
            return find(of);
        }
    };

    private Capabilities() {}

    static long of(Object object) {
        long all = OF_CLASS.get(object.getClass());
        if ((all & BUFFER) != 0 && object instanceof Object[] && !Arrays.isRectangle(object)) all &= ~BUFFER;
        if (Buffers.areLent(object) && Buffers.areWritable(object)) all |= WRITE_BUFFER;
        return (all & NUMBER) == 0 ? all : all | Numbers.fits(object);
    }

    /** Refuses an object that can do none of these. */
    static void require(Object of, long any, String what) {
        if ((of(of) & any) == 0) throw new Refusal(Refusal.UNSUPPORTED, Foreigners.typeName(of) + " " + what);
    }

    /** What is asked first of what is a map has the bits of one: a class may be several things. */
    private static long find(Class<?> of) {
        long all = READ_ATTRIBUTES | WRITE_ATTRIBUTES | LIST_MEMBERS | HASH;
        if (of == Namespace.class) return READ_ATTRIBUTES | LIST_MEMBERS | HASH;
        if (of == MethodGroup.class) return all | CALL;
        // One that makes no objects says why when it is called.
        if (of == Class.class) return all | TYPE | CALL | CONSTRUCT;
        if (Operations.isMemory(of) || Buffers.are(of)) all |= BUFFER;
        if (of.isArray()) return all | READ_ITEMS | WRITE_ITEMS | LENGTH | ITERATE | CONTAIN | SEQUENCE | (of == byte[].class ? BYTES : 0);
        boolean isFixed = isFixed(of);
        if (Map.class.isAssignableFrom(of)) {
            all |= READ_ENTRIES | LENGTH | CONTAIN | ITERATE | MAPPING;
            if (!isFixed) all |= WRITE_ENTRIES | DELETE_ENTRIES;
        } else if (List.class.isAssignableFrom(of)) {
            all |= READ_ITEMS | LENGTH | CONTAIN | SEQUENCE;
            if (!isFixed) all |= WRITE_ITEMS;
            if (!isFixed && !of.getName().equals("java.util.Arrays$ArrayList")) all |= DELETE_ITEMS | MUTABLE_SEQUENCE;
        } else if (Collection.class.isAssignableFrom(of)) {
            all |= LENGTH | CONTAIN | (Set.class.isAssignableFrom(of) ? SET : 0);
        } else if (CharSequence.class.isAssignableFrom(of)) {
            all |= READ_ITEMS | LENGTH | CONTAIN | ITERATE | SEQUENCE | (of == String.class ? TEXT : 0);
        }
        if (Iterable.class.isAssignableFrom(of) || java.util.stream.BaseStream.class.isAssignableFrom(of)) all |= ITERATE;
        if (Iterator.class.isAssignableFrom(of)) all |= NEXT | ITERATE;
        if (Comparable.class.isAssignableFrom(of)) all |= ORDER;
        if (AutoCloseable.class.isAssignableFrom(of)) all |= ENTER;
        if (Throwable.class.isAssignableFrom(of)) all |= ERROR;
        if (CompletionStage.class.isAssignableFrom(of) || Future.class.isAssignableFrom(of)) all |= AWAIT;
        if (of == Boolean.class) all |= BOOLEAN;
        if (Numbers.are(of)) all |= NUMBER;
        if (single(of) != null) all |= CALL;
        return all | ofTime(of);
    }

    private static long ofTime(Class<?> of) {
        if (of == LocalDate.class) return DATE;
        if (of == LocalTime.class || of == OffsetTime.class) return TIME;
        if (of == LocalDateTime.class) return DATE | TIME;
        if (of == Instant.class || of == OffsetDateTime.class || of == ZonedDateTime.class) return DATE | TIME | ZONE;
        if (ZoneId.class.isAssignableFrom(of)) return ZONE;
        return of == Duration.class ? DURATION : 0;
    }

    /** Whether what Java itself makes refuses to be changed. */
    private static boolean isFixed(Class<?> of) {
        String name = of.getName();
        return name.startsWith("java.util.ImmutableCollections$") || name.startsWith("java.util.Collections$Unmodifiable")
                || name.startsWith("java.util.Collections$Empty") || name.startsWith("java.util.Collections$Singleton");
    }

    /** The one abstract method of the functional interface that a class implements; null if there is none. */
    static Method single(Class<?> of) {
        for (Class<?> above = of; above != null; above = above.getSuperclass())
            for (Class<?> declared : above.getInterfaces())
                if (declared.isAnnotationPresent(FunctionalInterface.class))
                    for (Method one : declared.getMethods())
                        if (isLeftOpen(one)) return one;
        return null;
    }

    /** The one abstract method of an interface; null if it has none, or more. */
    static Method singleOf(Class<?> type) {
        Method[] single = SINGLE.get(type);
        return single.length == 0 ? null : single[0];
    }

    private static final ClassValue<Method[]> SINGLE = new ClassValue<Method[]>() {
        @Override
        protected Method[] computeValue(Class<?> of) {
            Method single = findSingle(of);
            return single == null ? new Method[0] : new Method[] {single};
        }
    };

    private static Method findSingle(Class<?> type) {
        Method single = null;
        for (Method one : type.getMethods()) {
            if (!isLeftOpen(one)) continue;
            if (single != null && !(single.getName().equals(one.getName()) && java.util.Arrays.equals(single.getParameterTypes(), one.getParameterTypes()))) return null;
            single = one;
        }
        return single;
    }

    /** Whether who implements it has to have a method. */
    static boolean isLeftOpen(Method method) {
        return Modifier.isAbstract(method.getModifiers()) && !isOfObject(method);
    }

    private static boolean isOfObject(Method method) {
        try {
            return Object.class.getMethod(method.getName(), method.getParameterTypes()) != null;
        } catch (NoSuchMethodException own) {
            return false;
        }
    }
}
