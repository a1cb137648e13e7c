// Classes whose objects could not be made, each of which is refused by what its member is to take.
#include "metaffi.hpp"

struct wrong_index {
    int operator[](const char *) const;
};
struct wrong_size {
    int operator[](int) const;
    int size(int) const;
};
struct wrong_loop {
    int *begin(int);
    int *end(int);
};
struct wrong_call {
    void operator()(int &written);
};
struct wrong_contains {
    bool contains(int, int) const;
};
struct wrong_nothing {};

metaffi::object made = metaffi::object::make<WRONG>();
