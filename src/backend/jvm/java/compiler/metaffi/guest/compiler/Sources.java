package metaffi.guest.compiler;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import metaffi.guest.ModuleLoader;
import metaffi.guest.Refusal;

/** Source text of Java: what declares types adds them to a module, and everything else is run. */
final class Sources {
    /** What begins a line that declares a type. */
    private static final Pattern DECLARATION = Pattern.compile(
            "^\\s*(?:package\\s|(?:(?:public|final|abstract|sealed|non-sealed|strictfp|@\\w+)\\s+)*(?:class|interface|@interface|enum|record)\\s+\\w+)",
            Pattern.MULTILINE);

    private static final Pattern IMPORT = Pattern.compile("^\\s*import\\s+(?:static\\s+)?[\\w.]+(?:\\.\\*)?\\s*;", Pattern.MULTILINE);

    /** What text that is run finds without an import. */
    private static final String IMPORTED =
            "import java.io.*; import java.math.*; import java.nio.file.*; import java.util.*; import java.util.function.*; import java.util.stream.*; ";

    private static final String METHOD = "run";
    private static int snippets = 0;

    private Sources() {}

    /** Compiles files, which may use one another and everything else in the module. */
    static void load(int module, String[] files) {
        ModuleLoader to = ModuleLoader.of(module);
        List<SourceFile> sources = new ArrayList<>();
        for (String path : files) {
            File file = new File(path);
            if (!file.exists()) throw new Refusal(Refusal.NOT_FOUND, "there is no " + file.getAbsolutePath());
            try {
                sources.add(new SourceFile(file.getPath(), Files.readString(file.toPath())));
            } catch (IOException unreadable) {
                throw new Refusal(Refusal.LOAD_FAILED, file.getAbsolutePath() + " cannot be read: " + unreadable.getMessage());
            }
        }
        to.add(Compilation.of(to, sources));
    }

    /** Compiles text for a module: what runs it as JSON like that of members, or null if there is nothing to run. */
    static String bind(int module, String file, String text, boolean asksValue, String[] types, String[] names) throws ReflectiveOperationException {
        ModuleLoader loader = ModuleLoader.of(module);
        Class<?> snippet = compile(loader, file, text, asksValue, loader.spelled(types), names);
        if (snippet == null) return null;
        for (Method one : snippet.getMethods()) if (one.getName().equals(METHOD)) return loader.bound(one);
        throw new AssertionError(snippet);
    }

    /**
     * Compiles text. If it declares types they are in the module then, and the answer is null; else it is
     * the class with a method that runs it, whose parameters are those that are named.
     */
    private static Class<?> compile(ModuleLoader to, String file, String text, boolean asksValue, List<String> types, String[] names) throws ClassNotFoundException {
        if (DECLARATION.matcher(text).find()) {
            to.add(Compilation.of(to, List.of(new SourceFile(file, text))));
            return null;
        }
        StringJoiner parameters = new StringJoiner(", ", "(", ")");
        for (int i = 0; i < names.length; i++) parameters.add(types.get(i) + " " + names[i]);
        String name = "Snippet" + next();
        StringBuilder imports = new StringBuilder(IMPORTED);
        Matcher found = IMPORT.matcher(text);
        while (found.find()) imports.append(found.group().trim()).append(' ');
        // The lines stay where they are.
        String rest = IMPORT.matcher(text).replaceAll(one -> one.group().replaceAll("\\S", ""));
        String before = imports + "public final class " + name + " { public static Object " + METHOD + parameters + " throws Throwable { ";
        SourceFile valued = new SourceFile(file, before + "return (" + rest + "\n); } }");
        // Whether its end is reached is not looked at behind such a condition.
        boolean isExpression = !rest.trim().endsWith(";") && !rest.trim().endsWith("}");
        SourceFile statements = new SourceFile(file, before + "if (true) { " + rest + (isExpression ? ";" : "") + "\n} return null; } }");
        try {
            to.add(Compilation.of(to, List.of(isExpression && asksValue ? valued : statements)));
        } catch (Refusal refused) {
            if (!isExpression || !asksValue) throw refused;
            // It may be one without a value.
            try {
                to.add(Compilation.of(to, List.of(statements)));
            } catch (Refusal neither) {
                throw refused;
            }
        }
        return Class.forName(name, true, to);
    }

    private static synchronized int next() {
        return ++snippets;
    }
}
