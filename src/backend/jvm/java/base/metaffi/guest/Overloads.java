package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The public methods of one name, or the constructors, of a class: which of them is meant is seen by what is given. */
final class Overloads extends Numbered {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final MethodType SPREAD = MethodType.methodType(Object.class, Object[].class);
    /** What is given element by element is a worse match than all others. */
    private static final int BY_ARRAY = 100;

    private static final ClassValue<Map<String, Overloads>> OF_OBJECTS = table(false);
    private static final ClassValue<Map<String, Overloads>> OF_CLASSES = table(true);

    /** One of them. */
    private static final class Candidate extends Choice {
        /** Its parameters with what they say of their elements. */
        final Type[] generic;
        /** Null until it is called, and if it asks who calls it. */
        private MethodHandle handle, spread;
        /** That of the class that has it. */
        private final ClassLoader loader;

        Candidate(Class<?> of, Executable member, boolean isExpanded) throws IllegalAccessException {
            super(member, isExpanded);
            loader = of.getClassLoader();
            generic = Types.parameters(member);
            // What may not be used is refused now.
            if (!Methods.isOpen(member.getDeclaringClass())) handle = handle(LOOKUP);
        }

        private MethodHandle handle(MethodHandles.Lookup lookup) throws IllegalAccessException {
            MethodHandle handle = member instanceof Method ? lookup.unreflect((Method) member) : lookup.unreflectConstructor((Constructor<?>) member);
            return Threads.within(loader, handle.asFixedArity());
        }

        /** Null if it asks who calls it. */
        MethodHandle handle() throws IllegalAccessException {
            if (handle == null && !Methods.asksForCaller(member)) handle = handle(LOOKUP);
            return handle;
        }

        private static MethodHandle spread(ClassLoader caller, MethodHandle handle) {
            return Caller.within(caller, handle.asSpreader(Object[].class, handle.type().parameterCount()).asType(SPREAD));
        }

        private MethodHandle asking(MethodHandles.Lookup caller) {
            try {
                return spread(caller.lookupClass().getClassLoader(), caller.unreflect((Method) member).asFixedArity());
            } catch (IllegalAccessException hidden) {
                throw Targets.hidden(member.getDeclaringClass());
            }
        }

        /** What asks who calls it is called by the module that this thread is in. */
        MethodHandle spread() throws IllegalAccessException {
            if (spread != null) return spread;
            MethodHandle known = handle();
            if (known != null) return spread = spread(loader, known);
            ClassLoader caller = Thread.currentThread().getContextClassLoader();
            return caller instanceof ModuleLoader ? ((ModuleLoader) caller).asking((Method) member, this::asking) : asking(LOOKUP);
        }
    }

    /** So often it is looked for a shortcut. */
    static final int LOOKS = 8;

    final String name;
    private volatile Shortcut[] shortcuts = {};
    private int looks;
    private final List<Candidate> candidates = new ArrayList<>();
    private final boolean onObject;
    private Map<String, Overloads> spelled;

    private Overloads(String name, boolean onObject) {
        this.name = name;
        this.onObject = onObject;
    }

    private static ClassValue<Map<String, Overloads>> table(boolean ofClass) {
        return new ClassValue<Map<String, Overloads>>() {
            @Override
            protected Map<String, Overloads> computeValue(Class<?> of) {
                Map<String, Overloads> all = new HashMap<>();
                if (ofClass && !Modifier.isAbstract(of.getModifiers()))
                    for (Constructor<?> one : of.getConstructors()) add(all, of, Members.CONSTRUCTOR, one, false);
                List<Method> methods = Methods.of(of);
                for (Method one : methods) if (Modifier.isStatic(one.getModifiers()) == ofClass && !Methods.isBridged(one, methods)) add(all, of, one.getName(), one, !ofClass);
                return all;
            }
        };
    }

