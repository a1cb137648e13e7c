/* Tensors of DLPack, out of objects and as objects. What needs numpy is left out where Python has
 * none. */
#include "metaffi/exchange.h"
#include "python_text.h"

#include <pthread.h>

static int numpy;

/* A tensor of this program's, which counts how often it is let go. */
struct grid {
    DLManagedTensorVersioned tensor;
    DLManagedTensor unversioned;
    int64_t shape[2], strides[2];
    double numbers[6];
    int deleted;
};

static void deleted(DLManagedTensorVersioned *tensor) {
    ((struct grid *)tensor->manager_ctx)->deleted++;
}
static void deleted_unversioned(DLManagedTensor *tensor) {
    ((struct grid *)tensor->manager_ctx)->deleted++;
}

/* Two rows of three, stored by columns. */
static void fill(struct grid *grid) {
    DLTensor tensor = {.data = grid->numbers,
                       .device = {kDLCPU, 0},
                       .ndim = 2,
                       .dtype = {kDLFloat, 64, 1},
                       .shape = grid->shape,
                       .strides = grid->strides};
    *grid = (struct grid){.shape = {2, 3}, .strides = {1, 2}};
    for (int i = 0; i < 6; i++)
        grid->numbers[i] = i;
    grid->tensor = (DLManagedTensorVersioned){{1, 1}, grid, deleted, 0, tensor};
    grid->unversioned = (DLManagedTensor){tensor, grid, deleted_unversioned};
}

static void a_tensor_is_an_object_whose_memory_is_an_array(void) {
    struct grid grid;
    fill(&grid);
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK_TEXT(metaffi_object_runtime(object), "host");
    CHECK(can(object, METAFFI_CAN_DLPACK | METAFFI_CAN_BUFFER | METAFFI_CAN_WRITE_BUFFER |
                          METAFFI_IS_HOST_OBJECT));
    metaffi_array *array = NULL;
    CHECK_OK(metaffi_object_buffer(object, true, &array, &err));
    CHECK(array->data == grid.numbers && array->element == metaffi_float64_type);
    CHECK(array->rank == 2 && array->shape[0] == 2 && array->shape[1] == 3);
    CHECK(array->strides[0] == 8 && array->strides[1] == 16);

    DLManagedTensorVersioned *again = NULL;
    CHECK_OK(metaffi_object_dlpack(object, &again, &err));
    CHECK(again != &grid.tensor && again->dl_tensor.data == grid.numbers);
    CHECK(again->dl_tensor.ndim == 2 && again->dl_tensor.strides[1] == 2);
    CHECK(metaffi_object_free(object) == METAFFI_OK);
    again->deleter(again);
    CHECK(grid.deleted == 0);
    metaffi_array_free(array);
    CHECK(grid.deleted == 1);

    fill(&grid);
    CHECK_OK(metaffi_object_new_dlpack_unversioned(&grid.unversioned, &object, &err));
    CHECK(metaffi_object_free(object) == METAFFI_OK);
    CHECK(grid.deleted == 1);
}

