// Calls zlib's crc32 through an installed metaffi.
#include <iostream>
#include <metaffi.hpp>

int main() {
    try {
        metaffi::runtime c("c");
        auto z = c.load_module("libz.so.1");
        z.declare("unsigned long crc32(unsigned long, const void *, unsigned);");
        auto crc32 = z.load<unsigned long(unsigned long, const void *, unsigned)>("callable=crc32");
        return crc32(0, static_cast<const void *>("123456789"), 9) == 0xcbf43926 ? 0 : 1;
    } catch (const metaffi::error &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
