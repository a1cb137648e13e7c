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

/** The public methods of one name, or the constructors, of a class: which of them is meant is seen by what is given. */
final class Overloads extends Numbered {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final MethodType SPREAD = MethodType.methodType(Object.class, Object[].class);
    private static final int NEVER_BY_COUNT = 100;

    private static final ClassValue<Map<String, Overloads>> OF_OBJECTS = table(false);
    private static final ClassValue<Map<String, Overloads>> OF_CLASSES = table(true);

    /** One of them. */
    private static final class Candidate {
        final Executable member;
        final Class<?>[] types;
        /** With what they say of their elements. */
        final Type[] generic;
        final boolean varargs;
        /** Null until it is called, and if it asks who calls it. */
        private MethodHandle handle, spread;

        Candidate(Executable member) throws IllegalAccessException {
            this.member = member;
            types = member.getParameterTypes();
            generic = new Type[types.length];
            Type[] declared = member.getGenericParameterTypes();
            for (int i = 0; i < types.length; i++) generic[i] = Types.of(declared.length == types.length ? declared[i] : types[i], types[i]);
            varargs = member.isVarArgs();
            // What may not be used is refused now.
            if (!Methods.isOpen(member.getDeclaringClass())) handle = handle(LOOKUP);
        }

        private MethodHandle handle(MethodHandles.Lookup lookup) throws IllegalAccessException {
            MethodHandle handle = member instanceof Method ? lookup.unreflect((Method) member) : lookup.unreflectConstructor((Constructor<?>) member);
            return Threads.within(member.getDeclaringClass().getClassLoader(), handle.asFixedArity());
        }

        /** Null if it asks who calls it. */
        MethodHandle handle() throws IllegalAccessException {
            if (handle == null && !Methods.asksForCaller(member)) handle = handle(LOOKUP);
            return handle;
        }

        private static MethodHandle spread(MethodHandle handle) {
            return handle.asSpreader(Object[].class, handle.type().parameterCount()).asType(SPREAD);
        }

        /** What asks who calls it is called by the module that this thread is in. */
        MethodHandle spread() throws IllegalAccessException {
            if (spread != null) return spread;
            MethodHandle known = handle();
            if (known != null) return spread = spread(known);
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            return spread(handle(loader instanceof ModuleLoader ? ((ModuleLoader) loader).lookup() : LOOKUP));
        }
    }

    /** So often it is looked for a shortcut. */
    private static final int LOOKS = 8;

