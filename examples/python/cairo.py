"""Cairo draws on memory of its own and writes a PNG through a Python function."""

import sys
import zlib

import metaffi

cairo = metaffi.MetaFFIRuntime("c").load_module("libcairo.so.2;cairo/cairo.h;math.h")
WIDTH, HEIGHT = 240, 160

surface = cairo.cairo_image_surface_create(cairo.CAIRO_FORMAT_RGB24, WIDTH, HEIGHT)
context = cairo.cairo_create(surface)

# A sky that darkens.
sky = cairo.cairo_pattern_create_linear(0, 0, 0, HEIGHT)
cairo.cairo_pattern_add_color_stop_rgb(sky, 0, 0.05, 0.05, 0.2)
cairo.cairo_pattern_add_color_stop_rgb(sky, 1, 0.2, 0.3, 0.6)
cairo.cairo_set_source(context, sky)
cairo.cairo_paint(context)
cairo.cairo_pattern_destroy(sky)

# A planet, and a ring that is an ellipse.
cairo.cairo_arc(context, 120, 80, 40, 0, 2 * cairo.M_PI)
cairo.cairo_set_source_rgb(context, 0.9, 0.7, 0.3)
cairo.cairo_fill(context)

upright = cairo.new("cairo_matrix_t")
cairo.cairo_get_matrix(context, upright)
cairo.cairo_translate(context, 120, 80)
cairo.cairo_rotate(context, -0.3)
cairo.cairo_scale(context, 80, 20)
cairo.cairo_arc(context, 0, 0, 1, 0, 2 * cairo.M_PI)
cairo.cairo_set_matrix(context, upright)
cairo.cairo_set_source_rgba(context, 1, 1, 1, 0.8)
cairo.cairo_set_dash(context, [12, 4], 2, 0)
cairo.cairo_set_line_width(context, 4)
cairo.cairo_stroke(context)

png = bytearray()


def write(closure, data, length):
    png.extend(metaffi.buffer(data, length))
    return cairo.CAIRO_STATUS_SUCCESS


write = cairo.new("cairo_write_func_t", write)
status = cairo.cairo_surface_write_to_png_stream(surface, write, None)
if status != cairo.CAIRO_STATUS_SUCCESS:
    raise RuntimeError(cairo.cairo_status_to_string(status))

cairo.cairo_surface_flush(surface)
stride = cairo.cairo_image_surface_get_stride(surface)
pixels = metaffi.buffer(cairo.cairo_image_surface_get_data(surface), stride * HEIGHT)


def colour(x, y):
    """Of the picture in memory: blue, green, red and nothing, in a word of this machine."""
    word = int.from_bytes(pixels[y * stride + 4 * x : y * stride + 4 * x + 4], sys.byteorder)
    return f"#{word & 0xFFFFFF:06x}"


def chunks(data):
    """The chunks of a PNG: their kinds and contents."""
    place = 8
    while place < len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        yield bytes(data[place + 4 : place + 8]), data[place + 8 : place + 8 + size]
        place += size + 12


def nearest(left, above, corner):
    """Which of three neighbours a pixel is most like, as PNG guesses."""
    guess = left + above - corner
    return min(left, above, corner, key=lambda one: abs(guess - one))


def rows(data):
    """The rows of a PNG of eight bits for each of red, green and blue, each a `bytes`."""
    kinds = dict(chunks(data))
    width, height = (int.from_bytes(kinds[b"IHDR"][place : place + 4], "big") for place in (0, 4))
    if kinds[b"IHDR"][8:] != bytes((8, 2, 0, 0, 0)):
        raise ValueError("a PNG of another kind")
    packed = zlib.decompress(b"".join(content for kind, content in chunks(data) if kind == b"IDAT"))
    above = bytes(3 * width)
    for y in range(height):
        method, *row = packed[y * (3 * width + 1) : (y + 1) * (3 * width + 1)]
        for x in range(3 * width):
            left, corner = (row[x - 3], above[x - 3]) if x >= 3 else (0, 0)
            guesses = 0, left, above[x], (left + above[x]) // 2, nearest(left, above[x], corner)
            row[x] = (row[x] + guesses[method]) % 256
        above = bytes(row)
        yield above


picture = list(rows(png))
print("a PNG of", len(picture[0]) // 3, "by", len(picture), "pixels")


def in_file(x, y):
    return "#" + picture[y][3 * x : 3 * x + 3].hex()


print("planet", in_file(120, 50), "sky", in_file(5, 0), "and below", in_file(5, HEIGHT - 1))
places = [(x, y) for y in range(HEIGHT) for x in range(WIDTH)]
print("as in memory:", all(in_file(*place) == colour(*place) for place in places))
bright = [x for x, y in places if max(picture[y][3 * x : 3 * x + 3]) > 200]
print("the ring ends beside the planet:", 40 < min(bright) < 60, 180 < max(bright) < 200)

cairo.cairo_destroy(context)
cairo.cairo_surface_destroy(surface)
if len(sys.argv) > 1:
    with open(sys.argv[1], "wb") as file:
        file.write(png)
