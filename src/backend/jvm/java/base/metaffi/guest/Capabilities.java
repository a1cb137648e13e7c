package metaffi.guest;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    private static final ClassValue<Long> OF_CLASS = new ClassValue<Long>() {
        @Override
        protected Long computeValue(Class<?> of) {
            return find(of);
        }
    };

    private Capabilities() {}

    static long of(Object object) {
        long all = OF_CLASS.get(object.getClass());
        if (object instanceof Class && !Modifier.isAbstract(((Class<?>) object).getModifiers())) all |= CONSTRUCT | CALL;
        if (Buffers.areLent(object) && Buffers.areWritable(object)) all |= WRITE_BUFFER;
        return all;
    }

    private static long find(Class<?> of) {
        long all = READ_ATTRIBUTES | WRITE_ATTRIBUTES | LIST_MEMBERS | HASH;
        if (of == Namespace.class) return READ_ATTRIBUTES | LIST_MEMBERS | HASH;
        if (of == MethodGroup.class) return all | CALL;
        if (of == Class.class) return all | TYPE;
        if (Operations.isMemory(of) || Buffers.are(of)) all |= BUFFER;
        if (of.isArray()) return all | READ_ITEMS | WRITE_ITEMS | LENGTH | ITERATE | CONTAIN | SEQUENCE;
        if (Collection.class.isAssignableFrom(of)) all |= LENGTH | CONTAIN;
        if (List.class.isAssignableFrom(of)) all |= READ_ITEMS | WRITE_ITEMS | DELETE_ITEMS | SEQUENCE | MUTABLE_SEQUENCE;
        if (Set.class.isAssignableFrom(of)) all |= SET;
        if (Map.class.isAssignableFrom(of)) all |= READ_ENTRIES | WRITE_ENTRIES | DELETE_ENTRIES | LENGTH | CONTAIN | ITERATE | MAPPING;
        if (CharSequence.class.isAssignableFrom(of)) all |= READ_ITEMS | LENGTH | SEQUENCE;
        if (Iterable.class.isAssignableFrom(of) || java.util.stream.BaseStream.class.isAssignableFrom(of)) all |= ITERATE;
        if (Iterator.class.isAssignableFrom(of)) all |= NEXT | ITERATE;
        if (Comparable.class.isAssignableFrom(of)) all |= ORDER;
        if (AutoCloseable.class.isAssignableFrom(of)) all |= ENTER;
        if (Throwable.class.isAssignableFrom(of)) all |= ERROR;
        if (single(of) != null) all |= CALL;
        return all;
    }

    /** The one abstract method of the functional interface that a class implements; null if there is none. */
    static Method single(Class<?> of) {
        for (Class<?> above = of; above != null; above = above.getSuperclass())
            for (Class<?> declared : above.getInterfaces())
                if (declared.isAnnotationPresent(FunctionalInterface.class))
                    for (Method one : declared.getMethods())
                        if (Modifier.isAbstract(one.getModifiers()) && !isOfObject(one)) return one;
        return null;
    }

    /** The one abstract method of an interface; null if it has none, or more. */
    static Method singleOf(Class<?> type) {
        Method single = null;
        for (Method one : type.getMethods()) {
            if (!Modifier.isAbstract(one.getModifiers()) || isOfObject(one)) continue;
            if (single != null && !(single.getName().equals(one.getName()) && java.util.Arrays.equals(single.getParameterTypes(), one.getParameterTypes()))) return null;
            single = one;
        }
        return single;
    }

    private static boolean isOfObject(Method method) {
        try {
            return Object.class.getMethod(method.getName(), method.getParameterTypes()) != null;
        } catch (NoSuchMethodException own) {
            return false;
        }
    }
}
