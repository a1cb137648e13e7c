package metaffi.api.accessor;

/** Functions of other languages as instances of interfaces, by the name that programs know. */
public final class CallbackAdapters {
    private CallbackAdapters() {}

    /** An instance of the interface of that name whose methods call it. */
    public static Object asInterface(Object callable, String interfaceName) throws ClassNotFoundException {
        return metaffi.guest.Foreigners.asInterface(callable, interfaceName);
    }
}
