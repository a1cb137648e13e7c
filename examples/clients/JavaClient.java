// Java's foreign functions (22 or newer) as a host: it opens libmetaffi at run time and knows only the
// header's ABI.
//
//     java --enable-native-access=ALL-UNNAMED JavaClient.java <libmetaffi.so>
//
// An exception must not leave an upcall: it ends the virtual machine. Catch it, and return a status.

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.zip.CRC32;

public final class JavaClient {
    // Numbers of metaffi.h.
    static final long INT32 = 16, UINT32 = 256, UINT64 = 512, STRING8 = 4096, SIZE = 262144;
    static final long CALLABLE = 16777216, UNSPECIFIED = 0x7fffffff;
    static final MemorySegment NULL = MemorySegment.NULL;
    static final Linker LINKER = Linker.nativeLinker();

    final SymbolLookup library;
    final Arena arena;

    JavaClient(String path, Arena arena) {
        this.arena = arena;
        library = SymbolLookup.libraryLookup(path, arena);
    }

    MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(library.find("metaffi_" + name).orElseThrow(), type);
    }

    /** Calls a function whose last parameter is the error; throws that. */
    void invoke(String name, Object... arguments) throws Throwable {
        MemoryLayout[] types = new MemoryLayout[arguments.length + 1];
        for (int i = 0; i < arguments.length; i++) {
            types[i] = arguments[i] instanceof Long ? JAVA_LONG : ADDRESS;
        }
        types[arguments.length] = ADDRESS;
        MemorySegment error = arena.allocate(ADDRESS);
        Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = error;
        MethodHandle handle = function(name, FunctionDescriptor.of(JAVA_INT, types));
        if ((int) handle.invokeWithArguments(all) != 0) {
            MemorySegment failure = error.get(ADDRESS, 0);
            MemorySegment message = (MemorySegment) function("error_message",
                    FunctionDescriptor.of(ADDRESS, ADDRESS)).invokeExact(failure);
            String text = message.reinterpret(Long.MAX_VALUE).getString(0);
            function("error_free", FunctionDescriptor.ofVoid(ADDRESS)).invokeExact(failure);
            throw new IllegalStateException(text);
        }
    }

    /** Calls a function whose last output is a new handle. */
    MemorySegment make(String name, Object... arguments) throws Throwable {
        MemorySegment made = arena.allocate(ADDRESS);
        Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = made;
        invoke(name, all);
        return made.get(ADDRESS, 0);
    }

    void free(String kind, MemorySegment handle) throws Throwable {
        int status = (int) function(kind + "_free", FunctionDescriptor.of(JAVA_INT, ADDRESS))
                .invokeExact(handle);
        check(status == 0, kind + "_free");
    }

    MemorySegment load(MemorySegment module, String path) throws Throwable {
        return make("entity_load", module, arena.allocateFrom(path), NULL, UNSPECIFIED, NULL,
                UNSPECIFIED);
    }

    /** Values, each of a type and two words. */
    MemorySegment values(long... words) {
        return arena.allocateFrom(JAVA_LONG, words);
    }

    static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what + " is wrong");
        }
    }

    void zlibByValues(MemorySegment c) throws Throwable {
        MemorySegment module = make("module_load", c, arena.allocateFrom("libz.so.1;zlib.h"));
        MemorySegment crc32 = load(module, "callable=crc32");
        MemorySegment text = arena.allocateFrom("123456789");
        MemorySegment result = arena.allocate(JAVA_LONG, 3);
        invoke("entity_call", crc32,
                values(UINT64, 0, 0, STRING8, text.address(), 9, UINT32, 9, 0), 3L, result, 1L);
        CRC32 expected = new CRC32();
        expected.update("123456789".getBytes());
        check(result.getAtIndex(JAVA_LONG, 1) == expected.getValue(), "crc32");
        System.out.printf("crc32: %08x%n", result.getAtIndex(JAVA_LONG, 1));
        free("entity", crc32);
        free("module", module);
    }

    static int compare(MemorySegment userdata, MemorySegment frame, MemorySegment error) {
        MemorySegment slots = frame.reinterpret(24);
        int a = slots.get(ADDRESS, 0).reinterpret(4).get(JAVA_INT, 0);
        int b = slots.get(ADDRESS, 8).reinterpret(4).get(JAVA_INT, 0);
        slots.set(JAVA_LONG, 16, Integer.compare(a, b));
        return 0;
    }

    void sortThroughQsort(MemorySegment c) throws Throwable {
        MemorySegment module = make("module_load", c, arena.allocateFrom(""));
        String declaration =
                "void qsort(void *, size_t, size_t, int (*)(const void *, const void *));";
        invoke("module_declare", module, arena.allocateFrom(declaration),
                (long) declaration.length());
        MemorySegment qsort = load(module, "callable=qsort");
        MethodHandle compare = MethodHandles.lookup().findStatic(JavaClient.class, "compare",
                MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class,
                        MemorySegment.class));
        MemorySegment callback = LINKER.upcallStub(compare,
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS), arena);
        MemorySegment callable = make("callable_new", callback, values(SIZE, 0, 0, SIZE, 0, 0), 2L,
                values(INT32, 0, 0), 1L, NULL, NULL);

        MemorySegment numbers = arena.allocateFrom(JAVA_INT, 5, 2, 9, -4, 7, 0);
        invoke("entity_call", qsort, values(SIZE, numbers.address(), 0, SIZE, 6, 0, SIZE, 4, 0,
                CALLABLE, callable.address(), 0), 4L, NULL, 0L);
        int[] sorted = numbers.toArray(JAVA_INT);
        check(Arrays.equals(sorted, new int[] {-4, 0, 2, 5, 7, 9}), "qsort");
        System.out.println("qsort: "
                + Arrays.toString(sorted).replaceAll("[\\[\\],]", ""));
        free("callable", callable);
        free("entity", qsort);
        free("module", module);
    }

    void showAnError(MemorySegment c) throws Throwable {
        MemorySegment module = make("module_load", c, arena.allocateFrom("libz.so.1;zlib.h"));
        try {
            load(module, "callable=crc33");
            check(false, "a function that is not there");
        } catch (IllegalStateException error) {
            check(error.getMessage().contains("crc33"), "the message");
            System.out.println("error: " + error.getMessage());
        }
        free("module", module);
    }

    public static void main(String[] arguments) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            JavaClient client = new JavaClient(arguments[0], arena);
            MemorySegment runtime = client.make("runtime_load", arena.allocateFrom("c"), NULL, 0L);
            client.zlibByValues(runtime);
            client.sortThroughQsort(runtime);
            client.showAnError(runtime);
            client.free("runtime", runtime);
        }
    }
}
