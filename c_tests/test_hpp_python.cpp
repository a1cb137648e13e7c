// Runtime python3 through the C++ header.
#include "python_runtime.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

namespace {

void the_standard_library(const metaffi::runtime &python) {
    auto math = python.load_module("math");
    CHECK(math.load<double(double)>("callable=sqrt")(2) == std::sqrt(2.0));
    CHECK(math.load("attribute=pi")()[0].as<double>() == std::acos(-1.0));

    auto json = python.load_module("json");
    auto loaded = json.load("callable=loads")(R"({"words": ["a", "b"]})");
    CHECK(json.load("callable=dumps")(loaded[0])[0].as<std::string>() ==
          R"({"words": ["a", "b"]})");

    auto statistics = python.load_module("statistics");
    std::vector<double> numbers = {2.5, 1, 8, 4.5};
    auto mean = statistics.load<double(const std::vector<double> &)>("callable=mean");
    CHECK(mean(numbers) == 4);

    auto decimal = python.load_module("decimal");
    auto make = decimal.load<metaffi::object(std::string_view)>("callable=Decimal");
    auto add = decimal.load<metaffi::object(const metaffi::object &, const metaffi::object &)>(
        "callable=Decimal.__add__,instance_required");
    auto shown = decimal.load<std::string(const metaffi::object &)>("eval=str(args[0])");
    auto tenth = make("0.1"), fifth = make("0.2");
    CHECK(shown(add(tenth, fifth)) == "0.3" && tenth.type_name() == "decimal.Decimal");
}

void an_object_is_used_by_what_it_can_do(const metaffi::module &guest) {
    auto counter = guest.load<metaffi::object(std::int64_t)>("callable=Counter")(7);
    CHECK(counter.can(METAFFI_CAN_READ_ATTRIBUTES) && !counter.can(METAFFI_CAN_CALL));
    const metaffi::name step("step");
    counter.attr(step, 3);
    counter.attr("label", "three");
    CHECK(counter.attr(step).as<int>() == 3);
    CHECK(counter.attr("label").as<std::string>() == "three");
    counter.delete_attr(step);
    counter.delete_attr("label");
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "step", counter.attr(step));
}

void a_module_runs_source_text(const metaffi::module &guest) {
    CHECK(guest.run("Counter(4).add(1)").as<int>() == 5);
    auto globals = guest.new_namespace();
    guest.run("def twice(number): return 2 * number", globals);
    CHECK(guest.run("twice(given)", globals, {{"given", metaffi::value(21)}}).as<int>() == 42);
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "twice", guest.run("twice"));
    CHECK_THROWS(METAFFI_STATUS_SYNTAX, "shown, line 1", guest.run("1 +", globals, {}, "shown"));
    CHECK(guest.as_object().attr("__name__").as<std::string>() == "guest");
    auto add = guest.load("callable=Counter.add,instance_required");
    CHECK(add.required_count() == 2 && add.takes_names());
}

void a_promise_is_awaited() {
    metaffi::promise promise;
    std::atomic<int> told{0};
    metaffi::task task(promise, [&](const metaffi::value *value, const metaffi::error *) {
        told += value != nullptr ? value->as<int>() : 0;
    });
    CHECK(!task.wait_for(std::chrono::nanoseconds(0)));
    promise.resolve(metaffi::value(7));
    CHECK(task.wait().as<int>() == 7 && task.clone().wait().as<int>() == 7 && told == 7);
    metaffi::promise failing;
    metaffi::task failed(failing);
    failing.reject(metaffi::error(METAFFI_STATUS_NOT_FOUND, "", "not today"));
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "not today", failed.wait());
}

void a_class_and_its_method(const metaffi::module &guest) {
    auto make = guest.load<metaffi::object(std::int64_t)>("callable=Counter");
    auto add = guest.load<std::int64_t(const metaffi::object &, std::int64_t)>(
        "callable=Counter.add,instance_required");
    auto counter = make(40);
    CHECK(add(counter, 1) == 41 && add(counter, 1) == 42);
    CHECK(counter.runtime() == "python3" && counter.type_name() == "guest.Counter");
}

void lambdas_are_python_callables(const metaffi::module &guest) {
    auto apply = guest.load<std::int64_t(metaffi::callable, std::int64_t)>("callable=apply");
    CHECK(apply([](std::int64_t value) { return value * value; }, 7) == 49);
    metaffi::callable refuses = [](std::int64_t) -> std::int64_t {
        throw std::out_of_range("beyond the end");
    };
    auto describe = guest.load<std::string(metaffi::callable)>("callable=describe_failure");
    CHECK(describe(refuses) == "Error: beyond the end");
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "beyond the end", apply(refuses, 1));
}

