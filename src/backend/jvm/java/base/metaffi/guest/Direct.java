package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Optional;

/**
 * A member that the other side may use by the native interface, without an entity's frame being taken apart
 * here: it takes numbers as they are in frames, and objects, and gives a number or nothing.
 */
final class Direct {
    /** As many parameters as the other side has room for. */
    private static final int MOST = 16;

    /** What a number of a class is if there is none, and that of a class which every object is of. */
    private static final long NONE = 0, ANY = 1;

    private static long latest = ANY;

    /** Numbers of classes, each of which no other ever has. */
    private static final ClassValue<Long> NUMBERS = new ClassValue<>() {
        @Override
        protected Long computeValue(Class<?> of) {
            synchronized (Direct.class) {
                return ++latest;
            }
        }
    };

    private Direct() {}

    /** Describes how the entity of a member is used so, as JSON behind what is known of it, if it can be. */
    static void describe(StringBuilder json, ModuleLoader module, Target target, List<Kind> params, List<Kind> returns) {
        if (!is(target, params, returns)) return;
        Member member = target.member();
        List<Class<?>> takes = target.takes;
        boolean isStatic = Modifier.isStatic(member.getModifiers()), isField = member instanceof Field, writes = writes(target);
        Class<?> moved = moved(target);
        json.append(",\"direct\":{\"kind\":\"").append(isStatic ? "static_" : "").append(!isField ? "method" : writes ? "setter" : "getter");
        json.append("\",\"moved\":\"").append(moved).append("\",\"module\":").append(module.number).append(",\"classes\":[");
        for (int i = 0; i < params.size(); i++) json.append(i > 0 ? "," : "").append(number(takes.get(i)));
        json.append("]}");
    }

    /** Whether a target can be used so, as it is bound. */
    static boolean is(Target target, List<Kind> params, List<Kind> returns) {
        Member member = target.member();
        List<Class<?>> takes = target.takes;
        if (member == null || isOdd(member) || takes.size() > MOST) return false;
        for (int i = 0; i < params.size(); i++) if (!isObject(params.get(i), takes.get(i)) && !isSame(params.get(i), takes.get(i))) return false;
        if (!returns.isEmpty() && !isSame(returns.get(0), target.gives)) return false;
        return moved(target).isPrimitive();
    }

    private static boolean writes(Target target) {
        return target.member() instanceof Field && target.gives == void.class;
    }

    /** The last parameter of what writes is the value. */
    private static Class<?> moved(Target target) {
        return writes(target) ? target.takes.get(target.takes.size() - 1) : target.gives;
    }

    /** Whether it makes an object, is not called as it is declared, or is more than a call of it shows. */
    private static boolean isOdd(Member member) {
        if (member instanceof Constructor) return true;
        Class<?> of = member.getDeclaringClass();
        // A thread may be given another class loader, which is seen behind an entity only.
        return of == MethodHandle.class || of == VarHandle.class || of == Thread.class;
    }

    private static boolean isObject(Kind kind, Class<?> type) {
        // What is not there is an Optional, too.
        return kind == Kind.HANDLE && !type.isPrimitive() && type != Optional.class && !Foreigners.hasParts(type);
    }

    private static boolean isSame(Kind kind, Class<?> type) {
        return Typed.isSame(kind) && kind.natural == type;
    }

    private static long number(Class<?> type) {
        return type.isPrimitive() ? NONE : type == Object.class ? ANY : NUMBERS.get(type);
    }

    /** The member of an entity, its class, and of each object that it takes the class; of numbers null. */
    static Object[] parts(long entity) {
        Target target = Entities.bound(entity).target;
        Object[] parts = new Object[2 + target.takes.size()];
        parts[0] = target.member();
        parts[1] = target.member().getDeclaringClass();
        for (int i = 2; i < parts.length; i++) if (number(target.takes.get(i - 2)) > ANY) parts[i] = target.takes.get(i - 2);
        return parts;
    }

    /** A thread comes to call it: whether that has the class loader of its module then. */
    static boolean enter(long entity) {
        ClassLoader module = Entities.bound(entity).loader;
        Threads.enter(module);
        return Thread.currentThread().getContextClassLoader() == module;
    }
}
