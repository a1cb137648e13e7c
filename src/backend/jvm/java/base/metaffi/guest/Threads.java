package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** The threads of the other side, by the numbers that it has for them. */
    private static final Map<Long, WeakReference<Thread>> KNOWN = new HashMap<>();

    /** How many are known before those are forgotten that have ended. */
    private static int many = 64;

    /** A thread of the other side comes in for the first time: it has no loader. */
    static void adopt(long number) {
        know(number);
        ClassLoader loader = latest.get();
        Thread.currentThread().setContextClassLoader(loader == null ? ClassLoader.getSystemClassLoader() : loader);
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

    /** Interrupts what runs on a thread, or on all others but this, because of what the other side counts so; how many they are. */
    static int interrupt(long number, int why) {
        return Interrupts.interrupt(known(number), why);
    }

    /** What has interrupted this thread because its time was over is forgotten. */
    static void takeBack() {
        Interrupts.takeBack();
    }

    /** Before a call, as long as threads are interrupted by request; 0 if none is any more. */
    static int begin() {
        return Interrupts.begin();
    }

    /** A module has been loaded. */
    static ClassLoader loaded(ClassLoader loader) {
        MODULES.add(loader);
        latest = new WeakReference<>(loader);
        return loader;
    }

    /** What belongs to a module: the thread that calls it finds what that has. */
    static MethodHandle within(ClassLoader loader, MethodHandle target) {
        return MODULES.contains(loader) ? MethodHandles.foldArguments(target, enter().bindTo(loader)) : target;
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

    private static MethodHandle enter() {
        try {
            MethodType type = MethodType.methodType(void.class, ClassLoader.class);
            return MethodHandles.lookup().findStatic(Threads.class, "enter", type);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }
}
