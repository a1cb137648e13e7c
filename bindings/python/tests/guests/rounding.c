/* Built with -ffast-math: whoever loads this has numbers near zero flushed to zero. */
#include <fenv.h>

int round_upwards(void) {
    return fesetround(FE_UPWARD);
}

/* Whether the rounding mode is upwards after `function` has run in it; the default one is set. */
int call_rounding_upwards(double (*function)(double), double value) {
    fesetround(FE_UPWARD);
    function(value);
    int upwards = fegetround() == FE_UPWARD;
    fesetround(FE_TONEAREST);
    return upwards;
}

int text_rounding_upwards(void (*function)(const char *), const char *text) {
    fesetround(FE_UPWARD);
    function(text);
    int upwards = fegetround() == FE_UPWARD;
    fesetround(FE_TONEAREST);
    return upwards;
}
