// A typed call allocates nothing, in the header or in the library.
#include "guest_module.hpp"

#include <atomic>
#include <cstdlib>

static std::atomic<long> allocations;

#ifdef __SANITIZE_ADDRESS__
// The sanitizer has its own malloc: only what C++ allocates is counted.
void *operator new(std::size_t size) {
    allocations++;
    return std::malloc(size);
}
void operator delete(void *memory) noexcept {
    std::free(memory);
}
void operator delete(void *memory, std::size_t) noexcept {
    std::free(memory);
}
#else
extern "C" {
void *__libc_malloc(std::size_t);
void *__libc_calloc(std::size_t, std::size_t);
void *__libc_realloc(void *, std::size_t);
void *malloc(std::size_t size) {
    allocations++;
    return __libc_malloc(size);
}
void *calloc(std::size_t count, std::size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}
void *realloc(void *memory, std::size_t size) {
    allocations++;
    return __libc_realloc(memory, size);
}
}
#endif

template <class Calls>
static long allocated_by(Calls &&calls) {
    calls(); // the first call of a thread may set it up
    long before = allocations;
    for (int i = 0; i < 1000; i++)
        calls();
    return allocations - before;
}

int main() {
    return run([] {
        CHECK(allocated_by([] {
                  int *volatile kept = new int; // not to be optimized away
                  delete kept;
              }) == 1000);

        metaffi::module guest = load_guest();
        auto add = guest.load<std::int64_t(std::int64_t, std::int64_t)>("callable=guest_add");
        auto sum =
            guest.load<double(const std::vector<double> &, std::size_t)>("callable=guest_sum");
        auto apply = guest.load<int(metaffi::callable, int)>("callable=guest_apply");
        std::vector<double> numbers = {1, 2, 3};
        metaffi::callable next = [](int value) { return value + 1; };
        auto call_next = next.as<int(int)>();

        CHECK(allocated_by([&] { add(1, 2); }) == 0);
        CHECK(allocated_by([&] { add.by_frame(1, 2); }) == 0);
        CHECK(allocated_by([&] { sum(numbers, 3); }) == 0);
        CHECK(allocated_by([&] { call_next(1); }) == 0);
        CHECK(allocated_by([&] { apply(next, 1); }) == 0);
    });
}
