// Objects in expressions of C++: items, calls, loops, comparisons, contexts.
#include "python_runtime.hpp"

#include <map>

namespace {

using metaffi::arg;
using metaffi::object;
using metaffi::value;

object evaluated(const metaffi::runtime &python, const std::string &expression) {
    std::string escaped;
    for (char one : expression)
        escaped += one == ',' ? "\\," : std::string(1, one);
    return python.load_module("builtins").load<object()>("eval=" + escaped)();
}

void items_are_read_and_assigned(const metaffi::runtime &python) {
    object dict = evaluated(python, "{'a': 1, 2: 'two', 'in': {'deep': [10, 20, 30]}}");
    CHECK(dict["a"].as<int>() == 1);
    CHECK(dict[2].as<std::string>() == "two");
    CHECK(dict["in"]["deep"][1].as<int>() == 20);
    dict["a"] = 5;
    dict[std::string("new")] = "text";
    dict["in"]["deep"][-1] = 2.5;
    dict["copy"] = dict["a"];
    CHECK(dict["a"].as<int>() == 5 && dict["new"].as<std::string>() == "text");
    CHECK(dict["in"]["deep"][2].as<double>() == 2.5 && dict["copy"].as<int>() == 5);
    dict["a"].erase();
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "a", dict["a"].read());
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "3 items", dict["in"]["deep"][7].read());
    object number = evaluated(python, "__import__('fractions').Fraction(1, 3)");
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "cannot", number[0].read());
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "cannot", number["x"] = 1);
}

void calls_take_arguments_with_names(const metaffi::runtime &python) {
    object make = evaluated(python, "dict");
    object made = make(arg("b") = 2, arg("a") = "one").as<object>();
    CHECK(made.length() == 2 && made["b"].as<int>() == 2 && made["a"].as<std::string>() == "one");
    object sort = evaluated(python, "sorted");
    object list = evaluated(python, "[3, 1, 2]");
    object sorted = sort(list, arg("reverse") = true).as<object>();
    CHECK(sorted.as<std::vector<int>>() == (std::vector<int>{3, 2, 1}));
    const metaffi::name separator("sep");
    object date = evaluated(python, "__import__('datetime').datetime(2024, 2, 29)");
    CHECK(date.attr("isoformat").as<object>()(arg(separator) = " ").as<std::string>() ==
          "2024-02-29 00:00:00");
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "", sort(1));
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "be called", list(1));
}

void loops_go_over_what_an_object_gives(const metaffi::runtime &python) {
    long sum = 0;
    for (const value &one : evaluated(python, "list(range(1000))"))
        sum += one.as<long>();
    CHECK(sum == 499500);
    std::string keys;
    for (const value &key : evaluated(python, "{'x': 1, 'y': 2}"))
        keys += key.as<std::string>();
    CHECK(keys == "xy");
    for (const value &one : evaluated(python, "[]"))
        CHECK(one.is_null());
    // What is not looked at stays in the generator.
    object generator = evaluated(python, "(n * n for n in range(10))");
    int seen = 0;
    for (const value &square : generator) {
        if (square.as<int>() == 9)
            break;
        seen++;
    }
    CHECK(seen == 3 && generator.next(1).at(0).as<int>() == 16);
    int before = 0;
    object fails = evaluated(python, "(1 // (3 - n) for n in range(10))");
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "division",
                 for (const value &one
                      : fails) before += 1 + 0 * one.as<int>());
    CHECK(before == 3);
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "be iterated", evaluated(python, "object()").begin());
}

void comparisons_are_the_languages_own(const metaffi::runtime &python) {
    object tenth = evaluated(python, "__import__('decimal').Decimal('0.1')");
    object fifth = evaluated(python, "__import__('decimal').Decimal('0.2')");
    CHECK(tenth < fifth && tenth <= fifth && fifth > tenth && fifth >= tenth);
    CHECK(tenth != fifth && !(tenth == fifth) && tenth == tenth.clone());
    CHECK(fifth > 0 && tenth < 1 && tenth != "0.1");
    object path = evaluated(python, "__import__('pathlib').PurePosixPath('/a')");
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "", (void)(path < 1));
}

void contexts_are_entered_and_left(const metaffi::runtime &python) {
    object log = evaluated(python, "[]");
    object make = evaluated(python, "type('Context', (), {'__init__': lambda self, log, deals: "
                                    "setattr(self, 'log', log) or setattr(self, 'deals', deals), "
                                    "'__enter__': lambda self: self.log.append('in') or self.log, "
                                    "'__exit__': lambda self, kind, error, trace: "
                                    "self.log.append(str(error)) or self.deals})");
    {
        object context = make(log, false).as<object>();
        metaffi::entered inside(context);
        CHECK(inside->as<object>() == log);
    }
    CHECK(log.as<std::vector<std::string>>() == (std::vector<std::string>{"in", "None"}));
    object deals = make(log, true).as<object>(), does_not = make(log, false).as<object>();
    CHECK(metaffi::within(deals, [](const value &) {}));
    CHECK(!metaffi::within(deals, [](const value &) { throw std::runtime_error("dealt with"); }));
    CHECK(log[-1].as<std::string>().find("dealt with") != std::string::npos);
    try {
        metaffi::within(does_not, [](const value &) { throw std::out_of_range("goes on"); });
        CHECK(!"nothing was thrown");
    } catch (const std::out_of_range &error) {
        CHECK(std::string(error.what()) == "goes on");
    }
    try {
        metaffi::entered inside(deals);
        throw 7;
    } catch (int thrown) {
        CHECK(thrown == 7);
    }
    CHECK(log[-1].as<std::string>().find("exception of C++") != std::string::npos);
}

void data_of_c_is_used_the_same_way() {
    auto module = metaffi::runtime("c").load_module("");
    module.declare("struct point { int x, y; int rest[3]; };");
    metaffi::cdata point(metaffi::ctype(module, "struct point"));
    point.attr("x", 3);
    object rest = point.attr("rest").as<object>();
    rest[1] = 7;
    CHECK(rest.as<std::vector<int>>() == (std::vector<int>{0, 7, 0}));
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "outside of", rest[3].read());
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "entered as a context",
                 metaffi::entered inside(point));
    object type = point.type_object();
    object made = type.construct({}).as<object>();
    CHECK(made.attr("x").as<int>() == 0 && made.is_instance(type));
}

} // namespace

int main() {
    return run([] {
        data_of_c_is_used_the_same_way();
        metaffi::runtime python = load_python();
        items_are_read_and_assigned(python);
        calls_take_arguments_with_names(python);
        loops_go_over_what_an_object_gives(python);
        comparisons_are_the_languages_own(python);
        contexts_are_entered_and_left(python);
    });
}
