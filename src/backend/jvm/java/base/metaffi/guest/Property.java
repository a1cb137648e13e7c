package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A field, or what a getter gives. */
final class Property extends Numbered {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClassValue<Map<String, Property>> OF_OBJECTS = table(), OF_CLASSES = table();

    private final String name;
    private final Overloads getter;
    /** (object, where the value is written) → nothing; null if there is a getter. */
    private final MethodHandle read;

    private Property(String name, Field field, Overloads getter) {
        this.name = name;
        this.getter = getter;
        read = field == null ? null : reader(field);
    }

    private static ClassValue<Map<String, Property>> table() {
        return new ClassValue<Map<String, Property>>() {
            @Override
            protected Map<String, Property> computeValue(Class<?> of) {
                return new ConcurrentHashMap<>();
            }
        };
    }

    /** That of an object, which has either. */
    static Property of(Object object, String name, Field field, Overloads getter) {
        boolean isClass = object instanceof Class;
        Map<String, Property> all = (isClass ? OF_CLASSES : OF_OBJECTS).get(isClass ? (Class<?>) object : object.getClass());
        return all.computeIfAbsent(name, absent -> new Property(name, field, getter));
    }

    private static MethodHandle reader(Field field) {
        try {
            MethodHandle get = LOOKUP.unreflectGetter(field);
            if (Modifier.isStatic(field.getModifiers())) get = MethodHandles.dropArguments(get, 0, Object.class);
            get = get.asType(get.type().changeParameterType(0, Object.class));
            MethodHandle write = MethodHandles.collectArguments(Shortcut.writer(field.getType()), 1, get);
            return MethodHandles.permuteArguments(write, MethodType.methodType(void.class, Object.class, long.class), 1, 0);
        } catch (IllegalAccessException hidden) {
            throw new AssertionError(hidden);
        }
    }

    /** Writes its value there. */
    void read(Object of, long to) throws Throwable {
        if (read != null) read.invokeExact(of, to);
        else getter.call(of, 0, 0, to);
    }

    void write(Object of, Object value) throws Throwable {
        Operations.setAttribute(of, name, value);
    }

    @Override
    boolean isMethod() {
        return false;
    }
}
