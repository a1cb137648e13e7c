"""Zstandard's streams: structs of pointer, size and position go through buffers of any size."""

import metaffi

zstd = metaffi.MetaFFIRuntime("c").load_module("libzstd.so.1;zstd.h")


def check(code):
    if zstd.ZSTD_isError(code):
        raise RuntimeError(zstd.ZSTD_getErrorName(code))
    return code


def compress(pieces, level):
    """The pieces as one frame, in pieces."""
    context = zstd.ZSTD_createCCtx()
    check(zstd.ZSTD_CCtx_setParameter(context, zstd.ZSTD_c_compressionLevel, level))
    check(zstd.ZSTD_CCtx_setParameter(context, zstd.ZSTD_c_checksumFlag, 1))
    space = zstd.new("char[]", zstd.ZSTD_CStreamOutSize())
    output = zstd.new("ZSTD_outBuffer", {"dst": space, "size": len(space)})
    for piece in [*pieces, b""]:
        mode = zstd.ZSTD_e_continue if piece else zstd.ZSTD_e_end
        # The struct keeps what it points to.
        source = zstd.new("ZSTD_inBuffer", {"src": zstd.new("char[]", piece), "size": len(piece)})
        while True:
            output.pos = 0
            left = check(zstd.ZSTD_compressStream2(context, output, source, mode))
            yield bytes(metaffi.buffer(space, output.pos))
            if source.pos == source.size if piece else left == 0:
                break
    zstd.ZSTD_freeCCtx(context)


def decompress(frame):
    context = zstd.ZSTD_createDCtx()
    space = zstd.new("char[]", 1000)
    output = zstd.new("ZSTD_outBuffer", {"dst": space, "size": len(space)})
    source = zstd.new("ZSTD_inBuffer", {"src": zstd.new("char[]", frame), "size": len(frame)})
    try:
        # What has filled the buffer may have left more.
        output.pos = output.size
        while source.pos < source.size or output.pos == output.size:
            output.pos = 0
            check(zstd.ZSTD_decompressStream(context, output, source))
            yield bytes(metaffi.buffer(space, output.pos))
    finally:
        zstd.ZSTD_freeDCtx(context)


lines = [f"line {number} of many that are alike\n".encode() for number in range(10_000)]
frame = b"".join(compress(lines, 9))
text = b"".join(lines)
print(len(text), "bytes became less than a tenth:", len(frame) * 10 < len(text))
print("the same again:", b"".join(decompress(frame)) == text)
print("the frame's magic number:", zstd.ZSTD_MAGICNUMBER == int.from_bytes(frame[:4], "little"))

try:
    list(decompress(frame[:-1] + bytes([frame[-1] ^ 1])))
except RuntimeError as error:
    print("Zstandard says:", error)
