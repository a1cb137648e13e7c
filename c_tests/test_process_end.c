/* What was given up without Python's lock is given back before the destructors of libraries that
 * Python has loaded: an object of one of these would meet what they have left. Needs pyarrow. */
#include "python_text.h"

int main(void) {
    open_text();
    if (!has("pyarrow")) {
        printf("skipped: this Python has no pyarrow\n");
        return SKIPPED;
    }
    metaffi_object *exported =
        object_of("import pyarrow\npyarrow.array([1, 2, 3]).__arrow_c_array__()");
    CHECK(metaffi_object_free(exported) == METAFFI_OK);
    close_text();
    return CHECK_RESULT;
}
