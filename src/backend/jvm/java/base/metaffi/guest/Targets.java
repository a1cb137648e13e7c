package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.List;

/** Members of classes as what is called, with the names of what that takes. */
final class Targets {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private Targets() {}

    /** A method or a constructor; arguments behind the last parameter's array are its elements if they are declared so. */
    static MethodHandle callable(ModuleLoader module, Class<?> of, String member, boolean onObject, List<Declared> given, List<String> names, List<Type> types) {
        if (of.isArray() && member.equals(Members.CONSTRUCTOR)) {
            names.add("length");
            types.add(int.class);
            return MethodHandles.arrayConstructor(of);
        }
        Choice chosen = Members.callable(of, member, onObject, given);
        Parameter[] parameters = chosen.member.getParameters();
        for (Parameter one : parameters) names.add(one.isNamePresent() ? one.getName() : null);
        Type[] generic = chosen.member.getGenericParameterTypes();
        // What the compiler adds has no generic type.
        types.addAll(List.of(generic.length == parameters.length ? generic : chosen.member.getParameterTypes()));
        MethodHandle target = handle(module, chosen.member).asFixedArity();
        if (!chosen.isExpanded) return target;
        int last = parameters.length - 1, count = given.size() - last;
        String name = names.remove(names.size() - 1);
        Type element = Types.element(types.remove(types.size() - 1));
        for (int i = 0; i < count; i++) {
            names.add(name == null ? null : name + "[" + i + "]");
            types.add(element);
        }
        return target.asCollector(parameters[last].getType(), count);
    }

    private static MethodHandle handle(ModuleLoader module, Executable member) {
        try {
            MethodHandles.Lookup lookup = Methods.asksForCaller(member) ? module.lookup() : LOOKUP;
            return member instanceof Method ? lookup.unreflect((Method) member) : lookup.unreflectConstructor((Constructor<?>) member);
        } catch (IllegalAccessException hidden) {
            throw hidden(member.getDeclaringClass());
        }
    }

    /** What reads a field, or writes it. */
    static MethodHandle field(Class<?> of, String member, String deed, boolean onObject, List<String> names, List<Type> types) {
        boolean writes = deed.equals("setter");
        if (of.isArray() && member.equals("length") && onObject && !writes) return MethodHandles.arrayLength(of);
        Field field = Members.field(of, member);
        String what = member + " of " + of.getName();
        if (Modifier.isStatic(field.getModifiers()) == onObject)
            throw new Refusal(Refusal.UNSUPPORTED, what + (onObject ? " is static: leave out instance_required" : " is of objects: add instance_required"));
        if (writes && Modifier.isFinal(field.getModifiers())) throw new Refusal(Refusal.UNSUPPORTED, what + " is final: it is never written");
        if (writes) {
            names.add("value");
            types.add(field.getGenericType());
        }
        try {
            return writes ? LOOKUP.unreflectSetter(field) : LOOKUP.unreflectGetter(field);
        } catch (IllegalAccessException hidden) {
            throw hidden(field.getDeclaringClass());
        }
    }

    /** Why a class cannot be used. */
    static Refusal hidden(Class<?> of) {
        String why = Modifier.isPublic(of.getModifiers()) ? " is in a package that its module does not export" : " is not public";
        return new Refusal(Refusal.UNSUPPORTED, of.getName() + why + ": only its own package uses it");
    }
}
