// C types made at run time, from C++: built, asked what they are, called, and given closures.
#include "guest_module.hpp"

#include "guests/guest.h"

#include <cstdlib>

namespace {

using metaffi::ctype;

void types_are_built_and_asked(const metaffi::module &guest) {
    ctype number = ctype::primitive(METAFFI_PRIMITIVE_INT),
          real = ctype::primitive(METAFFI_PRIMITIVE_DOUBLE);
    CHECK(number.primitive_number() == METAFFI_PRIMITIVE_INT && number.size() == sizeof(int));
    CHECK(number.pointer().primitive_number() == METAFFI_PRIMITIVE_NONE);
    auto of_array = number.array(3).elements();
    CHECK(of_array.length == 3 && of_array.type.primitive_number() == METAFFI_PRIMITIVE_INT);
    CHECK(number.pointer().elements().length == SIZE_MAX);

    auto record = ctype::struct_of(guest, "", {{"low", number, 3}, {"real", real}, {"", number}});
    struct same {
        int low : 3;
        double real;
        int last;
    };
    CHECK(record.size() == sizeof(same) && record.at("real").offset == offsetof(same, real));
    CHECK(ctype::struct_of(guest, "", {{"", number}, {"", real}}, 1).size() == 12);
    CHECK(ctype::union_of(guest, "", {{"n", number}, {"r", real}}).size() == sizeof(double));
    CHECK(ctype::struct_of(guest, "", {}).size() == 0);
    ctype node = ctype::struct_declared(guest, "hpp_node");
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "hpp_node", node.size());
    ctype link = node.pointer();
    ctype::struct_of(guest, "hpp_node", {{"value", number}, {"next", link}});
    CHECK(node.size() == 2 * sizeof(void *));
    CHECK(ctype::union_declared(guest, "hpp_later").name() == "union hpp_later");
    CHECK_THROWS(METAFFI_STATUS_INVALID_ARGUMENT, "", ctype::primitive(9999));

    auto function = ctype::function(real, {number, real}, true).signature();
    CHECK(function.returns.primitive_number() == METAFFI_PRIMITIVE_DOUBLE);
    CHECK(function.params.size() == 2 && function.is_variadic);
    CHECK(function.params[0].primitive_number() == METAFFI_PRIMITIVE_INT);
    CHECK(function.convention == METAFFI_CONVENTION_DEFAULT);
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "", number.signature());
}

void functions_are_called() {
    ctype real = ctype::primitive(METAFFI_PRIMITIVE_DOUBLE);
    double six = 6, seven = 7, product = 0;
    auto multiply = ctype::function(real, {real, real});
    multiply.call(reinterpret_cast<metaffi_function>(guest_multiply), &product, {&six, &seven});
    CHECK(product == 42);

    ctype number = ctype::primitive(METAFFI_PRIMITIVE_INT);
    auto sum_ints =
        ctype::function(ctype::primitive(METAFFI_PRIMITIVE_LONG), {number}, /*variadic=*/true);
    int count = 2, first = 40, second = 2;
    std::int64_t sum = 0;
    sum_ints.prepare({number, number});
    sum_ints.call(reinterpret_cast<metaffi_function>(guest_sum_ints), &sum,
                  {&count, &first, &second}, {number, number});
    CHECK(sum == 42);
    ctype narrow = ctype::primitive(METAFFI_PRIMITIVE_FLOAT);
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "", sum_ints.prepare({narrow}));
}

