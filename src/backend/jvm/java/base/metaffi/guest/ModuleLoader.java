package metaffi.guest;

import java.io.File;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The class loader of a module: of its archives and directories, and of what was compiled for it. */
public final class ModuleLoader extends URLClassLoader {
    private static final String CLASS_FILE = ".class";

    /** Classes by their names, which are defined when somebody looks for them. */
    private final Map<String, byte[]> compiled = new ConcurrentHashMap<>();

    private MethodHandles.Lookup lookup;

    /** How methods of the JDK that ask who calls them are called by this module. */
    private final Map<Method, MethodHandle> asking = new ConcurrentHashMap<>();

    private static final AtomicLong LATEST = new AtomicLong();

    /** That of no other. */
    final long number = LATEST.incrementAndGet();

    ModuleLoader(URL[] urls) {
        super(urls, ClassLoader.getSystemClassLoader());
    }

    /** The one of an index. */
    public static ModuleLoader of(int index) {
        return (ModuleLoader) Objects.get(index);
    }

    /** Types as they are declared outside as its source text spells them. */
    public List<String> spelled(String[] types) {
        List<String> spelled = new ArrayList<>();
        for (Declared one : Declared.all(types, this)) spelled.add(one.source());
        return spelled;
    }

    /** Binds a method of its to the types that it has. */
    public String bound(Method method) throws IllegalAccessException {
        return Binder.bound(this, Target.of(MethodHandles.lookup().unreflect(method)));
    }

    /** Adds what was compiled. */
    public void add(Map<String, byte[]> classes) {
        for (String name : classes.keySet())
            if (compiled.containsKey(name)) throw new Refusal(Refusal.UNSUPPORTED, "the module has a class " + name + " already; load another module for it");
        compiled.putAll(classes);
    }

    /** What was compiled, by name. */
    public Map<String, byte[]> compiled() {
        return compiled;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = compiled.get(name);
        return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
    }

    /** Whether it has no classes but those of the JDK. */
    boolean isEmpty() {
        return getURLs().length == 0 && compiled.isEmpty();
    }

    /** The names of all its classes that have one. */
    TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        for (String name : compiled.keySet()) if (isNamed(name)) names.add(name);
        try {
            for (URL url : getURLs()) {
                Path path = Path.of(java.net.URI.create(url.toString()));
                if (Files.isDirectory(path)) {
                    try (Stream<Path> files = Files.walk(path)) {
                        files.forEach(file -> put(names, path.relativize(file).toString().replace(File.separatorChar, '/')));
                    }
                } else {
                    try (JarFile archive = new JarFile(path.toFile())) {
                        archive.stream().forEach(entry -> put(names, entry.getName()));
                    }
                }
            }
        } catch (IOException gone) {
            throw new Refusal(Refusal.NOT_FOUND, "the module cannot be read: " + gone.getMessage());
        }
        return names;
    }

    private static void put(TreeSet<String> names, String file) {
        if (!file.endsWith(CLASS_FILE) || file.startsWith("META-INF/") || file.endsWith("-info.class")) return;
        String name = file.substring(0, file.length() - CLASS_FILE.length()).replace('/', '.');
        if (isNamed(name)) names.add(name);
    }

    /** Whether programs can name it: anonymous and local classes have numbers. */
    private static boolean isNamed(String name) {
        for (int i = name.indexOf('$'); i >= 0; i = name.indexOf('$', i + 1)) if (i + 1 < name.length() && Character.isDigit(name.charAt(i + 1))) return false;
        return true;
    }

    /** How one that asks who calls it is called by this module, as it is made of what looks it up. */
    MethodHandle asking(Method method, Function<MethodHandles.Lookup, MethodHandle> made) {
        return asking.computeIfAbsent(method, absent -> made.apply(lookup()));
    }

    /** What looks up members as a class of the module does: some methods ask who calls them. */
    synchronized MethodHandles.Lookup lookup() {
        try {
            if (lookup == null) {
                byte[] bytes = Caller.bytes();
                Class<?> caller = defineClass(null, bytes, 0, bytes.length);
                lookup = (MethodHandles.Lookup) caller.getMethod("lookup").invoke(null);
            }
            return lookup;
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }
}
