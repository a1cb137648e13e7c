package metaffi.guest;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;

/** What an entity calls, without a frame: for a C function pointer of its own. */
final class Typed {
    private final Bound bound;
    private Object pointer;

    Typed(Bound bound) {
        this.bound = bound;
    }

    /** The address of a C function with the types of the kinds, as long as this is; 0 if there can be none. */
    synchronized long address() {
        if (pointer == null) {
            MethodHandle natural = natural();
            pointer = natural == null ? null : Pointers.make(natural);
        }
        return pointer == null ? 0 : Pointers.address(pointer);
    }

    /** What takes and gives what Java has for the kinds; null if C has something else for one of them. */
    private MethodHandle natural() {
        List<Kind> params = bound.params, returns = bound.returns;
        MethodHandle natural = bound.called();
        for (int i = 0; i < params.size(); i++) {
            Class<?> type = natural.type().parameterType(i);
            MethodHandle convert = isSame(params.get(i)) ? Conversion.of(params.get(i).natural, type) : null;
            if (convert == null) return null;
            natural = MethodHandles.filterArguments(natural, i, convert);
        }
        if (returns.isEmpty()) return natural;
        MethodHandle convert = isSame(returns.get(0)) ? Conversion.of(natural.type().returnType(), returns.get(0).natural) : null;
        return convert == null ? null : MethodHandles.filterReturnValue(natural, convert);
    }

    static boolean isSame(Kind kind) {
        return kind == Kind.BOOL || kind == Kind.INT8 || kind == Kind.INT16 || kind == Kind.INT32 || kind == Kind.INT64 || kind == Kind.CHAR16 || kind == Kind.FLOAT32 || kind == Kind.FLOAT64;
    }
}
