package metaffi.guest;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/** A type as it is declared outside: its kind, and what Java takes it for where overloads are told apart. */
final class Declared {
    /** Types of numbers, each of which Java widens to the later ones. */
    private static final List<Class<?>> NUMBERS = List.of(byte.class, short.class, int.class, long.class, float.class, double.class);

    final Kind kind;
    /** What Java takes it for. */
    private final Class<?> type;
    /** Whether that is known: an object without an alias may be one of any class. */
    private final boolean isKnown;

    private final String spelled;

    private Declared(Kind kind, Class<?> type, boolean isKnown, String spelled) {
        this.kind = kind;
        this.type = type;
        this.isKnown = isKnown;
        this.spelled = spelled;
    }

    /** From a type, its rank and its alias, with spaces between. */
    static List<Declared> all(String[] texts, ClassLoader loader) {
        List<Declared> all = new ArrayList<>();
        for (String text : texts) {
            String[] words = text.split(" ", 3);
            all.add(of(words[0], Integer.parseInt(words[1]), words[2], loader));
        }
        return all;
    }

    private static Declared of(String name, int rank, String alias, ClassLoader loader) {
        Kind kind = Kind.named(name);
        if (kind == null) throw new Refusal(Refusal.UNSUPPORTED, "Java has nothing for " + name);
        Class<?> named = alias.isEmpty() ? null : aliased(kind, alias, loader);
        boolean isArray = kind.isArray();
        boolean isKnown = named != null || kind != Kind.CALLABLE && !(isArray && rank == 0);
        Class<?> type = named != null && !isArray ? named : kind.natural;
        if (isArray) {
            type = named == null ? kind.component() : named;
            if (named == null || !named.isArray()) for (int i = 0; i < Math.max(rank, 1); i++) type = Array.newInstance(type, 0).getClass();
        }
        return new Declared(kind, type, isKnown, alias.isEmpty() ? name : name + " " + alias);
    }

    /** The class that an alias names; null if it names none, as that of a type variable. */
    private static Class<?> aliased(Kind kind, String alias, ClassLoader loader) {
        int generic = alias.indexOf('<');
        String name = generic < 0 ? alias : alias.substring(0, generic) + alias.substring(alias.lastIndexOf('>') + 1);
        Class<?> found = Modules.findOrNull(loader, name);
        if (found == null && kind == Kind.HANDLE && name.indexOf('.') >= 0) throw new Refusal(Refusal.NOT_FOUND, "the alias " + alias + ": there is no class " + name);
        return found;
    }

    /** As Java's source text spells it; what nobody can name there is an Object. */
    String source() {
        Class<?> open = type;
        while (isKnown && open != null && !open.isPrimitive() && !Methods.isOpen(leaf(open))) open = open.getSuperclass();
        return !isKnown || open == null || open.getCanonicalName() == null ? "Object" : open.getCanonicalName();
    }

    /** Whether Java's types say that every value is one of a parameter. */
    boolean isStrict(Class<?> parameter) {
        if (!converts(parameter)) return false;
        if (kind == Kind.CALLABLE && !isKnown) return isFunctional(parameter);
        if (!isKnown && parameter.isArray()) return leaf(parameter) == leaf(type);
        return widens(type, parameter);
    }

    /** The same, or by an object of a number's class. */
    boolean isLoose(Class<?> parameter) {
        if (isStrict(parameter)) return true;
        if (!converts(parameter) || !isKnown) return false;
        Class<?> other = type.isPrimitive() ? Conversion.boxed(type) : MethodType.methodType(type).unwrap().returnType();
        return other != type && widens(other, parameter);
    }

    /** Whether some values are ones of a parameter, which each call finds out. */
    boolean converts(Class<?> parameter) {
        return kind.becomes(parameter, false);
    }

    /** Whether a type is an interface with one method to implement. */
    private static boolean isFunctional(Class<?> type) {
        int count = 0;
        if (type.isInterface())
            for (Method one : Methods.of(type)) if (Modifier.isAbstract(one.getModifiers()) && one.getDeclaringClass() != Object.class) count++;
        return count == 1;
    }

    private static Class<?> leaf(Class<?> type) {
        while (type.isArray()) type = type.getComponentType();
        return type;
    }

    /** Whether a type is one that Java takes for another without being told to. */
    static boolean widens(Class<?> from, Class<?> to) {
        if (from == to || !from.isPrimitive() && to.isAssignableFrom(from)) return true;
        int wide = NUMBERS.indexOf(to), narrow = NUMBERS.indexOf(from);
        return from == char.class ? wide >= NUMBERS.indexOf(int.class) : narrow >= 0 && narrow < wide;
    }

    @Override
    public String toString() {
        return spelled;
    }
}
