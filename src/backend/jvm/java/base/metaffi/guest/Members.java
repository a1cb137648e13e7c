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

    /**
     * The method or constructor of a name that is called with what is declared; `(int,String)` behind it
     * says which.
     */
    static Choice callable(Class<?> of, String name, boolean onObject, List<Declared> given) {
        int bracket = name.indexOf('(');
        String plain = bracket < 0 ? name : name.substring(0, bracket);
        List<Executable> named = named(of, plain), meant = new ArrayList<>();
        for (Executable one : named) if (isOnObject(one) == onObject) meant.add(one);
        if (meant.isEmpty()) {
            String way = onObject ? " is static: leave out instance_required" : " is of objects: add instance_required";
            throw new Refusal(Refusal.UNSUPPORTED, plain + " of " + of.getName() + way);
        }
        if (bracket >= 0) {
            String wanted = name.substring(bracket).replace(" ", "");
            meant.removeIf(one -> !isSpelled(one, wanted));
            if (meant.size() == 1 && given == null) return Choice.of(meant.get(0));
            if (meant.isEmpty()) throw new Refusal(Refusal.NOT_FOUND, of.getName() + " has no public " + plain + wanted + "; it has " + list(named));
        }
        if (given == null) {
            if (meant.size() == 1) return Choice.of(meant.get(0));
            throw new Refusal(Refusal.MISMATCH, plain + " of " + of.getName() + " is overloaded" + ways(meant));
        }
        List<Choice> best = Choice.best(meant, given);
        if (best.size() == 1) return best.get(0);
        // What does not fit is said of the one that there is.
        if (best.isEmpty() && meant.size() == 1) return Choice.of(meant.get(0));
        StringJoiner types = new StringJoiner(", ", "(", ")");
        for (Declared one : given) types.add(one.toString());
        if (best.isEmpty()) throw new Refusal(Refusal.MISMATCH, "no " + plain + " of " + of.getName() + " takes " + types + ways(meant));
        List<Executable> equal = new ArrayList<>();
        for (Choice one : best) equal.add(one.member);
        throw new Refusal(Refusal.MISMATCH, plain + " of " + of.getName() + " is ambiguous for " + types + ways(equal));
    }

    private static String ways(List<Executable> all) {
        return "; declare types that fit one alone, or write one of " + list(all) + " behind callable=";
    }

    static boolean isOnObject(Executable one) {
        return one instanceof Method && !Modifier.isStatic(one.getModifiers());
    }

    private static List<Executable> named(Class<?> of, String name) {
        List<Executable> found = new ArrayList<>();
        if (name.equals(CONSTRUCTOR)) {
            if (!Modifier.isAbstract(of.getModifiers())) found.addAll(Arrays.asList(of.getConstructors()));
            if (found.isEmpty()) throw withoutConstructor(of);
            return found;
        }
        found.addAll(Methods.of(of, name));
        if (found.isEmpty()) throw missing(of, "method", name, Methods.of(of));
        return found;
    }

    /** Why a class makes no objects. */
    static Refusal withoutConstructor(Class<?> of) {
        String name = of.getTypeName();
        if (of.isInterface()) return new Refusal(Refusal.NOT_FOUND, name + " is an interface: make an object of a class that implements it");
        if (Modifier.isAbstract(of.getModifiers())) return new Refusal(Refusal.NOT_FOUND, name + " is abstract: make an object of a class that extends it");
        if (of.isPrimitive()) return new Refusal(Refusal.NOT_FOUND, name + " is no class: give a number as it is");
        // A class that is not public has none without saying so.
        String why = Modifier.isPublic(of.getModifiers()) ? "" : ": the class is not declared public";
        TreeSet<String> hidden = new TreeSet<>();
        for (Constructor<?> one : of.getDeclaredConstructors()) hidden.add(access(one) + " " + of.getSimpleName() + spelled(one));
        return new Refusal(Refusal.NOT_FOUND, name + " has no public constructor" + why + (hidden.isEmpty() ? "" : "; it has " + String.join(", ", hidden)));
    }

    private static String access(Member one) {
        if (Modifier.isPublic(one.getModifiers())) return "public";
        if (Modifier.isProtected(one.getModifiers())) return "protected";
        return Modifier.isPrivate(one.getModifiers()) ? "private" : "package-private";
    }

    /** `(int,java.lang.String)`. */
    static String spelled(Executable one) {
        StringJoiner types = new StringJoiner(",", "(", ")");
        for (Class<?> type : one.getParameterTypes()) types.add(type.getTypeName());
        return types.toString();
    }

    /** Whether it takes what is spelled: with or without packages, with or without `...` at the end. */
    static boolean isSpelled(Executable one, String spelled) {
        String wanted = spelled.replace("...", "[]");
        if (spelled(one).equals(wanted) || spelled(one).replace('$', '.').equals(wanted)) return true;
        StringJoiner simple = new StringJoiner(",", "(", ")");
        for (Class<?> type : one.getParameterTypes()) simple.add(type.getSimpleName());
        return simple.toString().equals(wanted);
    }

    static String list(List<? extends Executable> all) {
        TreeSet<String> texts = new TreeSet<>();
        for (Executable one : all) texts.add((one instanceof Constructor ? CONSTRUCTOR : one.getName()) + spelled(one));
        return String.join(", ", texts);
    }

    private static Refusal missing(Class<?> of, String what, String name, List<? extends Member> there) {
        if (!of.getModule().isExported(of.getPackageName())) return Targets.hidden(of);
        TreeSet<String> names = new TreeSet<>();
        for (Member one : there) names.add(one.getName());
        String list = names.isEmpty() ? "none" : String.join(", ", names);
        return new Refusal(Refusal.NOT_FOUND, of.getName() + " has no public " + what + " " + name + "; it has " + list, name, String.join("\n", names));
    }
}
