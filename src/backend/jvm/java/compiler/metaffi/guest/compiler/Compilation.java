package metaffi.guest.compiler;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import metaffi.guest.ModuleLoader;
import metaffi.guest.Refusal;

/** One run of the compiler, which finds what a module has and writes to memory. */
final class Compilation extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final ModuleLoader module;
    private final List<ClassFile> made = new ArrayList<>();

    private Compilation(StandardJavaFileManager files, ModuleLoader module) {
        super(files);
        this.module = module;
    }

    /** The classes of sources by their names; what the compiler says if it makes none is the error. */
    static Map<String, byte[]> of(ModuleLoader module, List<SourceFile> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null)
            throw new Refusal(Refusal.UNSUPPORTED, "this Java has no compiler: use that of a JDK, by the option home, or give compiled classes");
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        StandardJavaFileManager files = compiler.getStandardFileManager(said, Locale.ROOT, StandardCharsets.UTF_8);
        try (Compilation run = new Compilation(files, module)) {
            files.setLocation(StandardLocation.CLASS_PATH, run.classpath());
            List<String> options = List.of("-parameters", "-g", "-proc:none", "-Xlint:none");
            if (compiler.getTask(null, run, said, options, null, sources).call()) return run.classes();
        } catch (IOException unreadable) {
            throw new Refusal(Refusal.LOAD_FAILED, unreadable.toString());
        }
        StringJoiner errors = new StringJoiner("\n");
        for (Diagnostic<? extends JavaFileObject> one : said.getDiagnostics()) if (one.getKind() == Diagnostic.Kind.ERROR) errors.add(spelled(one));
        throw new Refusal(Refusal.SYNTAX, errors.toString());
    }

    private static String spelled(Diagnostic<? extends JavaFileObject> one) {
        String where = one.getSource() == null ? "" : one.getSource().getName() + ":" + one.getLineNumber() + ": ";
        return where + one.getMessage(Locale.ROOT);
    }

    private List<File> classpath() {
        List<File> all = new ArrayList<>();
        for (URL url : module.getURLs()) all.add(new File(URI.create(url.toString())));
        for (String path : System.getProperty("java.class.path", "").split(File.pathSeparator)) if (!path.isEmpty()) all.add(new File(path));
        return all;
    }

    private Map<String, byte[]> classes() {
        Map<String, byte[]> all = new HashMap<>();
        for (ClassFile one : made) all.put(one.name, one.bytes());
        return all;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject beside) {
        ClassFile file = new ClassFile(name, null);
        made.add(file);
        return file;
    }

    /** What was compiled before is found like what is in archives. */
    @Override
    public Iterable<JavaFileObject> list(Location location, String in, Set<JavaFileObject.Kind> kinds, boolean isDeep) throws IOException {
        List<JavaFileObject> all = new ArrayList<>();
        super.list(location, in, kinds, isDeep).forEach(all::add);
        if (location != StandardLocation.CLASS_PATH || !kinds.contains(JavaFileObject.Kind.CLASS)) return all;
        module.compiled().forEach((name, bytes) -> {
            String of = name.indexOf('.') < 0 ? "" : name.substring(0, name.lastIndexOf('.'));
            if (of.equals(in) || isDeep && of.startsWith(in.isEmpty() ? "" : in + ".")) all.add(new ClassFile(name, bytes));
        });
        return all;
    }

    @Override
    public String inferBinaryName(Location location, JavaFileObject file) {
        return file instanceof ClassFile ? ((ClassFile) file).name : super.inferBinaryName(location, file);
    }
}
