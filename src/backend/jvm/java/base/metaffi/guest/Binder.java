package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Makes entities of members. */
final class Binder {
    /** Of what takes more it is seen now whether a handle can. */
    private static final int MANY = 100;

    private Binder() {}

    /**
     * Binds a member to the types that are declared, or to those that it has. As JSON: the entity, its
     * parameters with names, and what it returns. What has no class is looked up in each call.
     */
    static String bind(int module, String className, String what, String member, String deed, boolean onObject, String[] params, String[] returns) {
        ModuleLoader loader = ModuleLoader.of(module);
        List<Declared> declared = params == null ? null : Declared.all(params, loader);
        List<Kind> returned = returns == null ? null : kinds(Declared.all(returns, loader));
        if (what.equals("package")) return bound(loader, Target.constant(Namespace.class, new Namespace(loader, member)));
        if (className == null) return bindPart(what, member, deed, kinds(declared), returned);
        Class<?> of = Modules.find(loader, className);
        List<String> names = new ArrayList<>();
        List<Type> types = new ArrayList<>();
        if (onObject) {
            names.add("self");
            types.add(of);
        }
        Target target;
        if (what.equals("class")) target = Target.constant(Class.class, of);
        else if (what.equals("field")) target = Targets.field(of, member, deed, onObject, names, types);
        else target = Targets.callable(loader, of, member, onObject, declared == null ? null : withoutObject(declared, onObject), names, types);
        // Not a copy of what is new.
        if (returned == null && of.isArray() && Members.CONSTRUCTOR.equals(member)) returned = List.of(Kind.HANDLE);
        return describe(loader, target, names, kinds(declared), returned, onObject, types);
    }

    private static String bindPart(String part, String name, String deed, List<Kind> declared, List<Kind> returns) {
        List<Kind> given = declared == null ? List.of() : withoutObject(declared, true);
        if (declared == null && part.equals("callable"))
            throw new Refusal(Refusal.UNSUPPORTED, "how many arguments " + name + " takes depends on the object: declare the types, or add class=…");
        Target target = Target.of(Parts.of(part, name, deed, given.size()));
        List<String> names = new ArrayList<>(Collections.nCopies(target.takes.size(), null));
        names.set(0, "self");
        if (declared == null) {
            declared = new ArrayList<>(Collections.nCopies(names.size(), Kind.ANY));
            declared.set(0, Kind.HANDLE);
        }
        return describe(null, target, names, declared, returns, true, target.takes);
    }

    private static List<Kind> kinds(List<Declared> types) {
        if (types == null) return null;
        List<Kind> kinds = new ArrayList<>();
        for (Declared one : types) kinds.add(one.kind);
        return kinds;
    }

    private static <T> List<T> withoutObject(List<T> kinds, boolean onObject) {
        if (onObject && kinds.isEmpty())
            throw new Refusal(Refusal.MISMATCH, "the first parameter is the object: declare it as handle");
        return kinds.subList(onObject ? 1 : 0, kinds.size());
    }

    /** Makes an entity of what takes anything, and describes it. */
    static String bound(ClassLoader loader, Target target) {
        return describe(loader, target, Collections.nCopies(target.takes.size(), null), null, null, false, target.takes);
    }

    private static String describe(ClassLoader loader, Target target, List<String> names, List<Kind> params, List<Kind> returns, boolean onObject, List<? extends Type> types) {
        if (params == null) {
            params = new ArrayList<>();
            for (Class<?> one : target.takes) params.add(Kind.of(one));
        }
        boolean isVoid = target.gives == void.class;
        if (returns == null) returns = isVoid ? List.of() : List.of(Kind.of(target.gives));
        if (params.size() != target.takes.size())
            throw new Refusal(Refusal.MISMATCH, params.size() + " parameters are declared, but it has " + target.takes.size());
        if (returns.size() != (isVoid ? 0 : 1))
            throw new Refusal(Refusal.MISMATCH, returns.size() + " returns are declared, but it has " + (isVoid ? 0 : 1));
        Bound bound = new Bound(target, loader, onObject, params, returns, types, names);
        if (params.size() > MANY) tryOut(bound);
        long entity = Entities.add(bound);
        StringBuilder json = new StringBuilder("{\"entity\":").append(entity).append(",\"params\":[");
        for (int i = 0; i < params.size(); i++) parameter(json, i, names.get(i), params.get(i), target.takes.get(i));
        json.append("],\"returns\":[");
        for (int i = 0; i < returns.size(); i++) parameter(json, i, null, returns.get(i), target.gives);
        json.append(']');
        if (target.member() != null) Direct.describe(json, (ModuleLoader) loader, target, params, returns);
        return json.append('}').toString();
    }

    private static void tryOut(Bound bound) {
        try {
            bound.ofFrame();
        } catch (IllegalArgumentException tooMany) {
            throw new Refusal(Refusal.UNSUPPORTED, "it has " + bound.params.size() + " parameters: method handles of Java take fewer; call it by its name");
        }
    }

    private static void parameter(StringBuilder json, int index, String name, Kind kind, Class<?> type) {
        json.append(index > 0 ? ",{" : "{").append("\"type\":");
        Text.quote(json, kind.type());
        if (name != null) Text.quote(json.append(",\"name\":"), name);
        if (kind == Kind.HANDLE) Text.quote(json.append(",\"alias\":"), type.getTypeName());
        json.append('}');
    }

    /** One of ours with a frame, of the kinds that its types are; what is Object among its results may be anything. */
    static MethodHandle ofFrame(MethodHandle made) {
        Target target = Target.of(made);
        List<Kind> params = new ArrayList<>();
        for (Class<?> type : target.takes) params.add(params.isEmpty() && type == Object.class ? Kind.HANDLE : Kind.of(type));
        List<Kind> returns = target.gives == void.class ? List.of() : List.of(target.gives == Object.class ? Kind.VALUE : Kind.of(target.gives));
        return new Bound(target, null, false, params, returns, target.takes, null).ofFrame();
    }
}
