package metaffi.guest;

import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Interfaces that objects of other languages are instances of by their members. */
final class Roles {
    /** So many methods are named in a message. */
    private static final int SHOWN = 5;

    private static final ClassValue<Method[]> METHODS = new ClassValue<Method[]>() {
        @Override
        protected Method[] computeValue(Class<?> type) {
            List<Method> all = new ArrayList<>();
            for (Method one : type.getMethods()) if (Capabilities.isLeftOpen(one)) all.add(one);
            return all.toArray(new Method[0]);
        }
    };

    /** What was seen to have members of an interface latest: that need not be asked again. */
    private static final Known[] LATEST = new Known[64];

    private static final class Known extends WeakReference<Class<?>> {
        private final long identity;

        Known(Class<?> type, long identity) {
            super(type);
            this.identity = identity;
        }
    }

    private Roles() {}

    /** Whether an object has any method that an interface leaves open, or that leaves none. */
    static boolean has(Object given, Foreign foreign, Class<?> type) {
        Method[] all = METHODS.get(type);
        // A callable is all of them.
        if (all.length == 0 || foreign.isCallable) return true;
        long identity = foreign.identity();
        int place = (int) (identity >>> 4 ^ identity >>> 10) & LATEST.length - 1;
        Known latest = LATEST[place];
        if (identity != 0 && latest != null && latest.identity == identity && latest.get() == type) return true;
        for (Method one : all) {
            if (!one.getDeclaringClass().isInstance(given) && !foreign.has(one.getName())) continue;
            if (identity != 0) LATEST[place] = new Known(type, identity);
            return true;
        }
        return false;
    }

    /** What is to be said of an object that has none of them. */
    static String advice(Object given, Class<?> type) {
        Foreign foreign = Foreigners.in(given);
        if (foreign == null || !type.isInterface() || foreign.can(Capabilities.TYPE) || has(given, foreign, type)) return "";
        TreeSet<String> names = new TreeSet<>();
        for (Method one : METHODS.get(type)) names.add(one.getName());
        List<String> shown = new ArrayList<>(names);
        if (shown.size() > SHOWN) shown.subList(SHOWN, shown.size()).clear();
        String more = names.size() > SHOWN ? ", …" : "";
        if (names.size() == 1) return ", whose method it has not: give a function, or an object with " + shown.get(0);
        return ", none of whose methods it has: give an object with " + String.join(", ", shown) + more;
    }
}
