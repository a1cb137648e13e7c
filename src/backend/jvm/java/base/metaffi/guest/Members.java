package metaffi.guest;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeSet;

/** The public members of a class, and which of them is meant. */
final class Members {
    static final String CONSTRUCTOR = "<init>";

    private Members() {}

    static Field field(Class<?> of, String name) {
        try {
            return of.getField(name);
        } catch (NoSuchFieldException absent) {
            throw missing(of, "field", name, Arrays.asList(of.getFields()));
        }
    }

    /** The method or constructor of a name that takes what is declared; `(int,String)` behind it says which. */
    static Executable callable(Class<?> of, String name, boolean isStatic, List<Kind> given) {
        int bracket = name.indexOf('(');
        String plain = bracket < 0 ? name : name.substring(0, bracket);
        List<Executable> named = named(of, plain);
        if (named.isEmpty()) throw missing(of, "method", plain, Arrays.asList(of.getMethods()));
        List<Executable> fit = new ArrayList<>();
        for (Executable one : named) {
            boolean onObject = one instanceof Method && !Modifier.isStatic(one.getModifiers());
            if (onObject == isStatic) continue;
            if (bracket < 0 ? given == null || takes(one, given) : spelled(one).equals(name.substring(bracket).replace(" ", "")))
                fit.add(one);
        }
        List<Executable> best = given == null ? fit : mostSpecific(fit, given);
        if (best.size() == 1) return best.get(0);
        String how = best.isEmpty() ? "no " + plain + " of " + of.getName() + " is called so" : plain + " of " + of.getName() + " is ambiguous";
        throw new Refusal(
                best.isEmpty() ? Refusal.NOT_FOUND : Refusal.MISMATCH,
                how + "; declare the types, or write one of " + list(best.isEmpty() ? named : best) + " behind callable=");
    }

    private static List<Executable> named(Class<?> of, String name) {
        List<Executable> found = new ArrayList<>();
        if (name.equals(CONSTRUCTOR)) {
            if (Modifier.isAbstract(of.getModifiers()))
                throw new Refusal(Refusal.UNSUPPORTED, of.getName() + " is abstract: make an object of a class that extends it");
            found.addAll(Arrays.asList(of.getConstructors()));
            return found;
        }
        for (Method one : of.getMethods()) if (one.getName().equals(name) && !one.isBridge()) found.add(one);
        return found;
    }

    /** `(int,java.lang.String)`. */
    static String spelled(Executable one) {
        StringJoiner types = new StringJoiner(",", "(", ")");
        for (Class<?> type : one.getParameterTypes()) types.add(type.getTypeName());
        return types.toString();
    }

    private static boolean takes(Executable one, List<Kind> given) {
        Class<?>[] types = one.getParameterTypes();
        if (types.length != given.size()) return false;
        for (int i = 0; i < types.length; i++) if (!given.get(i).becomes(types[i], false)) return false;
        return true;
    }

    /** Those of which no other is more specific, of the first of Java's phases that has any. */
    private static List<Executable> mostSpecific(List<Executable> all, List<Kind> given) {
        List<Executable> phase = new ArrayList<>();
        for (Executable one : all) if (widens(given, one)) phase.add(one);
        if (phase.isEmpty()) phase = all;
        List<Executable> best = new ArrayList<>();
        for (Executable one : phase) {
            boolean beaten = false;
            for (Executable other : phase) beaten |= other != one && isMoreSpecific(other, one) && !isMoreSpecific(one, other);
            if (!beaten) best.add(one);
        }
        return best;
    }

    private static boolean widens(List<Kind> given, Executable to) {
        Class<?>[] types = to.getParameterTypes();
        for (int i = 0; i < types.length; i++) if (!given.get(i).becomes(types[i], true)) return false;
        return true;
    }

    private static boolean isMoreSpecific(Executable one, Executable other) {
        Class<?>[] narrow = one.getParameterTypes(), wide = other.getParameterTypes();
        for (int i = 0; i < narrow.length; i++) if (!Conversion.widens(narrow[i], wide[i])) return false;
        return true;
    }

    private static String list(List<Executable> all) {
        StringJoiner texts = new StringJoiner(", ");
        for (Executable one : all) texts.add((one instanceof Constructor ? CONSTRUCTOR : one.getName()) + spelled(one));
        return texts.toString();
    }

    private static Refusal missing(Class<?> of, String what, String name, List<? extends Member> there) {
        TreeSet<String> names = new TreeSet<>();
        for (Member one : there) names.add(one.getName());
        return new Refusal(Refusal.NOT_FOUND, of.getName() + " has no public " + what + " " + name + "; it has " + String.join(", ", names));
    }
}
