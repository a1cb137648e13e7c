// Arrays and tables by DLPack and Arrow's C data interface, in C++.
#include "python_runtime.hpp"

#include <metaffi/exchange.hpp>

namespace {

void a_tensor_goes_out_and_back(const metaffi::module &builtins) {
    using doubles = std::vector<double>;
    auto array =
        builtins.load<metaffi::object()>("eval=__import__('array').array('d'\\, [1\\, 2\\, 3])")();
    metaffi::tensor tensor = metaffi::tensor_of(array);
    double *numbers = static_cast<double *>(tensor->dl_tensor.data);
    numbers[1] = 20;

    CHECK(array.as<doubles>() == (doubles{1, 20, 3}));
    metaffi::object again = metaffi::object_of(std::move(tensor));
    CHECK(tensor == nullptr);
    auto listed = builtins.load<metaffi::object(metaffi::object)>("callable=memoryview")(again);
    CHECK(listed.as<doubles>() == (doubles{1, 20, 3}));
    auto list = builtins.load<metaffi::object()>("eval=[1]")();
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "hand over a tensor", metaffi::tensor_of(list));
}

void a_column_goes_out_and_back(const metaffi::module &builtins) {
    auto bytes = builtins.load<metaffi::object()>("eval=memoryview(b'abc')")();
    auto [schema, column] = metaffi::arrow_array_of(bytes);
    CHECK(schema && column && column->length == 3 && schema->format == std::string("C"));
    metaffi::arrow_array moved = std::move(column);
    CHECK(!column && moved);
    metaffi::object made = metaffi::object_of(std::move(schema), std::move(moved));
    CHECK(!schema && !moved && made.length() == 3);
    metaffi::arrow_schema type = metaffi::arrow_schema_of(made);
    CHECK(type->format == std::string("C"));
    CHECK(made.buffer().get()->shape[0] == 3);
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "hand over a stream", metaffi::arrow_stream_of(made));
}

void data_of_c_goes_out_the_same_way() {
    auto module = metaffi::runtime("c").load_module("");
    module.declare("struct point { double x; int rest[2][3]; };");
    metaffi::cdata point(metaffi::ctype(module, "struct point"));
    auto rest = point.attr("rest").as<metaffi::object>();
    metaffi::tensor tensor = metaffi::tensor_of(rest);
    CHECK(tensor->flags == 0 && tensor->dl_tensor.ndim == 2 && tensor->dl_tensor.shape[1] == 3);
    static_cast<int *>(tensor->dl_tensor.data)[4] = 7;
    CHECK(rest[1].as<metaffi::object>()[1].as<int>() == 7);
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "one dimension, not 2", metaffi::arrow_array_of(rest));
    auto row = rest[1].as<metaffi::object>();
    auto [schema, column] = metaffi::arrow_array_of(row);
    CHECK(schema->format == std::string("i") && column->length == 3);
    CHECK(static_cast<const int *>(column->buffers[1])[1] == 7);
}

} // namespace

int main() {
    return run([] {
        data_of_c_goes_out_the_same_way();
        metaffi::runtime python = load_python();
        auto builtins = python.load_module("builtins");
        a_tensor_goes_out_and_back(builtins);
        a_column_goes_out_and_back(builtins);
    });
}
