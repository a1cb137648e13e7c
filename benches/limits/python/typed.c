/* Values of every kind in and out. */

#include "guest.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if PY_VERSION_HEX >= 0x030B0000
#define NAME_OF_FUNCTION "co_qualname"
#else
#define NAME_OF_FUNCTION "co_name"
#endif

/* What a C program has for a value that says what it is. */
struct value {
    enum { NOTHING, TRUTH, INTEGER, NUMBER, TEXT, INTEGERS, OBJECT } kind;
    union {
        bool truth;
        int64_t integer;
        double number;
        struct {
            char *data;
            size_t length;
        } text;
        struct {
            int64_t *data;
            size_t count;
        } integers;
        /* Counted as one of the program's own, which it frees. */
        PyObject **object;
    };
};

static volatile int64_t integer;
static volatile double number;

/* Gives what was said to the guest back as it is there. */
static PyObject *to_python(const struct value *value) {
    switch (value->kind) {
    case TRUTH:
        return PyBool_FromLong(value->truth);
    case INTEGER:
        return PyLong_FromLongLong(value->integer);
    case NUMBER:
        return PyFloat_FromDouble(value->number);
    case TEXT:
        return PyUnicode_FromStringAndSize(value->text.data, (Py_ssize_t)value->text.length);
    default:
        Py_RETURN_NONE;
    }
}

static char *copy_of(const char *data, Py_ssize_t size) {
    char *copy = malloc((size_t)size + 1);
    memcpy(copy, data, (size_t)size);
    copy[size] = 0;
    return copy;
}

static PyObject **keep(PyObject *object) {
    PyObject **kept = malloc(sizeof *kept);
    Py_INCREF(object);
    *kept = object;
    return kept;
}

static struct value integers_of(PyObject *list) {
    Py_ssize_t count = PyList_GET_SIZE(list);
    int64_t *integers = malloc((size_t)count * sizeof *integers);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        integers[i] = PyLong_CheckExact(item) ? PyLong_AsLongLong(item) : -1;
        if (integers[i] == -1 && PyErr_Occurred()) {
            need(NULL);
        }
    }
    return (struct value){.kind = INTEGERS, .integers = {integers, (size_t)count}};
}

static struct value from_python(PyObject *object) {
    if (object == Py_None) {
        return (struct value){.kind = NOTHING};
    }
    if (PyLong_CheckExact(object)) {
        int overflow;
        int64_t read = PyLong_AsLongLongAndOverflow(object, &overflow);
        if (overflow) {
            exit(1);
        }
        return (struct value){.kind = INTEGER, .integer = read};
    }
    if (PyFloat_CheckExact(object)) {
        return (struct value){.kind = NUMBER, .number = PyFloat_AS_DOUBLE(object)};
    }
    if (PyBool_Check(object)) {
        return (struct value){.kind = TRUTH, .truth = object == Py_True};
    }
    if (PyUnicode_CheckExact(object)) {
        Py_ssize_t size;
        const char *data = PyUnicode_AsUTF8AndSize(object, &size);
        return (struct value){.kind = TEXT, .text = {copy_of(data, size), (size_t)size}};
    }
    if (PyList_CheckExact(object)) {
        return integers_of(object);
    }
    return (struct value){.kind = OBJECT, .object = keep(object)};
}

static void forget(PyObject **kept) {
    Py_DECREF(*kept);
    free(kept);
}

static void free_value(struct value *value) {
    switch (value->kind) {
    case TEXT:
        free(value->text.data);
        break;
    case INTEGERS:
        free(value->integers.data);
        break;
    case OBJECT:
        forget(value->object);
        break;
    default:
        break;
    }
}

static void take(PyObject *result) {
    struct value value = from_python(result);
    Py_DECREF(result);
    integer = value.kind;
    free_value(&value);
}

static inline void echo_any(PyObject *function, struct value *value) {
    PyObject *arguments[] = {NULL, need(to_python(value))};
    take(call(function, arguments + 1, 1));
}

