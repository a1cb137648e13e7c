package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * By which class loader libraries find classes and services on a thread: that of the module which was called
 * there last. One that Java's own code has set stays.
 */
final class Threads {
    /** Those of the modules that are loaded, the last one first. */
    private static final List<WeakReference<ClassLoader>> LOADED = new CopyOnWriteArrayList<>();

    private Threads() {}

    /** The threads of the other side, by the numbers that it has for them. */
    private static final Map<Long, WeakReference<Thread>> KNOWN = new HashMap<>();

    /** How many are known before those are forgotten that have ended. */
    private static int many = 64;

    /** A thread of the other side comes in for the first time: it has no loader. */
    static void adopt(long number) {
        know(number);
        Thread.currentThread().setContextClassLoader(before());
    }

    /** What a thread has that has called no module. */
    private static ClassLoader before() {
        for (WeakReference<ClassLoader> one : LOADED) {
            ClassLoader loader = one.get();
            if (loader != null) return loader;
        }
        return ClassLoader.getSystemClassLoader();
    }

    /** A module is closed: neither this thread keeps it, nor is it given to others. */
    static void leave(ClassLoader closed) {
        LOADED.removeIf(one -> one.get() == closed);
        Thread current = Thread.currentThread();
        if (current.getContextClassLoader() == closed) current.setContextClassLoader(before());
    }

    /** This thread is known by a number. */
    static void know(long number) {
        synchronized (KNOWN) {
            if (KNOWN.size() >= many) {
                KNOWN.values().removeIf(one -> one.get() == null || !one.get().isAlive());
                many = 2 * KNOWN.size() + 64;
            }
            KNOWN.put(number, new WeakReference<>(Thread.currentThread()));
        }
    }

    /** The one of a number; of 0 all but this. */
    static List<Thread> known(long number) {
        List<Thread> all = new ArrayList<>();
        synchronized (KNOWN) {
            for (Map.Entry<Long, WeakReference<Thread>> one : KNOWN.entrySet()) {
                Thread thread = one.getValue().get();
                if (thread != null && (number == 0 ? thread != Thread.currentThread() : one.getKey() == number)) all.add(thread);
            }
        }
        return all;
    }

    /** A module has been loaded. */
    static ClassLoader loaded(ClassLoader loader) {
        LOADED.add(0, new WeakReference<>(loader));
        return loader;
    }

    /** What belongs to a module: the thread that calls it finds what that has. */
    static MethodHandle within(ClassLoader loader, MethodHandle target) {
        return loader instanceof ModuleLoader ? MethodHandles.foldArguments(target, method("enter", ClassLoader.class).bindTo(loader)) : target;
    }

    /** An operation on an object, which comes first: the thread finds what the module has that the object is of. */
    static MethodHandle withinThatOf(MethodHandle operation) {
        MethodHandle enter = method("enterThatOf", Object.class);
        return MethodHandles.foldArguments(operation, enter);
    }

    private static void enterThatOf(Object object) {
        if (object == null) return;
        Class<?> of = object instanceof Class ? (Class<?>) object : object.getClass();
        ClassLoader loader = of.getClassLoader();
        if (loader instanceof ModuleLoader) enter(loader);
    }

    /** What a thread has where it calls the other side, which may call other modules from there. */
    static ClassLoader out() {
        return Thread.currentThread().getContextClassLoader();
    }

    /** It comes back: with the loader that it had, unless it was given one by Java's own code. */
    static void back(ClassLoader before) {
        Thread current = Thread.currentThread();
        ClassLoader now = current.getContextClassLoader();
        if (now != before && isOurs(now)) current.setContextClassLoader(before);
    }

    /** Does what takes long on a thread of ours, if there can be one. */
    static void beside(Runnable what) {
        Thread thread = new Thread(what, "metaffi");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            // All goes on as it is.
        }
    }

    static void enter(ClassLoader loader) {
        Thread current = Thread.currentThread();
        if (current.getContextClassLoader() != loader) change(current, loader);
    }

    private static void change(Thread current, ClassLoader loader) {
        if (isOurs(current.getContextClassLoader())) current.setContextClassLoader(loader);
    }

    /** Whether a thread's loader is one that we give it, and not one that Java's own code has set. */
    private static boolean isOurs(ClassLoader loader) {
        return loader == null || loader == ClassLoader.getSystemClassLoader() || loader instanceof ModuleLoader;
    }

    private static MethodHandle method(String name, Class<?> takes) {
        try {
            return MethodHandles.lookup().findStatic(Threads.class, name, MethodType.methodType(void.class, takes));
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }
}
