/* Columns, tables and streams by Arrow's C data interface, out of objects and as objects. What
 * needs pyarrow is left out where Python has none. */
#include "metaffi/exchange.h"
#include "python_text.h"

#include <pthread.h>

/* Two columns of this program's, which count how often they are released. */
static int released;

static void release_schema(struct ArrowSchema *schema) {
    for (int64_t i = 0; i < schema->n_children; i++)
        if (schema->children[i]->release != NULL)
            schema->children[i]->release(schema->children[i]);
    schema->release = NULL;
    released++;
}
static void release_array(struct ArrowArray *array) {
    for (int64_t i = 0; i < array->n_children; i++)
        if (array->children[i]->release != NULL)
            array->children[i]->release(array->children[i]);
    array->release = NULL;
    released++;
}

static const double heights[] = {1.5, 2.5, 3.5};
static const int32_t ends[] = {0, 2, 2, 5};
static const uint8_t valid[] = {5};
static const void *height_buffers[] = {NULL, heights}, *name_buffers[] = {valid, ends, "Alice"},
                  *table_buffers[] = {NULL};
static struct ArrowSchema height_type, name_type, *types[] = {&height_type, &name_type};
static struct ArrowArray height, name, *columns[] = {&height, &name};

static void fill_table(struct ArrowSchema *schema, struct ArrowArray *table) {
    released = 0;
    height_type = (struct ArrowSchema){.format = "g", .name = "height", .release = release_schema};
    name_type = (struct ArrowSchema){
        .format = "u", .name = "name", .flags = ARROW_FLAG_NULLABLE, .release = release_schema};
    *schema = (struct ArrowSchema){
        .format = "+s", .name = "", .n_children = 2, .children = types, .release = release_schema};
    height = (struct ArrowArray){
        .length = 3, .n_buffers = 2, .buffers = height_buffers, .release = release_array};
    name = (struct ArrowArray){.length = 3,
                               .null_count = 1,
                               .n_buffers = 3,
                               .buffers = name_buffers,
                               .release = release_array};
    *table = (struct ArrowArray){.length = 3,
                                 .n_buffers = 1,
                                 .n_children = 2,
                                 .buffers = table_buffers,
                                 .children = columns,
                                 .release = release_array};
}