#define ANY(name, ...)                                                                             \
    static inline void any_##name##_once(PyObject *function) {                                     \
        struct value value = {__VA_ARGS__};                                                        \
        echo_any(function, &value);                                                                \
    }                                                                                              \
    BOTH(any_##name, any_##name##_once, "echo")

ANY(int, .kind = INTEGER, .integer = 1000)
ANY(float, .kind = NUMBER, .number = 1.5)
ANY(bool, .kind = TRUTH, .truth = true)
ANY(none, .kind = NOTHING)
ANY(text, .kind = TEXT, .text = {"xxxxxxxxxx", 10})

static inline void returned_once(PyObject *function) {
    PyObject *arguments[1];
    take(call(function, arguments + 1, 0));
}

BOTH(any_list, returned_once, "small_list")
BOTH(any_dict, returned_once, "small_dict")

static inline void lend(PyObject *function, double *numbers, int rank, Py_ssize_t *shape) {
    Py_ssize_t strides[] = {sizeof *numbers, sizeof *numbers};
    if (rank == 2) {
        strides[0] = shape[1] * (Py_ssize_t)sizeof *numbers;
    }
    Py_buffer buffer = {.buf = numbers,
                        .len = (Py_ssize_t)sizeof *numbers * shape[0] * (rank == 2 ? shape[1] : 1),
                        .itemsize = sizeof *numbers,
                        .ndim = rank,
                        .format = "d",
                        .shape = shape,
                        .strides = strides};
    PyObject *arguments[] = {NULL, need(PyMemoryView_FromBuffer(&buffer))};
    Py_DECREF(call(function, arguments + 1, 1));
}

static inline void lend_3_once(PyObject *function) {
    static double numbers[3];
    Py_ssize_t shape[] = {3};
    lend(function, numbers, 1, shape);
}

static inline void lend_square_once(PyObject *function) {
    static double numbers[100 * 100];
    Py_ssize_t shape[] = {100, 100};
    lend(function, numbers, 2, shape);
}

BOTH(lend_3, lend_3_once, "take")
BOTH(lend_square, lend_square_once, "take")

static inline void bytes_once(PyObject *function) {
    static const char data[1000];
    PyObject *arguments[] = {NULL, need(PyBytes_FromStringAndSize(data, sizeof data))};
    PyObject *result = call(function, arguments + 1, 1);
    char *echoed;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(result, &echoed, &size) != 0) {
        need(NULL);
    }
    char *copy = copy_of(echoed, size);
    Py_DECREF(result);
    free(copy);
}

BOTH(bytes, bytes_once, "echo")

static inline void three_once(PyObject *function) {
    PyObject *arguments[1];
    PyObject *result = call(function, arguments + 1, 0);
    if (!PyTuple_CheckExact(result) || PyTuple_GET_SIZE(result) != 3) {
        exit(1);
    }
    for (Py_ssize_t i = 0; i < 3; i++) {
        integer = PyLong_AsLongLong(PyTuple_GET_ITEM(result, i));
        if (integer == -1 && PyErr_Occurred()) {
            need(NULL);
        }
    }
    Py_DECREF(result);
}

BOTH(three, three_once, "three")

static inline void named_once(PyObject *function) {
    static PyObject *names;
    if (!names) {
        names = need(Py_BuildValue("(NN)", PyUnicode_InternFromString("c"),
                                   PyUnicode_InternFromString("d")));
    }
    PyObject *arguments[] = {NULL, need(PyLong_FromLongLong(1000)), need(PyLong_FromLongLong(2000)),
                             need(PyLong_FromLongLong(3000)), need(PyLong_FromLongLong(4000))};
    PyObject *result = need(
        PyObject_Vectorcall(function, arguments + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, names));
    for (size_t i = 1; i < 5; i++) {
        Py_DECREF(arguments[i]);
    }
    take(result);
}

BOTH(named, named_once, "four")

