// Deno's FFI as a host: it opens libmetaffi at run time and knows only the header's ABI.
//
//     deno run --allow-ffi deno_client.ts <libmetaffi.so>
//
// Handles are exact as numbers; they travel as `u64` here, which Deno shows as BigInt.

// Numbers of metaffi.h.
const [INT32, UINT32, UINT64, STRING8, SIZE, CALLABLE] =
  [16n, 256n, 512n, 4096n, 262144n, 16777216n];
const UNSPECIFIED = 0x7fffffffn;

const lib = Deno.dlopen(Deno.args[0] ?? "libmetaffi.so.0.1", {
  metaffi_error_message: { parameters: ["u64"], result: "pointer" },
  metaffi_error_free: { parameters: ["u64"], result: "void" },
  metaffi_runtime_load: { parameters: ["buffer", "pointer", "usize", "buffer", "buffer"], result: "u32" },
  metaffi_module_load: { parameters: ["u64", "buffer", "buffer", "buffer"], result: "u32" },
  metaffi_module_declare: { parameters: ["u64", "buffer", "usize", "buffer"], result: "u32" },
  metaffi_entity_load: {
    parameters: ["u64", "buffer", "pointer", "usize", "pointer", "usize", "buffer", "buffer"],
    result: "u32",
  },
  metaffi_entity_call: {
    parameters: ["u64", "buffer", "usize", "buffer", "usize", "buffer"],
    result: "u32",
  },
  metaffi_callable_new: {
    parameters: ["function", "buffer", "usize", "buffer", "usize", "pointer", "pointer", "buffer", "buffer"],
    result: "u32",
  },
  metaffi_entity_free: { parameters: ["u64"], result: "u32" },
  metaffi_callable_free: { parameters: ["u64"], result: "u32" },
  metaffi_module_free: { parameters: ["u64"], result: "u32" },
  metaffi_runtime_free: { parameters: ["u64"], result: "u32" },
}).symbols;

// Runs a function whose last parameter is the error, which is thrown.
function checked(run: (error: BigUint64Array) => number): void {
  const error = new BigUint64Array(1);
  if (run(error) !== 0) {
    const message = Deno.UnsafePointerView.getCString(lib.metaffi_error_message(error[0])!);
    lib.metaffi_error_free(error[0]);
    throw new Error(message);
  }
}

// Runs a function whose last output is a new handle.
function make(run: (made: BigUint64Array, error: BigUint64Array) => number): bigint {
  const made = new BigUint64Array(1);
  checked((error) => run(made, error));
  return made[0];
}

const bytes = (text: string) => new TextEncoder().encode(text + "\0");
const address = (buffer: BufferSource) =>
  BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer)));
const values = (...list: [bigint, bigint, bigint?][]) =>
  new BigUint64Array(list.flatMap(([type, first, second]) => [type, first, second ?? 0n]));
const loadModule = (c: bigint, path: string) =>
  make((made, error) => lib.metaffi_module_load(c, bytes(path), made, error));
const load = (module: bigint, path: string) =>
  make((made, error) =>
    lib.metaffi_entity_load(module, bytes(path), null, UNSPECIFIED, null, UNSPECIFIED, made, error)
  );

function check(right: boolean, what: string): void {
  if (!right) throw new Error(`${what} is wrong`);
}

function zlibByValues(c: bigint): void {
  const module = loadModule(c, "libz.so.1;zlib.h");
  const crc32 = load(module, "callable=crc32");
  const text = bytes("123456789"), result = new BigUint64Array(3);
  const list = values([UINT64, 0n], [STRING8, address(text), 9n], [UINT32, 9n]);
  checked((error) => lib.metaffi_entity_call(crc32, list, 3n, result, 1n, error));
  // The check value in the definition of CRC-32.
  check(result[1] === 0xcbf43926n, "crc32");
  console.log(`crc32: ${result[1].toString(16)}`);
  lib.metaffi_entity_free(crc32);
  lib.metaffi_module_free(module);
}

function sortThroughQsort(c: bigint): void {
  const module = loadModule(c, "");
  const declaration = "void qsort(void *, size_t, size_t, int (*)(const void *, const void *));";
  checked((error) =>
    lib.metaffi_module_declare(module, bytes(declaration), BigInt(declaration.length), error)
  );
  const qsort = load(module, "callable=qsort");
  // An exception must not leave it: catch it there, and return a status.
  const compare = new Deno.UnsafeCallback(
    { parameters: ["pointer", "pointer", "pointer"], result: "u32" },
    (_userdata, frame, _error) => {
      const slots = new BigInt64Array(Deno.UnsafePointerView.getArrayBuffer(frame!, 24));
      const [a, b] = [slots[0], slots[1]].map((place) =>
        new Deno.UnsafePointerView(Deno.UnsafePointer.create(place)!).getInt32()
      );
      slots[2] = BigInt(Math.sign(a - b));
      return 0;
    },
  );
  const callable = make((made, error) =>
    lib.metaffi_callable_new(compare.pointer, values([SIZE, 0n], [SIZE, 0n]), 2n,
      values([INT32, 0n]), 1n, null, null, made, error)
  );
  const numbers = Int32Array.of(5, 2, 9, -4, 7, 0);
  const list = values([SIZE, address(numbers)], [SIZE, 6n], [SIZE, 4n], [CALLABLE, callable]);
  checked((error) => lib.metaffi_entity_call(qsort, list, 4n, null, 0n, error));
  check(numbers.join(" ") === "-4 0 2 5 7 9", "qsort");
  console.log(`qsort: ${numbers.join(" ")}`);
  lib.metaffi_callable_free(callable);
  compare.close();
  lib.metaffi_entity_free(qsort);
  lib.metaffi_module_free(module);
}

function showAnError(c: bigint): void {
  const module = loadModule(c, "libz.so.1;zlib.h");
  let message = "";
  try {
    load(module, "callable=crc33");
  } catch (error) {
    message = (error as Error).message;
  }
  check(message.includes("crc33"), "loading what is not there");
  console.log(`error: ${message}`);
  lib.metaffi_module_free(module);
}

const runtime = make((made, error) => lib.metaffi_runtime_load(bytes("c"), null, 0n, made, error));
zlibByValues(runtime);
sortThroughQsort(runtime);
showAnError(runtime);
lib.metaffi_runtime_free(runtime);
