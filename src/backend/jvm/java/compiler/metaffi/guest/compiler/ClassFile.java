package metaffi.guest.compiler;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;

/** A compiled class in memory. */
final class ClassFile extends SimpleJavaFileObject {
    final String name;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final byte[] bytes;

    /** One that is written; or read, if there are bytes. */
    ClassFile(String name, byte[] bytes) {
        super(URI.create("memory:/" + name.replace('.', '/') + ".class"), JavaFileObject.Kind.CLASS);
        this.name = name;
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes == null ? written.toByteArray() : bytes;
    }

    @Override
    public InputStream openInputStream() {
        return new ByteArrayInputStream(bytes());
    }

    @Override
    public OutputStream openOutputStream() {
        return written;
    }
}
