package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.BaseStream;

/** What is done with objects. Each operation is an entity, of the number that it has in the list of names. */
final class Operations {
    /** The other side has the same list. */
    private static final String[] NAMES = {
        "release", "message", "capabilities", "getAttribute", "setAttribute", "members", "getItem", "setItem", "deleteItem", "length",
        "contains", "call", "construct", "invoke", "iterate", "next", "compare", "hash", "text", "typeOf", "parents",
        "isInstance", "close", "buffer",
    };

    /** How a comparison is meant, as the other side counts. */
    private static final int LESS = 0, LESS_OR_EQUAL = 1, EQUAL = 2, NOT_EQUAL = 3, GREATER = 4;

    static final int ITSELF = 0, KEYS = 1, VALUES = 2, ENTRIES = 3;

    /** Where arguments stand behind one another: how many bytes each takes. */
    private static final int VALUE = 24;

    private Operations() {}

    /** Makes entities of all, the first ones, which are bound when they are first called: few programs use many. */
    static void install() {
        for (int i = 0; i < NAMES.length; i++) Entities.add(null);
    }

    static MethodHandle bind(int operation) throws IllegalAccessException {
        for (Method one : Operations.class.getDeclaredMethods())
            if (one.getName().equals(NAMES[operation])) return Binder.ofFrame(MethodHandles.lookup().unreflect(one));
        throw new AssertionError(operation);
    }

    /** Gives an index back. */
    static void release(int index) {
        Objects.release(index);
    }

    static String message(Object of) {
        return Failures.message((Throwable) of);
    }

    static long capabilities(Object of) {
        return Capabilities.of(of);
    }

    private static boolean isClass(Object of) {
        return of instanceof Class;
    }

    private static Class<?> holder(Object of) {
        return isClass(of) ? (Class<?>) of : of.getClass();
    }

    /** A field, a method that is not called yet, a class within a class. */
    static Object getAttribute(Object of, String name) throws Throwable {
        if (of instanceof Namespace) {
            Object found = ((Namespace) of).find(name);
            if (found == null) throw absent(of, name);
            return found;
        }
        Field field = field(of, name);
        if (field != null) return field.get(of);
        Overloads methods = methods(of, name);
        if (methods != null) return new MethodGroup(of, methods);
        if (isClass(of)) {
            for (Class<?> nested : ((Class<?>) of).getClasses()) if (nested.getSimpleName().equals(name)) return nested;
            if (name.equals("class")) return of;
        } else if (of.getClass().isArray() && name.equals("length")) {
            return Array.getLength(of);
        }
        throw absent(of, name);
    }

    private static Refusal absent(Object of, String name) {
        StringJoiner known = new StringJoiner("\n");
        members(of).lines().forEach(line -> known.add(line.substring(line.indexOf(' ') + 1)));
        String what = of instanceof Namespace ? of.toString() : holder(of).getTypeName();
        return new Refusal(Refusal.NOT_FOUND, what + " has no public member " + name, name, known.toString());
    }

    /** Of classes themselves only what is static; what all objects of type Class have comes after it. */
    private static Overloads methods(Object of, String name) {
        if (!isClass(of)) return Overloads.find(of.getClass(), name, false);
        Overloads own = Overloads.find((Class<?>) of, name, true);
        return own != null ? own : Overloads.find(Class.class, name, false);
    }

    private static Field field(Object of, String name) {
        try {
            Field field = holder(of).getField(name);
            boolean isStatic = Modifier.isStatic(field.getModifiers());
            return isStatic || !isClass(of) ? field : null;
        } catch (NoSuchFieldException absent) {
            return null;
        }
    }

    static void setAttribute(Object of, String name, Object value) throws IllegalAccessException {
        Field field = field(of, name);
        if (field == null) throw absent(of, name);
        if (Modifier.isFinal(field.getModifiers())) throw new Refusal(Refusal.UNSUPPORTED, name + " of " + holder(of).getTypeName() + " is final");
        field.set(of, coerced(value, field.getType(), name));
    }

    private static Object coerced(Object value, Class<?> type, String what) {
        if (Coercion.match(value, type) == Coercion.NONE)
            throw new Refusal(Refusal.MISMATCH, what + " is " + type.getTypeName() + ", which " + spelled(value) + " does not become");
        return Coercion.to(value, type);
    }

    static String spelled(Object value) {
        return value == null ? "null" : value + " (" + value.getClass().getTypeName() + ")";
    }

    /** A line for each: what it is, and its name. */
    static String members(Object of) {
        TreeMap<String, String> all = of instanceof Namespace ? ((Namespace) of).members() : membersOf(of);
        StringBuilder lines = new StringBuilder();
        all.forEach((name, kind) -> lines.append(kind).append(' ').append(name).append('\n'));
        return lines.toString();
    }

