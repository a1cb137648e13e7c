/* zlib as a guest, with its installed header: crc32, a round trip through compress. */
#include "guest_module.h"

#include <zlib.h>

enum { SIZE = 10000 };

static void checksum(const unsigned char *text) {
    metaffi_entity *sum = load("callable=crc32");
    metaffi_value arguments[] = {int64_value(0), size_value(text), int64_value(SIZE)};
    CHECK(call_number(sum, arguments, 3) == (double)crc32(0, text, SIZE));
    metaffi_entity_free(sum);
}

static void round_trip(const unsigned char *text) {
    metaffi_entity *pack = load("callable=compress"), *unpack = load("callable=uncompress");
    unsigned char packed[SIZE], unpacked[SIZE] = {0};
    uLongf packed_size = SIZE, unpacked_size = SIZE;
    metaffi_value packing[] = {size_value(packed), size_value(&packed_size), size_value(text),
                               int64_value(SIZE)};
    CHECK(call_number(pack, packing, 4) == Z_OK);
    CHECK(packed_size > 0 && packed_size < SIZE / 4);
    metaffi_value unpacking[] = {size_value(unpacked), size_value(&unpacked_size),
                                 size_value(packed), int64_value((int64_t)packed_size)};
    CHECK(call_number(unpack, unpacking, 4) == Z_OK);
    CHECK(unpacked_size == SIZE && memcmp(text, unpacked, SIZE) == 0);

    packed[packed_size / 2] ^= 0x55;
    CHECK(call_number(unpack, unpacking, 4) == Z_DATA_ERROR);
    metaffi_entity_free(pack);
    metaffi_entity_free(unpack);
}

static void constants(void) {
    metaffi_entity *best = load("constant=Z_BEST_COMPRESSION");
    CHECK(call_number(best, NULL, 0) == Z_BEST_COMPRESSION);
    metaffi_entity_free(best);
    metaffi_entity *version = load("callable=zlibVersion");
    metaffi_value text;
    CHECK_OK(metaffi_entity_call(version, NULL, 0, &text, 1, &err));
    CHECK(text.data.string.length == strlen(zlibVersion()));
    metaffi_value_clear(&text);
    metaffi_entity_free(version);
}

int main(void) {
    unsigned char text[SIZE];
    for (int i = 0; i < SIZE; i++)
        text[i] = (unsigned char)("compressible "[i % 13] + i / 3000);
    open_runtime();
    guest = open_module("libz.so.1;/usr/include/zlib.h");
    checksum(text);
    round_trip(text);
    constants();
    close_guest();
    return CHECK_RESULT;
}
