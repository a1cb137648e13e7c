package metaffi.guest;

import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;

/** Types of Java with what they say of their elements. */
final class Types {
    private Types() {}

    /** A declared type, if it says more than the class that it is at run time. */
    static Type of(Type declared, Class<?> type) {
        boolean says = declared instanceof ParameterizedType || declared instanceof GenericArrayType;
        return says && raw(declared) == type ? declared : type;
    }

    /** What a method takes, with what that says of its elements. */
    static Type[] parameters(Executable member) {
        Class<?>[] types = member.getParameterTypes();
        Type[] declared = member.getGenericParameterTypes(), all = new Type[types.length];
        // What the compiler adds has no generic type.
        for (int i = 0; i < types.length; i++) all[i] = of(declared.length == types.length ? declared[i] : types[i], types[i]);
        return all;
    }

    /** The class of a type. */
    static Class<?> raw(Type type) {
        if (type instanceof Class) return (Class<?>) type;
        if (type instanceof ParameterizedType) return raw(((ParameterizedType) type).getRawType());
        if (type instanceof WildcardType) return raw(((WildcardType) type).getUpperBounds()[0]);
        if (type instanceof TypeVariable) return raw(((TypeVariable<?>) type).getBounds()[0]);
        return Array.newInstance(raw(((GenericArrayType) type).getGenericComponentType()), 0).getClass();
    }

    /** What an array or a collection says that its elements are. */
    static Type element(Type type) {
        if (type instanceof GenericArrayType) return ((GenericArrayType) type).getGenericComponentType();
        Class<?> raw = raw(type);
        return raw.isArray() ? raw.getComponentType() : argument(type, 0, 1);
    }

    /** One of so many arguments of a type; Object if it has others. */
    static Type argument(Type type, int index, int count) {
        if (!(type instanceof ParameterizedType)) return Object.class;
        Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
        if (arguments.length != count) return Object.class;
        Type found = arguments[index];
        // Into what takes anything above a type goes what that is.
        if (found instanceof WildcardType && ((WildcardType) found).getLowerBounds().length > 0) return ((WildcardType) found).getLowerBounds()[0];
        return found;
    }

    /** What the one method of an interface gives, as the arguments of a type say; null if they do not. */
    static Class<?> given(Type type) {
        Method single = type instanceof ParameterizedType ? Capabilities.singleOf(raw(type)) : null;
        Type given = single == null ? null : single.getGenericReturnType();
        if (!(given instanceof TypeVariable)) return null;
        Type found = found((TypeVariable<?>) given, type);
        return found == null || found instanceof TypeVariable ? null : raw(found);
    }

    /** What a type says of a variable of its class, or of an interface above that; null if nothing. */
    private static Type found(TypeVariable<?> variable, Type type) {
        Class<?> raw = raw(type);
        int index = java.util.Arrays.asList(raw.getTypeParameters()).indexOf(variable);
        if (index >= 0) {
            Type found = type instanceof ParameterizedType ? ((ParameterizedType) type).getActualTypeArguments()[index] : null;
            return found instanceof WildcardType ? ((WildcardType) found).getUpperBounds()[0] : found;
        }
        for (Type above : raw.getGenericInterfaces()) {
            Type found = found(variable, above);
            if (found != null) return found instanceof TypeVariable ? found((TypeVariable<?>) found, type) : found;
        }
        return null;
    }
}
