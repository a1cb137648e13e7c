package metaffi.guest;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is public in the classes of a module, as JSON. */
final class Description {
    private final StringBuilder json = new StringBuilder("{\"entities\":[");
    private String separator = "";

    private Description() {}

    static String of(int module) {
        ModuleLoader loader = ModuleLoader.of(module);
        if (loader.isEmpty())
            throw new Refusal(Refusal.UNSUPPORTED, "the JDK's classes are too many to be listed; give an archive or a directory");
        Description all = new Description();
        for (String name : loader.names()) all.add(loader, name);
        return all.json.append("]}").toString();
    }

    private void add(ClassLoader loader, String name) {
        Class<?> of;
        try {
            of = Class.forName(name, false, loader);
            if (!Modifier.isPublic(of.getModifiers())) return;
            members(of);
        } catch (LinkageError | ClassNotFoundException absent) {
            // Of a library that is not there: nobody can use it.
        }
    }

    private void members(Class<?> of) {
        if (!Modifier.isAbstract(of.getModifiers())) callables(of, Members.CONSTRUCTOR, List.of(of.getConstructors()));
        Map<String, List<Method>> byName = Stream.of(of.getMethods())
                .filter(one -> !one.isBridge() && one.getDeclaringClass() == of)
                .collect(Collectors.groupingBy(Method::getName, HashMap::new, Collectors.toList()));
        byName.keySet().stream().sorted().forEach(name -> callables(of, name, byName.get(name)));
        for (Field field : of.getFields()) if (field.getDeclaringClass() == of) field(of, field);
    }

    private void callables(Class<?> of, String name, List<? extends Executable> all) {
        all.stream().sorted(Comparator.comparing(Members::spelled)).forEach(one -> {
            boolean onObject = one instanceof Method && !Modifier.isStatic(one.getModifiers());
            boolean isOne = all.size() == 1;
            begin(of, "callable=" + (isOne ? name : name + Members.spelled(one)).replace(",", "\\,") + (onObject ? ",instance_required" : ""));
            kind(one instanceof Constructor ? "constructor" : onObject ? "method" : "function");
            json.append(",\"declaration\":");
            Text.quote(json, one.toGenericString());
            json.append(",\"params\":[");
            StringJoiner params = new StringJoiner(",");
            if (onObject) params.add(parameter("self", of, of));
            Type[] generic = one.getGenericParameterTypes();
            Parameter[] declared = one.getParameters();
            for (int i = 0; i < declared.length; i++)
                params.add(parameter(declared[i].isNamePresent() ? declared[i].getName() : null, declared[i].getType(), generic.length == declared.length ? generic[i] : declared[i].getType()));
            json.append(params).append("],\"returns\":[");
            if (one instanceof Constructor) json.append(parameter(null, of, of));
            else if (((Method) one).getReturnType() != void.class) json.append(parameter(null, ((Method) one).getReturnType(), ((Method) one).getGenericReturnType()));
            json.append("]}");
        });
    }

    private void field(Class<?> of, Field field) {
        boolean isStatic = Modifier.isStatic(field.getModifiers()), isFinal = Modifier.isFinal(field.getModifiers());
        begin(of, "field=" + field.getName() + (isStatic ? "" : ",instance_required") + ",getter");
        kind(isStatic ? isFinal ? "constant" : "global" : "field");
        json.append(",\"declaration\":");
        Text.quote(json, field.toGenericString());
        json.append(",\"params\":[").append(isStatic ? "" : parameter("self", of, of)).append("],\"returns\":[");
        json.append(parameter(null, field.getType(), field.getGenericType())).append("]}");
    }

    private void begin(Class<?> of, String member) {
        json.append(separator).append("{\"path\":");
        Text.quote(json, "class=" + of.getName() + "," + member);
        separator = ",";
    }

    private void kind(String kind) {
        json.append(",\"kind\":\"").append(kind).append('"');
    }

    private static String parameter(String name, Class<?> type, Type generic) {
        Kind kind = Kind.of(type);
        StringBuilder json = new StringBuilder("{\"type\":");
        Text.quote(json, kind.type());
        if (name != null) Text.quote(json.append(",\"name\":"), name);
        if (kind == Kind.HANDLE) Text.quote(json.append(",\"alias\":"), generic.getTypeName());
        return json.append('}').toString();
    }
}
