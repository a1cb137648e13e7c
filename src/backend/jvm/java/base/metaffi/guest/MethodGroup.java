package metaffi.guest;

/** A method of an object, or of a class, that is not called yet. */
final class MethodGroup {
    private final Object self;
    private final Overloads overloads;

    MethodGroup(Object self, Overloads overloads) {
        this.self = self;
        this.overloads = overloads;
    }

    /** The method itself, if there is one of that name. */
    java.lang.invoke.MethodHandle target() throws IllegalAccessException {
        return overloads.single(self);
    }

    /** Whether one of its methods takes so many. */
    boolean takes(int count) {
        return overloads.takes(count);
    }

    /** As errors say what it is. */
    String spelled() {
        return "the method " + overloads.name + " of " + (self instanceof Class ? (Class<?>) self : self.getClass()).getTypeName();
    }

    Object call(Object[] given) throws Throwable {
        return overloads.call(self, given);
    }

    void call(long values, int count, long to) throws Throwable {
        overloads.call(self, values, count, to);
    }

    @Override
    public String toString() {
        return "method " + overloads.name + " of " + self;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MethodGroup && ((MethodGroup) other).self == self && ((MethodGroup) other).overloads == overloads;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(self) * 31 + overloads.hashCode();
    }
}
