// libc, libm, zlib and SQLite as guests, from C++.
#include "guest_module.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <sqlite3.h>
#include <zlib.h>

namespace {

void libc(const metaffi::runtime &c) {
    auto libc = c.load_module("");
    libc.declare("void qsort(void *, size_t, size_t, int (*)(const void *, const void *));"
                 "long strtol(const char *, char **, int); char *getenv(const char *);"
                 "int snprintf(char *, size_t, const char *, ...);"
                 "typedef struct { int quot, rem; } div_t; div_t div(int, int);");
    auto sort =
        libc.load<void(void *, std::size_t, std::size_t, metaffi::callable)>("callable=qsort");
    std::vector<int> numbers = {5, 3, 9, -1, 7};
    sort(numbers.data(), numbers.size(), sizeof(int),
         [](const void *a, const void *b) -> std::int32_t {
             return *static_cast<const int *>(a) - *static_cast<const int *>(b);
         });
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));

    auto parse = libc.load<long(const char *, char **, int)>("callable=strtol");
    errno = 0;
    CHECK(parse("99999999999999999999", nullptr, 10) == INT64_MAX && errno == ERANGE);
    auto get = libc.load<std::optional<std::string>(const char *)>("callable=getenv");
    setenv("METAFFI_TEST", "a value", 1);
    CHECK(get("METAFFI_TEST") == "a value" && !get("METAFFI_NOWHERE"));

    char buffer[32];
    auto print =
        libc.load<int(char *, std::size_t, const char *, int, double)>("callable=snprintf");
    CHECK(print(buffer, sizeof buffer, "%d %.2f", 7, 2.5) == 6);
    CHECK_TEXT(buffer, "7 2.50");
    auto divide = libc.load<metaffi::cdata(int, int)>("callable=div");
    CHECK(divide(47, 10).read<int>("rem") == 7);
}

void libm(const metaffi::runtime &c) {
    auto libm = c.load_module("libm.so.6;/usr/include/math.h");
    auto power = libm.load<double(double, double)>("callable=pow");
    CHECK(power(2, 0.5) == std::pow(2, 0.5) && power.by_frame(2, 0.5) == power(2, 0.5));
}

void zlib(const metaffi::runtime &c) {
    auto z = c.load_module("libz.so.1;/usr/include/zlib.h");
    auto sum = z.load<unsigned long(unsigned long, const void *, unsigned)>("callable=crc32");
    std::string text(10000, 'x');
    CHECK(sum(0, text.data(), 10000) ==
          crc32(0, reinterpret_cast<const Bytef *>(text.data()), 10000));
    using packer = int(void *, unsigned long *, const void *, unsigned long);
    auto pack = z.load<packer>("callable=compress"), unpack = z.load<packer>("callable=uncompress");
    std::string packed(10000, 0), unpacked(10000, 0);
    unsigned long packed_size = packed.size(), unpacked_size = unpacked.size();
    CHECK(pack(packed.data(), &packed_size, text.data(), text.size()) == Z_OK);
    CHECK(unpack(unpacked.data(), &unpacked_size, packed.data(), packed_size) == Z_OK);
    CHECK(packed_size < 100 && unpacked == text);
}

void sqlite(const metaffi::runtime &c) {
    auto library = c.load_module("libsqlite3.so.0;/usr/include/sqlite3.h");
    auto open = library.load<int(const char *, sqlite3 **)>("callable=sqlite3_open");
    auto exec = library.load<int(sqlite3 *, const char *, metaffi::callable, void *, char **)>(
        "callable=sqlite3_exec");
    auto close = library.load<int(sqlite3 *)>("callable=sqlite3_close");
    sqlite3 *database = nullptr;
    CHECK(open(":memory:", &database) == SQLITE_OK);
    CHECK(exec(database, "create table t(a, b); insert into t values (1, 'one'), (2, 'two')",
               metaffi::callable(), nullptr, nullptr) == SQLITE_OK);
    std::vector<std::string> rows;
    auto on_row = [&](void *, int columns, char **texts, char **) -> int {
        rows.emplace_back(columns == 2 ? texts[1] : "?");
        return 0;
    };
    CHECK(exec(database, "select * from t order by a", on_row, nullptr, nullptr) == SQLITE_OK);
    CHECK(rows == std::vector<std::string>({"one", "two"}));
    CHECK(close(database) == SQLITE_OK);
}

} // namespace

int main() {
    return run([] {
        metaffi::runtime c("c");
        metaffi::scope scope(c);
        libc(c);
        libm(c);
        zlib(c);
        sqlite(c);
        CHECK(c.clone().name() == "c" && !metaffi::runtime_names().empty());
        auto with =
            c.load_module("zlib.h", {{"define", "Z_SOLO"}, {"include_dirs", "/usr/include"}});
        CHECK(with.describe().find("Z_BEST_SPEED") != std::string::npos);
        CHECK(c.load_module("libz.so.1;/usr/include/zlib.h").describe().find("crc32") !=
              std::string::npos);
    });
}
