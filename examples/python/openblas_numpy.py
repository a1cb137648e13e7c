"""OpenBLAS through its C headers, over numpy arrays."""

import metaffi
import numpy

blas = metaffi.MetaFFIRuntime("c").load_module("libopenblas.so.0;cblas.h")
print(blas.openblas_get_config().split()[0])

# c = 2 a b + c, with b transposed.
a = numpy.arange(6, dtype=numpy.float64).reshape(2, 3)
b = numpy.arange(12, dtype=numpy.float64).reshape(4, 3)
c = numpy.ones((2, 4))
blas.cblas_dgemm(
    blas.CblasRowMajor, blas.CblasNoTrans, blas.CblasTrans, 2, 4, 3, 2.0, a, 3, b, 3, 1.0, c, 4
)
print(c.tolist(), numpy.array_equal(c, 2 * a @ b.T + 1))

# Lists are vectors, too.
print("dot:", blas.cblas_ddot(3, [1, 2, 3], 1, [4, 5, 6], 1))
print("norm of floats:", blas.cblas_snrm2(2, numpy.array([3, 4], dtype=numpy.float32), 1))

# Complex numbers go by pointers to void.
x = numpy.array([1 + 2j, 3 - 1j])
y = numpy.array([2j, 1 + 1j])
result = numpy.zeros(1, dtype=numpy.complex128)
blas.cblas_zdotc_sub(2, x, 1, y, 1, result)
print("conjugated:", result[0], result[0] == numpy.vdot(x, y))
blas.cblas_zscal(2, numpy.array([1j]), x, 1)
print("turned:", x)

# A sum of each column, and which entry is the largest.
print("largest at", blas.cblas_idamax(12, b, 1), "and the sum is", blas.cblas_dasum(12, b, 1))
try:
    blas.cblas_ddot(3, numpy.ones(3, dtype=numpy.float16), 1, b, 1)
except metaffi.MetaFFIError as error:
    print("float16" in str(error), "double" in str(error))
