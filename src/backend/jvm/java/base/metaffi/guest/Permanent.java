package metaffi.guest;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What stays the same object as long as what has it: a class or a package in a package, a class in a class. */
final class Permanent extends Numbered {
    private static final ClassValue<Map<String, Permanent>> OF_CLASSES = new ClassValue<Map<String, Permanent>>() {
        @Override
        protected Map<String, Permanent> computeValue(Class<?> of) {
            Map<String, Permanent> all = new ConcurrentHashMap<>();
            for (Class<?> nested : of.getClasses()) all.putIfAbsent(nested.getSimpleName(), new Permanent(nested));
            return all;
        }
    };

    final Object value;

    Permanent(Object value) {
        this.value = value;
    }

    /** The class of a name within a class; null if there is none. */
    static Permanent within(Class<?> of, String name) {
        return OF_CLASSES.get(of).get(name);
    }

    @Override
    int kind() {
        return CONSTANT;
    }

    @Override
    void read(Object of, long to) {
        Values.write(to, value);
    }
}
