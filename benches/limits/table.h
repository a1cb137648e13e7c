/* What a call of a handle takes at least: a table of functions by key, written by hand. */

#ifndef LIMITS_TABLE_H
#define LIMITS_TABLE_H

#include <stdint.h>

/* Enters a function that takes and returns nothing. */
uint64_t table_add(void (*code)(void));

/* Calls it: 0, or 1 if the key is not that of a live function. */
int table_call(uint64_t key, uint64_t *frame, void **error);

#endif
