package metaffi.guest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as others have it. */
final class Text {
    /** What becomes of what has no UTF-8. */
    static final byte REPLACED = '?';

    private static final char REPLACEMENT = '\ufffd';
    private static final int WORD = 8;

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
        check(text, "UTF-8");
        return bytes;
    }

    /** Refuses half of a surrogate pair. */
    private static String check(String text, String form) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (!Character.isSurrogate(unit)) continue;
            if (!Character.isHighSurrogate(unit) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1)))
                throw new Refusal(Refusal.TEXT, String.format("the text has half of a surrogate pair, U+%04X, at %d, which %s does not", (int) unit, i, form));
            i++;
        }
        return text;
    }

    /** The text of so many bytes of UTF-8; null if there is none. */
    static String utf8(long data, long length) {
        if (data == 0) return null;
        byte[] bytes = new byte[Math.toIntExact(length)];
        Memory.read(data, bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        // What cannot be read becomes one of these, too.
        return text.indexOf(REPLACEMENT) < 0 ? text : reread(bytes);
    }

    private static String reread(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException malformed) {
            throw new Refusal(Refusal.TEXT, "the text is not UTF-8");
        }
    }

    /** The same of units of UTF-16. */
    static String utf16(long data, long length) {
        if (data == 0) return null;
        char[] units = new char[Math.toIntExact(length)];
        Memory.readAll(data, units, length * 2);
        return check(new String(units), "UTF-16");
    }

    /** The same of code points. */
    static String utf32(long data, long length) {
        if (data == 0) return null;
        int[] points = new int[Math.toIntExact(length)];
        Memory.readAll(data, points, length * 4);
        for (int point : points) codePoint(point);
        return new String(points, 0, points.length);
    }

    /** Writes the address and the length of a new text, which has a NUL behind it. */
    static void writeUtf8(long at, String text) {
        if (text == null) {
            Memory.putLong(at, 0);
            Memory.putLong(at + WORD, 0);
        } else {
            Linked.writeText(at, text);
        }
    }

    /** The same of its bytes. */
    static void write(long at, byte[] bytes) {
        long data = Values.allocate(bytes.length);
        Memory.write(bytes, data);
        Memory.putLong(at, data);
        Memory.putLong(at + WORD, bytes.length);
    }

    static void writeUtf16(long at, String text) {
        char[] units = text == null ? null : check(text, "UTF-16").toCharArray();
        write(at, units, units == null ? 0 : units.length, 2);
    }

    static void writeUtf32(long at, String text) {
        int[] points = text == null ? null : check(text, "UTF-32").codePoints().toArray();
        write(at, points, points == null ? 0 : points.length, 4);
    }

    private static void write(long at, Object units, int count, int size) {
        long data = 0;
        if (units != null) {
            data = Values.allocate((long) (count + 1) * size - 1);
            Memory.writeAll(units, data, (long) count * size);
            for (int i = 0; i < size; i++) Memory.putByte(data + (long) count * size + i, (byte) 0);
        }
        Memory.putLong(at, data);
        Memory.putLong(at + WORD, count);
    }

    /** The character that a unit of UTF-8 is alone. */
    static char ofUnit(byte unit) {
        if (unit < 0) throw new Refusal(Refusal.TEXT, String.format("the byte %02x is a part of a character in UTF-8; give char32", unit & 0xff));
        return (char) unit;
    }

    /** The other way round. */
    static byte unit(int character) {
        if (character < 0 || character > Byte.MAX_VALUE) throw new Refusal(Refusal.RANGE, String.format("U+%04X takes more than one char8; declare char32", character));
        return (byte) character;
    }

    /** A number that is a character. */
    static int codePoint(int point) {
        if (point < 0 || point > Character.MAX_CODE_POINT || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
            throw new Refusal(Refusal.TEXT, String.format("U+%04X is no character", point));
        return point;
    }

    /** The same where it is only told: half of a surrogate pair is replaced. */
    static String shown(String text) {
        char[] units = null;
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) continue;
            if (i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                i++;
            } else {
                if (units == null) units = text.toCharArray();
                units[i] = REPLACEMENT;
            }
        }
        return units == null ? text : new String(units);
    }

    /** As JSON. */
    static void quote(StringBuilder to, String told) {
        String text = shown(told);
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
