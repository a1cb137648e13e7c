package metaffi.guest;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as others have it. */
final class Text {
    private static final byte REPLACED = '?';

    private Text() {}

    /** UTF-8; text with half of a surrogate pair has none. */
    static byte[] bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // As many bytes as units: ASCII, or halves of pairs among it, which have become other characters.
        if (bytes.length == text.length()) return text.equals(new String(bytes, StandardCharsets.ISO_8859_1)) ? bytes : checked(text, bytes);
        for (byte one : bytes) {
            // What cannot be written becomes one of these: only then it is looked at again.
            if (one == REPLACED) return checked(text, bytes);
        }
        return bytes;
    }

    private static byte[] checked(String text, byte[] bytes) {
        try {
            ByteBuffer exact = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return exact.remaining() == bytes.length ? bytes : java.util.Arrays.copyOf(exact.array(), exact.remaining());
        } catch (CharacterCodingException half) {
            throw new IllegalArgumentException("the text has half of a surrogate pair, which UTF-8 does not", half);
        }
    }

    /** As JSON. */
    static void quote(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one == '"' || one == '\\') to.append('\\').append(one);
            else if (one < ' ' || Character.isSurrogate(one)) to.append(String.format("\\u%04x", (int) one));
            else to.append(one);
        }
        to.append('"');
    }
}
