// C types and C data from C++, and structs by value through typed functions.
#include "guest_module.hpp"

#include "guests/guest.h"

namespace {

void layouts(const metaffi::module &guest) {
    metaffi::ctype record(guest, "struct guest_record");
    CHECK(record.kind() == METAFFI_CTYPE_KIND_STRUCT && record.name() == "struct guest_record");
    CHECK(record.size() == sizeof(guest_record) && record.align() == alignof(guest_record));
    auto place = record.at("place.y");
    CHECK(place.offset == offsetof(guest_record, place.y) && place.type.size() == sizeof(double));
    auto fields = record.fields();
    CHECK(fields.size() == 4 && fields[1].name == "weight" && fields[1].bits == 0);
    CHECK(record.array(3).size() == 3 * sizeof(guest_record));
    CHECK(record.pointer().clone().size() == sizeof(void *));
    auto bits = metaffi::ctype(guest, "struct guest_bits").fields();
    CHECK(bits.size() == 3 && bits[1].bits == 5 && bits[1].bit_offset == 3);
}

void members(const metaffi::module &guest) {
    metaffi::cdata record(metaffi::ctype(guest, "struct guest_record"));
    record.write("id", 7);
    record.write("name", "seven");
    record.write("place.y", 2.5);
    CHECK(record.read<int>("id") == 7 && record.read<double>("place.y") == 2.5);
    CHECK(record.part("name").string() == "seven");
    auto part = record.part("place");
    part.write("x", 1);
    CHECK(record.read<double>("place.x") == 1);
    CHECK(static_cast<guest_record *>(record.address())->id == 7);
    CHECK(record.size() == sizeof(guest_record) && record.runtime() == "c");
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "nowhere", record.read("nowhere"));
    CHECK_THROWS(METAFFI_STATUS_OUT_OF_RANGE, "", record.write("id", std::int64_t(1) << 40));
}

void memory(const metaffi::module &guest) {
    metaffi::ctype number(guest, "int");
    metaffi::cdata five(number, 5);
    CHECK(five.read<int>() == 5 && five.type().size() == sizeof(int));
    auto numbers = metaffi::cdata::array(number, 4);
    numbers.write("[3]", 33);
    auto pointer = numbers.address_of("[2]");
    auto bytes = numbers.buffer();
    CHECK(bytes.length() == 4 * sizeof(int));
    numbers.reset();
    CHECK(pointer.read<int>("[1]") == 33 && bytes.data()[3 * sizeof(int)] == 33);

    int own[] = {1, 2};
    auto borrowed = metaffi::cdata::at(metaffi::ctype(guest, "int[2]"), own);
    borrowed.clone().write("[1]", 20);
    CHECK(own[1] == 20);
    CHECK(borrowed.cast(metaffi::ctype(guest, "unsigned char[8]")).read<int>("[4]") == 20);

    metaffi::cdata text(metaffi::ctype(guest, "char[16]"), "hello");
    CHECK(text.string() == "hello" && text.string(2) == "he");
    text.free_now();
    bool refused = false;
    try {
        text.string();
    } catch (const metaffi::error &) {
        refused = true;
    }
    CHECK(refused);
}

void structs_by_value(const metaffi::module &guest) {
    metaffi::ctype point(guest, "struct guest_point");
    metaffi::cdata a(point), b(point);
    a.write("x", 1.5);
    b.write("x", 2);
    auto add =
        guest.load<metaffi::cdata(metaffi::cdata, metaffi::cdata)>("callable=guest_point_add");
    CHECK(add(a, b).read<double>("x") == 3.5);
    auto norm = guest.load<double(metaffi::cdata)>("callable=guest_point_norm");
    CHECK(norm(a.address_of()) == 1.5);
}

} // namespace

int main() {
    return run([] {
        metaffi::module guest = load_guest();
        layouts(guest);
        members(guest);
        memory(guest);
        structs_by_value(guest);
    });
}
