enum { C0 = 1 ? 2 : 3 / 0, C1 = -1 < 0u, C2 = (int)3.9f, C3 = sizeof "abc" - 1, C4 = 'ab', C5 = L'\x20ac',
       C6 = __builtin_offsetof(struct { char a; struct { int x[4]; } b; }, b.x[2]), C7 = 0b1010 << 2 | 1 ^ 3 & ~4,
       C8 = (long)&((struct { char a; int b; } *)0)->b, C9 = !0 && 1 || 0, C10 = (1, 2), C11 = 0 ?: 5 };
_Static_assert(C1 == 0 && C6 == 12, "as " "the compiler"); static_assert(__builtin_types_compatible_p(int, signed));
int lengths[(C0 + C3) * 2 % 7][1 + 1.5 > 2];
