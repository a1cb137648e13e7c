package metaffi.guest.compiler;

import java.net.URI;
import java.net.URISyntaxException;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import metaffi.guest.Refusal;

/** Source text with a name, which may be that of no file. */
final class SourceFile extends SimpleJavaFileObject {
    private final String name, text;

    SourceFile(String name, String text) {
        super(uri(name), JavaFileObject.Kind.SOURCE);
        this.name = name;
        this.text = text;
    }

    private static URI uri(String name) {
        try {
            return new URI("text", null, "/" + name, null);
        } catch (URISyntaxException odd) {
            throw new Refusal(Refusal.SYNTAX, name + " is no name of a file");
        }
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public CharSequence getCharContent(boolean ignoresErrors) {
        return text;
    }

    /** Files of any name may declare public classes. */
    @Override
    public boolean isNameCompatible(String simple, JavaFileObject.Kind kind) {
        return kind == JavaFileObject.Kind.SOURCE;
    }

    @Override
    public NestingKind getNestingKind() {
        return null;
    }

    @Override
    public Modifier getAccessLevel() {
        return null;
    }
}
