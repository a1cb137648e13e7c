#!/bin/sh
# Two attributes of gcc change how a struct is laid out. Behind the name of a typedef, where both are
# accepted, one is obeyed and the other is passed over: `scalar_storage_order` makes the typedef another
# type than its struct, `ms_struct` does nothing, with a warning that only -Wattributes names. A parser of
# headers that gives a typedef the attributes behind its name is wrong for one, and one that does not for
# the other.
# Seen with gcc 12.2.0 on x86-64.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
command -v gcc >/dev/null || { echo "needs gcc"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >probe.c <<'C'
#include <stdio.h>

typedef struct { int a; } order_behind __attribute__((scalar_storage_order("big-endian")));
struct __attribute__((scalar_storage_order("big-endian"))) order { int a; };

typedef struct { char a : 4; int b : 4; } layout_behind __attribute__((ms_struct));
struct __attribute__((ms_struct)) layout { char a : 4; int b : 4; };

int main(void) {
    order_behind one = {1};
    struct order other = {1};
    printf("scalar_storage_order: first byte %d behind a typedef, %d at the struct\n",
           *(unsigned char *)&one, *(unsigned char *)&other);
    printf("ms_struct: size %zu behind a typedef, %zu at the struct\n", sizeof(layout_behind),
           sizeof(struct layout));
}
C
gcc -w probe.c -o probe
./probe >seen
cat seen
diff seen - <<'EXPECTED'
scalar_storage_order: first byte 0 behind a typedef, 0 at the struct
ms_struct: size 4 behind a typedef, 8 at the struct
EXPECTED
