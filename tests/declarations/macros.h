# 10 "macros.h" 1
#define ONE 1
#define BIG 0xFFFF'FFFFull
#define HALF 0x1p-1f /* spans
 lines */
#define SUM (ONE + \
             BIG)
#define NAME "text" L"wide"
#define CALL(x) (x)
#define FAILED ((void *)-1)
#line 40 "other.h"
int array[ONE + 1];
#undef ONE
#pragma once
#if !defined(NAME)
not C at all
#else
#endif
