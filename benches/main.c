/* `bench` measures calls; `bench FILE` measures parsing the declarations in the file. */

#include <stdio.h>

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

int main(int count, char **arguments) {
    if (count > 2) {
        fprintf(stderr, "usage: %s [DECLARATIONS]\n", arguments[0]);
        return 2;
    }
    if (count == 2) {
        client_open();
        declarations(arguments[1]);
        return 0;
    }
    scale();
    client_open();
    fact("metaffi", metaffi_version());
    fact("libffi", ffi_get_version());
    fact("compiler", "gcc-compatible " __VERSION__);
    scalars();
    mixed();
    structs();
    callbacks();
    texts();
    arrays();
    objects();
    threads();
    loading();
    return 0;
}