/* The one that is passed is given back by the caller, as all others are. */
static inline void handle_once(PyObject *function) {
    static PyObject **kept;
    if (!kept) {
        kept = keep(function);
    }
    Py_INCREF(*kept);
    PyObject *arguments[] = {NULL, *kept};
    PyObject *result = call(function, arguments + 1, 1);
    PyObject **returned = keep(result);
    Py_DECREF(result);
    forget(returned);
}

BOTH(handle, handle_once, "echo")

static inline void float32_once(PyObject *function) {
    PyObject *arguments[] = {NULL, need(PyFloat_FromDouble(1.5f))};
    PyObject *result = call(function, arguments + 1, 1);
    float single = (float)PyFloat_AsDouble(result);
    if (single == -1 && PyErr_Occurred()) {
        need(NULL);
    }
    number = single;
    Py_DECREF(result);
}

static inline void uint64_once(PyObject *function) {
    PyObject *arguments[] = {NULL, need(PyLong_FromUnsignedLongLong(UINT64_MAX - 1))};
    PyObject *result = call(function, arguments + 1, 1);
    uint64_t read = PyLong_AsUnsignedLongLong(result);
    if (read == UINT64_MAX && PyErr_Occurred()) {
        need(NULL);
    }
    integer = (int64_t)read;
    Py_DECREF(result);
}

static inline void char32_once(PyObject *function) {
    Py_UCS4 character = 0x20ac;
    PyObject *arguments[] = {NULL,
                             need(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, &character, 1))};
    PyObject *result = call(function, arguments + 1, 1);
    if (!PyUnicode_Check(result) || PyUnicode_GetLength(result) != 1) {
        exit(1);
    }
    integer = PyUnicode_ReadChar(result, 0);
    Py_DECREF(result);
}

BOTH(float32, float32_once, "echo")
BOTH(uint64, uint64_once, "echo")
BOTH(char32, char32_once, "echo")

static inline void attribute_once(PyObject *counter) {
    static PyObject *name;
    if (!name) {
        name = need(PyUnicode_InternFromString("count"));
    }
    take(need(PyObject_GetAttr(counter, name)));
}

BOTH(any_attribute, attribute_once, "COUNTER")

static inline void next_once(PyObject *iterator) {
    take(need(PyIter_Next(iterator)));
}

BOTH(next, next_once, "NUMBERS")

struct frame {
    char *function, *file;
    int line;
};

static char *text_of(PyObject *owner, const char *attribute) {
    PyObject *text = need(PyObject_GetAttrString(owner, attribute));
    Py_ssize_t size;
    const char *data = PyUnicode_AsUTF8AndSize(text, &size);
    char *copy = copy_of(data, size);
    Py_DECREF(text);
    return copy;
}

/* The frames of an exception that is kept. */
void frames(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *function = guest("fail_deep");
    PyObject *result = PyObject_CallFunction(function, "i", 10);
    if (result) {
        exit(1);
    }
    PyObject *class, *exception, *traceback;
    PyErr_Fetch(&class, &exception, &traceback);
    while (count--) {
        struct frame list[16];
        size_t length = 0;
        PyObject *trace = traceback;
        Py_INCREF(trace);
        while (trace != Py_None && length < 16) {
            PyObject *frame = need(PyObject_GetAttrString(trace, "tb_frame"));
            PyObject *code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
            PyObject *line = need(PyObject_GetAttrString(trace, "tb_lineno"));
            list[length++] = (struct frame){text_of(code, NAME_OF_FUNCTION),
                                            text_of(code, "co_filename"), (int)PyLong_AsLong(line)};
            Py_DECREF(line);
            Py_DECREF(code);
            Py_DECREF(frame);
            PyObject *next = need(PyObject_GetAttrString(trace, "tb_next"));
            Py_DECREF(trace);
            trace = next;
        }
        Py_DECREF(trace);
        while (length) {
            length--;
            integer = list[length].line;
            free(list[length].function);
            free(list[length].file);
        }
    }
    Py_XDECREF(traceback);
    Py_DECREF(exception);
    Py_DECREF(class);
    Py_DECREF(function);
    PyGILState_Release(state);
}
