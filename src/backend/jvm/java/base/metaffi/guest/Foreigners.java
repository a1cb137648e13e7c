package metaffi.guest;

import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import metaffi.ForeignException;
import metaffi.ForeignObject;

/** How objects and callables of other languages look in Java: instances of the interfaces of what they can do. */
public final class Foreigners {
    private Foreigners() {}

    /** An object by what stands for it where frames and values have it: a reference, or another's handle, which is lent. */
    static Object of(long reference) {
        return reference >= 0 ? Objects.of(reference) : plain(Foreign.asked(Host.keep(~reference)));
    }

    /** The same as something of a type: a value is made without what stands for an object. */
    static Object of(long reference, Type type) {
        if (reference >= 0) return Coercion.to(Objects.of(reference), type);
        Foreign foreign = Foreign.lent(~reference);
        Object value = Buffers.are(Types.raw(type)) ? null : value(foreign, type);
        return value != null ? value : Coercion.to(plain(foreign.kept()), type);
    }

    /** The value of a type that one is by its memory or by what it says; null if it is none. */
    private static Object value(Foreign foreign, Type type) {
        LentMemory memory = foreign.memory();
        if (memory == null && !(isPlain(foreign) && foreign.can(VALUES))) return null;
        Class<?> raw = Types.raw(type);
        try {
            if (memory != null) return memory.match(raw) > Coercion.LAST ? memory.as(type) : null;
            Object value = foreign.neutral(null);
            return value == null || Coercion.match(value, raw) == Coercion.NONE ? null : Coercion.to(value, type);
        } catch (Refusal inexact) {
            // Which is said of the object, if there is nothing else that it may be.
            return null;
        } finally {
            foreign.settle();
        }
    }

    /** The same for a parameter of an interface: what can be called is the same instance when it is given again. */
    static Object of(Class<?> type, long reference) {
        return of(type, null, reference);
    }

    /** The same, whose method gives something of a type, if that is not null. */
    static Object of(Class<?> type, Class<?> gives, long reference) {
        if (reference >= 0) return Objects.of(reference);
        long identity = Linked.identity(~reference);
        Object latest = latest(type, gives, identity);
        if (latest != null) return latest;
        Foreign foreign = Foreign.asked(Host.keep(~reference));
        boolean isCalled = identity != 0 && foreign.can(Capabilities.CALL) && type.isInterface() && Capabilities.singleOf(type) != null;
        if (!isCalled) return plain(foreign);
        Object made = foreign.can(LOOKS) ? Coercion.to(plain(foreign), type) : function(foreign, type);
        return remember(giving(made, gives), identity, type);
    }

    /** What objects are instances of Java's own interfaces for. */
    private static final long LOOKS = Capabilities.MAPPING | Capabilities.SEQUENCE | Capabilities.SET | Capabilities.ITERATE | Capabilities.NEXT | Capabilities.ORDER | Capabilities.ENTER;

    /** What stood for the latest callables that were given, for one that is given again. */
    private static final Instance[] LATEST = new Instance[64];

    /** What stands for a callable as something of a type, as long as others have it: meanwhile the callable is there. */
    private static final class Instance extends WeakReference<Object> {
        private final long identity;
        /** Which is of a module that may be closed. */
        private final WeakReference<Class<?>> type;

        Instance(Object object, long identity, Class<?> type) {
            super(object);
            this.identity = identity;
            this.type = new WeakReference<>(type);
        }
    }

    /** Its place among the latest. */
    private static int place(long identity) {
        return (int) (identity >>> 4 ^ identity >>> 10) & LATEST.length - 1;
    }

    /** The one of a type whose method gives something of another; null if there is none. */
    private static Object latest(Class<?> type, Class<?> gives, long identity) {
        Instance latest = identity == 0 ? null : LATEST[place(identity)];
        Object found = latest != null && latest.identity == identity && latest.type.get() == type ? latest.get() : null;
        return found != null && ((Handler) Proxy.getInvocationHandler(found)).gives == gives ? found : null;
    }

