// Objects that a coroutine of C++20 awaits.
#include "python_runtime.hpp"

#include <coroutine>
#include <future>

namespace {

/// A coroutine whose result is waited for.
struct eventually {
    struct promise_type {
        std::promise<std::string> told;
        eventually get_return_object() { return {told.get_future()}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_value(std::string result) { told.set_value(std::move(result)); }
        void unhandled_exception() { told.set_exception(std::current_exception()); }
    };
    std::future<std::string> result;
};

eventually both(const metaffi::object &one, const metaffi::value &other) {
    metaffi::value first = co_await one;
    metaffi::value second = co_await other;
    co_return first.as<std::string>() + second.as<std::string>();
}

eventually fails(const metaffi::object &awaited) {
    try {
        co_await awaited;
    } catch (const metaffi::error &error) {
        co_return std::string(error.foreign_type());
    }
    co_return "nothing was thrown";
}

} // namespace

int main() {
    return run([] {
        metaffi::runtime python = load_python();
        auto asyncio = python.load_module("asyncio");
        auto sleep = asyncio.load<metaffi::object(double, const std::string &)>("callable=sleep");
        CHECK(both(sleep(0.001, "a"), metaffi::value(sleep(0, "b"))).result.get() == "ab");
        auto fail =
            python.load_module("builtins")
                .load<metaffi::object()>(
                    "eval=__import__('asyncio').wait_for(__import__('asyncio').sleep(10)\\, 0.01)");
        const std::string kind = fails(fail()).result.get();
        CHECK(kind == "TimeoutError" || kind == "asyncio.exceptions.TimeoutError");
    });
}
