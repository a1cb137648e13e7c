// Lambdas as C callbacks: qsort's order, SQLite's rows.
#include <metaffi.hpp>

#include <cstdio>

namespace {

void sort(const metaffi::runtime &c) {
    auto libc = c.load_module("");
    libc.declare("void qsort(void *base, size_t count, size_t size,"
                 "           int (*compare)(const void *, const void *));");
    double numbers[] = {2.5, -1, 8, 3.25};
    auto sort = libc.load<void(void *, std::size_t, std::size_t, const metaffi::callable &)>(
        "callable=qsort");
    metaffi::callable by_size([](const void *a, const void *b) {
        double left = *static_cast<const double *>(a), right = *static_cast<const double *>(b);
        return (left > right) - (left < right);
    });
    sort(numbers, 4, sizeof *numbers, by_size);
    for (double number : numbers)
        std::printf("%g ", number);
    std::printf("\n");
}

void query(const metaffi::runtime &c) {
    auto sqlite = c.load_module("libsqlite3.so.0;sqlite3.h");
    auto open = sqlite.load<int(const char *, void **)>("callable=sqlite3_open");
    auto close = sqlite.load<int(void *)>("callable=sqlite3_close");
    auto exec = sqlite.load<int(void *, const char *, const metaffi::callable &, void *, void *)>(
        "callable=sqlite3_exec");
    void *database = nullptr;
    if (open(":memory:", &database) != 0)
        throw std::runtime_error("SQLite opens no database");
    int rows = 0;
    metaffi::callable on_row([&rows](void *, int, char **values, char **names) {
        std::printf("%s = %s\n", names[0], values[0]);
        rows++;
        return 0;
    });
    exec(database, "select 6 * 7 as answer union select 'two rows'", on_row, nullptr, nullptr);
    close(database);
    std::printf("%d rows\n", rows);
}

} // namespace

int main() try {
    metaffi::runtime c("c");
    sort(c);
    query(c);
} catch (const std::exception &failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