    private static TreeMap<String, String> membersOf(Object of) {
        TreeMap<String, String> all = new TreeMap<>();
        boolean isClass = isClass(of);
        for (String name : Overloads.names(holder(of), isClass)) if (!name.equals(Members.CONSTRUCTOR)) all.put(name, "method");
        if (isClass) for (Class<?> nested : ((Class<?>) of).getClasses()) all.put(nested.getSimpleName(), "type");
        for (Field field : holder(of).getFields())
            if (!isClass || Modifier.isStatic(field.getModifiers())) all.put(field.getName(), "attribute");
        return all;
    }

    /** Refuses an object that cannot do any of these. */
    private static void require(Object of, long capabilities, String what) {
        if ((Capabilities.of(of) & capabilities) == 0)
            throw new Refusal(Refusal.UNSUPPORTED, holder(of).getTypeName() + " " + what);
    }

    static Object getItem(Object of, Object key) {
        require(of, Capabilities.READ_ITEMS | Capabilities.READ_ENTRIES, "has no items");
        if (of instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) of;
            Object sought = key(map.keySet(), key), found = map.get(sought);
            if (found == null && !map.containsKey(sought)) throw new Refusal(Refusal.NOT_FOUND, "there is no entry " + key);
            return found;
        }
        int index = index(of, key);
        if (of instanceof List) return ((List<?>) of).get(index);
        if (of instanceof CharSequence) return ((CharSequence) of).charAt(index);
        return Array.get(of, index);
    }

    @SuppressWarnings("unchecked")
    static void setItem(Object of, Object key, Object value) {
        require(of, Capabilities.WRITE_ITEMS | Capabilities.WRITE_ENTRIES, "has no items that are written");
        if (of instanceof Map) ((Map<Object, Object>) of).put(key(((Map<?, ?>) of).keySet(), key), like(((Map<?, ?>) of).values(), value));
        else if (of instanceof List) ((List<Object>) of).set(index(of, key), like((List<?>) of, value));
        else Array.set(of, index(of, key), coerced(value, of.getClass().getComponentType(), "the element"));
    }

    static void deleteItem(Object of, Object key) {
        require(of, Capabilities.DELETE_ITEMS | Capabilities.DELETE_ENTRIES, "has no items that are deleted");
        if (of instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) of;
            Object sought = key(map.keySet(), key);
            if (!map.containsKey(sought)) throw new Refusal(Refusal.NOT_FOUND, "there is no entry " + key);
            map.remove(sought);
        } else {
            ((List<?>) of).remove(index(of, key));
        }
    }

    /** A position, which counts from the end if it is below zero. */
    private static int index(Object of, Object key) {
        if (!(key instanceof Integer) && !(key instanceof Long)) throw new Refusal(Refusal.MISMATCH, "a position is an integer, not " + spelled(key));
        long index = ((Number) key).longValue(), length = length(of);
        long position = index < 0 ? index + length : index;
        if (position < 0 || position >= length) throw new Refusal(Refusal.NOT_FOUND, "there is no item " + index + " of " + length);
        return (int) position;
    }

    /** An integer as the first of the others is one: an Integer and a Long are never equal. */
    private static Object like(Iterable<?> others, Object value) {
        if (!(value instanceof Integer) && !(value instanceof Long)) return value;
        Iterator<?> all = others.iterator();
        Object first = all.hasNext() ? all.next() : null;
        if (first == null || first.getClass() == value.getClass() || !(first instanceof Number)) return value;
        return Coercion.match(value, first.getClass()) == Coercion.NONE ? value : Coercion.to(value, first.getClass());
    }

    private static Object key(Collection<?> keys, Object key) {
        return like(keys, key);
    }

    static long length(Object of) {
        if (of instanceof Collection) return ((Collection<?>) of).size();
        if (of instanceof Map) return ((Map<?, ?>) of).size();
        if (of instanceof CharSequence) return ((CharSequence) of).length();
        return Array.getLength(of);
    }

    static boolean contains(Object of, Object value) {
        if (of instanceof Map) return ((Map<?, ?>) of).containsKey(key(((Map<?, ?>) of).keySet(), value));
        if (of instanceof Collection) return ((Collection<?>) of).contains(like((Collection<?>) of, value));
        Class<?> type = of.getClass().getComponentType();
        if (Coercion.match(value, type) == Coercion.NONE) return false;
        Object sought = Coercion.to(value, type);
        for (int i = 0, length = Array.getLength(of); i < length; i++) if (java.util.Objects.equals(Array.get(of, i), sought)) return true;
        return false;
    }

    private static Object[] arguments(long values, int count) {
        Object[] all = new Object[count];
        for (int i = 0; i < count; i++) all[i] = Values.read(values + (long) i * VALUE);
        return all;
    }

    static Object call(Object of, long values, int count) throws Throwable {
        return callWith(of, arguments(values, count));
    }

    private static Object callWith(Object of, Object[] given) throws Throwable {
        if (of instanceof MethodGroup) return ((MethodGroup) of).call(given);
        if (isClass(of)) return constructWith((Class<?>) of, given);
        require(of, Capabilities.CALL, "cannot be called");
        Method single = Capabilities.single(of.getClass());
        return Overloads.find(of.getClass(), single.getName(), false).call(of, given);
    }

    static Object construct(Object of, long values, int count) throws Throwable {
        return constructWith((Class<?>) of, arguments(values, count));
    }

    private static Object constructWith(Class<?> of, Object[] given) throws Throwable {
        Overloads constructors = Overloads.find(of, Members.CONSTRUCTOR, true);
        if (constructors == null) throw Members.withoutConstructor(of);
        return constructors.call(null, given);
    }

    static Object invoke(Object of, String name, long values, int count) throws Throwable {
        return invokeWith(of, name, arguments(values, count));
    }

    /** Calls a method, or what an attribute is. */
    static Object invokeWith(Object of, String name, Object[] given) throws Throwable {
        Overloads methods = methods(of, name);
        return methods != null ? methods.call(of, given) : callWith(getAttribute(of, name), given);
    }

    static Object iterate(Object of, int what) {
        if (of instanceof Iterator) return of;
        if (of instanceof BaseStream) return ((BaseStream<?, ?>) of).iterator();
        if (of instanceof Map) {
            Map<?, ?> map = (Map<?, ?>) of;
            if (what == VALUES) return map.values().iterator();
            return what == ENTRIES ? map.entrySet().iterator() : map.keySet().iterator();
        }
        if (of instanceof Iterable) return ((Iterable<?>) of).iterator();
        return new ArrayIterator(of);
    }

    private static final class ArrayIterator implements Iterator<Object> {
        private final Object array;
        private int at;

        ArrayIterator(Object array) {
            this.array = array;
        }

        @Override
        public boolean hasNext() {
            return at < Array.getLength(array);
        }

        @Override
        public Object next() {
            if (!hasNext()) throw new NoSuchElementException();
            return Array.get(array, at++);
        }
    }

    /** Writes the next ones, as many as there is room for; how many they are. */
    static long next(Object of, long values, int room) {
        Iterator<?> iterator = (Iterator<?>) of;
        int count = 0;
        for (; count < room && iterator.hasNext(); count++) Values.write(values + (long) count * VALUE, iterator.next());
        return count;
    }

    @SuppressWarnings("unchecked")
    static boolean compare(Object of, int how, Object with) {
        if (how == EQUAL) return of.equals(with);
        if (how == NOT_EQUAL) return !of.equals(with);
        int order = ((Comparable<Object>) of).compareTo(with);
        if (how == LESS) return order < 0;
        if (how == LESS_OR_EQUAL) return order <= 0;
        return how == GREATER ? order > 0 : order >= 0;
    }

    static long hash(Object of) {
        return of.hashCode();
    }

    /** What it says of itself; safely, that is without any code of its class. */
    static String text(Object of, int kind) {
        boolean isSafe = kind == 2;
        if (isSafe) return of.getClass().getTypeName() + "@" + Integer.toHexString(System.identityHashCode(of));
        if (of.getClass().isArray()) {
            String items = java.util.Arrays.deepToString(new Object[] {of});
            return items.substring(1, items.length() - 1);
        }
        return String.valueOf(of.toString());
    }

    static Object typeOf(Object of) {
        return of.getClass();
    }

    static Object parents(Object of) {
        Class<?> type = (Class<?>) of, above = type.getSuperclass();
        Class<?>[] interfaces = type.getInterfaces();
        if (above == null) return interfaces;
        Class<?>[] all = new Class<?>[interfaces.length + 1];
        all[0] = above;
        System.arraycopy(interfaces, 0, all, 1, interfaces.length);
        return all;
    }

    static boolean isInstance(Object of, Object type) {
        return ((Class<?>) type).isInstance(of);
    }

    /** The memory of a buffer as an array; of an array a copy, whose address is below zero. */
    static long buffer(Object of, boolean writes) {
        boolean isLent = Buffers.areLent(of);
        if (writes && !(isLent && Buffers.areWritable(of))) throw new Refusal(Refusal.UNSUPPORTED, of.getClass().getTypeName() + " cannot have its memory written");
        if (isLent) return Buffers.give(of, null);
        if (Buffers.are(of.getClass()) || isMemory(of.getClass())) return -Arrays.write(of, null, 0);
        throw new Refusal(Refusal.UNSUPPORTED, of.getClass().getTypeName() + " shows no memory");
    }

    /** Whether something is an array of numbers, however many dimensions it has. */
    static boolean isMemory(Class<?> of) {
        Class<?> leaf = of;
        while (leaf.isArray()) leaf = leaf.getComponentType();
        return of.isArray() && leaf.isPrimitive();
    }

    static void close(Object of) throws Exception {
        ((AutoCloseable) of).close();
    }
}
