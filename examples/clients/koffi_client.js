// Node's koffi as a host: it opens libmetaffi at run time and knows only the header's ABI.
//
//     npm install && node koffi_client.js <libmetaffi.so>
'use strict';

const assert = require('node:assert');
const koffi = require('koffi');

// Numbers of metaffi.h.
const [INT32, UINT32, UINT64, STRING8, SIZE, CALLABLE] = [16, 256, 512, 4096, 262144, 16777216];
const VALUE_SIZE = 24;

koffi.struct('metaffi_type_info', { type: 'uint64_t', alias: 'const char *', dimensions: 'int64_t' });
const Callback = koffi.proto('uint32_t metaffi_callback(void *userdata, void *frame, void *error)');
const Crc32 = koffi.proto('ulong crc32(ulong sum, const char *text, uint length)');

const lib = koffi.load(process.argv[2] ?? 'libmetaffi.so.0.1');
const errorMessage = lib.func('const char *metaffi_error_message(void *error)');

// A function whose last parameter is the error, which is thrown.
function checked(name, ...types) {
  const call = lib.func(name, 'uint32_t', [...types, '_Out_ void **']);
  return (...values) => {
    const error = [null];
    if (call(...values, error) !== 0) throw new Error(errorMessage(error[0]));
  };
}

// A function whose last output is a pointer, which is returned.
function maker(name, ...types) {
  const call = checked(name, ...types, '_Out_ void **');
  return (...values) => {
    const made = [null];
    call(...values, made);
    return made[0];
  };
}

const loadRuntime = maker('metaffi_runtime_load', 'const char *', 'void *', 'size_t');
const loadModule = maker('metaffi_module_load', 'void *', 'const char *');
const declare = checked('metaffi_module_declare', 'void *', 'const char *', 'size_t');
const loadEntity = maker(
  'metaffi_entity_load', 'void *', 'const char *', 'void *', 'size_t', 'void *', 'size_t');
const callEntity = checked(
  'metaffi_entity_call', 'void *', 'void *', 'size_t', 'void *', 'size_t');
const native = maker('metaffi_entity_native', 'void *');
const newCallable = maker(
  'metaffi_callable_new', koffi.pointer(Callback), 'metaffi_type_info *', 'size_t',
  'metaffi_type_info *', 'size_t', 'void *', 'void *');
const free = Object.fromEntries(['entity', 'callable', 'module', 'runtime'].map((noun) =>
  [noun, lib.func(`uint32_t metaffi_${noun}_free(void *handle)`)]));

const load = (module, path) => loadEntity(module, path, null, 0, null, 0);

// Values as bytes: the type, then the payload.
function values(...list) {
  const bytes = Buffer.alloc(list.length * VALUE_SIZE);
  list.forEach(([type, ...words], index) => {
    bytes.writeBigUInt64LE(BigInt(type), index * VALUE_SIZE);
    words.forEach((word, slot) =>
      bytes.writeBigUInt64LE(BigInt(word), index * VALUE_SIZE + 8 * (slot + 1)));
  });
  return bytes;
}

function zlibByValues(c) {
  const module = loadModule(c, 'libz.so.1;zlib.h');
  const crc32 = load(module, 'callable=crc32');
  const text = Buffer.from('123456789');
  const result = Buffer.alloc(VALUE_SIZE);
  const args = values([UINT64, 0], [STRING8, koffi.address(text), text.length], [UINT32, text.length]);
  callEntity(crc32, args, 3, result, 1);
  const sum = Number(result.readBigUInt64LE(8));
  // The check value in the definition of CRC-32.
  assert.strictEqual(sum, 0xcbf43926);
  console.log(`crc32 by values: ${sum.toString(16)}`);

  const pointer = koffi.decode(native(crc32), Crc32);
  assert.strictEqual(pointer(0, '123456789', 9), 0xcbf43926);
  console.log(`crc32 natively:  ${pointer(0, '123456789', 9).toString(16)}`);
  free.entity(crc32);
  free.module(module);
}

function compare(_userdata, frame) {
  const [a, b] = koffi.decode(frame, 'void *', 2).map((address) => koffi.decode(address, 'int'));
  koffi.encode(frame, 16, 'int64_t', Math.sign(a - b));
  return 0;
}

function sortThroughQsort(c) {
  const module = loadModule(c, '');
  const declaration = 'void qsort(void *, size_t, size_t, int (*)(const void *, const void *));';
  declare(module, declaration, declaration.length);
  const qsort = load(module, 'callable=qsort');
  const callback = koffi.register(compare, koffi.pointer(Callback));
  const info = (type) => ({ type, alias: null, dimensions: 0 });
  const addresses = koffi.alloc('metaffi_type_info', 2);
  koffi.encode(addresses, koffi.array('metaffi_type_info', 2), [info(SIZE), info(SIZE)]);
  const callable = newCallable(callback, addresses, 2, info(INT32), 1, null, null);

  const numbers = Int32Array.of(5, 2, 9, -4, 7, 0);
  const args = values(
    [SIZE, koffi.address(numbers)], [SIZE, numbers.length], [SIZE, numbers.BYTES_PER_ELEMENT],
    [CALLABLE, koffi.address(callable)]);
  callEntity(qsort, args, 4, null, 0);
  assert.deepStrictEqual([...numbers], [-4, 0, 2, 5, 7, 9]);
  console.log(`qsort: ${numbers.join(' ')}`);
  free.callable(callable);
  koffi.unregister(callback);
  koffi.free(addresses);
  free.entity(qsort);
  free.module(module);
}

const runtime = loadRuntime('c', null, 0);
zlibByValues(runtime);
sortThroughQsort(runtime);
free.runtime(runtime);
