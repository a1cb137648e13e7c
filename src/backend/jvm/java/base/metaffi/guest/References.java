package metaffi.guest;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Methods and constructors as instances of interfaces with one method, as `Integer::parseInt` and `TreeSet::new` are. */
final class References implements InvocationHandler {
    private static final Object[] NONE = {};

    private final MethodGroup group;
    private final Method single;

    private References(MethodGroup group, Method single) {
        this.group = group;
        this.single = single;
    }

    /** How well what is given is an instance of an interface: as a method, or, where it is given as nothing else, as a constructor. */
    static int match(Object given, Class<?> type) {
        if (!(given instanceof MethodGroup || given instanceof Class)) return Coercion.NONE;
        Method single = type.isInterface() ? Capabilities.singleOf(type) : null;
        MethodGroup group = single == null ? null : group(given);
        if (group == null || !group.takes(single.getParameterCount())) return Coercion.NONE;
        return given instanceof Class ? Coercion.LAST : Coercion.CHECKED;
    }

    private static MethodGroup group(Object given) {
        if (given instanceof MethodGroup) return (MethodGroup) given;
        Overloads constructors = Overloads.find((Class<?>) given, Members.CONSTRUCTOR, true);
        return constructors == null ? null : new MethodGroup(given, constructors);
    }

    /** The instance of what {@link #match matches}. */
    static Object as(Object given, Class<?> type) {
        return Proxy.newProxyInstance(Foreigners.loader(type), new Class<?>[] {type}, new References(group(given), Capabilities.singleOf(type)));
    }

    @Override
    public Object invoke(Object self, Method method, Object[] given) throws Throwable {
        Object[] all = given == null ? NONE : given;
        if (method.getDeclaringClass() == Object.class) return ofObject(self, method, all);
        try {
            if (method.isDefault()) return Handler.byDefault(self, method, all);
            Object result = group.call(all.clone());
            Class<?> type = method.getReturnType();
            return type == void.class ? null : Coercion.to(result, type);
        } catch (RuntimeException | Error plain) {
            throw plain;
        } catch (Throwable checked) {
            throw Failures.undeclared(checked);
        }
    }

    private Object ofObject(Object self, Method method, Object[] given) {
        switch (method.getName()) {
            case "equals":
                if (!(given[0] instanceof Proxy)) return false;
                InvocationHandler other = Proxy.getInvocationHandler(given[0]);
                return other instanceof References && ((References) other).single.equals(single) && ((References) other).group.equals(group);
            case "hashCode":
                return group.hashCode();
            default:
                return group.toString();
        }
    }
}
