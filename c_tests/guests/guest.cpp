#include "guest.h"

#include <atomic>
#include <stdexcept>

namespace {

std::atomic<int> alive{0};

struct counted {
    counted() { alive++; }
    ~counted() { alive--; }
};

} // namespace

void guest_throw(const char *message) {
    throw std::out_of_range(message);
}

int guest_call_with_destructor(guest_function function, int value) {
    counted object;
    return function(value);
}

int guest_alive(void) {
    return alive;
}
