#!/bin/sh
# A libffi closure on x86-64 that takes a struct whose second eightbyte is padding alone counts a
# register for it, which gcc's calls do not use: every argument behind it is the next one's.
# Structs that are aligned to 16, and described to libffi by their size and alignment as it asks for,
# are of this kind. ffi_call passes them right.
# Seen with Debian's libffi 3.4.4 and gcc 12.2.0.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
echo '#include <ffi.h>' | gcc -E - >/dev/null 2>&1 || { echo "needs libffi-dev"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >program.c <<'C'
#include <ffi.h>
#include <stdio.h>
struct spaced { _Alignas(16) long first; };
static void see(ffi_cif *cif, void *result, void **arguments, void *userdata) {
    (void)cif, (void)result;
    printf("%s: first %ld, behind it %ld\n", (char *)userdata,
           ((struct spaced *)arguments[0])->first, *(long *)arguments[1]);
}
static void seen(struct spaced value, long behind) {
    printf("ffi_call: first %ld, behind it %ld\n", value.first, behind);
}
int main(void) {
    ffi_type *members[] = {&ffi_type_sint64, NULL};
    ffi_type spaced = {sizeof(struct spaced), _Alignof(struct spaced), FFI_TYPE_STRUCT, members};
    ffi_type *types[] = {&spaced, &ffi_type_sint64};
    struct spaced value = {1};
    long behind = 2;
    void *arguments[] = {&value, &behind}, *code;
    ffi_cif cif;
    ffi_closure *closure = ffi_closure_alloc(sizeof *closure, &code);
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 2, &ffi_type_void, types) != FFI_OK ||
        ffi_prep_closure_loc(closure, &cif, see, "closure", code) != FFI_OK)
        return 1;
    ffi_call(&cif, FFI_FN(seen), NULL, arguments);
    ((void (*)(struct spaced, long, long))code)(value, 2, 3);
    return 0;
}
C
gcc -O1 program.c -o program -lffi
./program >seen
gcc --version | head -n 1
pkg-config --modversion libffi 2>/dev/null || true
cat seen
diff seen - <<'EXPECTED'
ffi_call: first 1, behind it 2
closure: first 1, behind it 3
EXPECTED
