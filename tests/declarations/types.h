typedef long long int unsigned u64; typedef double _Complex z; typedef int short const s;
typedef int (*(*handlers[3])(const char *, ...))[4]; typedef typeof(int *) p; typedef __typeof__(1 ? 2u : 3L) wide;
typedef float v4 __attribute__((vector_size(16))); typedef int i8 __attribute__((mode(QI)));
typedef _Atomic(int) atomic; typedef _Atomic long atomic_long; typedef unsigned __int128 u128;
typedef char exact[sizeof(u64) * 2 + _Alignof(z)]; typedef _Float128 quad; typedef void procedure(void);