    private static void add(Map<String, Overloads> all, Class<?> of, String name, Executable one, boolean onObject) {
        try {
            List<Candidate> candidates = all.computeIfAbsent(name, key -> new Overloads(key, onObject)).candidates;
            candidates.add(new Candidate(of, one, false));
            if (one.isVarArgs()) candidates.add(new Candidate(of, one, true));
        } catch (IllegalAccessException hidden) {
            // Of a package that its module does not export.
        }
    }

    /** Those of an object, or of a class itself; null if there are none. */
    static Overloads find(Class<?> of, String name, boolean ofClass) {
        return (ofClass ? OF_CLASSES : OF_OBJECTS).get(of).get(name);
    }

    /** The one of them that is spelled, such as `add(int)`; null if there is none. */
    static Overloads find(Class<?> of, String name, String types, boolean ofClass) {
        Overloads all = find(of, name, ofClass);
        return all == null ? null : all.spelled(types);
    }

    /** What has a number stays as long as the class. */
    private synchronized Overloads spelled(String types) {
        if (spelled == null) spelled = new HashMap<>();
        return spelled.computeIfAbsent(types, absent -> {
            Overloads one = new Overloads(name + types, onObject);
            for (Candidate candidate : candidates) if (Members.isSpelled(candidate.member, types)) one.candidates.add(candidate);
            return one.candidates.isEmpty() ? null : one;
        });
    }

    /** The names of all. */
    static Iterable<String> names(Class<?> of, boolean ofClass) {
        return (ofClass ? OF_CLASSES : OF_OBJECTS).get(of).keySet();
    }

    /** The only one, bound to its object. */
    MethodHandle single(Object self) throws IllegalAccessException {
        if (members().size() != 1) throw new Refusal(Refusal.MISMATCH, name + " has several overloads: a callable is of one");
        Executable only = candidates.get(0).member;
        MethodHandle handle = only instanceof Method ? LOOKUP.unreflect((Method) only) : LOOKUP.unreflectConstructor((Constructor<?>) only);
        return (onObject ? handle.bindTo(self) : handle).asFixedArity();
    }

    /** Whether one of them takes so many. */
    boolean takes(int count) {
        for (Candidate one : candidates) if (one.takes(count)) return true;
        return false;
    }

    /** Calls the one that is meant. */
    Object call(Object self, Object[] given) throws Throwable {
        try {
            Candidate meant = meant(given);
            return kept(meant.spread().invokeExact(arguments(meant, self, given)), given);
        } finally {
            Foreigners.settle(given);
        }
    }

    /** The same with values, which writes the result as one. */
    void call(Object self, long values, int count, long to) throws Throwable {
        Shortcut unfit = null;
        for (Shortcut one : shortcuts) {
            if (!one.takes(values, count)) continue;
            try {
                one.target.invokeExact(self, values, to);
                return;
            } catch (Shortcut.Unfit other) {
                unfit = one;
                break;
            }
        }
        Object[] given = Values.all(values, count);
        try {
            Candidate meant = meant(given);
            if (looks < LOOKS) learn(meant, given, values, unfit);
            Values.write(to, kept(meant.spread().invokeExact(arguments(meant, self, given)), given));
        } finally {
            Foreigners.settle(given);
        }
    }

    /** Remembers what was meant, if that is always so with arguments of these types; forgets what was unfit. */
    private synchronized void learn(Candidate meant, Object[] given, long values, Shortcut unfit) throws IllegalAccessException {
        looks++;
        if (unfit != null) {
            shortcuts = Stream.of(shortcuts).filter(one -> one != unfit).toArray(Shortcut[]::new);
            return;
        }
        // Another thread may have learnt it.
        for (Shortcut one : shortcuts) if (one.takes(values, given.length)) return;
        int count = given.length, able = 0, match = match(meant, given);
        MethodHandle handle = meant.handle();
        if (handle == null || meant.isExpanded) return;
        for (Candidate one : candidates) if (one.takes(count)) able++;
        // What fits by its value only is never better than that.
        if (able > 1 && (match < Coercion.LOOSE + BY_ARRAY || dependsOnValues(given))) return;
        Shortcut made = Shortcut.of(handle, onObject, meant.member.getParameterTypes(), meant.generic, values, able == 1, meant.loader);
        if (made == null) return;
        Shortcut[] more = java.util.Arrays.copyOf(shortcuts, shortcuts.length + 1);
        more[shortcuts.length] = made;
        shortcuts = more;
    }

