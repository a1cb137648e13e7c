package metaffi.guest;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The file of a class that each module has for code that asks who calls it. It has `lookup`, which is that of the
 * class itself, and `call` for each way in which members are called, which calls the handle that comes first.
 */
final class Caller {
    /** As our own: stack traces are shown without it. */
    private static final String NAME = "metaffi.guest.module.Caller";

    /** With a frame, with an object and values, with all arguments. */
    private static final MethodType[] WAYS = {
        MethodType.methodType(void.class, long.class),
        MethodType.methodType(void.class, Object.class, long.class, long.class),
        MethodType.methodType(Object.class, Object[].class),
    };

    private static final int MAGIC = 0xCAFEBABE, VERSION = 55, PUBLIC = 1, PUBLIC_STATIC = 9;
    private static final int UTF8 = 1, CLASS = 7, METHOD = 10, NAME_AND_TYPE = 12;
    private static final int LLOAD = 22, ALOAD = 25, RETURN_REFERENCE = 176, RETURN = 177, INVOKE_VIRTUAL = 182, INVOKE_STATIC = 184;
    private static final String LOOKUP = "java/lang/invoke/MethodHandles", HANDLE = "java/lang/invoke/MethodHandle";

    private final ByteArrayOutputStream constants = new ByteArrayOutputStream(), methods = new ByteArrayOutputStream();
    private final DataOutputStream toConstants = new DataOutputStream(constants), toMethods = new DataOutputStream(methods);
    private int count = 1;

    private Caller() {}

    /** What a handle of one of the ways calls is called by a class of a module; as it is if there is no module. */
    static MethodHandle within(ClassLoader loader, MethodHandle handle) {
        if (!(loader instanceof ModuleLoader)) return handle;
        MethodHandles.Lookup lookup = ((ModuleLoader) loader).lookup();
        try {
            MethodType type = handle.type().insertParameterTypes(0, MethodHandle.class);
            return lookup.findStatic(lookup.lookupClass(), "call", type).bindTo(handle);
        } catch (ReflectiveOperationException absent) {
            throw new AssertionError(absent);
        }
    }

    static byte[] bytes() {
        try {
            return new Caller().file();
        } catch (IOException never) {
            throw new AssertionError(never);
        }
    }

    private byte[] file() throws IOException {
        int self = type(NAME.replace('.', '/')), above = type("java/lang/Object");
        method("lookup", MethodType.methodType(MethodHandles.Lookup.class), INVOKE_STATIC, member(LOOKUP, "lookup", "()L" + LOOKUP + "$Lookup;"));
        for (MethodType way : WAYS)
            method("call", way.insertParameterTypes(0, MethodHandle.class), INVOKE_VIRTUAL, member(HANDLE, "invokeExact", way.toMethodDescriptorString()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(bytes);
        to.writeInt(MAGIC);
        to.writeInt(VERSION);
        to.writeShort(count);
        constants.writeTo(to);
        for (int word : new int[] {PUBLIC, self, above, 0, 0, 1 + WAYS.length}) to.writeShort(word);
        methods.writeTo(to);
        to.writeShort(0);
        return bytes.toByteArray();
    }

    /** One that calls another with all that it is given, and gives what that gives. */
    private void method(String name, MethodType type, int invoke, int called) throws IOException {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        int slots = 0;
        for (Class<?> one : type.parameterList()) {
            code.write(one == long.class ? LLOAD : ALOAD);
            code.write(slots);
            slots += one == long.class ? 2 : 1;
        }
        code.write(new byte[] {(byte) invoke, (byte) (called >> 8), (byte) called});
        code.write(type.returnType() == void.class ? RETURN : RETURN_REFERENCE);
        // One attribute: its code, with neither handlers nor attributes.
        for (int word : new int[] {PUBLIC_STATIC, text(name), text(type.toMethodDescriptorString()), 1, text("Code")}) toMethods.writeShort(word);
        toMethods.writeInt(12 + code.size());
        for (int word : new int[] {slots + 1, slots, 0, code.size()}) toMethods.writeShort(word);
        code.writeTo(toMethods);
        for (int word : new int[] {0, 0}) toMethods.writeShort(word);
    }

    private int member(String of, String name, String type) throws IOException {
        return words(METHOD, type(of), words(NAME_AND_TYPE, text(name), text(type)));
    }

    private int type(String name) throws IOException {
        return words(CLASS, text(name));
    }

    private int text(String text) throws IOException {
        toConstants.writeByte(UTF8);
        toConstants.writeUTF(text);
        return count++;
    }

    private int words(int tag, int... words) throws IOException {
        toConstants.writeByte(tag);
        for (int word : words) toConstants.writeShort(word);
        return count++;
    }
}
