"""libpng's simplified interface: a picture of a numpy-like buffer to a PNG in memory, and back."""

import metaffi

png = metaffi.MetaFFIRuntime("c").load_module("libpng16.so.16;png.h")
WIDTH, HEIGHT = 32, 16

pixels = bytearray()
for y in range(HEIGHT):
    for x in range(WIDTH):
        pixels += bytes((8 * x, 16 * y, 128, 255 if (x + y) % 2 else 0))

image = png.new("png_image", {"version": png.PNG_IMAGE_VERSION})
image.width, image.height, image.format = WIDTH, HEIGHT, png.PNG_FORMAT_RGBA

size = png.new("png_alloc_size_t")
if not png.png_image_write_to_memory(image, None, size, 0, pixels, 0, None):
    raise RuntimeError(str(image.message))
file = bytearray(size.value)
if not png.png_image_write_to_memory(image, file, size, 0, pixels, 0, None):
    raise RuntimeError(str(image.message))
print("a PNG:", bytes(file[1:4]).decode(), size.value == len(file))

read = png.new("png_image", {"version": png.PNG_IMAGE_VERSION})
if not png.png_image_begin_read_from_memory(read, file, len(file)):
    raise RuntimeError(str(read.message))
print(
    "of",
    read.width,
    "by",
    read.height,
    "with alpha:",
    bool(read.format & png.PNG_FORMAT_FLAG_ALPHA),
)
read.format = png.PNG_FORMAT_RGBA
again = bytearray(read.width * read.height * 4)
if not png.png_image_finish_read(read, None, again, 0, None):
    raise RuntimeError(str(read.message))
print("the same pixels:", again == pixels)

broken = png.new("png_image", {"version": png.PNG_IMAGE_VERSION})
if not png.png_image_begin_read_from_memory(broken, b"no picture", 10):
    print("libpng says:", str(broken.message))
png.png_image_free(broken)

# The full interface, with a Python function as the sink.
written = bytearray()


def write(_, data, length):
    written.extend(metaffi.buffer(data, length))


write = png.new("png_rw_ptr", write)
writer = png.png_create_write_struct(png.PNG_LIBPNG_VER_STRING, None, None, None)
info = png.png_create_info_struct(writer)
png.png_set_write_fn(writer, None, write, None)
png.png_set_IHDR(
    writer,
    info,
    WIDTH,
    HEIGHT,
    8,
    png.PNG_COLOR_TYPE_RGBA,
    png.PNG_INTERLACE_NONE,
    png.PNG_COMPRESSION_TYPE_DEFAULT,
    png.PNG_FILTER_TYPE_DEFAULT,
)
png.png_write_info(writer, info)
for y in range(HEIGHT):
    png.png_write_row(writer, pixels[y * WIDTH * 4 : (y + 1) * WIDTH * 4])
png.png_write_end(writer, None)
pointers = png.new("png_structp[1]", [writer]), png.new("png_infop[1]", [info])
png.png_destroy_write_struct(*pointers)
print("by rows:", bytes(written[12:16]).decode(), bytes(written[-8:-4]).decode())
