package metaffi.guest;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.List;

/** Members of classes as what is called, with the names of what that takes. */
final class Targets {
    private Targets() {}

    /** A method or a constructor; arguments behind the last parameter's array are its elements if they are declared so. */
    static Target callable(ModuleLoader module, Class<?> of, String member, boolean onObject, List<Declared> given, List<String> names, List<Type> types) {
        if (of.isArray() && member.equals(Members.CONSTRUCTOR)) {
            names.add("length");
            types.add(int.class);
            return Target.of(MethodHandles.arrayConstructor(of));
        }
        Choice chosen = Members.callable(of, member, onObject, given);
        Parameter[] parameters = chosen.member.getParameters();
        for (Parameter one : parameters) names.add(one.isNamePresent() ? one.getName() : null);
        types.addAll(List.of(Types.parameters(chosen.member)));
        if (!chosen.isExpanded) return checked(new TargetMember(module, chosen.member, -1));
        int last = parameters.length - 1, count = given.size() - last;
        String name = names.remove(names.size() - 1);
        Type element = Types.element(types.remove(types.size() - 1));
        for (int i = 0; i < count; i++) {
            names.add(name == null ? null : name + "[" + i + "]");
            types.add(element);
        }
        return checked(new TargetMember(module, chosen.member, count));
    }

    /** What may not be used is refused now. */
    private static Target checked(TargetMember target) {
        return Methods.isOpen(target.member.getDeclaringClass()) ? target : Target.of(target.handle());
    }

    /** What reads a field, or writes it. */
    static Target field(Class<?> of, String member, String deed, boolean onObject, List<String> names, List<Type> types) {
        boolean writes = deed.equals("setter");
        if (of.isArray() && member.equals("length") && onObject && !writes) return Target.of(MethodHandles.arrayLength(of));
        Field field = Members.field(of, member);
        String what = member + " of " + of.getName();
        if (Modifier.isStatic(field.getModifiers()) == onObject)
            throw new Refusal(Refusal.UNSUPPORTED, what + (onObject ? " is static: leave out instance_required" : " is of objects: add instance_required"));
        if (writes && Modifier.isFinal(field.getModifiers())) throw new Refusal(Refusal.UNSUPPORTED, what + " is final: it is never written");
        if (writes) {
            names.add("value");
            types.add(field.getGenericType());
        }
        return checked(new TargetMember(field, writes));
    }

    /** Why a class cannot be used. */
    static Refusal hidden(Class<?> of) {
        String why = Modifier.isPublic(of.getModifiers()) ? " is in a package that its module does not export" : " is not public";
        return new Refusal(Refusal.UNSUPPORTED, of.getName() + why + ": only its own package uses it");
    }
}
