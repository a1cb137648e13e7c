"""What a module of runtime jvm is made of: archives, directories, source files and text, Maven's artifacts."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from java import compiled, jdk, jvm

import metaffi
from metaffi import MetaFFIError

SERVICE = """
package services;

import java.util.ServiceLoader;

public class Greeter {
    public interface Greeting { String text(); }
    public static class Hello implements Greeting { public String text() { return "hello"; } }
    public static String first() { return ServiceLoader.load(Greeting.class).iterator().next().text(); }
    public static Object holder() { return new java.util.ArrayList<>(java.util.List.of(new Hello())); }
}
"""


def archive(directory: Path, to: Path) -> Path:
    """An archive of everything in a directory."""
    subprocess.run([jdk() / "bin/jar", "--create", "--file", to, "-C", directory, "."], check=True)
    return to


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a service and who uses it."""
    directory = tmp_path_factory.mktemp("services")
    source = write(directory / "Greeter.java", SERVICE)
    classes = compiled(str(source), directory / "classes")
    write(classes / "META-INF/services/services.Greeter$Greeting", "services.Greeter$Hello\n")
    return archive(classes, directory / "services.jar")


FINDER = """
public class Finder {
    public interface Action { void run(); }
    public interface Sum { long of(long a, long b); }

    public static boolean finds() {
        return Thread.currentThread().getContextClassLoader() == Finder.class.getClassLoader();
    }
    public static boolean findsAfter(Action action) { action.run(); return finds(); }
    public static boolean findsAfterTwo(Action action) { action.run(); action.run(); return finds(); }
    public static boolean findsAfterSum(Sum sum) { return sum.of(1, 2) == 3 && finds(); }
    public static boolean keepsAfter(Action action) {
        ClassLoader own = new java.net.URLClassLoader(new java.net.URL[0]);
        Thread.currentThread().setContextClassLoader(own);
        action.run();
        boolean kept = Thread.currentThread().getContextClassLoader() == own;
        Thread.currentThread().setContextClassLoader(Finder.class.getClassLoader());
        return kept;
    }
    @Override public String toString() { return "finds " + finds(); }
    @Override public boolean equals(Object other) { return finds(); }
    @Override public int hashCode() { return 0; }
}
"""


def test_code_finds_what_is_in_its_own_module(tmp_path: Path) -> None:
    source = str(write(tmp_path / "Finder.java", FINDER))
    other_module = jvm().load_module(source)
    one, other = jvm().load_module(source).Finder, other_module.Finder
    assert one.finds()
    assert other.finds()
    found = other.finds
    assert one.findsAfter(lambda: found())
    entity = other_module.load_entity("class=Finder,callable=finds")
    told: list[bool] = []
    assert one.findsAfterTwo(lambda: told.append(entity()))
    assert told == [True, True]
    assert one.keepsAfter(lambda: found())

    def add(a: int, b: int) -> int:
        assert found()
        return a + b

    assert one.findsAfterSum(add)
    assert one.findsAfterSum(add)
    first, second = one(), one()
    assert other.finds()
    assert str(first) == "finds true"
    assert other.finds()
    assert first == second
    said: list[object] = []
    thread = threading.Thread(target=lambda: said.extend([str(first), first == second]))
    assert other.finds()
    thread.start()
    thread.join()
    assert said == ["finds true", True]


def test_the_jdk_alone() -> None:
    module = jvm().load_module("")
    assert module.Math.abs(-3) == 3
    assert module.java.lang.Math.abs(-3) == 3
    assert [str(one) for one in module.java.util.List.of("a", "b")] == ["a", "b"]
    assert str(module.java.util) == "package java.util"
    assert "concurrent" in dir(module.java.util)
    with pytest.raises(AttributeError, match="no class or package Strin"):
        assert module.Strin
    with pytest.raises(AttributeError, match=r"package java.util has no public member Lists"):
        assert module.java.util.Lists


