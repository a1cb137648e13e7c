package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;

/** What is done with objects. Each operation is an entity, of the number that it has in the list of names. */
final class Operations {
    /** The other side has the same list. */
    private static final String[] NAMES = {
        "release", "message", "capabilities", "getAttribute", "setAttribute", "members", "getItem", "setItem", "deleteItem", "length",
        "contains", "call", "construct", "invoke", "iterate", "next", "compare", "hash", "text", "typeOf", "parents",
        "isInstance", "close", "buffer", "slice", "await", "cancel", "number", "truth", "getIndex",
        "describe", "find", "read", "write", "run",
        "form", "steps", "nextWhole", "whole", "tell",
    };

    /** The number of the first. */
    static final int RELEASE = 0;

    /** How a comparison is meant, as the other side counts. */
    private static final int LESS = 0, LESS_OR_EQUAL = 1, EQUAL = 2, NOT_EQUAL = 3, GREATER = 4;

    static final int ITSELF = 0, KEYS = 1, VALUES = 2, ENTRIES = 3;

    /** Where arguments stand behind one another: how many bytes each takes. */
    private static final int VALUE = 24;

    private Operations() {}

    /** Makes entities of all, the first ones, which are bound when they are first called: few programs use many. */
    static void install() {
        for (int i = 0; i < NAMES.length; i++) Entities.add(null);
        // What it needs then must be there when there is no memory.
        Objects.release(Failures.last());
    }

    static MethodHandle bind(int operation) throws IllegalAccessException {
        for (Method one : Operations.class.getDeclaredMethods())
            if (one.getName().equals(NAMES[operation])) return Binder.ofFrame(within(MethodHandles.lookup().unreflect(one)));
        throw new AssertionError(operation);
    }

    private static MethodHandle within(MethodHandle operation) {
        return operation.type().parameterType(0) == Object.class ? Threads.withinThatOf(operation) : operation;
    }

    /** Gives an index back. */
    static void release(int index) {
        Objects.release(index);
    }

    /** Writes what an object can do, its family, and that of its instances, if it is a class of what is thrown. */
    static void describe(Object of, long to) {
        Memory.putLong(to, Capabilities.of(of));
        Memory.putLong(to + Long.BYTES, Families.of(of));
        Memory.putLong(to + 2 * Long.BYTES, Families.ofThrown(of));
    }

    /** The number of a member that all of an object's family have, and in the two bits below it what it is; 0 if there is none. */
    static long find(Object of, String name) {
        Numbered found = member(of, name);
        return found == null ? 0 : (long) found.number() << 2 | found.kind();
    }

    private static Numbered member(Object of, String name) {
        if (of instanceof Namespace) return ((Namespace) of).find(name);
        Field field = field(of, name);
        if (field != null) return Property.of(of, name, field, null);
        Overloads methods = methods(of, name);
        if (methods != null) return methods;
        if (isClass(of)) return Permanent.within((Class<?>) of, name);
        Overloads getter = of.getClass().isArray() && name.equals("length") ? null : getter(of, name);
        return getter == null ? null : Property.of(of, name, null, getter);
    }

    static void read(Object of, int member, long to) throws Throwable {
        Numbered.of(member).read(of, to);
    }

    /** Writes an attribute with a value, whose memory is used meanwhile. */
    static void write(Object of, int member, long value) throws Throwable {
        ((Property) Numbered.of(member)).write(of, value);
    }

    static void run(Object of, int member, long values, int count, long to) throws Throwable {
        ((Overloads) Numbered.of(member)).call(of, values, count, to);
    }

    static String message(Object of) {
        return Failures.message((Throwable) of);
    }

