package metaffi.guest;

import java.io.File;
import java.lang.reflect.Array;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

/** What is loaded from a path: archives and directories of classes, with a class loader of their own. */
final class Modules {
    private Modules() {}

    /** The index of the loader of all parts of a path; of the JDK alone if there are none. */
    static int load(String[] parts) throws MalformedURLException {
        if (parts.length == 0) return Objects.add(ClassLoader.getSystemClassLoader());
        List<URL> urls = new ArrayList<>();
        for (String part : parts) {
            if (part.endsWith("/*")) {
                addAll(urls, new File(part.substring(0, part.length() - 2)));
            } else {
                File file = new File(part);
                if (!file.exists()) throw new Refusal(Refusal.NOT_FOUND, "there is no " + file.getAbsolutePath());
                urls.add(file.toURI().toURL());
            }
        }
        return Objects.add(Threads.loaded(new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getSystemClassLoader())));
    }

    private static void addAll(List<URL> urls, File directory) throws MalformedURLException {
        File[] archives = directory.listFiles((in, name) -> name.endsWith(".jar"));
        if (archives == null || archives.length == 0)
            throw new Refusal(Refusal.NOT_FOUND, "there is no .jar in " + directory.getAbsolutePath());
        java.util.Arrays.sort(archives);
        for (File archive : archives) urls.add(archive.toURI().toURL());
    }

    private static final Class<?>[] PRIMITIVES = {
        boolean.class, byte.class, char.class, short.class, int.class, long.class, float.class, double.class, void.class
    };

    /** A class by its name; of nested ones the last names may follow dots, and brackets make it one of arrays. */
    static Class<?> find(ClassLoader loader, String name) {
        Class<?> found = findOrNull(loader, name);
        if (found == null) throw new Refusal(Refusal.NOT_FOUND, "there is no class " + name);
        return found;
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