void closures_run_lambdas() {
    ctype number = ctype::primitive(METAFFI_PRIMITIVE_INT);
    ctype of_int = ctype::function(number, {number});
    auto witness = std::make_shared<int>(10);
    auto add = [witness](void *returned, void **arguments) {
        *static_cast<std::int64_t *>(returned) = *static_cast<int *>(arguments[0]) + *witness;
    };
    {
        auto callable = metaffi::make_closure(of_int, add);
        CHECK(callable.native_as<int(int)>()(5) == 15 && witness.use_count() == 3);
    }
    CHECK(witness.use_count() == 2);

    ctype real = ctype::primitive(METAFFI_PRIMITIVE_DOUBLE);
    auto variadic = metaffi::make_closure(ctype::function(real, {number}, true),
                                          [](void *returned, void **arguments) {
                                              *static_cast<double *>(returned) =
                                                  *static_cast<int *>(arguments[0]) +
                                                  *static_cast<double *>(arguments[1]);
                                          },
                                          {real});
    CHECK(variadic.native_as<double(int, ...)>()(2, 0.5) == 2.5);

    auto reserved = metaffi::closure::reserve();
    auto code = reinterpret_cast<int (*)(int)>(reserved.native());
    CHECK_THROWS(METAFFI_STATUS_INVALID_ARGUMENT, "not prepared", reserved.as_callable());
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "", reserved.prepare(number, add));
    CHECK(witness.use_count() == 2);
    reserved.prepare(of_int, add);
    CHECK(code(1) == 11 && witness.use_count() == 3);
    auto callable = reserved.as_callable();
    reserved.reset();
    CHECK(code(2) == 12 && callable.native() == reinterpret_cast<metaffi_function>(code));
    callable.reset();
    CHECK(witness.use_count() == 2);

    // What a handler throws passes through C's frames, as in any C++ function.
    auto thrower =
        metaffi::make_closure(of_int, [](void *, void **) { throw std::out_of_range("far"); });
    try {
        thrower.native_as<int(int)>()(1);
        CHECK(false);
    } catch (const std::out_of_range &caught) {
        CHECK(std::string(caught.what()) == "far");
    }
}

int compare(const void *a, const void *b) {
    return *static_cast<const int *>(a) - *static_cast<const int *>(b);
}

void a_callable_has_a_declared_type(const metaffi::module &guest) {
    auto owner = std::make_shared<int>(1);
    auto comparison = metaffi::callable::from_declaration(
        guest, "int (*)(const void *, const void *)", compare, owner);
    CHECK(owner.use_count() == 2 && comparison.param_count() == 2);
    CHECK(comparison.return_count() == 1);
    CHECK(comparison.result(0).type == metaffi::parse_type("int32"));
    CHECK(comparison.native_as<int(const void *, const void *)>() == compare);
    comparison.reset();
    CHECK(owner.use_count() == 1);
    CHECK_THROWS(METAFFI_STATUS_SYNTAX, "",
                 metaffi::callable::from_declaration(guest, "int (", compare, owner));
    CHECK(owner.use_count() == 1);

    auto multiply =
        metaffi::callable::from_declaration(guest, "double (double, double)", guest_multiply);
    CHECK(multiply(6, 7)[0].as<double>() == 42);
    CHECK(multiply.param(1).type == metaffi_float64_type);
    CHECK_THROWS(METAFFI_STATUS_INVALID_ARGUMENT, "", multiply(6));
}

void arrays_are_read_and_written() {
    auto owner = std::make_shared<std::vector<int>>(std::vector<int>{1, 2, 3, 4, 5, 6});
    const std::size_t shape[] = {2, 3};
    {
        auto borrowed = metaffi::array::borrow(owner->data(), metaffi_int32_type, shape, owner);
        CHECK(owner.use_count() == 2 && borrowed.read({1, 2}).as<int>() == 6);
        borrowed.write({0, 1}, 20);
        CHECK((*owner)[1] == 20);
        CHECK(borrowed.read({0}).as<std::vector<int>>() == std::vector<int>({1, 20, 3}));
        CHECK_THROWS(METAFFI_STATUS_OUT_OF_RANGE, "", borrowed.read({2, 0}));
        CHECK_THROWS(METAFFI_STATUS_OUT_OF_RANGE, "",
                     borrowed.write({0, 0}, std::int64_t(1) << 40));
    }
    CHECK(owner.use_count() == 1);
    const std::ptrdiff_t backwards[] = {-std::ptrdiff_t(sizeof(int))};
    auto reversed =
        metaffi::array::borrow(owner->data() + 5, metaffi_int32_type,
                               metaffi::span<const std::size_t>(&shape[1], 1), nullptr, backwards);
    CHECK(reversed.read({2}).as<int>() == 4);
}

void the_rest(const metaffi::module &guest) {
    ctype number(guest, "int");
    metaffi::cdata five(number.array(2));
    CHECK(five.pointer() == five.address());
    CHECK(five.address_of("[1]").pointer() == static_cast<int *>(five.address()) + 1);
    CHECK(metaffi::parse_type("metaffi_int64_type") == metaffi_int64_type);
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "int64", metaffi::parse_type("int46"));
    CHECK(metaffi::doctor().find("\"c\"") != std::string::npos);
}

} // namespace

int main() {
    return run([] {
        auto guest = load_guest();
        types_are_built_and_asked(guest);
        functions_are_called();
        closures_run_lambdas();
        a_callable_has_a_declared_type(guest);
        arrays_are_read_and_written();
        the_rest(guest);
    });
}
