/* Prototypes as man pages and headers write them. */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H
#ifdef __cplusplus
extern "C" {
#endif
void qsort(void base[.size * .nmemb], size_t nmemb, size_t size,
           int (*compar)(const void [.size], const void [.size]));
extern int printf(const char *__restrict format, ...) __attribute__((format(printf, 1, 2)));
void (*signal(int sig, void (*func)(int)))(int);
static inline __attribute__((always_inline)) int twice(int x) { return x ? 2 * x : '}'; }
char *strdup(const char *s) __asm__("__strdup") __attribute__((nonnull(1), malloc));
_Noreturn void die(void), *live(register int a, ...);
int old(), main(int argc, char *argv[static 1], char *const envp[restrict]);
[[nodiscard]] double complex cexp([[maybe_unused]] double complex z) [[gnu::const]];
__attribute__((ms_abi)) long windows(int (__attribute__((sysv_abi)) *unix_callback)(void));
extern "C" int vprintf(const char *format, va_list arguments);
#ifdef __cplusplus
}
#endif
#endif /* FUNCTIONS_H */
