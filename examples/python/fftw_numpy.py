"""FFTW over the memory of numpy arrays: `fftw_complex *` takes an array of complex128."""

import metaffi
import numpy

fftw = metaffi.MetaFFIRuntime("c").load_module("libfftw3.so.3;fftw3.h")

COUNT = 256
time = numpy.arange(COUNT)
signal = numpy.zeros(COUNT, dtype=numpy.complex128)
spectrum = numpy.zeros(COUNT, dtype=numpy.complex128)

# The plan keeps both addresses; planning may write into the arrays.
forward = fftw.fftw_plan_dft_1d(COUNT, signal, spectrum, fftw.FFTW_FORWARD, fftw.FFTW_ESTIMATE)
signal[:] = numpy.exp(2j * numpy.pi * 5 * time / COUNT) + 0.5 * numpy.cos(
    2 * numpy.pi * 40 * time / COUNT
)
fftw.fftw_execute(forward)
peaks = numpy.flatnonzero(abs(spectrum) > 1)
print("peaks:", {int(peak): round(float(abs(spectrum[peak])), 6) for peak in peaks})
print("as numpy has it:", numpy.allclose(spectrum, numpy.fft.fft(signal)))

# The same plan for other arrays of the same alignment.
back = numpy.zeros_like(signal)
backward = fftw.fftw_plan_dft_1d(COUNT, spectrum, back, fftw.FFTW_BACKWARD, fftw.FFTW_ESTIMATE)
fftw.fftw_execute_dft(backward, spectrum, back)
print("there and back:", numpy.allclose(back / COUNT, signal))

# Two dimensions of real numbers, half of whose spectrum is enough.
image = numpy.outer(numpy.hanning(8), numpy.hanning(16))
half = numpy.empty((8, 9), dtype=numpy.complex128)
plan = fftw.fftw_plan_dft_r2c_2d(8, 16, image, half, fftw.FFTW_ESTIMATE)
fftw.fftw_execute(plan)
print("in two dimensions:", numpy.allclose(half, numpy.fft.rfft2(image)))

for each in (forward, backward, plan):
    fftw.fftw_destroy_plan(each)
