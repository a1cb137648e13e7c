package metaffi.guest;

import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a class says of itself where somebody asks for help: its declarations. */
final class Page {
    private Page() {}

    static String of(Class<?> of) {
        Stream<Method> methods = Stream.of(of.getMethods()).filter(one -> !one.isBridge() && one.getDeclaringClass() != Object.class);
        return of.toGenericString()
                + (Modifier.isAbstract(of.getModifiers()) ? "" : part("Constructors", Stream.of(of.getConstructors()), one -> one.toGenericString()))
                + part("Methods", methods, one -> own(one, one.toGenericString()))
                + part("Fields", Stream.of(of.getFields()), one -> own(one, one.toGenericString()));
    }

    private static <T> String part(String title, Stream<T> members, Function<T, String> shown) {
        String lines = members.map(shown).map(line -> "\n    " + line.replaceFirst("^public ", "")).sorted().collect(Collectors.joining());
        return lines.isEmpty() ? "" : "\n\n" + title + ":" + lines;
    }

    /** Without the class that declares it, which is before its name. */
    private static String own(Member member, String declaration) {
        return declaration.replace(" " + member.getDeclaringClass().getTypeName() + "." + member.getName(), " " + member.getName());
    }
}