static void a_tensor_that_is_no_array_says_why(void) {
    struct grid grid;
    metaffi_object *object = NULL;
    metaffi_array *array = NULL;
    fill(&grid);
    grid.tensor.dl_tensor.device.device_type = kDLCUDA;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK(!can(object, METAFFI_CAN_BUFFER) && can(object, METAFFI_CAN_DLPACK));
    CHECK_FAILS_WITH(metaffi_object_buffer(object, false, &array, &err), METAFFI_STATUS_UNSUPPORTED,
                     "it is on a device: copy it to the CPU");
    metaffi_object_free(object);

    fill(&grid);
    grid.tensor.dl_tensor.dtype.bits = 16;
    grid.tensor.flags = DLPACK_FLAG_BITMASK_READ_ONLY;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK_FAILS_WITH(metaffi_object_buffer(object, false, &array, &err), METAFFI_STATUS_UNSUPPORTED,
                     "its elements are no numbers of C");
    metaffi_object_free(object);
    CHECK(grid.deleted == 1);

    fill(&grid);
    grid.tensor.flags = DLPACK_FLAG_BITMASK_READ_ONLY;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK(!can(object, METAFFI_CAN_WRITE_BUFFER));
    CHECK_FAILS(metaffi_object_buffer(object, true, &array, &err), METAFFI_STATUS_UNSUPPORTED);
    CHECK_OK(metaffi_object_buffer(object, false, &array, &err));
    CHECK(metaffi_array_is_read_only(array));
    metaffi_array_free(array);
    struct ArrowSchema schema;
    struct ArrowArrayStream stream;
    CHECK_FAILS_WITH(metaffi_object_arrow_schema(object, &schema, &err), METAFFI_STATUS_UNSUPPORTED,
                     "Tensor");
    CHECK_FAILS_WITH(metaffi_object_arrow_stream(object, &stream, &err), METAFFI_STATUS_UNSUPPORTED,
                     "Tensor");
    CHECK(stream.release == NULL && schema.release == NULL);
    metaffi_object_free(object);

    fill(&grid);
    grid.tensor.version.major = 2;
    CHECK_FAILS_WITH(metaffi_object_new_dlpack(&grid.tensor, &object, &err),
                     METAFFI_STATUS_TYPE_MISMATCH, "version 2.1 of DLPack");
    CHECK(grid.deleted == 1 && object == NULL);
    CHECK_FAILS_WITH(metaffi_object_new_dlpack(NULL, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "tensor is NULL");
    fill(&grid);
    CHECK_FAILS_WITH(metaffi_object_new_dlpack(&grid.tensor, NULL, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "object is NULL");
    CHECK(grid.deleted == 1);
}

static void check_malformed(struct grid *grid, const char *why) {
    metaffi_object *object = NULL;
    CHECK_FAILS_WITH(metaffi_object_new_dlpack(&grid->tensor, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, why);
    CHECK(grid->deleted == 1 && object == NULL);
}

static void a_malformed_tensor_is_refused(void) {
    struct grid grid;
    fill(&grid);
    grid.tensor.dl_tensor.ndim = -1;
    check_malformed(&grid, "it has -1 dimensions");
    fill(&grid);
    grid.tensor.dl_tensor.shape = NULL;
    check_malformed(&grid, "its shape is NULL");
    fill(&grid);
    grid.tensor.dl_tensor.data = NULL;
    check_malformed(&grid, "its data is NULL");
    fill(&grid);
    grid.tensor.dl_tensor.shape[1] = -3;
    check_malformed(&grid, "one of its extents is -3");
    fill(&grid);
    grid.tensor.dl_tensor.shape[0] = grid.tensor.dl_tensor.shape[1] = INT64_MAX / 2;
    check_malformed(&grid, "more than memory can hold");

    metaffi_object *object = NULL;
    fill(&grid);
    grid.unversioned.dl_tensor.shape = NULL;
    CHECK_FAILS_WITH(metaffi_object_new_dlpack_unversioned(&grid.unversioned, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "its shape is NULL");
    CHECK(grid.deleted == 1);

    fill(&grid);
    grid.tensor.dl_tensor.shape[0] = 0;
    grid.tensor.dl_tensor.data = NULL;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    metaffi_array *array = NULL;
    CHECK_OK(metaffi_object_buffer(object, false, &array, &err));
    CHECK(array->shape[0] == 0);
    metaffi_array_free(array);
    metaffi_object_free(object);
    CHECK(grid.deleted == 1);
}

static void memory_of_any_object_is_a_tensor_and_a_column(void) {
    metaffi_object *array = object_of("import array\narray.array('i', [1, 2, 3])");
    DLManagedTensorVersioned *tensor = NULL;
    CHECK_OK(metaffi_object_dlpack(array, &tensor, &err));
    CHECK(tensor->dl_tensor.ndim == 1 && tensor->dl_tensor.shape[0] == 3);
    CHECK(tensor->dl_tensor.dtype.code == kDLInt && tensor->dl_tensor.dtype.bits == 32);
    CHECK(tensor->flags == 0);
    ((int *)tensor->dl_tensor.data)[1] = 20;
    CHECK(says("given[1] == 20", array));
    CHECK(says("try:\n    given.append(1)\nexcept BufferError:\n    held = True\nheld", array));
    tensor->deleter(tensor);

    struct ArrowSchema schema;
    struct ArrowArray column;
    CHECK_OK(metaffi_object_arrow_array(array, &schema, &column, &err));
    CHECK_TEXT(schema.format, "i");
    CHECK(column.length == 3 && column.n_buffers == 2 && column.null_count == 0);
    CHECK(((const int *)column.buffers[1])[1] == 20);
    schema.release(&schema);
    column.release(&column);
    CHECK(schema.release == NULL && column.release == NULL);
    CHECK(says("given.append(4)\nlen(given) == 4", array));
    metaffi_object_free(array);

    metaffi_object *bytes = object_of("memoryview(b'bytes')");
    CHECK_OK(metaffi_object_dlpack(bytes, &tensor, &err));
    CHECK(tensor->flags == DLPACK_FLAG_BITMASK_READ_ONLY);
    tensor->deleter(tensor);
    metaffi_object_free(bytes);

    metaffi_object *square = object_of("memoryview(bytes(4)).cast('B', (2, 2))");
    CHECK_FAILS_WITH(metaffi_object_arrow_array(square, &schema, &column, &err),
                     METAFFI_STATUS_UNSUPPORTED, "a column has one dimension, not 2");
    CHECK(schema.release == NULL && column.release == NULL);
    metaffi_object_free(square);

    metaffi_object *list = object_of("[1, 2]");
    CHECK_FAILS_WITH(metaffi_object_dlpack(list, &tensor, &err), METAFFI_STATUS_UNSUPPORTED,
                     "an object of type list cannot");
    CHECK_FAILS_WITH(metaffi_object_arrow_array(list, &schema, &column, &err),
                     METAFFI_STATUS_UNSUPPORTED, "an object of type list cannot");
    CHECK_FAILS_WITH(metaffi_object_dlpack(list, NULL, &err), METAFFI_STATUS_INVALID_ARGUMENT,
                     "tensor is NULL");
    CHECK_FAILS_WITH(metaffi_object_arrow_array(list, NULL, &column, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "schema is NULL");
    metaffi_object_free(list);
    CHECK_FAILS(metaffi_object_dlpack(list, &tensor, &err), METAFFI_STATUS_INVALID_HANDLE);
}

static void python_reads_a_tensor_where_it_is(void) {
    struct grid grid;
    fill(&grid);
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK(says("given.__dlpack_device__() == (1, 0)", object));
    CHECK(says("memoryview(given).tolist() == [[0, 2, 4], [1, 3, 5]]", object));
    CHECK(says("global first, second\nfirst, second = given.__dlpack__(max_version=(1, 0)), "
               "given.__dlpack__()\n"
               "'dltensor_versioned' in repr(first) and 'dltensor\"' in repr(second)",
               object));
    CHECK(says("try:\n    given.__dlpack__(dl_device=(2, 0))\nexcept BufferError as failure:\n"
               "    said = str(failure)\n'without a copy' in said",
               object));
    CHECK(says("not hasattr(given, '__arrow_c_array__')", object));
    if (numpy) {
        CHECK(says("global view\nview = numpy.from_dlpack(given)\n"
                   "view.strides == (8, 16) and view.tolist() == [[0, 2, 4], [1, 3, 5]]",
                   object));
        grid.numbers[0] = 7;
        CHECK(says("view.tolist()[0][0] == 7 == numpy.asarray(given).tolist()[0][0]", object));
    }
    run("first = second = view = failure = None", NULL, NULL);
    CHECK(grid.deleted == 0);
    metaffi_object_free(object);
    CHECK(grid.deleted == 1);

    fill(&grid);
    grid.tensor.flags = DLPACK_FLAG_BITMASK_READ_ONLY;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK(says("try:\n    given.__dlpack__()\nexcept BufferError as failure:\n"
               "    said = str(failure)\n'must not be written' in said",
               object));
    metaffi_object_free(object);
    CHECK(grid.deleted == 1);
}

static void an_array_of_numpy_is_a_tensor(void) {
    metaffi_object *array = object_of("numpy.arange(12, dtype='float32').reshape(3, 4)[::2, 1:]");
    CHECK(can(array, METAFFI_CAN_DLPACK | METAFFI_CAN_BUFFER) &&
          !can(array, METAFFI_CAN_ARROW_ARRAY));
    DLManagedTensorVersioned *tensor = NULL;
    CHECK_OK(metaffi_object_dlpack(array, &tensor, &err));
    const DLTensor *said = &tensor->dl_tensor;
    CHECK(tensor->version.major == 1 && said->device.device_type == kDLCPU);
    CHECK(said->ndim == 2 && said->shape[0] == 2 && said->shape[1] == 3);
    CHECK(said->strides[0] == 8 && said->strides[1] == 1 && said->dtype.bits == 32);
    float *numbers = (float *)((char *)said->data + said->byte_offset);
    CHECK(numbers[0] == 1 && numbers[8] == 9);
    numbers[8] = 90;
    CHECK(says("given.tolist()[1][0] == 90", array));
    metaffi_object_free(array);
    CHECK(numbers[8] == 90);
    tensor->deleter(tensor);

    /* What C has no numbers for is a tensor all the same. */
    array = object_of("numpy.ones(2, 'float16')");
    CHECK_OK(metaffi_object_dlpack(array, &tensor, &err));
    CHECK(tensor->dl_tensor.dtype.code == kDLFloat && tensor->dl_tensor.dtype.bits == 16);
    metaffi_object_free(array);
    metaffi_object *again = NULL;
    CHECK_OK(metaffi_object_new_dlpack(tensor, &again, &err));
    CHECK(says("numpy.from_dlpack(given).dtype == 'float16'", again));
    metaffi_object_free(again);

    array = object_of("numpy.array(['text'])");
    CHECK_FAILS(metaffi_object_dlpack(array, &tensor, &err), METAFFI_STATUS_FOREIGN);
    metaffi_object_free(array);
}

/* What a tensor of one element, of none, of a part of some memory, and backwards is. */
static void all_shapes_go_both_ways(void) {
    struct grid grid;
    metaffi_object *object = NULL;
    metaffi_array *array = NULL;
    fill(&grid);
    grid.tensor.dl_tensor.ndim = 0;
    grid.tensor.dl_tensor.shape = grid.tensor.dl_tensor.strides = NULL;
    grid.tensor.dl_tensor.byte_offset = 16;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK(!can(object, METAFFI_CAN_BUFFER));
    CHECK_FAILS_WITH(metaffi_object_buffer(object, false, &array, &err), METAFFI_STATUS_UNSUPPORTED,
                     "it has no dimensions");
    CHECK(!numpy ||
          says("numpy.from_dlpack(given).shape == () and numpy.from_dlpack(given).item() == 2",
               object));
    metaffi_object_free(object);

    fill(&grid);
    grid.tensor.dl_tensor.strides = NULL;
    grid.tensor.dl_tensor.byte_offset = 8;
    grid.shape[1] = 2;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK(says("memoryview(given).tolist() == [[1, 2], [3, 4]]", object));
    CHECK(!numpy || says("numpy.from_dlpack(given).tolist() == [[1, 2], [3, 4]]", object));
    metaffi_object_free(object);

    fill(&grid);
    grid.shape[0] = 0;
    grid.tensor.dl_tensor.data = NULL;
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK_OK(metaffi_object_buffer(object, false, &array, &err));
    CHECK(array->shape[0] == 0 && array->shape[1] == 3);
    metaffi_array_free(array);
    CHECK(says("memoryview(given).shape == (0, 3)", object));
    CHECK(!numpy || says("numpy.from_dlpack(given).shape == (0, 3)", object));
    metaffi_object_free(object);
    CHECK(grid.deleted == 1);

    static const char *const arrays[] = {
        "numpy.array(5.0)",      "numpy.empty((0, 3))",          "numpy.arange(6)[::-1]",
        "numpy.arange(6)[1::2]", "numpy.ones((2, 3), 'c16').T",  "numpy.arange(6, dtype='u1')[2:]",
        "numpy.zeros(3, bool)",  "numpy.broadcast_to(1, (2, 2))"};
    /* Before 2.1 numpy knew no tensors that must not be written. */
    int versioned = numpy && says("hasattr(numpy, 'unstack')", NULL);
    for (size_t i = 0; numpy && i < COUNT(arrays) - !versioned; i++) {
        metaffi_object *of = object_of(arrays[i]), *again = NULL;
        DLManagedTensorVersioned *tensor = NULL;
        CHECK_OK(metaffi_object_dlpack(of, &tensor, &err));
        CHECK_OK(metaffi_object_new_dlpack(tensor, &again, &err));
        run("global whole\nwhole = given", "given", of);
        CHECK(says(
            "global same\nsame = numpy.from_dlpack(given)\n"
            "(same.tolist(), same.shape, same.dtype) == (whole.tolist(), whole.shape, whole.dtype) "
            "and (same.size == 0 or same.strides == whole.strides)",
            again));
        CHECK(!versioned || says("same.flags.writeable == whole.flags.writeable", NULL));
        metaffi_object_free(of);
        metaffi_object_free(again);
    }
    run("same = whole = None", NULL, NULL);
}

static void a_device_is_passed_on_and_not_read(void) {
    struct grid grid;
    metaffi_object *object = NULL;
    fill(&grid);
    grid.tensor.dl_tensor.device = (DLDevice){kDLCUDA, 1};
    CHECK_OK(metaffi_object_new_dlpack(&grid.tensor, &object, &err));
    CHECK(says("given.__dlpack_device__() == (2, 1)", object));
    CHECK(says("try:\n    memoryview(given)\nexcept TypeError:\n    refused = True\nrefused",
               object));
    if (numpy) {
        CHECK(says("try:\n    numpy.from_dlpack(given)\nexcept (BufferError, RuntimeError):\n"
                   "    refused = True\nrefused",
                   object));
        CHECK(
            says("try:\n    numpy.from_dlpack(given, device='cpu')\nexcept Exception as failure:\n"
                 "    said = str(failure)\nlen(said) > 0",
                 object));
    }
    metaffi_object_free(object);
    CHECK(grid.deleted == 1);
}

/* What gives a tensor in its own way, or none. */
static void exporters_may_be_old_or_wrong(void) {
    DLManagedTensorVersioned *tensor = NULL;
    run("class Gives:\n"
        "    def __init__(self, given): self.given = given\n"
        "    def __dlpack__(self): return self.given()\n"
        "    def __dlpack_device__(self): return (1, 0)\n",
        NULL, NULL);
    metaffi_object *of = object_of("Gives(lambda: 5)");
    CHECK(can(of, METAFFI_CAN_DLPACK));
    CHECK_FAILS_WITH(metaffi_object_dlpack(of, &tensor, &err), METAFFI_STATUS_TYPE_MISMATCH,
                     "no capsule of a tensor");
    metaffi_object_free(of);
    of = object_of("Gives(lambda: 1 / 0)");
    CHECK_FAILS_WITH(metaffi_object_dlpack(of, &tensor, &err), METAFFI_STATUS_FOREIGN,
                     "division by zero");
    CHECK(tensor == NULL);
    metaffi_object_free(of);
    if (!numpy)
        return;
    of = object_of("Gives(numpy.arange(3).__dlpack__)");
    CHECK_OK(metaffi_object_dlpack(of, &tensor, &err));
    CHECK(tensor->version.major == 1 && tensor->flags == 0 && tensor->dl_tensor.shape[0] == 3);
    metaffi_object_free(of);
    CHECK(((const int64_t *)tensor->dl_tensor.data)[2] == 2);
    tensor->deleter(tensor);
    of = object_of("capsule = numpy.arange(3).__dlpack__()\nGives(lambda: capsule)");
    CHECK_OK(metaffi_object_dlpack(of, &tensor, &err));
    tensor->deleter(tensor);
    CHECK_FAILS_WITH(metaffi_object_dlpack(of, &tensor, &err), METAFFI_STATUS_TYPE_MISMATCH,
                     "no capsule of a tensor");
    metaffi_object_free(of);
    of = object_of("memoryview(numpy.arange(3).astype('>i4'))");
    CHECK_FAILS(metaffi_object_dlpack(of, &tensor, &err), METAFFI_STATUS_UNSUPPORTED);
    metaffi_object_free(of);
    of = object_of("numpy.arange(3).astype('>i4')");
    CHECK_FAILS(metaffi_object_dlpack(of, &tensor, &err), METAFFI_STATUS_FOREIGN);
    metaffi_object_free(of);
}

static metaffi_status bytes_of(void *userdata, bool writable, metaffi_array **array,
                               metaffi_error **error) {
    size_t four = 4;
    (void)writable;
    return metaffi_array_borrow(userdata, metaffi_uint8_type, &four, NULL, 1, NULL, NULL, array,
                                error);
}

static void memory_of_the_host_is_a_tensor_in_python(void) {
    static const metaffi_object_class memory_class = {
        .size = sizeof memory_class, .name = "Memory", .buffer = bytes_of};
    uint8_t bytes[] = {1, 2, 3, 4};
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_object_new(&memory_class, bytes, NULL, &object, &err));
    CHECK(says("given.__dlpack_device__() == (1, 0)", object));
    CHECK(!numpy || says("numpy.from_dlpack(given).tolist() == [1, 2, 3, 4]", object));
    metaffi_object_free(object);
}

static void *let_go(void *tensor) {
    DLManagedTensorVersioned *given = tensor;
    given->deleter(given);
    return NULL;
}

/* On another thread, in a scope, and after the end. */
static DLManagedTensorVersioned *kept[2];
static void a_tensor_is_let_go_anywhere(void) {
    const char *text = numpy ? "numpy.arange(1000)" : "bytearray(1000)";
    metaffi_object *of = object_of(text);
    DLManagedTensorVersioned *tensor = NULL;
    pthread_t thread;
    CHECK_OK(metaffi_object_dlpack(of, &tensor, &err));
    pthread_create(&thread, NULL, let_go, tensor);
    pthread_join(thread, NULL);
    metaffi_scope *scope = NULL;
    CHECK_OK(metaffi_scope_enter(python, &scope, &err));
    CHECK_OK(metaffi_object_dlpack(of, &tensor, &err));
    tensor->deleter(tensor);
    CHECK_OK(metaffi_scope_leave(scope, &err));
    CHECK_OK(metaffi_object_dlpack(of, &kept[0], &err));
    metaffi_object_free(of);
    of = object_of("bytearray(10)");
    CHECK_OK(metaffi_object_dlpack(of, &kept[1], &err));
    metaffi_object_free(of);
}

/* Used very often, also where that fails: nothing is left. */
static void nothing_is_left(void) {
    metaffi_object *of = object_of(numpy ? "numpy.arange(100)" : "bytearray(100)");
    metaffi_object *gives = object_of("Gives(lambda: 5)"), *list = object_of("[]");
    DLManagedTensorVersioned *tensor = NULL;
    size_t before = 0;
    for (int i = 0; i < TIMES; i++) {
        struct grid *grid = malloc(sizeof *grid);
        metaffi_object *object = NULL;
        if (i == TIMES / 10)
            before = resident();
        CHECK_OK(metaffi_object_dlpack(of, &tensor, &err));
        tensor->deleter(tensor);
        CHECK_FAILS(metaffi_object_dlpack(gives, &tensor, &err), METAFFI_STATUS_TYPE_MISMATCH);
        CHECK_FAILS(metaffi_object_dlpack(list, &tensor, &err), METAFFI_STATUS_UNSUPPORTED);
        fill(grid);
        CHECK_OK(metaffi_object_new_dlpack(&grid->tensor, &object, &err));
        CHECK(
            says("capsule = given.__dlpack__(max_version=(1, 0))\nmemoryview(given)\n"
                 "given.__dlpack__()\n"
                 "try:\n    given.__dlpack__(copy=True)\nexcept BufferError:\n    refused = True\n"
                 "refused",
                 object));
        CHECK_OK(metaffi_object_dlpack(object, &tensor, &err));
        metaffi_object_free(object);
        tensor->deleter(tensor);
        CHECK(grid->deleted == 1);
        free(grid);
    }
    if (resident() > before + ALLOWED)
        fprintf(stderr, "%zu bytes are left\n", resident() - before);
    CHECK(resident() <= before + ALLOWED);
    metaffi_object_free(of);
    metaffi_object_free(gives);
    metaffi_object_free(list);
}

int main(void) {
    a_tensor_is_an_object_whose_memory_is_an_array();
    a_tensor_that_is_no_array_says_why();
    a_malformed_tensor_is_refused();
    open_text();
    numpy = has("numpy");
    if (numpy)
        run("import numpy", NULL, NULL);
    memory_of_any_object_is_a_tensor_and_a_column();
    python_reads_a_tensor_where_it_is();
    if (numpy)
        an_array_of_numpy_is_a_tensor();
    all_shapes_go_both_ways();
    a_device_is_passed_on_and_not_read();
    exporters_may_be_old_or_wrong();
    memory_of_the_host_is_a_tensor_in_python();
    a_tensor_is_let_go_anywhere();
    nothing_is_left();
    close_text();
    end_interpreter();
    for (size_t i = 0; i < COUNT(kept); i++)
        kept[i]->deleter(kept[i]);
    return CHECK_RESULT;
}
