package metaffi.guest;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** What objects are visited as: values, containers with what is in them one after the other, or themselves. */
final class Visits {
    /** What a visit makes of an object, as the other side counts. */
    private static final int OBJECT = 0, VALUE = 1, LIST = 2, TUPLE = 3, SET = 4, MAP = 5, FIELDS = 6;

    private Visits() {}

    /** What an object is visited as, and above that how much is in it; types that declare their fields as these where asked. */
    static long form(Object of, boolean fields) {
        if (of instanceof Map) return sized(MAP, ((Map<?, ?>) of).size());
        if (of instanceof Collection) return sized(of instanceof Set ? SET : LIST, ((Collection<?>) of).size());
        if (of.getClass().isArray()) return isWhole(of) ? VALUE : sized(LIST, Array.getLength(of));
        if (of instanceof Map.Entry) return sized(TUPLE, 2);
        if (fields && Record.accessors(of.getClass()) != null) return sized(FIELDS, Record.accessors(of.getClass()).length);
        return value(of) != of || isWhole(of) || isNumber(of) || of instanceof String || of instanceof Boolean ? VALUE : OBJECT;
    }

    private static long sized(int form, long length) {
        return length << 8 | form;
    }

    /** Whether it is told in one piece: memory, and what is the same everywhere. */
    private static boolean isWhole(Object of) {
        Class<?> type = of.getClass();
        if (Operations.isMemory(type)) return type.getComponentType().isPrimitive() || Arrays.isRectangle(of);
        return Neutral.kind(type) != null || Buffers.are(type);
    }

    /** What stands for it: what is in it, its text or its number; else itself. */
    private static Object value(Object of) {
        Object present = Coercion.present(of);
        if (present != of) return present;
        if (of instanceof Character || of instanceof CharSequence && Foreigners.in(of) == null) return of.toString();
        if (of instanceof char[]) return new String((char[]) of);
        return isNumber(of) ? Numbers.plain(of) : of;
    }

    private static boolean isNumber(Object of) {
        return Neutral.kind(of.getClass()) == null && Foreigners.in(of) == null && (Capabilities.of(of) & Capabilities.NUMBER) != 0;
    }

    /** Writes what is visited as a value. */
    static void write(long to, Object of) {
        Object value = of == null ? null : value(of);
        if (value != of && value != null) write(to, value);
        else if (value != null && isWhole(value)) Values.writeWhole(to, value, 0);
        else Values.write(to, value);
    }

    /** What is in a container; of maps and fields a key, or a name, and what belongs to it in turn. */
    static Iterator<?> steps(Object of) throws Throwable {
        return Courses.course(iterator(of));
    }

    private static Iterator<?> iterator(Object of) throws Throwable {
        if (of instanceof Map) return new Entries(((Map<?, ?>) of).entrySet().iterator());
        if (of instanceof Iterable) return ((Iterable<?>) of).iterator();
        if (of instanceof Map.Entry) return java.util.Arrays.asList(((Map.Entry<?, ?>) of).getKey(), ((Map.Entry<?, ?>) of).getValue()).iterator();
        if (of instanceof Object[]) return java.util.Arrays.asList((Object[]) of).iterator();
        return of.getClass().isArray() ? (Iterator<?>) Courses.iterate(of, Operations.ITSELF) : Record.of(of).iterator();
    }

    /** Keys and what they stand for in turn. */
    private static final class Entries implements Iterator<Object> {
        private final Iterator<? extends Map.Entry<?, ?>> entries;
        /** The one whose key was given. */
        private Map.Entry<?, ?> open;

        Entries(Iterator<? extends Map.Entry<?, ?>> entries) {
            this.entries = entries;
        }

        @Override
        public boolean hasNext() {
            return open != null || entries.hasNext();
        }

        @Override
        public Object next() {
            if (!hasNext()) throw new NoSuchElementException();
            Map.Entry<?, ?> last = open;
            open = last == null ? entries.next() : null;
            return last == null ? open.getKey() : last.getValue();
        }
    }

    /** Records, which Java has since 16. */
    private static final class Record {
        private static final Method COMPONENTS = components();

        private Record() {}

        private static Method components() {
            try {
                return Class.class.getMethod("getRecordComponents");
            } catch (NoSuchMethodException absent) {
                return null;
            }
        }

        private static final ClassValue<Method[]> ACCESSORS = new ClassValue<Method[]>() {
            @Override
            protected Method[] computeValue(Class<?> of) {
                try {
                    return find(of);
                } catch (ReflectiveOperationException | RuntimeException hidden) {
                    return new Method[0];
                }
            }
        };

        private static Method[] find(Class<?> of) throws ReflectiveOperationException {
            Object[] components = COMPONENTS == null ? null : (Object[]) COMPONENTS.invoke(of);
            if (components == null) return new Method[0];
            List<Method> all = new ArrayList<>();
            for (Object one : components) {
                Method accessor = (Method) one.getClass().getMethod("getAccessor").invoke(one);
                if (!accessor.trySetAccessible()) return new Method[0];
                all.add(accessor);
            }
            return all.toArray(new Method[0]);
        }

        /** What reads the components; null of what is no record, or of one without any. */
        static Method[] accessors(Class<?> of) {
            Method[] all = ACCESSORS.get(of);
            return all.length == 0 ? null : all;
        }

        /** Names and values in turn. */
        static List<Object> of(Object record) throws Throwable {
            List<Object> all = new ArrayList<>();
            for (Method one : accessors(record.getClass())) {
                all.add(one.getName());
                try {
                    all.add(one.invoke(record));
                } catch (InvocationTargetException thrown) {
                    throw thrown.getCause();
                }
            }
            return all;
        }
    }
}
