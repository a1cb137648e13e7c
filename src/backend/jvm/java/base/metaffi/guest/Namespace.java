package metaffi.guest;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A package as a module sees it: the classes and packages in it. The one without a name is the module itself. */
final class Namespace {
    private final ModuleLoader loader;
    private final String name;
    /** That of no other. */
    final long family = Families.next();
    /** What has been found stays. */
    private final Map<String, Permanent> found = new ConcurrentHashMap<>();

    Namespace(ModuleLoader loader, String name) {
        this.loader = loader;
        this.name = name;
    }

    /** The class or package of a name; null if there is none. */
    Permanent find(String member) {
        Permanent known = found.get(member);
        if (known == null && (known = look(member)) != null) {
            Permanent other = found.putIfAbsent(member, known);
            return other == null ? known : other;
        }
        return known;
    }

    private Permanent look(String member) {
        String full = name.isEmpty() ? member : name + "." + member;
        Class<?> type = Modules.findOrNull(loader, full);
        Object there = type != null ? type : isPackage(full) ? new Namespace(loader, full) : null;
        return there == null ? null : new Permanent(there);
    }

    private boolean isPackage(String full) {
        String below = full + ".";
        return packages().stream().anyMatch(one -> one.equals(full) || one.startsWith(below)) || loader.getResource(full.replace('.', '/') + "/") != null;
    }

    private Set<String> packages() {
        Set<String> all = new TreeSet<>(Jdk.PACKAGES);
        for (String one : loader.names()) if (one.indexOf('.') >= 0) all.add(one.substring(0, one.lastIndexOf('.')));
        return all;
    }

    /** What is there by name, and whether it is a class or a package. */
    TreeMap<String, String> members() {
        TreeMap<String, String> all = new TreeMap<>();
        String before = name.isEmpty() ? "" : name + ".";
        for (String one : packages()) if (one.startsWith(before)) all.put(first(one.substring(before.length())), "attribute");
        for (String one : loader.names())
            if (one.startsWith(before) && one.indexOf('.', before.length()) < 0 && one.indexOf('$') < 0 && isOpen(one)) all.put(one.substring(before.length()), "type");
        return all;
    }

    private boolean isOpen(String one) {
        try {
            return Methods.isOpen(Class.forName(one, false, loader));
        } catch (ClassNotFoundException | LinkageError absent) {
            // Of a library that is not there: nobody can use it.
            return false;
        }
    }

    private static String first(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Namespace && ((Namespace) other).loader == loader && ((Namespace) other).name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name.isEmpty() ? "module" : "package " + name;
    }

    /** The packages of the language itself, in their order. */
    static Set<String> ofJava() {
        Set<String> all = new TreeSet<>(Jdk.PACKAGES);
        all.removeIf(one -> !one.startsWith("java."));
        return all;
    }

    /** What the JDK has, which is the same for all. */
    private static final class Jdk {
        static final Set<String> PACKAGES = ModuleLayer.boot().modules().stream()
                .flatMap(module -> module.getPackages().stream().filter(module::isExported))
                .collect(Collectors.toSet());

        static {
            // What programs see of ours.
            PACKAGES.add("metaffi.api.accessor");
        }
    }
}
