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


print("planet", colour(120, 50), "sky above", colour(5, 0), "and below", colour(5, HEIGHT - 1))


def chunks(data):
    """The chunks of a PNG: their kinds and contents."""
    place = 8
    while place < len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        yield bytes(data[place + 4 : place + 8]), data[place + 8 : place + 8 + size]
        place += size + 12


kinds = dict(chunks(png))
rows = zlib.decompress(b"".join(content for kind, content in chunks(png) if kind == b"IDAT"))
size = [int.from_bytes(kinds[b"IHDR"][place : place + 4], "big") for place in (0, 4)]
print("a PNG of", size, "whose rows are", len(rows) // HEIGHT, "bytes")

cairo.cairo_destroy(context)
cairo.cairo_surface_destroy(surface)
if len(sys.argv) > 1:
    with open(sys.argv[1], "wb") as file:
        file.write(png)