    private static Object giving(Object made, Class<?> gives) {
        if (gives != null) ((Handler) Proxy.getInvocationHandler(made)).gives = gives;
        return made;
    }

    private static Object remember(Object object, long identity, Class<?> type) {
        if (identity != 0) LATEST[place(identity)] = new Instance(object, identity, type);
        return object;
    }

    /** The same as an instance of a type. */
    static Object called(Class<?> type, long handle) {
        return called(type, null, handle);
    }

    static Object called(Class<?> type, Class<?> gives, long handle) {
        if (handle == 0 || !type.isInterface()) return as(called(handle), type);
        long identity = Linked.identity(handle);
        Object latest = latest(type, gives, identity);
        return latest != null ? latest : remember(giving(function(Foreign.asked(Host.keep(handle)), type), gives), identity, type);
    }

    /** What makes an instance of an interface that is nothing else; null of one that not everybody may use. */
    private static final ClassValue<Constructor<?>> FUNCTIONS = new ClassValue<Constructor<?>>() {
        @Override
        protected Constructor<?> computeValue(Class<?> type) {
            try {
                Constructor<?> made = make(NOTHING, type, new ArrayList<>()).getClass().getConstructor(InvocationHandler.class);
                return made.trySetAccessible() ? made : null;
            } catch (NoSuchMethodException absent) {
                throw new AssertionError(absent);
            }
        }
    };

    private static final Foreign NOTHING = new Foreign();

    private static Object function(Foreign foreign, Class<?> type) {
        Constructor<?> made = FUNCTIONS.get(type);
        return made == null ? make(foreign, type, new ArrayList<>()) : instance(made, new Handler(foreign, type));
    }

    private static Object instance(Constructor<?> made, Handler handler) {
        try {
            return made.newInstance(handler);
        } catch (ReflectiveOperationException refused) {
            throw new AssertionError(refused);
        }
    }

    /** A callable by its handle, which is lent; null of 0. */
    static Object called(long handle) {
        return handle == 0 ? null : plain(Foreign.asked(Host.keep(handle)));
    }

    /** Writes an object as a value, which whoever reads it owns. */
    static void write(long value, Object object) {
        Foreign foreign = itself(object);
        boolean isCallable = foreign != null && foreign.isCallable;
        Memory.putLong(value, isCallable ? Values.CALLABLE : Values.HANDLE);
        Memory.putLong(value + Long.BYTES, isCallable ? foreign.share() : reference(object));
    }

    /** What stands for an object there, which whoever reads it owns. */
    static long reference(Object object) {
        if (object instanceof Proxy) {
            Foreign foreign = itself(object);
            if (foreign != null && !foreign.isCallable) return ~foreign.share();
        }
        return Objects.reference(Objects.add(object));
    }

    /** What stands behind an object of ours; null if that is none. */
    static Foreign in(Object object) {
        if (!(object instanceof Proxy)) return null;
        InvocationHandler handler = Proxy.getInvocationHandler(object);
        return handler instanceof Handler ? ((Handler) handler).foreign : null;
    }

    /** The same where the object leaves Java: what is made to be one of Java's stays that. */
    private static Foreign itself(Object object) {
        Foreign foreign = in(object);
        return foreign == null || ((Handler) Proxy.getInvocationHandler(object)).isJavas ? null : foreign;
    }

    /** What an object is, as errors say it: the name of its class, or what another language says. */
    static String typeName(Object object) {
        if (object == null) return "null";
        Foreign foreign = in(object);
        if (object instanceof MethodGroup) return ((MethodGroup) object).spelled();
        if (foreign == null) return object.getClass().getTypeName();
        return (foreign.run(Foreign.RUNTIME) + " " + foreign.run(Foreign.TYPE_NAME)).trim();
    }

