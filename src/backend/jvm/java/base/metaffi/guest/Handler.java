package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;

/** What runs the methods of instances that stand for something of another language. */
final class Handler implements InvocationHandler {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final Object[] NONE = {};

    final Foreign foreign;
    /** The interface that it was made for; null if for none. */
    final Class<?> wanted;
    /** The one method of the interface that was wanted; null if there are others. */
    private final Method single;
    /** What that method gives where more is known than it says; null if not. */
    Class<?> gives;
    /** That method, as it was given latest: one that is the same need not be compared. */
    private Method known;
    /** What has the methods of Java's own interfaces. */
    private final View view;
    /** Whether the instance is an object of Java's, and not another look of what it stands for. */
    boolean isJavas;
    /** What the method calls; null if that is a member, or nothing. */
    private final Foreign callable;
    /** How that is called, if it takes and gives a few numbers only. */
    private final Scalars scalars;

    Handler(Foreign foreign, Class<?> wanted) {
        this(foreign, wanted, Object.class, Object.class);
    }

    /** With what the keys and items of a container are to be. */
    Handler(Foreign foreign, Class<?> wanted, Type key, Type item) {
        this.foreign = foreign;
        this.wanted = wanted;
        single = wanted == null ? null : Capabilities.singleOf(wanted);
        view = View.of(foreign, key, item);
        boolean isCalled = single != null && foreign.can(Capabilities.CALL) && !foreign.has(single.getName());
        Foreign typed = isCalled ? foreign.callable(single) : null;
        scalars = typed == null ? null : typed.scalars(single);
        callable = scalars == null ? isCalled ? foreign : null : typed;
    }

    @Override
    public Object invoke(Object self, Method method, Object[] given) throws Throwable {
        try {
            return run(self, method, given);
        } catch (RuntimeException | Error plain) {
            throw plain;
        } catch (Throwable checked) {
            throw Failures.undeclared(checked);
        }
    }

    private Object run(Object self, Method method, Object[] given) throws Throwable {
        Object[] all = given == null ? NONE : given;
        if (scalars != null && isSingle(method)) return callable.call(scalars, all);
        Class<?> declaring = method.getDeclaringClass();
        if (declaring == Object.class) return ofObject(self, method, all);
        if (!foreign.isCallable || declaring == metaffi.ForeignObject.class) {
            if (declaring.isInstance(view)) return onView(method, all);
        }
        Object result = member(self, method, all);
        Class<?> type = gives != null && isSingle(method) ? gives : method.getReturnType();
        if (type == void.class || type == Void.class) return null;
        if (result == null && !type.isPrimitive()) return null;
        if (Coercion.match(result, type) == Coercion.NONE)
            throw new ClassCastException("what was called gives " + Operations.spelled(result) + ", but " + method + " returns " + type.getTypeName());
        return Coercion.to(result, type);
    }

    private boolean isSingle(Method method) {
        if (method == known) return true;
        if (!method.equals(single)) return false;
        known = method;
        return true;
    }

    /** Members of the object come first, then what the interface does itself, then the object as a function. */
    private Object member(Object self, Method method, Object[] given) throws Throwable {
        if (foreign.isCallable) return method.isDefault() ? byDefault(self, method, given) : foreign.call(given(method, given));
        if (callable != null && isSingle(method)) return foreign.call(given(method, given));
        if (method.isDefault() && !foreign.has(method.getName())) return byDefault(self, method, given);
        return foreign.runNamed(Foreign.INVOKE, method.getName(), given(method, given));
    }

    /** Expands what a method with any number of arguments is given. */
    private static Object[] given(Method method, Object[] given) {
        if (!method.isVarArgs()) return given;
        Object rest = given[given.length - 1];
        int fixed = given.length - 1, count = rest == null ? 0 : java.lang.reflect.Array.getLength(rest);
        Object[] all = java.util.Arrays.copyOf(given, fixed + count, Object[].class);
        for (int i = 0; i < count; i++) all[fixed + i] = java.lang.reflect.Array.get(rest, i);
        return all;
    }

    static Object byDefault(Object self, Method method, Object[] given) throws Throwable {
        return special(method).bindTo(self).asFixedArity().invokeWithArguments(given);
    }

    private static MethodHandle special(Method method) throws IllegalAccessException {
        Class<?> declaring = method.getDeclaringClass();
        try {
            return LOOKUP.unreflectSpecial(method, declaring);
        } catch (IllegalAccessException hidden) {
            return MethodHandles.privateLookupIn(declaring, LOOKUP).unreflectSpecial(method, declaring);
        }
    }

    private Object onView(Method method, Object[] given) throws Throwable {
        try {
            return method.invoke(view, given);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private Object ofObject(Object self, Method method, Object[] given) {
        boolean isContainer = View.isContainer(view);
        switch (method.getName()) {
            case "equals":
                if (self == given[0]) return true;
                Foreign other = Foreigners.in(given[0]);
                return other != null ? foreign.equals(other) : isContainer && view.equals(given[0]);
            case "hashCode":
                return isContainer ? view.hashCode() : foreign.hashCode();
            default:
                return foreign.toString();
        }
    }
}
