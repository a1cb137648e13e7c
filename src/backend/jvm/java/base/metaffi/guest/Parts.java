package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What an object has, whatever its class: attributes, items and methods that are looked up in each call. */
final class Parts {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private Parts() {}

    /** (object, and what else it takes) → what it gives. Of a method that is so many arguments. */
    static MethodHandle of(String part, String name, String deed, int arguments) {
        try {
            switch (part) {
                case "attribute":
                    return attribute(name, deed);
                case "item":
                    return item(name, deed);
                default:
                    MethodType type = MethodType.methodType(Object.class, Object.class, String.class, Object[].class);
                    MethodHandle invoke = LOOKUP.findStatic(Operations.class, "invokeWith", type);
                    return MethodHandles.insertArguments(invoke, 1, name).asCollector(Object[].class, arguments);
            }
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    private static MethodHandle attribute(String name, String deed) throws ReflectiveOperationException {
        if (deed.equals("deleter")) throw new Refusal(Refusal.UNSUPPORTED, "members of Java's objects are not deleted");
        return bound(deed.equals("setter") ? "setAttribute" : "getAttribute", String.class, name, deed);
    }

    private static MethodHandle item(String key, String deed) throws ReflectiveOperationException {
        return bound(deed.equals("deleter") ? "deleteItem" : deed.equals("setter") ? "setItem" : "getItem", Object.class, key, deed);
    }

    /** An operation that takes an object and a key, which is given already if it is not null. */
    private static MethodHandle bound(String operation, Class<?> takes, Object key, String deed) throws ReflectiveOperationException {
        MethodType type = MethodType.methodType(deed.equals("getter") ? Object.class : void.class, Object.class, takes);
        if (deed.equals("setter")) type = type.appendParameterTypes(Object.class);
        MethodHandle found = LOOKUP.findStatic(Operations.class, operation, type);
        return key == null ? found : MethodHandles.insertArguments(found, 1, key);
    }
}
