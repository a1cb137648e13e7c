// Functions that throw, called by hosts that are not C++.

#include <csetjmp>
#include <cstdint>
#include <exception>
#include <memory>
#include <pthread.h>
#include <stdexcept>
#include <string>

namespace guest {
static int alive;
struct counted {
    counted() { alive++; }
    counted(const counted &) { alive++; }
    ~counted() { alive--; }
};
struct first_base {
    virtual ~first_base() {}
    int filler = 7;
};
struct second_base : first_base, std::runtime_error {
    counted one;
    explicit second_base(const char *text) : std::runtime_error(text) {}
    const char *what() const noexcept override { return "its own words"; }
};
struct unknown {
    counted one;
};
template <typename T> struct generic {
    T value;
};
} // namespace guest

static void nested() {
    try {
        throw std::out_of_range("the inner one");
    } catch (...) {
        std::throw_with_nested(std::runtime_error("the outer one"));
    }
}

static void again() {
    std::exception_ptr kept;
    try {
        throw guest::second_base("again");
    } catch (...) {
        kept = std::current_exception();
    }
    std::rethrow_exception(kept);
}

extern "C" {
void throw_one(int which) {
    guest::counted local;
    switch (which) {
    case 0: throw std::runtime_error("too far");
    case 1: throw 42;
    case 2: throw "a text";
    case 3: throw guest::second_base("hidden");
    case 4: throw guest::unknown();
    case 5: throw guest::generic<long>{5};
    case 6: nested(); break;
    case 7: again(); break;
    case 8: throw std::string("a string");
    case 9: throw std::bad_alloc();
    case 10: throw std::make_shared<int>(3);
    }
}

int alive() { return guest::alive; }

int uncaught() { return std::uncaught_exceptions(); }

void leave_thread() { pthread_exit(nullptr); }

static std::jmp_buf place;

void jump() { std::longjmp(place, 1); }

int jumped(void (*code)()) {
    if (setjmp(place) == 0) {
        code();
        return 0;
    }
    return 1;
}

int caught_between(void (*code)()) {
    try {
        code();
    } catch (const std::exception &) {
        return 1;
    }
    return 0;
}

void pass(void (*code)(int), int which) { code(which); }
}
