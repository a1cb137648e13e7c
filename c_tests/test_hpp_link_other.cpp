#include <metaffi.hpp>

std::int64_t other_unit(const metaffi::function<std::int64_t(std::int64_t, std::int64_t)> &add,
                        const metaffi::callable &callable);

std::int64_t other_unit(const metaffi::function<std::int64_t(std::int64_t, std::int64_t)> &add,
                        const metaffi::callable &callable) {
    return callable.as<std::int64_t(std::int64_t)>()(add(20, 1));
}
