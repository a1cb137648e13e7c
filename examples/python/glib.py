"""GLib: a hash table and a sorted list of Python's making, and a main loop that a timeout ends."""

import metaffi
from metaffi import MetaFFITypes, metaffi_type_info

glib = metaffi.MetaFFIRuntime("c").load_module("pkg-config:glib-2.0")

# A text that C returns is copied into a `str`. Of a copy that GLib shall free, the pointer is wanted.
pointer = metaffi_type_info(MetaFFITypes.metaffi_handle_type)
g_strdup = glib.load_entity("callable=g_strdup", None, [pointer])

table = glib.g_hash_table_new_full(glib.g_str_hash, glib.g_str_equal, glib.g_free, glib.g_free)
for moon, planet in {"Io": "Jupiter", "Titan": "Saturn", "Europa": "Jupiter"}.items():
    glib.g_hash_table_insert(table, g_strdup(moon), g_strdup(planet))
print(
    glib.g_hash_table_size(table),
    "moons; Titan is of",
    metaffi.string(glib.g_hash_table_lookup(table, "Titan")),
)


def visit(key, value, data):
    found.append((metaffi.string(key).decode(), metaffi.string(value).decode()))


visit = glib.new("GHFunc", visit)
found = []
glib.g_hash_table_foreach(table, visit, None)
print(sorted(found))
glib.g_hash_table_destroy(table)

# A list of numbers, sorted by a Python function that is given as it is.
numbers = None
for number in (30, 10, 20):
    numbers = glib.g_slist_prepend(numbers, number)
numbers = glib.g_slist_sort(numbers, lambda one, other: int(one) - int(other))
link = numbers
while link:
    print("number", int(link.data))
    link = link.next
glib.g_slist_free(numbers)

# A variant is a typed value that parses and prints itself.
error = glib.new("GError *")
value = glib.g_variant_parse(None, "{'radius': <2574.5>}", None, None, error)
print(glib.g_variant_get_type_string(value), glib.g_variant_print(value, glib.TRUE))
glib.g_variant_unref(value)
if not glib.g_variant_parse(None, "[1, 'two']", None, None, error):
    print("GLib says:", error[0].message)
    glib.g_error_free(error[0])

loop = glib.g_main_loop_new(None, glib.FALSE)
rounds = iter(range(3))


def again(data):
    print("round", next(rounds))
    if rounds.__length_hint__():
        return glib.G_SOURCE_CONTINUE
    glib.g_main_loop_quit(loop)
    return glib.G_SOURCE_REMOVE


again = glib.new("GSourceFunc", again)
glib.g_timeout_add(1, again, None)
glib.g_main_loop_run(loop)
glib.g_main_loop_unref(loop)
