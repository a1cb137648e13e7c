/* Loses memory that metaffi allocated: a lane that passes this does not look for leaks. */
#include "metaffi.h"

#include <stdio.h>

int main(void) {
    volatile char *lost = metaffi_alloc(64);
    if (lost == NULL)
        return 0;
    lost[0] = 1;
    lost = NULL;
    printf("%s\n", metaffi_version());
    return 0;
}
