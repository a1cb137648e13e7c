package guests;

/** What has members of all kinds. */
public class Named {
    public static int count = 1;
    public static final String NAME = "members";
    public long number = 5;
    public short small = 2;
    public Object held;
    /** Hides the method of the same name. */
    public String both = "field";
    private String title = "title";

    public String both() {
        return "method";
    }

    public String getTitle() {
        return title;
    }

    public void setTitle(String title) {
        this.title = title;
    }

    public String same(int number) {
        return "int";
    }

    public String same(long number) {
        return "long";
    }

    public String same(double number) {
        return "double";
    }

    public String same(String text) {
        return "String";
    }

    public String same(Object any) {
        return "Object";
    }

    public String any(Object any) {
        return any == null ? "null" : any.getClass().getSimpleName();
    }

    public int narrow(int number) {
        return number;
    }

    public double wide(double number) {
        return number;
    }

    public String rest(String first, Object... others) {
        return first + others.length;
    }

    public Named itself() {
        return this;
    }

    public Named other(Named other) {
        return other;
    }

    public boolean[] all(boolean truth, char unit, float number) {
        return new boolean[] {truth, unit == 'x', number == 0.5f};
    }

    public char unit() {
        return 'u';
    }

    public void fail(String text) throws Exception {
        throw new Exception(text);
    }

    public static int twice(int number) {
        return number * 2;
    }

    /** Calls whatever there is, and is called by it. */
    public int deep(java.util.function.IntUnaryOperator other, int number) {
        return other.applyAsInt(number);
    }
}
