/* Measures what is named on the command line, or all but what needs to be told a file:
 * declarations; java, which takes a JDK and the directory of its limits; and python, which takes an
 * interpreter, the directory of its limits and, if not all is to be measured, the name of a part.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "harness.h"
#include "limits/interface.h"
#include "scenarios.h"

static const struct {
    const char *name;
    void (*measure)(void);
} SCENARIOS[] = {
    {"scalars", scalars}, {"signatures", signatures}, {"mixed", mixed},
    {"structs", structs}, {"callbacks", callbacks},   {"texts", texts},
    {"arrays", arrays},   {"objects", objects},       {"variadic", variadic},
    {"data", data},       {"threads", threads},       {"retired", retired},
    {"loading", loading},
};

static bool wanted(const char *name, int count, char **arguments) {
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], name) == 0) {
            return true;
        }
    }
    return count == 1;
}

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[1], "declarations") == 0) {
        client_open();
        declarations(arguments[2]);
        return 0;
    }
    if (count >= 4 && strcmp(arguments[1], "python") == 0) {
        client_open();
        python(arguments[2], arguments[3], count > 4 ? arguments[4] : NULL);
        return 0;
    }
    if (count == 4 && strcmp(arguments[1], "java") == 0) {
        client_open();
        java(arguments[2], arguments[3]);
        return 0;
    }
    if (wanted("scale", count, arguments)) {
        scale();
    }
    if (wanted("memory", count, arguments)) {
        memory();
    }
    client_open();
    fact("metaffi", metaffi_version());
    fact("libffi", ffi_get_version());
    fact("compiler", "gcc-compatible " __VERSION__);
    for (size_t i = 0; i < COUNT(SCENARIOS); i++) {
        if (wanted(SCENARIOS[i].name, count, arguments)) {
            SCENARIOS[i].measure();
        }
    }
    return 0;
}
