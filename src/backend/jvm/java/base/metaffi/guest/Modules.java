package metaffi.guest;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Array;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.zip.ZipFile;

/** What is loaded from a path: archives and directories of classes, with a class loader of their own. */
final class Modules {
    private static final Class<?>[] PRIMITIVES = {
        boolean.class, byte.class, char.class, short.class, int.class, long.class, float.class, double.class, void.class
    };

    private Modules() {}

    /** The index of the loader of all parts of a path; of the JDK alone if there are none. */
    static int load(String[] parts) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String part : parts) {
            File file = new File(part.endsWith("/*") ? part.substring(0, part.length() - 2) : part);
            if (!file.exists()) throw new Refusal(Refusal.NOT_FOUND, "there is no " + file.getAbsolutePath());
            if (part.endsWith("/*")) addAll(urls, file);
            else urls.add(checked(file).toURI().toURL());
        }
        return Objects.add(Threads.loaded(new ModuleLoader(urls.toArray(new URL[0]))));
    }

    /** The module of an index is not used any more, though objects and entities may keep it. */
    static void close(int module) {
        Threads.leave(ModuleLoader.of(module));
    }

    private static void addAll(List<URL> urls, File directory) throws MalformedURLException {
        File[] archives = directory.listFiles((in, name) -> name.toLowerCase(java.util.Locale.ROOT).endsWith(".jar"));
        if (archives == null || archives.length == 0)
            throw new Refusal(Refusal.NOT_FOUND, "there is no .jar in " + directory.getAbsolutePath());
        java.util.Arrays.sort(archives);
        for (File archive : archives) urls.add(checked(archive).toURI().toURL());
    }

    /** A loader passes over what it cannot read, as if nothing were in it. */
    private static File checked(File file) {
        if (file.isDirectory()) return file;
        try {
            new ZipFile(file).close();
            return file;
        } catch (IOException broken) {
            throw new Refusal(Refusal.LOAD_FAILED, file.getAbsolutePath() + " is no archive of classes: " + broken.getMessage());
        }
    }

    /** What a name of a module's own stands for: `class` or `package`, and the whole name. */
    static String named(int module, String name) {
        ModuleLoader loader = ModuleLoader.of(module);
        TreeSet<String> names = loader.names(), known = new TreeSet<>(), same = new TreeSet<>();
        if (findOrNull(loader, name) != null) return "class " + name;
        for (String one : names) {
            String simple = one.substring(Math.max(one.lastIndexOf('.'), one.lastIndexOf('$')) + 1);
            known.add(simple);
            if (simple.equals(name)) same.add(one);
        }
        if (same.size() > 1) throw new Refusal(Refusal.NOT_FOUND, name + " is the name of several classes: " + String.join(", ", same));
        if (same.size() == 1) return "class " + same.first();
        Object found = new Namespace(loader, "").find(name);
        if (found != null) return "package " + name;
        if (findOrNull(loader, "java.lang." + name) != null) return "class java.lang." + name;
        throw new Refusal(Refusal.NOT_FOUND, "the module has no class or package " + name + inJdk(name), name, String.join("\n", known));
    }

    /** A class by its name; of nested ones the last names may follow dots, and brackets make it one of arrays. */
    static Class<?> find(ClassLoader loader, String name) {
        Class<?> found = findOrNull(loader, name);
        if (found == null) throw missing((ModuleLoader) loader, name);
        return found;
    }

    private static Refusal missing(ModuleLoader loader, String name) {
        String simple = "." + name.substring(name.lastIndexOf('.') + 1);
        TreeSet<String> names = loader.names();
        StringBuilder said = new StringBuilder("there is no class ").append(name);
        for (String one : names) if (("." + one).replace('$', '.').endsWith(simple)) said.append(said.indexOf(";") < 0 ? "; there is " : ", ").append(one);
        if (said.indexOf(";") < 0) said.append(inJdk(simple.substring(1)));
        return new Refusal(Refusal.NOT_FOUND, said.toString(), name, String.join("\n", names));
    }

    /** What the JDK has by a last name, as what is said of it; nothing if there is none. */
    private static String inJdk(String simple) {
        StringJoiner found = new StringJoiner(", ", "; there is ", "").setEmptyValue("");
        if (!simple.isEmpty() && Character.isUpperCase(simple.charAt(0)))
            for (String one : Namespace.ofJava()) if (isOpenInJdk(one + "." + simple)) found.add(one + "." + simple);
        return found.toString();
    }

    private static boolean isOpenInJdk(String name) {
        try {
            return Methods.isOpen(Class.forName(name, false, ClassLoader.getPlatformClassLoader()));
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    /** The same; null if there is none. */
    static Class<?> findOrNull(ClassLoader loader, String name) {
        if (name.endsWith("[]")) {
            Class<?> element = findOrNull(loader, name.substring(0, name.length() - 2));
            return element == null ? null : Array.newInstance(element, 0).getClass();
        }
        for (Class<?> one : PRIMITIVES) if (one.getName().equals(name)) return one;
        for (String spelled = name; ; ) {
            try {
                return Class.forName(spelled, false, loader);
            } catch (ClassNotFoundException absent) {
                int dot = spelled.lastIndexOf('.');
                if (dot < 0) return null;
                spelled = spelled.substring(0, dot) + '$' + spelled.substring(dot + 1);
            }
        }
    }
}