    /** As what it can do itself. */
    static Object plain(Foreign foreign) {
        List<Class<?>> types = new ArrayList<>();
        if (foreign.can(Capabilities.MAPPING)) types.add(Map.class);
        else if (foreign.can(Capabilities.SEQUENCE)) types.add(List.class);
        else if (foreign.can(Capabilities.SET)) types.add(Set.class);
        else if (foreign.can(Capabilities.ITERATE)) types.add(Iterable.class);
        if (foreign.can(Capabilities.NEXT)) types.add(Iterator.class);
        if (foreign.can(Capabilities.ORDER)) types.add(Comparable.class);
        if (foreign.can(Capabilities.ENTER)) types.add(AutoCloseable.class);
        Constructor<?> made = types.isEmpty() ? FUNCTIONS.get(ForeignObject.class) : null;
        return made == null ? make(foreign, null, types) : instance(made, new Handler(foreign, null));
    }

    /** As an instance of an interface, too. */
    static Object as(Object object, Class<?> type) {
        return as(object, type, null);
    }

    private static Object as(Object object, Class<?> type, Class<?> gives) {
        Foreign foreign = in(object);
        if (object == null || type.isInstance(object) || foreign == null) return type.cast(object);
        if (!type.isInterface()) {
            Object thrown = thrown(object, type);
            if (type.isInstance(thrown)) return thrown;
            throw noInterface(type);
        }
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> one : object.getClass().getInterfaces()) if (one != ForeignObject.class && one != type) types.add(one);
        long identity = types.isEmpty() && foreign.can(Capabilities.CALL) ? foreign.identity() : 0;
        Object latest = latest(type, gives, identity);
        if (latest != null) return latest;
        Object made = types.isEmpty() ? function(foreign, type) : make(foreign, type, types);
        return remember(giving(made, gives), identity, type);
    }

    /** As an instance of an interface whose one method gives what a type says. */
    static Object as(Object object, Type type) {
        return as(object, Types.raw(type), Types.given(type));
    }

    /** The same as a container of what a type says of keys and items, each of which is that when it is read. */
    static Object of(Object object, ParameterizedType type) {
        Class<?> raw = Types.raw(type);
        if (!hasParts(raw) || in(object) == null) return object;
        if (raw == Map.class) return withParts(object, Types.argument(type, 0, 2), Types.argument(type, 1, 2));
        return withParts(object, Object.class, Types.argument(type, 0, 1));
    }

    /** Whether a type is one of those that containers of other languages are instances of. */
    static boolean hasParts(Class<?> type) {
        return type == Map.class || type == Set.class || type == Iterator.class || Iterable.class.isAssignableFrom(type) && type.isAssignableFrom(List.class);
    }

    static Object withParts(Object object, Type key, Type item) {
        Foreign foreign = in(object);
        if (foreign == null || Types.raw(key) == Object.class && Types.raw(item) == Object.class) return object;
        Handler handler = new Handler(foreign, ((Handler) Proxy.getInvocationHandler(object)).wanted, key, item);
        return Proxy.newProxyInstance(object.getClass().getClassLoader(), object.getClass().getInterfaces(), handler);
    }

    /** The neutral value, number or text of an object that is one by what it says of itself; else the object. */
    static Object neutral(Object object) {
        Foreign foreign = in(object);
        return foreign != null && isPlain(foreign) ? foreign.neutral(object) : object;
    }

    private static boolean isPlain(Foreign foreign) {
        return !foreign.isCallable && (foreign.can(Capabilities.TEXT) || !foreign.can(PARTS));
    }

    /** The same where objects are taken, too, or what Java threw: of what Java has nothing for that is the object. */
    static Object value(Object object) {
        Foreign foreign = in(object);
        if (foreign == null || !foreign.can(VALUES | Capabilities.ERROR)) return object;
        if (foreign.can(Capabilities.ERROR)) {
            Object thrown = thrown(object, Throwable.class);
            return thrown instanceof Throwable ? thrown : object;
        }
        try {
            return neutral(object);
        } catch (Refusal inexact) {
            return object;
        }
    }

    /** What is a value can do one of these: what says of itself only that it is a value has an order. */
    private static final long VALUES = Capabilities.NUMBER | Capabilities.BOOLEAN | Capabilities.TEXT | Capabilities.DATE | Capabilities.TIME | Capabilities.ZONE | Capabilities.DURATION | Capabilities.ORDER;

    /** What holds others, or does something, is no value. */
    private static final long PARTS = Capabilities.MAPPING | Capabilities.SEQUENCE | Capabilities.SET | Capabilities.ITERATE | Capabilities.NEXT | Capabilities.CALL;

    /** How well an object becomes an instance of an interface, as a function or by its members; or what Java has thrown. */
    static int become(Object object, Class<?> type) {
        Foreign foreign = in(object);
        if (foreign == null) return Coercion.NONE;
        if (!type.isInterface()) return type.isInstance(thrown(object, type)) ? Coercion.CHECKED : Coercion.NONE;
        boolean isFunction = Capabilities.singleOf(type) != null;
        if (isFunction && foreign.can(Capabilities.CALL)) return Coercion.CHECKED;
        boolean isContainer = Map.class.isAssignableFrom(type) || java.util.Collection.class.isAssignableFrom(type);
        if (foreign.can(Capabilities.TYPE) || isContainer && foreign.can(Capabilities.CALL) || !Roles.has(object, foreign, type)) return Coercion.NONE;
        return foreign.can(PARTS | VALUES | Capabilities.BUFFER) ? Coercion.LAST : Coercion.CHECKED;
    }

    /** Whether an object is a function or a method first of all. */
    static boolean isCalled(Object object) {
        Foreign foreign = in(object);
        if (foreign == null) return object instanceof MethodGroup;
        return foreign.can(Capabilities.CALL) && !foreign.can(Capabilities.TYPE | PARTS & ~Capabilities.CALL | VALUES | Capabilities.BUFFER);
    }

    /** A call is over that objects were given to. */
    static void settle(Object[] given) {
        for (Object one : given) {
            Foreign foreign = in(one);
            if (foreign != null) foreign.settle();
        }
    }

    /** What Java has thrown, of an error of another language that was raised for it; null of everything else. */
    private static Object thrown(Object object, Class<?> type) {
        Foreign foreign = Throwable.class.isAssignableFrom(type) ? in(object) : null;
        if (foreign == null || !foreign.can(Capabilities.ERROR)) return null;
        try {
            return foreign.run(Foreign.GET, "original");
        } catch (ForeignException | Refusal none) {
            return null;
        }
    }

    /** For programs: an instance of the interface of that name, which is an object of Java's everywhere. */
    public static Object asInterface(Object callable, String name) throws ClassNotFoundException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Class<?> type = Class.forName(name, false, loader == null ? ClassLoader.getSystemClassLoader() : loader);
        Foreign foreign = in(callable);
        if (foreign == null) return type.cast(callable);
        if (!type.isInterface()) throw noInterface(type);
        Handler handler = new Handler(foreign, type);
        handler.isJavas = true;
        return Proxy.newProxyInstance(loader(type), new Class<?>[] {type}, handler);
    }

    private static Refusal noInterface(Class<?> type) {
        return new Refusal(Refusal.MISMATCH, type.getTypeName() + " is no interface: an object of another language is given for an interface");
    }

    private static Object make(Foreign foreign, Class<?> wanted, List<Class<?>> others) {
        List<Class<?>> all = new ArrayList<>(others);
        all.add(ForeignObject.class);
        if (wanted != null) all.add(wanted);
        Handler handler = new Handler(foreign, wanted);
        ClassLoader loader = wanted == null ? ClassLoader.getSystemClassLoader() : loader(wanted);
        while (true) {
            try {
                return Proxy.newProxyInstance(loader, all.toArray(new Class<?>[0]), handler);
            } catch (IllegalArgumentException clash) {
                // Two of them have the same method, with other results.
                if (all.size() == 1) throw clash;
                all.remove(0);
            }
        }
    }

    /** One that knows the interface, and ours if it can. */
    static ClassLoader loader(Class<?> type) {
        ClassLoader system = ClassLoader.getSystemClassLoader();
        try {
            if (Class.forName(type.getName(), false, system) == type) return system;
        } catch (ClassNotFoundException elsewhere) {
            // Of a module's own loader.
        }
        return type.getClassLoader();
    }
}
