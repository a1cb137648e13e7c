"""GMP's integers of any size, through the names that its header defines as macros."""

import metaffi

gmp = metaffi.MetaFFIRuntime("c").load_module("libgmp.so.10;gmp.h")


def integer(value=0):
    made = gmp.new("mpz_t")
    gmp.mpz_init_set_si(made, value)
    return made


def decimal(number):
    digits = gmp.new("char[]", gmp.mpz_sizeinbase(number, 10) + 2)
    return str(gmp.mpz_get_str(digits, 10, number))


product = integer(1)
for factor in range(1, 31):
    gmp.mpz_mul_ui(product, product, factor)
print("30! =", decimal(product))

# 2**127 - 1 is a prime.
mersenne = integer(1)
gmp.mpz_mul_2exp(mersenne, mersenne, 127)
gmp.mpz_sub_ui(mersenne, mersenne, 1)
print(decimal(mersenne), "is prime:", gmp.mpz_probab_prime_p(mersenne, 25) > 0)

quotient, rest = integer(), integer()
gmp.mpz_tdiv_qr(quotient, rest, mersenne, product)
print("quotient:", decimal(quotient), "rest:", decimal(rest))

# Text in, and formatted by GMP's own printf.
number = integer()
if gmp.mpz_set_str(number, "ff" * 16, 16):
    raise ValueError("no number")
line = gmp.new("char[100]")
gmp.gmp_snprintf(line, 100, "%Zd has %d bits", number, gmp.mpz_sizeinbase(number, 2))
print(str(line))

# As bytes, to Python and back.
size = gmp.new("size_t")
octets = bytearray(16)
gmp.mpz_export(octets, size, -1, 1, 0, 0, number)
print("Python agrees:", int.from_bytes(octets, "little") == 2**128 - 1, size.value)

for each in (product, mersenne, quotient, rest, number):
    gmp.mpz_clear(each)