def test_archives_directories_and_wildcards(services: Path) -> None:
    for path in [services, services.parent / "classes", f"{services.parent}/*"]:
        module = jvm().load_module(str(path))
        assert module.load_entity("class=services.Greeter,callable=first")() == "hello"
        # By the names of classes, too, and by packages.
        assert module.Greeter.first() == "hello"
        assert module.services.Greeter.Hello().text() == "hello"
        assert "Greeter" in dir(module.services)


def test_each_module_has_a_class_loader_of_its_own(services: Path) -> None:
    one, other = (jvm().load_module(str(services)).Greeter.holder() for _ in range(2))
    assert one.getClass() == other.getClass()
    assert one.get(0).getClass() != other.get(0).getClass()


def test_objects_outlive_their_module(services: Path) -> None:
    module = jvm().load_module(str(services))
    holder = module.Greeter.holder()
    first = module.load_entity("class=services.Greeter,callable=first")
    del module
    gc.collect()
    jvm().load_module("").System.gc()
    assert holder.get(0).text() == "hello"
    assert first() == "hello"


def test_threads_begin_in_the_module_that_was_loaded_last(tmp_path: Path) -> None:
    current = jvm().load_module("").Thread.currentThread

    def of_a_thread() -> object:
        """The class loader of a thread that has called no module."""
        found: list[object] = []
        thread = threading.Thread(target=lambda: found.append(current().getContextClassLoader()))
        thread.start()
        thread.join()
        return found[0]

    one = jvm().load_module(str(tmp_path))
    assert one.java
    first = of_a_thread()
    other = jvm().load_module(str(tmp_path))
    assert other.java
    assert of_a_thread() != first
    # When that is gone, it is the one before.
    del other
    gc.collect()
    assert of_a_thread() == first
    del one
    gc.collect()
    assert of_a_thread() != first


def test_what_closed_modules_were_asked_for_leaves_nothing(tmp_path: Path) -> None:
    lang = jvm().load_module("").java.lang
    last = lang.Class.forName("metaffi.guest.Numbered").getDeclaredField("last")
    last.setAccessible(True)

    def load_and_close() -> int:
        for _ in range(50):
            assert jvm().load_module(str(tmp_path)).java.util.ArrayList
        gc.collect()
        for _ in range(3):
            lang.System.gc()
        return int(last.getInt(None))

    load_and_close()
    before = load_and_close()
    for _ in range(4):
        after = load_and_close()
    assert after - before < 150


def test_source_files_are_compiled(tmp_path: Path, services: Path) -> None:
    one = write(
        tmp_path / "One.java",
        "package p; public class One { public static int f() { return Two.g() + 1; } }",
    )
    two = write(
        tmp_path / "Two.java",
        "package p; class Two { static int g() { return services.Greeter.first().length(); } }",
    )
    module = jvm().load_module(f"{one};{two};{services}")
    assert module.One.f() == 6
    assert module.load_entity("class=p.One,callable=f")() == 6
    broken = write(tmp_path / "Broken.java", "class Broken {\n    int f() { return nothing; }\n}\n")
    with pytest.raises(MetaFFIError, match=r"Broken.java:2: cannot find symbol\n.*nothing"):
        jvm().load_module(str(broken)).run("1")


