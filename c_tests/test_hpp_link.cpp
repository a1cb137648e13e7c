// The header in two translation units of one program.
#include "guest_module.hpp"

std::int64_t other_unit(const metaffi::function<std::int64_t(std::int64_t, std::int64_t)> &add,
                        const metaffi::callable &callable);

int main() {
    return run([] {
        auto add =
            load_guest().load<std::int64_t(std::int64_t, std::int64_t)>("callable=guest_add");
        metaffi::callable twice = [](std::int64_t value) { return 2 * value; };
        CHECK(other_unit(add, twice) == 42);
    });
}
