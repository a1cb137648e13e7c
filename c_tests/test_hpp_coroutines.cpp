// Objects that a coroutine of C++20 awaits.
#include "python_runtime.hpp"

#include <atomic>
#include <coroutine>
#include <future>
#include <thread>

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

/// What is awaited is told by this thread's own loop, which is woken for it.
void told_by_jobs(const metaffi::runtime &python, const metaffi::object &awaited) {
    std::atomic<int> woken{0};
    auto ended = std::make_shared<int>(0);
    python.set_waker([&woken, ended] { woken++; });
    std::string told;
    const auto here = std::this_thread::get_id();
    metaffi::task task(awaited);
    task.then(python, [&](const metaffi::value *given, const metaffi::error *failure) {
        CHECK(std::this_thread::get_id() == here && failure == nullptr);
        told = given->as<std::string>();
    });
    std::size_t ran = 0;
    while (ran == 0) {
        while (woken.exchange(0) == 0)
            std::this_thread::yield();
        ran = python.run_jobs();
    }
    CHECK(ran == 1 && told == "by the loop");
    python.set_waker({});
    CHECK(ended.use_count() == 1);
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
        told_by_jobs(python, sleep(0.001, "by the loop"));
        CHECK(kind == "TimeoutError" || kind == "asyncio.exceptions.TimeoutError");
    });
}