static void a_table_is_an_object_and_comes_out_of_it_again(void) {
    struct ArrowSchema schema, schema_again;
    struct ArrowArray table, again, child;
    metaffi_object *object = NULL;
    fill_table(&schema, &table);
    CHECK_OK(metaffi_object_new_arrow_array(&schema, &table, &object, &err));
    CHECK(schema.release == NULL && table.release == NULL);
    CHECK(can(object, METAFFI_CAN_ARROW_ARRAY | METAFFI_CAN_ARROW_SCHEMA | METAFFI_CAN_LENGTH));
    CHECK(!can(object, METAFFI_CAN_BUFFER) && !can(object, METAFFI_CAN_DLPACK));
    size_t length = 0;
    CHECK_OK(metaffi_object_length(object, &length, &err));
    CHECK(length == 3);
    metaffi_array *array = NULL;
    CHECK_FAILS_WITH(metaffi_object_buffer(object, false, &array, &err), METAFFI_STATUS_UNSUPPORTED,
                     "it is a table: give one of its columns");
    CHECK_OK(metaffi_object_arrow_array(object, &schema_again, &again, &err));
    CHECK(again.n_children == 2 && again.children[0]->buffers[1] == heights);
    CHECK_TEXT(schema_again.children[1]->name, "name");
    /* A part may be kept longer than the whole. */
    child = *again.children[0];
    again.children[0]->release = NULL;
    again.release(&again);
    schema_again.release(&schema_again);
    metaffi_object_free(object);
    CHECK(released == 0 && ((const double *)child.buffers[1])[2] == 3.5);
    child.release(&child);
    CHECK(released == 6);

    CHECK_FAILS_WITH(metaffi_object_new_arrow_array(&schema, &table, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "schema is released already");
    fill_table(&schema, &table);
    CHECK_FAILS_WITH(metaffi_object_new_arrow_array(&schema, &height, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "schema has 2 children, array 0");
    fill_table(&schema, &table);
    CHECK_FAILS_WITH(metaffi_object_new_arrow_array(NULL, &table, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "schema is NULL");
    CHECK(released == 3 && table.release == NULL);
}

static void check_malformed(struct ArrowSchema *schema, struct ArrowArray *table, const char *why) {
    metaffi_object *object = NULL;
    CHECK_FAILS_WITH(metaffi_object_new_arrow_array(schema, table, &object, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, why);
    CHECK(schema->release == NULL && table->release == NULL && object == NULL);
    CHECK(released == 6);
    fill_table(schema, table);
}

static void malformed_columns_are_refused(void) {
    struct ArrowSchema schema;
    struct ArrowArray table;
    fill_table(&schema, &table);
    table.length = -1;
    check_malformed(&schema, &table, "length of an array is -1");
    height.offset = -2;
    check_malformed(&schema, &table, "offset of an array is -2");
    name.buffers = NULL;
    check_malformed(&schema, &table, "an array has buffers, but they are NULL");
    name_type.format = NULL;
    check_malformed(&schema, &table, "schema has no format");
    height_type.dictionary = &name_type;
    check_malformed(&schema, &table, "schema or array alone has a dictionary");
    schema.release(&schema);
    table.release(&table);
}

static void a_column_of_numbers_is_an_array(void) {
    struct ArrowSchema schema;
    struct ArrowArray table;
    metaffi_object *object = NULL;
    metaffi_array *array = NULL;
    fill_table(&schema, &table);
    height.offset = 1;
    height.length = 2;
    CHECK_OK(metaffi_object_new_arrow_array(&height_type, &height, &object, &err));
    CHECK_OK(metaffi_object_buffer(object, false, &array, &err));
    CHECK(array->data == heights + 1 && array->shape[0] == 2 && metaffi_array_is_read_only(array));
    metaffi_object_free(object);
    metaffi_array_free(array);
    CHECK(released == 2);

    CHECK_OK(metaffi_object_new_arrow_array(&name_type, &name, &object, &err));
    CHECK_FAILS_WITH(metaffi_object_buffer(object, false, &array, &err), METAFFI_STATUS_UNSUPPORTED,
                     "no numbers of C");
    metaffi_object_free(object);

    fill_table(&schema, &table);
    const void *some[] = {valid, heights};
    height.buffers = some;
    height.null_count = -1;
    CHECK_OK(metaffi_object_new_arrow_array(&height_type, &height, &object, &err));
    CHECK_FAILS_WITH(metaffi_object_buffer(object, false, &array, &err), METAFFI_STATUS_UNSUPPORTED,
                     "it has nulls");
    metaffi_object_free(object);
}

/* A stream of this program's: the table twice. */
static int stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *schema) {
    struct ArrowArray unused;
    (void)stream;
    int before = released;
    fill_table(schema, &unused);
    released = before;
    return 0;
}
static int stream_next(struct ArrowArrayStream *stream, struct ArrowArray *table) {
    struct ArrowSchema unused;
    int *left = stream->private_data;
    *table = (struct ArrowArray){0};
    if (*left == 0)
        return 22;
    if (--*left == 0)
        return 0;
    int before = released;
    fill_table(&unused, table);
    released = before;
    return 0;
}
static const char *stream_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return "there is nothing";
}
static void release_stream(struct ArrowArrayStream *stream) {
    *(int *)stream->private_data = -1;
    stream->release = NULL;
}

static void a_stream_is_an_object_that_gives_it_once(void) {
    int left = 2;
    struct ArrowArrayStream stream = {stream_schema, stream_next, stream_error, release_stream,
                                      &left};
    struct ArrowSchema schema;
    metaffi_object *object = NULL;
    CHECK_OK(metaffi_object_new_arrow_stream(&stream, &object, &err));
    CHECK(stream.release == NULL);
    CHECK(can(object, METAFFI_CAN_ARROW_STREAM | METAFFI_CAN_ARROW_SCHEMA));
    CHECK_OK(metaffi_object_arrow_schema(object, &schema, &err));
    CHECK_TEXT(schema.format, "+s");
    schema.release(&schema);
    CHECK_OK(metaffi_object_arrow_stream(object, &stream, &err));
    CHECK(stream.release == release_stream);
    CHECK_FAILS_WITH(metaffi_object_arrow_schema(object, &schema, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "somebody has it already");
    metaffi_object_free(object);
    CHECK(left == 2);
    stream.release(&stream);
    CHECK(left == -1);
    left = 2;
    stream =
        (struct ArrowArrayStream){stream_schema, stream_next, stream_error, release_stream, &left};
    CHECK_OK(metaffi_object_new_arrow_stream(&stream, &object, &err));
    metaffi_object_free(object);
    CHECK(left == -1);
}

static void pyarrow_reads_what_the_host_has(void) {
    struct ArrowSchema schema;
    struct ArrowArray table;
    metaffi_object *object = NULL;
    fill_table(&schema, &table);
    CHECK_OK(metaffi_object_new_arrow_array(&schema, &table, &object, &err));
    CHECK(says("global batch\nbatch = pyarrow.record_batch(given)\n"
               "batch.to_pydict() == {'height': [1.5, 2.5, 3.5], 'name': ['Al', None, 'ice']}",
               object));
    CHECK(says("pyarrow.schema(given).names == ['height', 'name']", object));
    CHECK(says("pyarrow.record_batch(given).equals(batch)", object));
    metaffi_object_free(object);
    CHECK(released == 0);
    run("batch = None", NULL, NULL);
    CHECK(released == 6);

    int left = 2;
    struct ArrowArrayStream stream = {stream_schema, stream_next, stream_error, release_stream,
                                      &left};
    CHECK_OK(metaffi_object_new_arrow_stream(&stream, &object, &err));
    CHECK(says("pyarrow.table(given).num_rows == 3", object));
    CHECK(left == -1);
    metaffi_value value;
    CHECK_FAILS_WITH(metaffi_object_get_attribute(object, "nothing", 7, &value, &err),
                     METAFFI_STATUS_UNSUPPORTED, "ArrowArrayStream");
    metaffi_object_free(object);
}

static void what_pyarrow_has_is_read_by_the_host(void) {
    struct ArrowSchema schema;
    struct ArrowArray column;
    struct ArrowArrayStream stream;
    metaffi_object *table = object_of("pyarrow.table({'n': "
                                      "pyarrow.chunked_array([[1, 2], [3]]), 's': list('abc')})");
    CHECK(can(table, METAFFI_CAN_ARROW_STREAM) && !can(table, METAFFI_CAN_ARROW_ARRAY));
    CHECK_OK(metaffi_object_arrow_stream(table, &stream, &err));
    metaffi_object_free(table);
    CHECK(stream.get_schema(&stream, &schema) == 0);
    CHECK(schema.n_children == 2);
    CHECK_TEXT(schema.children[0]->name, "n");
    CHECK_TEXT(schema.children[0]->format, "l");
    schema.release(&schema);
    int64_t sum = 0, chunks = 0;
    for (;;) {
        CHECK(stream.get_next(&stream, &column) == 0);
        if (column.release == NULL)
            break;
        const struct ArrowArray *numbers = column.children[0];
        for (int64_t i = 0; i < numbers->length; i++)
            sum += ((const int64_t *)numbers->buffers[1])[numbers->offset + i];
        chunks++;
        column.release(&column);
    }
    stream.release(&stream);
    CHECK(sum == 6 && chunks == 2);

    metaffi_object *array = object_of("pyarrow.array([1.5, None, 2.5])");
    CHECK(can(array, METAFFI_CAN_ARROW_ARRAY) && !can(array, METAFFI_CAN_ARROW_STREAM));
    CHECK_OK(metaffi_object_arrow_array(array, &schema, &column, &err));
    CHECK_TEXT(schema.format, "g");
    CHECK(column.length == 3 && column.null_count == 1);
    CHECK((*(const uint8_t *)column.buffers[0] & 7) == 5);
    /* Back as an object: the same memory. */
    metaffi_object *again = NULL;
    CHECK_OK(metaffi_object_new_arrow_array(&schema, &column, &again, &err));
    CHECK(says("pyarrow.array(given).to_pylist() == [1.5, None, 2.5]", again));
    metaffi_object_free(array);
    metaffi_object_free(again);

    metaffi_object *type = object_of("pyarrow.list_(pyarrow.int8())");
    CHECK_OK(metaffi_object_arrow_schema(type, &schema, &err));
    CHECK_TEXT(schema.format, "+l");
    schema.release(&schema);
    CHECK_FAILS_WITH(metaffi_object_arrow_stream(type, &stream, &err), METAFFI_STATUS_UNSUPPORTED,
                     "hand over a type of Arrow");
    metaffi_object_free(type);
    CHECK(says("import gc\ngc.collect()\npyarrow.total_allocated_bytes() == 0", NULL));
}

/* Tables and columns of every make: what goes to the host and comes back is the same. */
static void what_pyarrow_has_comes_back_the_same(void) {
    run("import datetime, decimal\n"
        "def every():\n"
        "    words = pyarrow.array(['a', 'b', 'a', None]).dictionary_encode()\n"
        "    days = pyarrow.array([datetime.datetime(2020, 1, 1)] * 4, pyarrow.timestamp('us', "
        "'UTC'))\n"
        "    pairs = pyarrow.array([{'x': 1, 'y': [1, None]}, None, {'x': 2, 'y': None}, {'x': 3, "
        "'y': []}])\n"
        "    maps = pyarrow.array([[('k', 1)], [], None, [('l', 2)]], pyarrow.map_('str', 'i8'))\n"
        "    either = pyarrow.UnionArray.from_sparse(pyarrow.array([0, 1, 0, 1], 'i1'), [days, "
        "words.cast('str')])\n"
        "    exact = pyarrow.array([decimal.Decimal('1.50')] * 4)\n"
        "    named = {'words': words, 'days': days, 'pairs': pairs, 'maps': maps, 'either': "
        "either,\n"
        "             'exact': exact, 'none': pyarrow.nulls(4), 'bits': pyarrow.array([True, None, "
        "False, True])}\n"
        "    return pyarrow.record_batch(named).replace_schema_metadata({'made': 'here'})\n",
        NULL, NULL);
    static const char *const columns[] = {"every()",
                                          "every().slice(1, 2)",
                                          "every().slice(0, 0)",
                                          "every()['pairs'].field('y')",
                                          "every()['words']",
                                          "every()['maps'].slice(2)",
                                          "pyarrow.array([], 'f8')",
                                          "pyarrow.array([1, 2, 3, 4, None], 'i2')[1:4]"};
    for (size_t i = 0; i < COUNT(columns); i++) {
        struct ArrowSchema schema;
        struct ArrowArray array;
        metaffi_object *of = object_of(columns[i]), *again = NULL;
        CHECK_OK(metaffi_object_arrow_array(of, &schema, &array, &err));
        CHECK_OK(metaffi_object_new_arrow_array(&schema, &array, &again, &err));
        run("global whole\nwhole = given", "given", of);
        metaffi_object_free(of);
        CHECK(says(
            "global same\n"
            "make = pyarrow.record_batch if type(whole) is pyarrow.RecordBatch else pyarrow.array\n"
            "same = make(given)\nsame.validate(full=True)\n"
            "same.equals(whole) and make(given).equals(whole)",
            again));
        CHECK(says("getattr(same, 'schema', same.type if hasattr(same, 'type') else 0).equals("
                   "getattr(whole, 'schema', whole.type if hasattr(whole, 'type') else 0))",
                   NULL));
        metaffi_object_free(again);
    }
    for (int i = 0; i < 2; i++) {
        struct ArrowArrayStream stream;
        metaffi_object *of = object_of(
                           i == 0 ? "pyarrow.Table.from_batches([every(), every().slice(2)])"
                                  : "pyarrow.chunked_array([], 'i8')"),
                       *again = NULL;
        CHECK_OK(metaffi_object_arrow_stream(of, &stream, &err));
        CHECK_OK(metaffi_object_new_arrow_stream(&stream, &again, &err));
        run("global whole\nwhole = given", "given", of);
        metaffi_object_free(of);
        CHECK(
            says("make = pyarrow.table if type(whole) is pyarrow.Table else pyarrow.chunked_array\n"
                 "same = make(given)\nsame.equals(whole)",
                 again));
        CHECK(says("try:\n    pyarrow.table(given)\nexcept Exception as failure:\n"
                   "    said = str(failure)\n'somebody has it already' in said",
                   again));
        metaffi_object_free(again);
    }
    run("same = whole = None", NULL, NULL);
    static const char *const others[][2] = {
        {"polars", "polars.DataFrame({'a': [1, None], 'b': ['x', 'y'], 'c': [[1], []]})"},
        {"pandas", "pandas.DataFrame({'a': [1, 2], 'b': ['x', 'y']})"}};
    for (size_t i = 0; i < COUNT(others); i++) {
        char text[200];
        struct ArrowArrayStream stream;
        if (!has(others[i][0]))
            continue;
        snprintf(text, sizeof text, "import %s\n%s", others[i][0], others[i][1]);
        metaffi_object *of = object_of(text), *again = NULL;
        if (can(of, METAFFI_CAN_ARROW_STREAM)) {
            CHECK_OK(metaffi_object_arrow_stream(of, &stream, &err));
            CHECK_OK(metaffi_object_new_arrow_stream(&stream, &again, &err));
            CHECK(says("pyarrow.table(given).num_rows == 2", again));
            metaffi_object_free(again);
        }
        metaffi_object_free(of);
    }
}

/* What gives a column in its own way, or none. */
static void exporters_may_be_wrong(void) {
    struct ArrowSchema schema;
    struct ArrowArray column;
    struct ArrowArrayStream stream;
    run("class Gives:\n"
        "    def __init__(self, given): self.given = given\n"
        "    def __arrow_c_array__(self, requested_schema=None): return self.given()\n"
        "    def __arrow_c_schema__(self): return self.given()\n"
        "    def __arrow_c_stream__(self, requested_schema=None): return self.given()\n",
        NULL, NULL);
    metaffi_object *of = object_of("Gives(lambda: (1, 2))");
    CHECK_FAILS_WITH(metaffi_object_arrow_array(of, &schema, &column, &err),
                     METAFFI_STATUS_TYPE_MISMATCH, "no capsule of a schema");
    CHECK_FAILS_WITH(metaffi_object_arrow_schema(of, &schema, &err), METAFFI_STATUS_TYPE_MISMATCH,
                     "no capsule of a schema");
    CHECK_FAILS_WITH(metaffi_object_arrow_stream(of, &stream, &err), METAFFI_STATUS_TYPE_MISMATCH,
                     "no capsule of a stream");
    metaffi_object_free(of);
    of = object_of("Gives(lambda: 1 / 0)");
    CHECK_FAILS_WITH(metaffi_object_arrow_array(of, &schema, &column, &err), METAFFI_STATUS_FOREIGN,
                     "division by zero");
    CHECK(schema.release == NULL && column.release == NULL);
    metaffi_object_free(of);
    of = object_of("Gives(lambda: 5)");
    CHECK_FAILS(metaffi_object_arrow_array(of, &schema, &column, &err), METAFFI_STATUS_FOREIGN);
    metaffi_object_free(of);
    of = object_of("pair = pyarrow.array([1]).__arrow_c_array__()\nGives(lambda: pair)");
    CHECK_OK(metaffi_object_arrow_array(of, &schema, &column, &err));
    schema.release(&schema);
    column.release(&column);
    CHECK_FAILS_WITH(metaffi_object_arrow_array(of, &schema, &column, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "schema is released already");
    metaffi_object_free(of);
}

static void *let_go(void *array) {
    struct ArrowArray *given = array;
    given->release(given);
    return NULL;
}

/* On another thread, in a scope, and after the end. */
static struct ArrowArray kept;
static struct ArrowArrayStream kept_stream;
static void a_column_is_released_anywhere(void) {
    metaffi_object *of = object_of("pyarrow.array([b'bytes'] * 1000)"), *table = NULL;
    struct ArrowSchema schema;
    struct ArrowArray column;
    pthread_t thread;
    CHECK_OK(metaffi_object_arrow_array(of, &schema, &column, &err));
    schema.release(&schema);
    pthread_create(&thread, NULL, let_go, &column);
    pthread_join(thread, NULL);
    CHECK(column.release == NULL);
    metaffi_scope *scope = NULL;
    CHECK_OK(metaffi_scope_enter(python, &scope, &err));
    CHECK_OK(metaffi_object_arrow_array(of, &schema, &column, &err));
    schema.release(&schema);
    column.release(&column);
    CHECK_OK(metaffi_scope_leave(scope, &err));
    metaffi_object_free(of);
    of = object_of("pyarrow.array([1, 2])");
    CHECK_OK(metaffi_object_arrow_array(of, &schema, &kept, &err));
    schema.release(&schema);
    metaffi_object_free(of);
    table = object_of("pyarrow.table({'n': [1]})");
    CHECK_OK(metaffi_object_arrow_stream(table, &kept_stream, &err));
    metaffi_object_free(table);
}

/* Used very often, also where that fails: nothing is left. */
static void nothing_is_left(void) {
    metaffi_object *of = object_of("every()"), *table = object_of("pyarrow.table(every())");
    metaffi_object *gives =
        object_of("Gives(lambda: pyarrow.array([1]).__arrow_c_array__()[::-1])");
    size_t before = 0;
    for (int i = 0; i < TIMES; i++) {
        struct ArrowSchema schema;
        struct ArrowArray column;
        struct ArrowArrayStream stream;
        metaffi_object *object = NULL;
        if (i == TIMES / 10)
            before = resident();
        CHECK_FAILS(metaffi_object_arrow_array(gives, &schema, &column, &err),
                    METAFFI_STATUS_TYPE_MISMATCH);
        CHECK_FAILS(metaffi_object_arrow_array(table, &schema, &column, &err),
                    METAFFI_STATUS_UNSUPPORTED);
        CHECK_OK(metaffi_object_arrow_stream(table, &stream, &err));
        CHECK_OK(metaffi_object_new_arrow_stream(&stream, &object, &err));
        CHECK(says("capsule = given.__arrow_c_stream__()\nTrue", object));
        metaffi_object_free(object);
        CHECK_OK(metaffi_object_arrow_array(of, &schema, &column, &err));
        CHECK_OK(metaffi_object_new_arrow_array(&schema, &column, &object, &err));
        CHECK(says("pair = given.__arrow_c_array__()\npyarrow.record_batch(given).num_rows == 4",
                   object));
        CHECK_OK(metaffi_object_arrow_array(object, &schema, &column, &err));
        metaffi_object_free(object);
        schema.release(&schema);
        column.release(&column);
    }
    if (resident() > before + ALLOWED)
        fprintf(stderr, "%zu bytes are left\n", resident() - before);
    CHECK(resident() <= before + ALLOWED);
    metaffi_object_free(of);
    metaffi_object_free(table);
    metaffi_object_free(gives);
}

int main(void) {
    a_table_is_an_object_and_comes_out_of_it_again();
    malformed_columns_are_refused();
    a_column_of_numbers_is_an_array();
    a_stream_is_an_object_that_gives_it_once();
    open_text();
    int pyarrow = has("pyarrow");
    if (pyarrow) {
        run("import pyarrow", NULL, NULL);
        pyarrow_reads_what_the_host_has();
        what_pyarrow_has_is_read_by_the_host();
        what_pyarrow_has_comes_back_the_same();
        exporters_may_be_wrong();
        a_column_is_released_anywhere();
        nothing_is_left();
    }
    close_text();
    if (pyarrow) {
        end_interpreter();
        kept.release(&kept);
        kept_stream.release(&kept_stream);
    }
    return CHECK_RESULT;
}
