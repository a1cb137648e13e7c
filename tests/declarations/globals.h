extern int counter, *pointer, table[2][3]; extern const char *const names[];
static const int five = 5; static const char text[] = "a\0b" "c"; constexpr long ten = five * 2L;
__thread int per_thread; extern _Thread_local long other; int list[] = { [4] = 1, 2, [0 ... 2] = 3 };
struct pair { int a, b; } pairs[] = { { 1, 2 }, { .b = 3 } }; char *string = "x" "y", (*f)(void) = 0;
