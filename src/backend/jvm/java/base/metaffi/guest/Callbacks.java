package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Callables of other languages as instances of interfaces. */
final class Callbacks {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private Callbacks() {}

    /** (callable) → an instance of an interface whose one method calls it. */
    static MethodHandle converter(Class<?> type) {
        if (!type.isInterface())
            throw new Refusal(Refusal.MISMATCH, type.getTypeName() + " is no interface: a function is given for one with a single method");
        try {
            MethodType made = MethodType.methodType(Object.class, Class.class, Object.class);
            MethodHandle make = LOOKUP.findStatic(Callbacks.class, "instance", made);
            return MethodHandles.insertArguments(make, 0, type).asType(MethodType.methodType(type, Object.class));
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    /** An instance of an interface. */
    static Object instance(Class<?> type, Object callback) {
        if (callback == null) return null;
        return Proxy.newProxyInstance(loader(type), new Class<?>[] {type}, new Handler((Callback) callback));
    }

    /** Interfaces of the JDK have no loader that could have the proxy. */
    private static ClassLoader loader(Class<?> type) {
        ClassLoader own = type.getClassLoader();
        return own == null ? ClassLoader.getSystemClassLoader() : own;
    }

    private static final class Handler implements InvocationHandler {
        private final Callback callback;

        Handler(Callback callback) {
            this.callback = callback;
        }

        @Override
        public Object invoke(Object self, Method method, Object[] given) throws Throwable {
            if (method.getDeclaringClass() == Object.class) return ofObject(self, method, given);
            if (method.isDefault()) return LOOKUP.unreflectSpecial(method, method.getDeclaringClass()).bindTo(self).invokeWithArguments(given == null ? new Object[0] : given);
            Object result = callback.call(given);
            Class<?> type = method.getReturnType();
            if (type == void.class) return null;
            if (Coercion.match(result, type) == Coercion.NONE)
                throw new ClassCastException("the callable gives " + result + ", but " + method + " returns " + type.getTypeName());
            return Coercion.to(result, type);
        }

        private static Object ofObject(Object self, Method method, Object[] given) {
            switch (method.getName()) {
                case "equals":
                    return self == given[0];
                case "hashCode":
                    return System.identityHashCode(self);
                default:
                    return "callable of another language";
            }
        }
    }
}
