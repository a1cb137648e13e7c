// The typed function calls zlib itself: no conversion is left to do at run time.
#include <metaffi.hpp>

#include <cstdio>

int main() try {
    metaffi::runtime c("c");
    auto zlib = c.load_module("libz.so.1;zlib.h");
    auto crc32 = zlib.load<unsigned long(unsigned long, const void *, unsigned)>("callable=crc32");
    std::printf("crc32 of \"hello\": %08lx\n", crc32(0, "hello", 5));
} catch (const metaffi::error &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
