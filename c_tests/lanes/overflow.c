/* Reads and writes beyond memory that metaffi allocated: a lane that passes this sees nothing. */
#include "metaffi.h"

int main(void) {
    volatile char *memory = metaffi_alloc(64);
    if (memory == NULL)
        return 0;
    volatile int beyond = 64;
    memory[beyond] = 1;
    metaffi_free((void *)memory);
    return 0;
}
