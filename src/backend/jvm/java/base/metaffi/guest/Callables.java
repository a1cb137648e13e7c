package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/** Functions of Java's as callables of the other side. */
final class Callables {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private Callables() {}

    /** A new handle of a callable: the one that it is already, or one of what calls it. */
    static long handle(Object function) {
        Foreign foreign = Foreigners.in(function);
        if (foreign != null && foreign.isCallable) return foreign.share();
        long made = Host.callable(Binder.bound(null, Target.of(target(function))));
        if (made == 0) throw new Refusal(Refusal.UNSUPPORTED, "no callable is made of " + Foreigners.typeName(function));
        return made;
    }

    private static MethodHandle target(Object function) {
        Method single = Capabilities.single(function.getClass());
        try {
            if (function instanceof MethodHandle) return ((MethodHandle) function).asFixedArity();
            if (function instanceof MethodGroup) return ((MethodGroup) function).target();
            if (single == null) throw new Refusal(Refusal.MISMATCH, Foreigners.typeName(function) + " has no single method: a callable is of an object with one");
            return LOOKUP.unreflect(single).bindTo(function).asFixedArity();
        } catch (IllegalAccessException hidden) {
            throw new Refusal(Refusal.UNSUPPORTED, single + " is not public");
        }
    }
}
