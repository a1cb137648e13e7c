"""libc's qsort with a comparator in Python: C calls it with two pointers, and gets an int back."""

import array

import metaffi

libc = metaffi.MetaFFIRuntime("c").load_module("stdlib.h")

# stdlib.h says `const void *`. Another declaration of the same function says what is behind it.
libc.declare("""
    void sort_doubles(double *values, size_t count, size_t size,
                      int (*compare)(const double *, const double *)) __asm__("qsort");
""")
sort_doubles = libc.load_entity("callable=sort_doubles")


def descending(one, other):
    return (other[0] > one[0]) - (other[0] < one[0])


heights = array.array("d", [1.84, 1.65, 1.71, 1.92])
sort_doubles(heights, len(heights), heights.itemsize, descending)
print("sorted in place:", *heights)

# An exception in the comparator goes through C and arrives here as itself.
try:
    sort_doubles(heights, len(heights), heights.itemsize, lambda one, other: one[0] // 0)
except ZeroDivisionError as error:
    print("raised in the comparator:", type(error).__name__)
