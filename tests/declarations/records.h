// Structs and unions.
struct outer {
    struct inner { short a; unsigned low : 3, : 2, high : 4, : 0; } first, *second;
    union { int i; float f; struct { char c[2][3]; }; };
    const volatile int *restrict (*callback)(struct outer *self, union value v);
    _Alignas(16) char aligned; _Static_assert(sizeof(int) == 4, "int");
    __extension__ unsigned long long bits : 40 __attribute__((packed));
    char tail[];
} __attribute__((aligned(32)));
#pragma pack(push, 1)
typedef struct __attribute__((packed)) header { char tag; int length; } header;
#pragma pack(pop)
union value { long double d; __int128 i; _Float16 h; _Bool b; wchar_t w; char32_t c; };
struct empty {}; struct later; typedef struct later *later_pointer;
