package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * By which class loader libraries find classes and services on a thread: that of the module which was called
 * there last. One that Java's own code has set stays.
 */
final class Threads {
    /** The loaders of modules. */
    private static final Set<ClassLoader> MODULES = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** That of the module that was loaded last. */
    private static volatile WeakReference<ClassLoader> latest = new WeakReference<>(null);

    private Threads() {}

    /** A thread of the other side comes in for the first time: it has no loader. */
    static void adopt() {
        ClassLoader loader = latest.get();
        Thread.currentThread().setContextClassLoader(loader == null ? ClassLoader.getSystemClassLoader() : loader);
    }

    /** A module has been loaded. */
    static ClassLoader loaded(ClassLoader loader) {
        MODULES.add(loader);
        latest = new WeakReference<>(loader);
        return loader;
    }

    /** What belongs to a module: the thread that calls it finds what that has. */
    static MethodHandle within(ClassLoader loader, MethodHandle target) {
        return MODULES.contains(loader) ? MethodHandles.foldArguments(target, ENTER.bindTo(loader)) : target;
    }

    private static void enter(ClassLoader loader) {
        Thread current = Thread.currentThread();
        if (current.getContextClassLoader() != loader) change(current, loader);
    }

    private static void change(Thread current, ClassLoader loader) {
        ClassLoader before = current.getContextClassLoader();
        if (before == null || before == ClassLoader.getSystemClassLoader() || MODULES.contains(before))
            current.setContextClassLoader(loader);
    }

    private static final MethodHandle ENTER = enter();

    private static MethodHandle enter() {
        try {
            MethodType type = MethodType.methodType(void.class, ClassLoader.class);
            return MethodHandles.lookup().findStatic(Threads.class, "enter", type);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }
}
