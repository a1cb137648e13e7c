package metaffi.guest;

import java.util.concurrent.atomic.AtomicLong;

/** Numbers of what have the same members by the same names: the objects of a class, a class itself, or a package. */
final class Families {
    private static final AtomicLong LAST = new AtomicLong();
    private static final ClassValue<Long> OF_OBJECTS = numbers(), OF_CLASSES = numbers();

    private Families() {}

    private static ClassValue<Long> numbers() {
        return new ClassValue<Long>() {
            @Override
            protected Long computeValue(Class<?> of) {
                return next();
            }
        };
    }

    /** One of no other. */
    static long next() {
        return LAST.incrementAndGet();
    }

    /** That of an object. */
    static long of(Object object) {
        if (object instanceof Namespace) return ((Namespace) object).family;
        return object instanceof Class ? OF_CLASSES.get((Class<?>) object) : OF_OBJECTS.get(object.getClass());
    }

    /** That of the instances of a class of what is thrown; 0 of everything else. */
    static long ofThrown(Object object) {
        boolean isThrown = object instanceof Class && Throwable.class.isAssignableFrom((Class<?>) object);
        return isThrown ? OF_OBJECTS.get((Class<?>) object) : 0;
    }
}