def test_source_text(services: Path) -> None:
    module = jvm().load_module(str(services))
    assert module.run("6 * 7") == 42
    assert module.run("a + b.length()", {"a": 3, "b": "hello"}) == 8
    assert module.run("int x = 3; return x * 2;") == 6
    assert module.run("System.out.flush()") is None
    assert module.run("import services.*; Greeter.first()") == "hello"
    holder = module.Greeter.holder()
    assert module.run("holder.size()", {"holder": holder}) == 1
    # Types that text declares are the module's from then on.
    text = "public class Box {\n    public int n;\n    public Box(int n) { this.n = n; }\n}"
    assert module.run(text) is None
    assert module.Box(5).n == 5
    assert module.run("new Box(a).n + 1", {"a": 6}) == 7
    assert module.run("box.n", {"box": module.Box(8)}) == 8
    with pytest.raises(MetaFFIError, match="has a class Box already"):
        module.run(text)
    with pytest.raises(MetaFFIError, match=r"^part.java:2: cannot find symbol"):
        module.run("1 +\nmissing", file="part.java")
    with pytest.raises(MetaFFIError, match="IllegalStateException: oh"):
        module.run('throw new IllegalStateException("oh");')
    with pytest.raises(MetaFFIError, match="Java has no namespaces"):
        module.run("1", namespace=metaffi.MetaFFIRuntime("python3").load_module("builtins").dict())


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere/gone.jar", "there is no /nowhere/gone.jar"),
        ("/nowhere/*", "there is no /nowhere"),
        ("/nowhere/Gone.java", "there is no /nowhere/Gone.java"),
        ("/proc/self/*", "there is no .jar in /proc/self"),
        ("/proc/self/status", "/proc/self/status is no archive of classes"),
        ("a.jar;;b.jar", "part 2 of the module path .* is empty"),
        ("maven:org.example", "names no artifact: write maven:GROUP:ARTIFACT:VERSION"),
    ],
)
def test_a_path_that_names_nothing(path: str, message: str) -> None:
    with pytest.raises((MetaFFIError, OSError), match=message):
        jvm().load_module(path).run("1")


def test_a_class_that_is_missing_names_those_that_are_not(services: Path) -> None:
    module = jvm().load_module(str(services))
    with pytest.raises(MetaFFIError, match=r"no class Greeter; there is services.Greeter"):
        module.load_entity("class=Greeter,callable=first")
    with pytest.raises(MetaFFIError, match=r'did you mean "services.Greeter"'):
        module.load_entity("class=services.Greter,callable=first")


# A client of Maven's that knows one artifact, and counts how often it is asked.
CLIENT = """#!{python}
import pathlib, sys, xml.dom.minidom
here = pathlib.Path(__file__).parent
with open(here / "asked", "a") as asked:
    asked.write("x")
options = dict(one.split("=", 1) for one in sys.argv if one.startswith("-D"))
project = xml.dom.minidom.parse(sys.argv[sys.argv.index("--file") + 1])
names = [one.firstChild.data for one in project.getElementsByTagName("artifactId")][1:]
if names != ["services"]:
    print("[ERROR] Failed: artifact " + names[0] + " was not found -> [Help 1]")
    print("[ERROR] ")
    sys.exit(1)
pathlib.Path(options["-Dmdep.outputFile"]).write_text("{archive}")
"""


def test_artifacts_are_found_by_the_client_once(
    tmp_path: Path, services: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = write(tmp_path / "mvn", CLIENT.format(python=sys.executable, archive=services))
    client.chmod(0o755)
    monkeypatch.setenv("METAFFI_MAVEN", str(client))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for _ in range(2):
        module = jvm().load_module("maven:org.example:services:1.0")
        assert module.Greeter.first() == "hello"
    assert (tmp_path / "asked").read_text() == "x"
    with pytest.raises(MetaFFIError, match=r"Failed: artifact gone was not found$"):
        jvm().load_module("maven:org.example:gone:1.0").run("1")
    monkeypatch.setenv("METAFFI_MAVEN", str(tmp_path / "nowhere"))
    with pytest.raises(MetaFFIError, match=r"does not start.*install it .Debian: maven."):
        jvm().load_module("maven:org.example:other:1.0").run("1")


def test_methods_that_ask_who_calls_are_called_by_the_module(services: Path) -> None:
    module = jvm().load_module(str(services))
    by_name = module.load_entity("class=java.lang.Class,callable=forName(String)")
    assert by_name("services.Greeter") == module.Greeter