    /** Whether one of them takes some integers, but not all, for a number with a fraction. */
    private boolean dependsOnValues(Object[] given) {
        for (Candidate one : candidates) {
            if (!one.takes(given.length)) continue;
            for (int i = 0; i < given.length; i++) {
                boolean isInteger = given[i] instanceof Integer || given[i] instanceof Long;
                if (isInteger && (one.type(i) == float.class || one.type(i) == double.class && given[i] instanceof Long)) return true;
            }
        }
        return false;
    }

    @Override
    int kind() {
        return METHOD;
    }

    @Override
    void read(Object of, long to) {
        Values.write(to, new MethodGroup(of, this));
    }

    private Candidate meant(Object[] given) {
        List<Candidate> fit = new ArrayList<>(candidates.size());
        int quality = Coercion.NONE;
        for (Candidate one : candidates) {
            int match = match(one, given);
            if (match > quality) fit.clear();
            if (match == Coercion.NONE || match < quality) continue;
            quality = match;
            fit.add(one);
        }
        List<Candidate> best = Choice.best(fit, given.length, false);
        List<Candidate> equal = List.copyOf(best);
        if (equal.size() > 1) best.removeIf(one -> equal.stream().anyMatch(other -> other != one && (fitsBetter(other, one, given) || givesMore(other, one, given))));
        if (best.size() != 1) throw refused(given, best);
        return best.get(0);
    }

    /** Whether two differ in what takes objects of other languages only, each of which fits one at least as well, and some better. */
    private static boolean fitsBetter(Candidate one, Candidate other, Object[] given) {
        boolean isBetter = false;
        for (int i = 0; i < given.length; i++) {
            if (one.type(i) == other.type(i)) continue;
            if (Foreigners.in(given[i]) == null) return false;
            int match = Coercion.match(given[i], one.type(i)), against = Coercion.match(given[i], other.type(i));
            if (match < against) return false;
            isBetter |= match > against;
        }
        return isBetter;
    }

    /** Whether two differ in what functions give only, of which those of one give something, as a function that is given does, or anything. */
    private static boolean givesMore(Candidate one, Candidate than, Object[] given) {
        boolean gives = false;
        for (int i = 0; i < given.length; i++) {
            if (one.type(i) == than.type(i)) continue;
            Method more = Capabilities.singleOf(one.type(i)), less = Capabilities.singleOf(than.type(i));
            boolean isFunction = Foreigners.isCalled(given[i]) && more != null && less != null;
            if (!isFunction || !java.util.Arrays.equals(more.getParameterTypes(), less.getParameterTypes())) return false;
            Class<?> result = more.getReturnType(), other = less.getReturnType();
            if (result == void.class || result == other || other != void.class && !result.isAssignableFrom(other)) return false;
            gives = true;
        }
        return gives;
    }

    /** The worst of its arguments' matches. */
    private static int match(Candidate one, Object[] given) {
        if (!one.takes(given.length)) return Coercion.NONE;
        int worst = Coercion.STRICT;
        for (int i = 0; i < given.length && worst != Coercion.NONE; i++) worst = Math.min(worst, Coercion.match(given[i], one.type(i)));
        // Of elements those that are boxed are as good as others.
        if (one.isExpanded) return Math.min(worst, Coercion.LOOSE);
        if (worst == Coercion.NONE || worst == Coercion.LAST && one.member.isVarArgs() && isArray(given[given.length - 1])) return worst;
        return worst + BY_ARRAY;
    }

