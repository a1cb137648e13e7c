import java.util.Comparator;
import java.util.function.Function;
import java.util.function.Supplier;

/** Overloads that exceptions, functions and methods are given to. */
public final class Chosen {
    private Chosen() {}

    public interface Message {
        String text();

        Object[] parameters();
    }

    public interface MessageSupplier {
        Message get();
    }

    public interface Shown extends Supplier<Object> {
        default String shown() {
            return "shown " + get();
        }
    }

    public static String thrown(String text, Object given) {
        return "Object";
    }

    public static String thrown(String text, Throwable given) {
        return "Throwable " + given.getMessage();
    }

    public static Object kept(Object given) {
        return given;
    }

    public static boolean isThrowable(Object given) {
        return given instanceof Throwable;
    }

    public static String called(Object given) {
        return "Object";
    }

    public static String called(Supplier<?> given) {
        return "Supplier " + given.get();
    }

    public static String logged(Object given) {
        return "Object";
    }

    public static String logged(CharSequence given) {
        return "CharSequence";
    }

    public static String logged(Message given) {
        return "Message";
    }

    public static String logged(MessageSupplier given) {
        return "MessageSupplier";
    }

    public static String logged(Supplier<?> given) {
        return "Supplier " + given.get();
    }

    public static String message(Message given) {
        return given.text();
    }

    public static String shown(Shown given) {
        return given.shown();
    }

    public static String described(Object given) {
        return "Object";
    }

    public static String described(Class<?> given) {
        return "Class";
    }

    public static Object applied(Function<Object, Object> given, Object to) {
        return given.apply(to);
    }

    public static int compared(Comparator<Object> given) {
        return given.compare(1, 2);
    }

    public static Object made(Supplier<?> given) {
        return given.get();
    }
}
