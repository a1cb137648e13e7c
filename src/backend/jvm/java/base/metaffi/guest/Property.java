package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A field, or what a getter gives. */
final class Property extends Numbered {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClassValue<Map<String, Property>> OF_OBJECTS = table(), OF_CLASSES = table();

    private final String name;
    /** Null if there is a getter. */
    private final Field field;
    private final Overloads getter;
    /** (object, where the value is written) → nothing; null if there is a getter. */
    private final MethodHandle read;
    /** How the field is written with values of the type that it was given latest; null if that is looked at each time. */
    private volatile Shortcut write;
    private int looks;

    private Property(String name, Field field, Overloads getter) {
        this.name = name;
        this.field = field;
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

    @Override
    void read(Object of, long to) throws Throwable {
        if (read != null) read.invokeExact(of, to);
        else getter.call(of, 0, 0, to);
    }

    /** Has it be a value, whose memory is used meanwhile. */
    void write(Object of, long value) throws Throwable {
        Shortcut known = write;
        if (known != null && known.takes(value, 1)) {
            try {
                known.target.invokeExact(of, value, value);
                return;
            } catch (Shortcut.Unfit other) {
                // It is looked at below.
            }
        }
        Operations.setAttribute(of, name, Values.read(value));
        if (field != null && !Shortcut.isForeign(value) && looks++ < Overloads.LOOKS) write = writer(value);
    }

    private Shortcut writer(long value) throws IllegalAccessException {
        Class<?> type = field.getType(), holder = field.getDeclaringClass();
        MethodHandle set = LOOKUP.unreflectSetter(field);
        boolean onObject = !Modifier.isStatic(field.getModifiers());
        return Shortcut.of(set, onObject, new Class<?>[] {type}, new Type[] {field.getGenericType()}, value, true, holder.getClassLoader());
    }

    @Override
    int kind() {
        return ATTRIBUTE;
    }
}
