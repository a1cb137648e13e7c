/* The benchmarks as a client of libmetaffi. */

#ifndef CLIENT_H
#define CLIENT_H

#include <metaffi.h>

#include "guest/guest.h"

extern metaffi_runtime *runtime;
/* The guest library with the declarations of its header. */
extern metaffi_module *guest;
/* Where the timed calls put their errors. */
extern metaffi_error *error;

/* Ends the program unless `status` is METAFFI_OK. */
void check(metaffi_status status);

/* Loads the runtime and the guest. */
void client_open(void);

/* A function of the guest, with the types that the header gives it. */
metaffi_entity *load(const char *path);

/* `guest_counter_increment`, whose counter is passed as an object. */
metaffi_entity *load_increment(void);

/* The slot with a double's bits, and back. */
metaffi_slot slot_of(double value);
double double_of(metaffi_slot slot);

/* An object that a guest function without parameters returns. */
metaffi_object *object_from(const char *path);

#endif
