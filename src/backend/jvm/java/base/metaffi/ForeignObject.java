package metaffi;

/**
 * An object or a function of another language. What it can do besides, it is by interfaces of Java's: a
 * mapping is a {@link java.util.Map}, a sequence a {@link java.util.List}, what is iterated an {@link
 * Iterable}, what is ordered a {@link Comparable}, a context an {@link AutoCloseable}.
 *
 * <p>What its own code fails with is a {@link ForeignException}.
 */
public interface ForeignObject {
    /** The name of the runtime that it lives in. */
    String runtime();

    /** The name of its type, as its language has it. */
    String typeName();

    /** Reads an attribute. */
    Object attribute(String name);

    /** Writes an attribute. */
    void setAttribute(String name, Object value);

    /** Reads an item by its position, or an entry by its key. */
    Object item(Object key);

    /** Writes an item or an entry. */
    void setItem(Object key, Object value);

    /** Calls it. */
    Object call(Object... arguments);

    /** Calls a member of it. */
    Object invoke(String name, Object... arguments);

    /** An instance of an interface whose methods are members of it, or whose one method calls it. */
    <T> T as(Class<T> type);
}
