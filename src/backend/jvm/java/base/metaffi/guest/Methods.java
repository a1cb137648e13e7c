package metaffi.guest;

import java.lang.annotation.Annotation;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The public methods of a class: each once, of what declares it publicly, and so that it may be called. */
final class Methods {
    private Methods() {}

    /** Those of objects with what they inherit, and those of the class itself. */
    static List<Method> of(Class<?> of) {
        return of(of, null);
    }

    /** The same of one name; null: of all. */
    static List<Method> of(Class<?> of, String name) {
        Map<List<Object>, Method> all = new LinkedHashMap<>();
        for (Method one : of.getMethods()) if (name == null || one.getName().equals(name)) put(all, one);
        // What every object has is no member of interfaces.
        if (of.isInterface())
            for (Method one : Object.class.getMethods()) if (name == null || one.getName().equals(name)) all.putIfAbsent(signature(one), one);
        List<Method> seen = new ArrayList<>();
        for (Method one : all.values()) {
            Method accessible = accessible(of, one);
            if (accessible != null) seen.add(accessible);
        }
        return seen;
    }

    private static List<Object> signature(Method one) {
        List<Object> all = new ArrayList<>(Arrays.asList(one.getParameterTypes()));
        all.add(one.getName());
        return all;
    }

    /** Of methods that differ in what they return, as one that overrides and its bridge do, the last word is meant. */
    private static void put(Map<List<Object>, Method> all, Method one) {
        List<Object> signature = signature(one);
        Method known = all.putIfAbsent(signature, one);
        if (known != null && isMeant(one, known)) all.put(signature, one);
    }

    private static boolean isMeant(Method one, Method known) {
        if (known.isBridge() != one.isBridge()) return known.isBridge();
        return known.getReturnType().isAssignableFrom(one.getReturnType()) && isNearer(one, known);
    }

    private static boolean isNearer(Method one, Method other) {
        return one.getReturnType() != other.getReturnType() || other.getDeclaringClass().isAssignableFrom(one.getDeclaringClass());
    }

    /** The same method where it is declared publicly: classes of objects are often hidden, their interfaces are not. */
    private static Method accessible(Class<?> of, Method method) {
        if (isOpen(method.getDeclaringClass())) return method;
        if (Modifier.isStatic(method.getModifiers())) return null;
        for (Class<?> above = of; above != null; above = above.getSuperclass()) {
            Method found = accessibleIn(above, method);
            if (found != null) return found;
        }
        return null;
    }

    private static Method accessibleIn(Class<?> declaring, Method method) {
        Method found = publicIn(declaring, method);
        for (Class<?> above : declaring.getInterfaces()) {
            if (found != null) break;
            found = accessibleIn(above, method);
        }
        return found;
    }

    private static Method publicIn(Class<?> of, Method method) {
        if (!isOpen(of)) return null;
        try {
            Method found = of.getMethod(method.getName(), method.getParameterTypes());
            return isOpen(found.getDeclaringClass()) ? found : null;
        } catch (NoSuchMethodException absent) {
            return null;
        }
    }

    /** Whether it only calls one of others, of narrower types, as `compareTo(Object)` calls that of a class. */
    static boolean isBridged(Method bridge, List<Method> others) {
        if (!bridge.isBridge()) return false;
        for (Method one : others) {
            boolean isSame = one != bridge && !one.isBridge() && one.getDeclaringClass() == bridge.getDeclaringClass() && one.getName().equals(bridge.getName());
            if (isSame && one.getParameterCount() == bridge.getParameterCount() && isNarrower(one, bridge)) return true;
        }
        return false;
    }

    private static boolean isNarrower(Method one, Method bridge) {
        for (int i = 0; i < bridge.getParameterCount(); i++) if (!bridge.getParameterTypes()[i].isAssignableFrom(one.getParameterTypes()[i])) return false;
        return true;
    }

    /** Whether it does what it does for whoever calls it, as `Class.forName` does, or calls what may ask that: those of the JDK. */
    static boolean asksForCaller(Executable member) {
        if (!(member instanceof Method) || !member.getDeclaringClass().getModule().isNamed()) return false;
        if (member.getName().equals("invokeWithArguments")) return true;
        int asks = Host.asksForCaller((Method) member);
        if (asks >= 0) return asks > 0;
        // Which makes classes for what stands there.
        for (Annotation one : member.getAnnotations()) if (one.annotationType().getSimpleName().equals("CallerSensitive")) return true;
        return false;
    }

    /** Whether everybody may use a class. */
    static boolean isOpen(Class<?> of) {
        return Modifier.isPublic(of.getModifiers()) && of.getModule().isExported(of.getPackageName());
    }
}