    final String name;
    private volatile Shortcut[] shortcuts = {};
    private int looks;
    private final List<Candidate> candidates = new ArrayList<>();
    private final boolean onObject;

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
                    for (Constructor<?> one : of.getConstructors()) add(all, Members.CONSTRUCTOR, one, false);
                for (Method one : Methods.of(of)) if (Modifier.isStatic(one.getModifiers()) == ofClass) add(all, one.getName(), one, !ofClass);
                return all;
            }
        };
    }

    private static void add(Map<String, Overloads> all, String name, Executable one, boolean onObject) {
        try {
            all.computeIfAbsent(name, key -> new Overloads(key, onObject)).candidates.add(new Candidate(one));
        } catch (IllegalAccessException hidden) {
            // Of a package that its module does not export.
        }
    }

    /** Those of an object, or of a class itself; null if there are none. */
    static Overloads find(Class<?> of, String name, boolean ofClass) {
        return (ofClass ? OF_CLASSES : OF_OBJECTS).get(of).get(name);
    }

    /** The names of all. */
    static Iterable<String> names(Class<?> of, boolean ofClass) {
        return (ofClass ? OF_CLASSES : OF_OBJECTS).get(of).keySet();
    }

    /** The only one, bound to its object. */
    MethodHandle single(Object self) throws IllegalAccessException {
        if (candidates.size() != 1) throw new Refusal(Refusal.MISMATCH, name + " has several overloads: a callable is of one");
        Executable only = candidates.get(0).member;
        MethodHandle handle = only instanceof Method ? LOOKUP.unreflect((Method) only) : LOOKUP.unreflectConstructor((Constructor<?>) only);
        return (onObject ? handle.bindTo(self) : handle).asFixedArity();
    }

    /** Calls the one that is meant. */
    Object call(Object self, Object[] given) throws Throwable {
        Candidate meant = meant(given);
        return meant.spread().invokeExact(arguments(meant, self, given));
    }

    /** The same with values, which writes the result as one. */
    void call(Object self, long values, int count, long to) throws Throwable {
        for (Shortcut one : shortcuts) {
            if (!one.takes(values, count)) continue;
            try {
                one.target.invokeExact(self, values, to);
                return;
            } catch (Shortcut.Unfit other) {
                break;
            }
        }
        Object[] given = Values.all(values, count);
        Candidate meant = meant(given);
        if (looks < LOOKS) learn(meant, given, values);
        Values.write(to, meant.spread().invokeExact(arguments(meant, self, given)));
    }

    /** Remembers what was meant, if that is always so with arguments of these types. */
    private synchronized void learn(Candidate meant, Object[] given, long values) throws IllegalAccessException {
        looks++;
        int count = given.length, able = 0, match = match(meant, given);
        MethodHandle handle = meant.handle();
        if (handle == null || meant.types.length != count || match < NEVER_BY_COUNT) return;
        for (Candidate one : candidates) if (one.types.length == count || one.varargs && count >= one.types.length - 1) able++;
        // What fits by its value only is never better than that.
        if (able > 1 && match < Coercion.WIDENED * NEVER_BY_COUNT) return;
        Shortcut made = Shortcut.of(handle, onObject, meant.types, meant.generic, values, able == 1, meant.member.getDeclaringClass().getClassLoader());
        if (made == null) return;
        Shortcut[] more = java.util.Arrays.copyOf(shortcuts, shortcuts.length + 1);
        more[shortcuts.length] = made;
        shortcuts = more;
    }

    @Override
    boolean isMethod() {
        return true;
    }

    private Candidate meant(Object[] given) {
        Candidate best = null;
        int quality = Coercion.NONE;
        boolean tie = false;
        for (Candidate one : candidates) {
            int match = match(one, given);
            if (match == Coercion.NONE || match < quality) continue;
            if (match > quality || isMoreSpecific(one, best)) {
                tie = false;
                best = one;
            } else if (!isMoreSpecific(best, one)) {
                tie = true;
            }
            quality = match;
        }
        if (best == null || tie) throw refused(given, tie);
        return best;
    }

    /** The worst of its arguments' matches; spread ones are worse than all others. */
    private static int match(Candidate one, Object[] given) {
        int worst = Coercion.EXACT + 1, count = one.types.length;
        if (count == given.length) {
            for (int i = 0; i < count && worst != Coercion.NONE; i++) worst = Math.min(worst, Coercion.match(given[i], one.types[i]));
            if (worst != Coercion.NONE) return worst * NEVER_BY_COUNT;
        }
        if (!one.varargs || given.length < count - 1) return Coercion.NONE;
        Class<?> element = one.types[count - 1].getComponentType();
        worst = Coercion.EXACT + 1;
        for (int i = 0; i < given.length; i++) worst = Math.min(worst, Coercion.match(given[i], i < count - 1 ? one.types[i] : element));
        return worst;
    }

    private static boolean isMoreSpecific(Candidate one, Candidate other) {
        if (one.types.length != other.types.length) return one.types.length > other.types.length;
        boolean is = false;
        for (int i = 0; i < one.types.length; i++) {
            if (one.types[i] == other.types[i]) continue;
            if (!Conversion.widens(one.types[i], other.types[i])) return false;
            is = true;
        }
        return is;
    }

    private Object[] arguments(Candidate one, Object self, Object[] given) {
        int first = onObject ? 1 : 0, count = one.types.length;
        Object[] all = new Object[first + count];
        if (onObject) all[0] = self;
        boolean spreads = one.varargs && !(given.length == count && fits(one, given));
        int fixed = spreads ? count - 1 : count;
        for (int i = 0; i < fixed; i++) all[first + i] = Coercion.to(given[i], one.generic[i]);
        if (spreads) {
            Class<?> element = one.types[fixed].getComponentType();
            Object rest = Array.newInstance(element, given.length - fixed);
            for (int i = fixed; i < given.length; i++) Array.set(rest, i - fixed, Coercion.to(given[i], element));
            all[first + fixed] = rest;
        }
        return all;
    }

    private static boolean fits(Candidate one, Object[] given) {
        return Coercion.match(given[given.length - 1], one.types[given.length - 1]) != Coercion.NONE;
    }

    private Refusal refused(Object[] given, boolean tie) {
        StringJoiner types = new StringJoiner(", ", "(", ")");
        for (Object one : given) types.add(one == null ? "null" : one.getClass().getTypeName());
        StringJoiner texts = new StringJoiner(", ");
        for (Candidate one : candidates) texts.add(name + Members.spelled(one.member));
        return new Refusal(Refusal.MISMATCH, name + types + (tie ? " may be more than one of " : " is none of ") + texts);
    }
}
