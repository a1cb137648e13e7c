package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Makes entities of members: what takes a frame and nothing else. */
final class Binder {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final int SLOT = 8;

    private Binder() {}

    /**
     * Binds a member to the types that are declared, or to those that it has. As JSON: the entity, its
     * parameters with names, and what it returns. What has no class is looked up in each call.
     */
    static String bind(int module, String className, String what, String member, String deed, boolean onObject, String[] params, String[] returns) {
        ModuleLoader loader = (ModuleLoader) Objects.get(module);
        List<Declared> declared = params == null ? null : Declared.all(params, loader);
        List<Kind> returned = returns == null ? null : kinds(Declared.all(returns, loader));
        if (what.equals("package")) return bound(Threads.within(loader, MethodHandles.constant(Namespace.class, new Namespace(loader, member))));
        if (className == null) return bindPart(what, member, deed, kinds(declared), returned);
        Class<?> of = Modules.find(loader, className);
        List<String> names = new ArrayList<>();
        List<Type> types = new ArrayList<>();
        if (onObject) {
            names.add("self");
            types.add(of);
        }
        MethodHandle target;
        if (what.equals("class")) target = MethodHandles.constant(Class.class, of);
        else if (what.equals("field")) target = Targets.field(of, member, deed, onObject, names, types);
        else target = Targets.callable(loader, of, member, onObject, declared == null ? null : withoutObject(declared, onObject), names, types);
        return describe(Threads.within(loader, target), names, kinds(declared), returned, onObject, types);
    }

    private static String bindPart(String part, String name, String deed, List<Kind> declared, List<Kind> returns) {
        List<Kind> given = declared == null ? List.of() : withoutObject(declared, true);
        if (declared == null && part.equals("callable"))
            throw new Refusal(Refusal.UNSUPPORTED, "how many arguments " + name + " takes depends on the object: declare the types, or add class=…");
        MethodHandle target = Parts.of(part, name, deed, given.size());
        List<String> names = new ArrayList<>(Collections.nCopies(target.type().parameterCount(), null));
        names.set(0, "self");
        if (declared == null) {
            declared = new ArrayList<>(Collections.nCopies(names.size(), Kind.ANY));
            declared.set(0, Kind.HANDLE);
        }
        return describe(target, names, declared, returns, true, target.type().parameterList());
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
    static String bound(MethodHandle target) {
        return describe(target, Collections.nCopies(target.type().parameterCount(), null), null, null, false, target.type().parameterList());
    }

    private static String describe(MethodHandle target, List<String> names, List<Kind> params, List<Kind> returns, boolean onObject, List<? extends Type> types) {
        if (onObject) target = MethodHandles.filterArguments(target, 0, PRESENT.asType(MethodType.methodType(target.type().parameterType(0), target.type().parameterType(0))));
        MethodType type = target.type();
        if (params == null) {
            params = new ArrayList<>();
            for (Class<?> one : type.parameterList()) params.add(Kind.of(one));
        }
        boolean isVoid = type.returnType() == void.class;
        if (returns == null) returns = isVoid ? List.of() : List.of(Kind.of(type.returnType()));
        if (params.size() != type.parameterCount())
            throw new Refusal(Refusal.MISMATCH, params.size() + " parameters are declared, but it has " + type.parameterCount());
        if (returns.size() != (isVoid ? 0 : 1))
            throw new Refusal(Refusal.MISMATCH, returns.size() + " returns are declared, but it has " + (isVoid ? 0 : 1));
        long entity = Entities.add(ofFrame(target, params, returns, names, types), new Typed(target, params, returns));
        StringBuilder json = new StringBuilder("{\"entity\":").append(entity).append(",\"params\":[");
        for (int i = 0; i < params.size(); i++) parameter(json, i, names.get(i), params.get(i), type.parameterType(i));
        json.append("],\"returns\":[");
        for (int i = 0; i < returns.size(); i++) parameter(json, i, null, returns.get(i), type.returnType());
        return json.append("]}").toString();
    }

    private static void parameter(StringBuilder json, int index, String name, Kind kind, Class<?> type) {
        json.append(index > 0 ? ",{" : "{").append("\"type\":");
        Text.quote(json, kind.type());
        if (name != null) Text.quote(json.append(",\"name\":"), name);
        if (kind == Kind.HANDLE) Text.quote(json.append(",\"alias\":"), type.getTypeName());
        json.append('}');
    }

    /** One of ours with a frame, of the kinds that its types are; what is Object among its results may be anything. */
    static MethodHandle ofFrame(MethodHandle target) {
        List<Kind> params = new ArrayList<>();
        for (Class<?> type : target.type().parameterList()) params.add(params.isEmpty() && type == Object.class ? Kind.HANDLE : Kind.of(type));
        Class<?> returned = target.type().returnType();
        Kind result = returned == Object.class ? Kind.VALUE : Kind.of(returned);
        return ofFrame(target, params, returned == void.class ? List.of() : List.of(result), null, target.type().parameterList());
    }

    /** The same with a frame: arguments are read there, converted, and what comes is written behind them. */
    private static MethodHandle ofFrame(MethodHandle target, List<Kind> params, List<Kind> returns, List<String> names, List<? extends Type> types) {
        int count = params.size(), offset = 0;
        MethodHandle[] readers = new MethodHandle[count];
        for (int i = 0; i < count; i++) {
            String what = names == null ? null : "argument " + i + (names.get(i) == null ? "" : " (" + names.get(i) + ")");
            readers[i] = Passing.reader(params.get(i), offset, target.type().parameterType(i), types.get(i), what);
            offset += params.get(i).slots * SLOT;
        }
        MethodHandle called = MethodHandles.filterArguments(target, 0, readers);
        if (!returns.isEmpty()) {
            called = MethodHandles.collectArguments(Passing.writer(returns.get(0), offset, target.type().returnType()), 1, called);
            count++;
        }
        return MethodHandles.permuteArguments(called, MethodType.methodType(void.class, long.class), new int[count]);
    }

    private static final MethodHandle PRESENT = present();

    private static MethodHandle present() {
        try {
            return LOOKUP.findStatic(Binder.class, "requirePresent", MethodType.methodType(Object.class, Object.class));
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    private static Object requirePresent(Object self) {
        if (self == null) throw new Refusal(Refusal.MISMATCH, "argument 0 (self) is NULL, but the object is needed");
        return self;
    }
}
