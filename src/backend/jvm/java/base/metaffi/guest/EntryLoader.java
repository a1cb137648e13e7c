package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;

/** The loader of one {@link OwnEntry}, with what that calls. */
final class EntryLoader extends ClassLoader implements Supplier<MethodHandle> {
    private final MethodHandle target;

    EntryLoader(MethodHandle target) {
        super(null);
        this.target = target;
    }

    @Override
    public MethodHandle get() {
        return target;
    }
}