    /** Writes what is asked of everything that was thrown: its class and its frames as a text, and whether something led to it. */
    static void tell(Object of, long to) {
        Throwable thrown = (Throwable) of;
        Text.writeUtf8(to, Text.shown(thrown.getClass().getName()) + "\n" + Failures.frames(thrown));
        Memory.putLong(to + 2 * Long.BYTES, Failures.cause(thrown) == null ? 0 : 1);
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
            Permanent found = ((Namespace) of).find(name);
            if (found == null) throw absent(of, name);
            return found.value;
        }
        Field field = field(of, name);
        if (field != null) return field.get(of);
        Overloads methods = methods(of, name);
        if (methods != null) return new MethodGroup(of, methods);
        if (isClass(of)) {
            Permanent nested = Permanent.within((Class<?>) of, name);
            if (nested != null) return nested.value;
            if (name.equals("class")) return of;
            if (name.equals("__doc__")) return Page.of((Class<?>) of);
        } else if (of.getClass().isArray() && name.equals("length")) {
            return Array.getLength(of);
        }
        Overloads getter = getter(of, name);
        if (getter == null) throw absent(of, name);
        return getter.call(of, new Object[0]);
    }

    /** What gives a property of that name, as Java's beans have it; null if nothing does. */
    private static Overloads getter(Object of, String name) {
        if (name.isEmpty() || isClass(of)) return null;
        String rest = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        Overloads getter = methods(of, "get" + rest);
        return getter != null ? getter : methods(of, "is" + rest);
    }

    private static Refusal absent(Object of, String name) {
        StringJoiner known = new StringJoiner("\n");
        members(of).lines().forEach(line -> known.add(line.substring(line.indexOf(' ') + 1)));
        String what = of instanceof Namespace ? of.toString() : holder(of).getTypeName();
        boolean isOfObjects = isClass(of) && overloads((Class<?>) of, name, false) != null;
        String message = isOfObjects ? name + " of " + what + " is called on an object, and not on the class: where a function is wanted, give one that calls it on its argument" : what + " has no public member " + name;
        return new Refusal(Refusal.NOT_FOUND, message, name, known.toString());
    }

    /** Of classes themselves only what is static; what all objects of type Class have comes after it. */
    private static Overloads methods(Object of, String name) {
        if (!isClass(of)) {
            Overloads found = overloads(of.getClass(), name, false);
            // What other languages call it of a list, and have others of their methods built on.
            boolean isInsertion = found == null && of instanceof java.util.List && name.equals("insert");
            return isInsertion ? overloads(of.getClass(), "add(int,java.lang.Object)", false) : found;
        }
        Overloads own = overloads((Class<?>) of, name, true);
        return own != null ? own : overloads(Class.class, name, false);
    }

    /** What is spelled with the types that it takes is one of them, which may have a field's name. */
    private static Overloads overloads(Class<?> of, String name, boolean ofClass) {
        int bracket = name.indexOf('(');
        if (bracket < 0) return Overloads.find(of, name, ofClass);
        return Overloads.find(of, name.substring(0, bracket), name.substring(bracket).replace(" ", ""), ofClass);
    }

    private static final ClassValue<Map<String, Field>> FIELDS = new ClassValue<Map<String, Field>>() {
        @Override
        protected Map<String, Field> computeValue(Class<?> of) {
            Map<String, Field> all = new HashMap<>();
            for (Field one : of.getFields()) all.computeIfAbsent(one.getName(), name -> reached(of, name));
            return all;
        }
    };

    /** The one that others of that name do not hide; null if it cannot be reached. */
    private static Field reached(Class<?> of, String name) {
        try {
            Field field = of.getField(name);
            // That of a class that is not public is reached only so.
            return Modifier.isPublic(field.getDeclaringClass().getModifiers()) || field.trySetAccessible() ? field : null;
        } catch (NoSuchFieldException absent) {
            return null;
        }
    }

    private static Field field(Object of, String name) {
        Field field = FIELDS.get(holder(of)).get(name);
        return field == null || Modifier.isStatic(field.getModifiers()) || !isClass(of) ? field : null;
    }

    static void setAttribute(Object of, String name, Object value) throws Throwable {
        Field field = field(of, name);
        if (field == null) {
            Overloads setter = name.isEmpty() ? null : methods(of, "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1));
            if (setter == null) throw absent(of, name);
            setter.call(of, new Object[] {value});
            return;
        }
        if (Modifier.isFinal(field.getModifiers())) throw new Refusal(Refusal.UNSUPPORTED, name + " of " + holder(of).getTypeName() + " is final");
        field.set(of, coerced(value, field.getType(), name));
    }

    static Object coerced(Object value, Class<?> type, String what) {
        if (Coercion.match(value, type) == Coercion.NONE)
            throw new Refusal(Refusal.MISMATCH, what + " is " + type.getTypeName() + ", which " + spelled(value) + " does not become" + Coercion.ofAnotherModule(value, type));
        return Coercion.to(value, type);
    }

    static String spelled(Object value) {
        return value == null ? "null" : value + " (" + Foreigners.typeName(value) + ")";
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
        // What it has as an object; those of all classes are found, too, but say nothing of this one.
        if (isClass) for (String name : Overloads.names(Object.class, false)) all.put(name, "method");
        for (String name : Overloads.names(holder(of), isClass)) if (!name.equals(Members.CONSTRUCTOR)) all.put(name, "method");
        if (isClass) for (Class<?> nested : ((Class<?>) of).getClasses()) all.put(nested.getSimpleName(), "type");
        for (Field field : holder(of).getFields())
            if (!isClass || Modifier.isStatic(field.getModifiers())) all.put(field.getName(), "attribute");
        return all;
    }

    static Object getItem(Object of, Object key) {
        return Items.get(of, key);
    }

    static Object getIndex(Object of, long position) {
        return Items.get(of, position);
    }

    static void setItem(Object of, Object key, Object value) {
        Items.set(of, key, value);
    }

    static void deleteItem(Object of, Object key) {
        Items.delete(of, key);
    }

    static long length(Object of) {
        return Items.length(of);
    }

    static boolean contains(Object of, Object value) {
        return Items.contains(of, value);
    }

    static Object slice(Object of, int start, int count, int step) {
        return Items.slice(of, start, count, step);
    }

    static void call(Object of, long values, int count, long to) throws Throwable {
        if (of instanceof MethodGroup) ((MethodGroup) of).call(values, count, to);
        else if (isClass(of)) constructors(of, Capabilities.CALL, "cannot be called").call(null, values, count, to);
        else Values.write(to, callWith(of, Values.all(values, count)));
    }

    private static Object callWith(Object of, Object[] given) throws Throwable {
        if (of instanceof MethodGroup) return ((MethodGroup) of).call(given);
        if (isClass(of)) return constructors(of, Capabilities.CALL, "cannot be called").call(null, given);
        Capabilities.require(of, Capabilities.CALL, "cannot be called");
        Method single = Capabilities.single(of.getClass());
        return Overloads.find(of.getClass(), single.getName(), false).call(of, given);
    }

    static void construct(Object of, long values, int count, long to) throws Throwable {
        constructors(of, Capabilities.CONSTRUCT, "makes no instances").call(null, values, count, to);
    }

    private static Overloads constructors(Object of, long needs, String otherwise) {
        Overloads constructors = isClass(of) ? Overloads.find((Class<?>) of, Members.CONSTRUCTOR, true) : null;
        if (constructors != null) return constructors;
        Capabilities.require(of, needs, otherwise);
        throw Members.withoutConstructor((Class<?>) of);
    }

    static void invoke(Object of, String name, long values, int count, long to) throws Throwable {
        Overloads methods = methods(of, name);
        if (methods != null) methods.call(of, values, count, to);
        else call(getAttribute(of, name), values, count, to);
    }

    /** Calls a method, or what an attribute is. */
    static Object invokeWith(Object of, String name, Object[] given) throws Throwable {
        Overloads methods = methods(of, name);
        return methods != null ? methods.call(of, given) : callWith(getAttribute(of, name), given);
    }

    static Object iterate(Object of, int what) {
        return Courses.iterate(of, what);
    }

    static long next(Object of, long values, int room) throws Throwable {
        return Courses.next(of, values, room, false);
    }

    static long form(Object of, boolean fields) {
        return Visits.form(of, fields);
    }

    static Object steps(Object of) throws Throwable {
        return Visits.steps(of);
    }

    static long nextWhole(Object of, long values, int room) throws Throwable {
        return Courses.next(of, values, room, true);
    }

    static void whole(Object of, long value) {
        Visits.write(value, of);
    }

    static void await(Object of, long completion) {
        Futures.await(of, completion);
    }

    static void cancel(Object of) {
        Futures.cancel(of);
    }

    static Object number(Object of) {
        Capabilities.require(of, Capabilities.NUMBER, "is no number");
        return Numbers.plain(of);
    }

    /** Whether it counts as true: nothing, none and zero do not. */
    static boolean truth(Object of) {
        long can = Capabilities.of(of);
        if ((can & Capabilities.LENGTH) != 0) return Items.length(of) != 0;
        if (of instanceof Boolean) return (Boolean) of;
        if (of instanceof Optional) return ((Optional<?>) of).isPresent();
        return (can & Capabilities.NUMBER) == 0 || Numbers.isTrue(of);
    }

    @SuppressWarnings("unchecked")
    static boolean compare(Object of, int how, Object with) {
        if (how == EQUAL) return equal(of, with);
        if (how == NOT_EQUAL) return !equal(of, with);
        Capabilities.require(of, Capabilities.ORDER, "has no order");
        int order;
        try {
            order = ((Comparable<Object>) of).compareTo(Coercion.match(with, of.getClass()) == Coercion.NONE ? with : Coercion.to(with, of.getClass()));
        } catch (ClassCastException | NullPointerException other) {
            throw new Refusal(Refusal.UNSUPPORTED, Foreigners.typeName(of) + " is not compared with " + spelled(with));
        }
        if (how == LESS) return order < 0;
        if (how == LESS_OR_EQUAL) return order <= 0;
        return how == GREATER ? order > 0 : order >= 0;
    }

    /** A number of another width is equal if it is the same number. */
    private static boolean equal(Object of, Object with) {
        if (of.equals(with)) return true;
        if (!(of instanceof Number) || !(with instanceof Number) || of.getClass() == with.getClass()) return false;
        return Coercion.match(with, of.getClass()) != Coercion.NONE && of.equals(Coercion.to(with, of.getClass()));
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
        Capabilities.require(of, Capabilities.TYPE, "is no type");
        Class<?> type = (Class<?>) of, above = type.getSuperclass();
        Class<?>[] interfaces = type.getInterfaces();
        if (above == null) return interfaces;
        Class<?>[] all = new Class<?>[interfaces.length + 1];
        all[0] = above;
        System.arraycopy(interfaces, 0, all, 1, interfaces.length);
        return all;
    }

    static boolean isInstance(Object of, Object type) {
        Capabilities.require(type, Capabilities.TYPE, "is no type");
        return ((Class<?>) type).isInstance(of);
    }

    /** The memory of a buffer as an array; of an array a copy, whose address is below zero. */
    static long buffer(Object of, boolean writes) {
        boolean isLent = Buffers.areLent(of);
        if (writes && !(isLent && Buffers.areWritable(of))) throw new Refusal(Refusal.UNSUPPORTED, Foreigners.typeName(of) + " cannot have its memory written");
        Capabilities.require(of, Capabilities.BUFFER, "shows no memory in one piece");
        if (isLent) return Buffers.give(of, null);
        if (Buffers.are(of.getClass()) || isMemory(of.getClass())) return -Arrays.write(of, null, 0);
        throw new Refusal(Refusal.UNSUPPORTED, Foreigners.typeName(of) + " shows no memory");
    }

    /** Whether something is an array of numbers, however many dimensions it has. */
    static boolean isMemory(Class<?> of) {
        return of.isArray() && Arrays.leaf(of).isPrimitive();
    }

    static void close(Object of) throws Exception {
        Capabilities.require(of, Capabilities.ENTER, "is not entered");
        ((AutoCloseable) of).close();
    }
}
