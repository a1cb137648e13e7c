package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A method, a constructor, or reading or writing a field. */
final class TargetMember extends Target {
    final Member member;
    /** Of the module whose member it is; null of a field. */
    private final ModuleLoader module;
    /** Whether a field is written. */
    private final boolean writes;
    /** How many elements of the last parameter are given instead of an array; below zero if that is given. */
    private final int expanded;

    TargetMember(ModuleLoader module, Executable member, int expanded) {
        super(takes(member, expanded), member instanceof Method ? ((Method) member).getReturnType() : member.getDeclaringClass());
        this.module = module;
        this.member = member;
        this.expanded = expanded;
        writes = false;
    }

    TargetMember(Field field, boolean writes) {
        super(takes(field, writes), writes ? void.class : field.getType());
        this.module = null;
        this.member = field;
        this.writes = writes;
        expanded = -1;
    }

    private static List<Class<?>> takes(Executable member, int expanded) {
        List<Class<?>> takes = new ArrayList<>();
        if (Members.isOnObject(member)) takes.add(member.getDeclaringClass());
        Collections.addAll(takes, member.getParameterTypes());
        if (expanded < 0) return takes;
        Class<?> array = takes.remove(takes.size() - 1);
        takes.addAll(Collections.nCopies(expanded, array.getComponentType()));
        return takes;
    }

    private static List<Class<?>> takes(Field field, boolean writes) {
        List<Class<?>> takes = new ArrayList<>();
        if (!Modifier.isStatic(field.getModifiers())) takes.add(field.getDeclaringClass());
        if (writes) takes.add(field.getType());
        return takes;
    }

    @Override
    Member member() {
        boolean asks = member instanceof Executable && Methods.asksForCaller((Executable) member);
        return expanded < 0 && !asks ? member : null;
    }

    @Override
    ClassLoader callers() {
        if (member instanceof Field) return null;
        return Methods.asksForCaller((Executable) member) ? module : member.getDeclaringClass().getClassLoader();
    }

    @Override
    MethodHandle handle() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            if (member instanceof Field) return writes ? lookup.unreflectSetter((Field) member) : lookup.unreflectGetter((Field) member);
            if (member instanceof Constructor) return collecting(lookup.unreflectConstructor((Constructor<?>) member));
            if (Methods.asksForCaller((Executable) member)) lookup = module.lookup();
            return collecting(lookup.unreflect((Method) member));
        } catch (IllegalAccessException hidden) {
            throw Targets.hidden(member.getDeclaringClass());
        }
    }

    private MethodHandle collecting(MethodHandle handle) {
        MethodHandle fixed = handle.asFixedArity();
        if (expanded < 0) return fixed;
        Class<?> array = fixed.type().parameterType(fixed.type().parameterCount() - 1);
        return fixed.asCollector(array, expanded);
    }
}
