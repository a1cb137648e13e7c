package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Member;
import java.util.List;

/**
 * What is called, by what it takes and gives. A handle of it is made when it is called for the first time: that
 * takes long, and much of what is bound is never called.
 */
abstract class Target {
    final List<Class<?>> takes;
    final Class<?> gives;

    Target(List<Class<?>> takes, Class<?> gives) {
        this.takes = takes;
        this.gives = gives;
    }

    /** A new handle of it. */
    abstract MethodHandle handle();

    /** The member that it is, called as it is declared, by whomever; null if it is anything else. */
    Member member() {
        return null;
    }

    /** By whose class it is called, since it may ask for that; null if nobody's. */
    ClassLoader callers() {
        return null;
    }

    /** That of a handle. */
    static Target of(MethodHandle made) {
        return new Target(made.type().parameterList(), made.type().returnType()) {
            @Override
            MethodHandle handle() {
                return made;
            }
        };
    }

    /** What takes nothing, and gives always the same. */
    static <T> Target constant(Class<T> type, T value) {
        return new Target(List.of(), type) {
            @Override
            MethodHandle handle() {
                return MethodHandles.constant(type, value);
            }
        };
    }
}
