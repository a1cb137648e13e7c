#include "guest.h"

#include <stdbool.h>
#include <stdint.h>

/* What the values are told to: functions like those of a visitor, called through pointers. */

static struct {
    int64_t integers;
    double numbers;
    size_t texts, nulls, truths, containers;
} sums;

struct container {
    uint32_t kind;
    size_t length;
    uint64_t id;
    const char *type_name;
    size_t type_name_length;
};

static uint32_t on_null(void *userdata, void **failure) {
    (void)userdata, (void)failure;
    sums.nulls++;
    return 0;
}
static uint32_t on_boolean(void *userdata, bool boolean, void **failure) {
    (void)userdata, (void)failure;
    sums.truths += boolean;
    return 0;
}
static uint32_t on_integer(void *userdata, int64_t integer, void **failure) {
    (void)userdata, (void)failure;
    sums.integers += integer;
    return 0;
}
static uint32_t on_number(void *userdata, double number, void **failure) {
    (void)userdata, (void)failure;
    sums.numbers += number;
    return 0;
}
static uint32_t on_text(void *userdata, const char *text, size_t length, void **failure) {
    (void)userdata, (void)failure;
    sums.texts += length + (size_t)text[0];
    return 0;
}
static uint32_t on_open(void *userdata, const struct container *container, void **failure) {
    (void)userdata, (void)failure;
    sums.containers += container->length;
    return 0;
}
static uint32_t on_close(void *userdata, void **failure) {
    (void)userdata, (void)failure;
    sums.containers++;
    return 0;
}

struct visitor {
    uint32_t (*null)(void *userdata, void **failure);
    uint32_t (*boolean)(void *userdata, bool boolean, void **failure);
    uint32_t (*integer)(void *userdata, int64_t integer, void **failure);
    uint32_t (*number)(void *userdata, double number, void **failure);
    uint32_t (*text)(void *userdata, const char *text, size_t length, void **failure);
    uint32_t (*open)(void *userdata, const struct container *container, void **failure);
    uint32_t (*close)(void *userdata, void **failure);
};

struct visitor visitor = {on_null, on_boolean, on_integer, on_number, on_text, on_open, on_close};

/* By recursion, without a look at what was there before, and without a reference to what the
 * functions look at. */
static uint32_t visit(const struct visitor *to, PyObject *object, uint64_t *id, void **failure) {
    if (PyUnicode_CheckExact(object)) {
        Py_ssize_t length;
        const char *text = PyUnicode_AsUTF8AndSize(object, &length);
        return text ? to->text(NULL, text, (size_t)length, failure) : 1;
    }
    if (PyLong_CheckExact(object)) {
        int overflow;
        long long integer = PyLong_AsLongLongAndOverflow(object, &overflow);
        return overflow ? 1 : to->integer(NULL, integer, failure);
    }
    if (PyFloat_CheckExact(object)) {
        return to->number(NULL, PyFloat_AS_DOUBLE(object), failure);
    }
    if (object == Py_None) {
        return to->null(NULL, failure);
    }
    if (PyBool_Check(object)) {
        return to->boolean(NULL, object == Py_True, failure);
    }
    if (PyList_CheckExact(object)) {
        struct container list = {0, (size_t)PyList_GET_SIZE(object), ++*id, NULL, 0};
        uint32_t status = to->open(NULL, &list, failure);
        for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(object); i++) {
            status = visit(to, PyList_GET_ITEM(object, i), id, failure);
        }
        return status ? status : to->close(NULL, failure);
    }
    if (PyDict_CheckExact(object)) {
        struct container map = {3, (size_t)PyDict_GET_SIZE(object), ++*id, NULL, 0};
        uint32_t status = to->open(NULL, &map, failure);
        Py_ssize_t position = 0;
        PyObject *key, *value;
        while (status == 0 && PyDict_Next(object, &position, &key, &value)) {
            status = visit(to, key, id, failure);
            if (status == 0) {
                status = visit(to, value, id, failure);
            }
        }
        return status ? status : to->close(NULL, failure);
    }
    return 1;
}

static void visit_often(const char *name, size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *function = guest(name);
    PyObject *root = need(PyObject_CallNoArgs(function));
    while (count--) {
        void *failure = NULL;
        uint64_t id = 0;
        if (visit(&visitor, root, &id, &failure) != 0) {
            need(NULL);
        }
    }
    Py_DECREF(root);
    Py_DECREF(function);
    PyGILState_Release(state);
}

void visit_mixed(size_t count) {
    visit_often("mixed_list", count);
}
void visit_entries(size_t count) {
    visit_often("large_dict", count);
}
void visit_records(size_t count) {
    visit_often("records", count);
}
void visit_numbers(size_t count) {
    visit_often("many_numbers", count);
}

void build_list(size_t count) {
    PyGILState_STATE state = PyGILState_Ensure();
    while (count--) {
        PyObject *list = need(PyList_New(10000));
        for (int i = 0; i < 5000; i++) {
            PyList_SET_ITEM(list, i * 2, need(PyLong_FromLongLong(i * 1000)));
            PyList_SET_ITEM(list, i * 2 + 1, need(PyUnicode_DecodeUTF8("some text", 9, "strict")));
        }
        Py_DECREF(list);
    }
    PyGILState_Release(state);
}
