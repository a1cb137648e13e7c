"""zlib over the memory of a numpy array: nothing is copied on the way to C or back."""

import metaffi
import numpy

zlib = metaffi.MetaFFIRuntime("c").load_module("libz.so.1;zlib.h")
compress = zlib.load_entity("callable=compress")
uncompress = zlib.load_entity("callable=uncompress")
crc32 = zlib.load_entity("callable=crc32")
bound = zlib.load_entity("callable=compressBound")

values = numpy.repeat(numpy.arange(1000, dtype=numpy.float64), 10)
packed = numpy.empty(bound(values.nbytes), dtype=numpy.uint8)

length = zlib.new("unsigned long[1]", [packed.nbytes])
if compress(packed, length, values.view(numpy.uint8), values.nbytes):
    raise SystemExit("zlib failed")
packed = packed[: length[0]]
print(f"{values.nbytes} bytes became less than a tenth:", packed.nbytes * 10 < values.nbytes)

restored = numpy.empty_like(values)
length[0] = restored.nbytes
if uncompress(restored.view(numpy.uint8), length, packed, packed.nbytes):
    raise SystemExit("zlib failed")
print("the same again:", numpy.array_equal(values, restored))
print(f"crc32: {crc32(0, restored.view(numpy.uint8), restored.nbytes):08x}")