    /** Whether it has elements of its own type, as bytes do: it is rather one element of what takes others. */
    private static boolean isArray(Object given) {
        Foreign foreign = Foreigners.in(given);
        return foreign != null && foreign.memory() != null;
    }

    private Object[] arguments(Candidate one, Object self, Object[] given) {
        int first = onObject ? 1 : 0, count = one.generic.length, fixed = one.isExpanded ? count - 1 : count;
        Object[] all = new Object[first + count];
        if (onObject) all[0] = self;
        for (int i = 0; i < fixed; i++) all[first + i] = argument(given[i], one.generic[i]);
        if (one.isExpanded) {
            Class<?> element = one.type(fixed);
            Object rest = Array.newInstance(element, given.length - fixed);
            for (int i = fixed; i < given.length; i++) Array.set(rest, i - fixed, argument(given[i], element));
            all[first + fixed] = rest;
        }
        return all;
    }

    /** A buffer has the memory of what is given itself, as long as the call runs. */
    private static Object argument(Object given, Type type) {
        Foreign foreign = Buffers.are(Types.raw(type)) ? Foreigners.in(given) : null;
        LentMemory memory = foreign == null ? null : foreign.memory();
        return memory == null ? Coercion.to(given, type) : memory.as(type);
    }

    /** A result; a buffer over memory that is lent for the call only is one over memory of its own. */
    private static Object kept(Object result, Object[] given) {
        long address = Buffers.address(result);
        if (address == 0) return result;
        for (Object one : given) {
            Foreign foreign = Foreigners.in(one);
            LentMemory memory = foreign == null ? null : foreign.memory();
            if (memory != null && memory.has(address)) return Buffers.copy(result);
        }
        return result;
    }

    private List<Executable> members() {
        List<Executable> all = new ArrayList<>();
        for (Candidate one : candidates) if (!one.isExpanded) all.add(one.member);
        return all;
    }

    /** Whether an argument is of a class of that name, but of another module's. */
    private String elsewhere(Object[] given) {
        for (Candidate one : candidates) {
            if (!one.takes(given.length)) continue;
            for (int i = 0; i < given.length; i++) if (Coercion.match(given[i], one.type(i)) == Coercion.NONE && !Coercion.ofAnotherModule(given[i], one.type(i)).isEmpty()) return Coercion.ofAnotherModule(given[i], one.type(i));
        }
        return "";
    }

    private Refusal refused(Object[] given, List<Candidate> equal) {
        StringJoiner types = new StringJoiner(", ", name + "(", ")");
        for (Object one : given) types.add(Foreigners.typeName(one));
        if (equal.isEmpty()) return new Refusal(Refusal.MISMATCH, types + " is none of " + Members.list(members()) + elsewhere(given) + why(given));
        TreeSet<String> ways = new TreeSet<>();
        for (Candidate one : equal) ways.add(name + Members.spelled(one.member));
        String way = ways.last(), entity = "class=" + equal.get(0).member.getDeclaringClass().getName() + ",callable=" + way + (onObject ? ",instance_required" : "");
        return new Refusal(Refusal.MISMATCH, types + " may be more than one of " + String.join(", ", ways) + "; say which by the name, as in getattr(of, \"" + way + "\")(...), or load " + entity);
    }

    /** What is wrong with which argument, if one method takes so many. */
    private String why(Object[] given) {
        Candidate only = null;
        for (Candidate one : candidates) {
            if (one.isExpanded || !one.takes(given.length)) continue;
            if (only != null) return "";
            only = one;
        }
        for (int i = 0; only != null && i < given.length; i++) {
            if (Coercion.match(given[i], only.type(i)) != Coercion.NONE) continue;
            try {
                Coercion.to(given[i], only.generic[i]);
            } catch (Refusal refused) {
                return "; argument " + (i + 1) + ": " + refused.getMessage();
            }
        }
        return "";
    }
}