/// What C++ throws under Python is an exception of Python's, and comes out as an error.
void what_a_callback_throws_does_not_pass_through_python(const metaffi::module &guest) {
    metaffi_callback throws = [](void *, metaffi_slot *, metaffi_error **) -> metaffi_status {
        throw std::domain_error("from below");
    };
    for (metaffi_type type : {metaffi_int64_type, metaffi_any_type}) {
        metaffi_type_info info = {type, nullptr, 0};
        metaffi_callable *made = nullptr;
        CHECK(metaffi_callable_new(throws, &info, 1, &info, 1, nullptr, nullptr, &made, nullptr) ==
              METAFFI_OK);
        metaffi::callable callable(made);
        auto describe = guest.load<std::string(metaffi::callable)>("callable=describe_failure");
        CHECK(describe(callable).find("from below") != std::string::npos);
        auto apply = guest.load<std::int64_t(metaffi::callable, std::int64_t)>("callable=apply");
        for (int i = 0; i < 3; i++)
            CHECK_THROWS(METAFFI_STATUS_FOREIGN, "from below", apply(callable, 1));
        CHECK(apply([](std::int64_t value) { return value + 1; }, 7) == 8);
    }
}

void a_python_function_sorts(const metaffi::module &guest) {
    auto compare = guest.load<int(std::uintptr_t, std::uintptr_t)>("callable=compare_doubles");
    double numbers[] = {2.5, -1, 8, 3.25, 0, 5};
    std::qsort(numbers, 6, sizeof *numbers,
               reinterpret_cast<int (*)(const void *, const void *)>(compare.target().native()));
    CHECK(std::is_sorted(std::begin(numbers), std::end(numbers)));
}

void an_exception_is_thrown(const metaffi::module &guest) {
    auto load_settings = guest.load("callable=load_settings");
    try {
        load_settings("nothing");
        CHECK(!"nothing was thrown");
    } catch (const metaffi::error &error) {
        CHECK(error.status() == METAFFI_STATUS_FOREIGN && error.runtime() == "python3");
        CHECK(error.foreign_type() == "guest.SettingsError");
        CHECK(std::string(error.what()).find("not JSON: nothing") != std::string::npos);
        CHECK(error.trace().find("Traceback") != std::string_view::npos);
        CHECK(error.frames().at(0).function == "load_settings");
        CHECK(error.cause()->foreign_type() == "json.decoder.JSONDecodeError");
        CHECK(error.original().type_name() == "guest.SettingsError");
    }
}

void a_group_throws_its_members(const metaffi::module &guest) {
    auto newer = guest.load<bool()>("eval=hasattr(__import__('builtins')\\, 'ExceptionGroup')");
    if (!newer())
        return;
    auto fail =
        guest.load("exec=raise ExceptionGroup('both'\\, [ValueError('a')\\, OSError('b')])");
    try {
        fail();
        CHECK(!"nothing was thrown");
    } catch (const metaffi::error &error) {
        auto members = error.members();
        CHECK(members.size() == 2 && members.at(1).foreign_type() == "OSError");
        CHECK(std::string(members.at(0).what()) == "a" && members.at(0).members().empty());
    }
}

void threads_share_the_interpreter(const metaffi::runtime &python, const metaffi::module &guest) {
    auto add = guest.load<std::int64_t(std::int64_t, std::int64_t)>("callable=add");
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; t++)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 500; i++)
                right += add(t, i) == t + i;
            metaffi::scope scope(python);
            for (int i = 0; i < 500; i++)
                right += add(t, i) == t + i;
        });
    for (auto &thread : threads)
        thread.join();
    CHECK(right == 8000);
}

} // namespace

int main() {
    return run([] {
        metaffi::runtime python = load_python();
        metaffi::module guest = python.load_module(PYTHON_GUEST);
        the_standard_library(python);
        a_promise_is_awaited();
        an_object_is_used_by_what_it_can_do(guest);
        a_module_runs_source_text(guest);
        a_class_and_its_method(guest);
        lambdas_are_python_callables(guest);
        what_a_callback_throws_does_not_pass_through_python(guest);
        a_python_function_sorts(guest);
        an_exception_is_thrown(guest);
        a_group_throws_its_members(guest);
        threads_share_the_interpreter(python, guest);
    });
}
