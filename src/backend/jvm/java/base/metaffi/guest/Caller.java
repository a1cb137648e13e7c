package metaffi.guest;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** The file of a class with one method: `public static Lookup lookup()`, which is that of the class itself. */
final class Caller {
    static final String NAME = "metaffi.module.Caller";

    private static final int MAGIC = 0xCAFEBABE, VERSION = 55, PUBLIC = 1, PUBLIC_STATIC = 9, CONSTANTS = 12;
    private static final int UTF8 = 1, CLASS = 7, METHOD = 10, NAME_AND_TYPE = 12;
    private static final String LOOKUP = "java/lang/invoke/MethodHandles";

    private Caller() {}

    static byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream to = new DataOutputStream(bytes)) {
            to.writeInt(MAGIC);
            to.writeInt(VERSION);
            to.writeShort(CONSTANTS);
            text(to, NAME.replace('.', '/')); // 1
            words(to, CLASS, 1); // 2
            text(to, "java/lang/Object"); // 3
            words(to, CLASS, 3); // 4
            text(to, "lookup"); // 5
            text(to, "()L" + LOOKUP + "$Lookup;"); // 6
            text(to, LOOKUP); // 7
            words(to, CLASS, 7); // 8
            words(to, NAME_AND_TYPE, 5, 6); // 9
            words(to, METHOD, 8, 9); // 10
            text(to, "Code"); // 11
            for (int word : new int[] {PUBLIC, 2, 4, 0, 0}) to.writeShort(word);
            // One method, with one attribute: its code, which is 16 bytes.
            for (int word : new int[] {1, PUBLIC_STATIC, 5, 6, 1, 11, 0, 16, 1, 0, 0, 4}) to.writeShort(word);
            // invokestatic 10, areturn, with no handlers and no attributes.
            to.write(new byte[] {(byte) 0xB8, 0, 10, (byte) 0xB0});
            for (int word : new int[] {0, 0, 0}) to.writeShort(word);
        } catch (IOException never) {
            throw new AssertionError(never);
        }
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream to, String text) throws IOException {
        to.writeByte(UTF8);
        to.writeUTF(text);
    }

    private static void words(DataOutputStream to, int tag, int... words) throws IOException {
        to.writeByte(tag);
        for (int word : words) to.writeShort(word);
    }
}
