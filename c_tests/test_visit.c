/* Objects of Python and all that is in them, told to a visitor, and built of what is told. */
#include "python_module.h"
#include "recorder.h"

static metaffi_module *builtins, *trees;

/* The object that an expression gives. */
static metaffi_value object_of(const char *expression) {
    static metaffi_entity *evaluates;
    metaffi_type_info text = info_of(metaffi_string8_type), handle = info_of(metaffi_handle_type);
    if (evaluates == NULL)
        evaluates = load_typed(builtins, "eval=eval(args[0])", &text, 1, handle);
    metaffi_value given = {metaffi_string8_type, {0}};
    given.data.string.data = expression;
    given.data.string.length = strlen(expression);
    return call_with(evaluates, &given, 1);
}

static void check_visit_with(const char *expression, metaffi_visit_options options,
                             const char *expected) {
    static struct record record;
    memset(&record, 0, sizeof record);
    metaffi_value root = object_of(expression);
    CHECK_OK(metaffi_object_visit(&root, &options, &recorder, &record, &err));
    if (record.length > 0)
        record.text[record.length - 1] = 0;
    CHECK_TEXT(record.text, expected);
    metaffi_value_clear(&root);
}

static void check_visit(const char *expression, metaffi_visit_flags flags, const char *expected) {
    check_visit_with(expression, options_of(flags), expected);
}

static void check_refused(const char *expression, metaffi_visit_flags flags, metaffi_status status,
                          const char *text) {
    static struct record record;
    memset(&record, 0, sizeof record);
    metaffi_visit_options options = options_of(flags);
    metaffi_value root = object_of(expression);
    CHECK_FAILS_WITH(metaffi_object_visit(&root, &options, &recorder, &record, &err), status, text);
    metaffi_value_clear(&root);
}

static void plain_values_and_containers(void) {
    check_visit("[None, True, False, 1, -2, 2**40, 1.5, 'text', 'h\xc3\xa9', b'bytes']", 0,
                "10[ null true false 1 -2 1099511627776 1.5 'text' 'h\xc3\xa9' b'bytes' ]");
    check_visit("(1, (), [2, [3]], {'a': 1, 2: ['b']}, {7}, frozenset())", 0,
                "6( 1 0( ) 2[ 2 1[ 3 ] ] 2< 'a' 1 2 1[ 'b' ] > 1{ 7 } 0{ } )");
    check_visit("{(1, 2): (3, 4), None: {}}", 0, "2< 2( 1 2 ) 2( 3 4 ) null 0< > >");
    check_visit("__import__('json').loads('{\"a\": [1, 2.5, {\"b\": null}]}')", 0,
                "1< 'a' 3[ 1 2.5 1< 'b' null > ] >");
    check_visit("2**64 - 1", 0, "18446744073709551615u");
    check_visit("5", 0, "5");
}

static void others_by_what_they_can_do(void) {
    check_visit("__import__('collections').OrderedDict(b=1, a=2)", 0,
                "collections.OrderedDict< 'b' 1 'a' 2 >");
    check_visit("__import__('collections').Counter('aab')", 0,
                "collections.Counter< 'a' 2 'b' 1 >");
    check_visit("__import__('collections').UserDict(a=1)", 0, "collections.UserDict< 'a' 1 >");
    check_visit("__import__('collections').UserList([1, 2])", 0, "collections.UserList[ 1 2 ]");
    check_visit("__import__('collections').deque([1, 2])", 0, "collections.deque[ 1 2 ]");
    check_visit("{'a': 1}.keys()", 0, "dict_keys{ 'a' }");
    check_visit("__import__('types').MappingProxyType({'a': 1})", 0, "mappingproxy< 'a' 1 >");
    check_visit("[type('L', (list,), {})([1]), type('S', (str,), {})('s')]", 0, "2[ L[ 1 ] 's' ]");
    check_visit("[__import__('socket').AF_INET, __import__('http').HTTPStatus.OK]", 0,
                "2[ 2 200 ]");
    check_visit("__import__('array').array('d', [1, 2, 3])", 0, "array:1:1x3");
    check_visit("[len, int, object(), iter([1]), __import__('re')]", 0,
                "5[ <builtin_function_or_method> <type> <object> <list_iterator> <module> ]");
    check_visit("['\\ud800']", 0, "1[ <str> ]");
    check_visit("range(3)", 0, "range[ 0 1 2 ]");
    check_visit("[__import__('decimal').Decimal('1.5'), __import__('datetime').date(2024, 2, 29)]",
                0, "2[ value:200000000 value:800000000 ]");
    check_visit("__import__('collections').namedtuple('P', 'x y')(1, 2)", 0, "P( 1 2 )");
}

static void rows_of_sqlite(void) {
    check_visit("(lambda c: (setattr(c, 'row_factory', __import__('sqlite3').Row), "
                "c.execute(\"select 1 as a, 'x' as b, null as c\").fetchall())[1])"
                "(__import__('sqlite3').connect(':memory:'))",
                0, "1[ sqlite3.Row[ 1 'x' null ] ]");
}

static void fields_where_they_are_asked_for(void) {
    const char *nested = "(lambda d: (lambda P: [P(1, [P(2, None)])])"
                         "((lambda p: setattr(p, '__module__', 'types') or p)"
                         "(d.make_dataclass('P', ['x', 'y']))))(__import__('dataclasses'))";
    check_visit(nested, 0, "1[ <types.P> ]");
    check_visit(nested, METAFFI_VISIT_FIELDS,
                "1[ types.P2| 'x' 1 'y' 1[ types.P2| 'x' 2 'y' null | ] | ]");
    check_visit("__import__('collections').namedtuple('P', 'x y')(1, 2)", METAFFI_VISIT_FIELDS,
                "P2| 'x' 1 'y' 2 |");
    check_visit("__import__('collections').namedtuple('P', 'x y')({1: 2}, None)",
                METAFFI_VISIT_FIELDS | METAFFI_VISIT_MAPS_AS_PAIRS,
                "P2| 'x' 1[ 2( 1 2 ) ] 'y' null |");
}

static void every_choice(void) {
    check_visit("{'a': {'b': 1}}", METAFFI_VISIT_MAPS_AS_PAIRS, "1[ 2( 'a' 1[ 2( 'b' 1 ) ] ) ]");
    check_visit("{'a': {'b': 1}}", METAFFI_VISIT_MAPS_AS_OBJECTS, "1| 'a' 1| 'b' 1 | |");
    check_refused("{1: 2}", METAFFI_VISIT_MAPS_AS_OBJECTS, METAFFI_STATUS_TYPE_MISMATCH,
                  "a key of type int is no text");
    check_visit("[{1}, (2,)]", METAFFI_VISIT_SETS_AS_LISTS, "2[ 1[ 1 ] 1( 2 ) ]");
    check_visit("[{1}, (2,)]", METAFFI_VISIT_TUPLES_AS_LISTS, "2[ 1{ 1 } 1[ 2 ] ]");
    check_refused("[2**63]", METAFFI_VISIT_INT64_ONLY, METAFFI_STATUS_OUT_OF_RANGE, "is no int64");
    check_visit("[2**63]", METAFFI_VISIT_INTEGERS_AS_FLOAT64, "1[ 9.22337e+18 ]");
    check_visit("{'a': None, 'b': [None]}", METAFFI_VISIT_WITHOUT_NULLS, "2< 'b' 1[ null ] >");
    check_refused("[None]", METAFFI_VISIT_NO_NULLS, METAFFI_STATUS_TYPE_MISMATCH, "null");
    check_visit("[b'ab']", METAFFI_VISIT_BYTES_VIEWED, "1[ array:64:1x2 ]");
    check_refused("[object()]", METAFFI_VISIT_NO_OBJECTS, METAFFI_STATUS_UNSUPPORTED,
                  "an object of type object has no conversion");
    check_refused("[1]", METAFFI_VISIT_NO_OBJECTS | METAFFI_VISIT_DEPTH, METAFFI_STATUS_UNSUPPORTED,
                  "an object of type list is a container that is too deep");
    metaffi_visit_options shallow = options_of(METAFFI_VISIT_DEPTH);
    check_visit_with("[1, [2]]", shallow, "<list>");
    shallow.depth = 1;
    check_visit_with("[1, [2], {}]", shallow, "3[ 1 <list> <dict> ]");
    shallow.depth = 2;
    shallow.flags |= METAFFI_VISIT_MAPS_AS_PAIRS;
    check_visit_with("{1: {2: {}}}", shallow, "1[ 2( 1 1[ 2( 2 <dict> ) ] ) ]");
    check_visit_with("[1, [2, [3]]]", shallow, "2[ 1 2[ 2 <list> ] ]");
}

static void what_is_met_again(void) {
    const char *itself = "(lambda l: (l.append(l), l)[1])([1])";
    const char *twice = "(lambda l: [l, l, (l,)])([1])";
    check_visit(itself, 0, "2[ 1 #1 ]");
    check_visit(twice, 0, "3[ 1[ 1 ] #2 1( #2 ) ]");
    check_visit(twice, METAFFI_VISIT_SHARED_COPIED, "3[ 1[ 1 ] 1[ 1 ] 1( 1[ 1 ] ) ]");
    check_refused(itself, METAFFI_VISIT_SHARED_COPIED, METAFFI_STATUS_INVALID_ARGUMENT,
                  "contains itself");
    check_refused(twice, METAFFI_VISIT_NO_SHARED, METAFFI_STATUS_INVALID_ARGUMENT, "there twice");
    check_visit("(lambda d: (d.update(d=d), d)[1])({})", 0, "1< 'd' #1 >");
    check_visit("[(), (), frozenset(), frozenset()]", 0, "4[ 0( ) 0( ) 0{ } 0{ } ]");
    check_visit("(lambda U: (lambda u: (u.append(u), u)[1])(U([1])))"
                "(__import__('collections').UserList)",
                0, "collections.UserList[ 1 #1 ]");
}

static void what_fails_is_told(void) {
    check_refused("type('M', (dict,), {'items': lambda self: 1 // 0})(a=1)", 0,
                  METAFFI_STATUS_FOREIGN, "by zero");
    check_refused("type('L', (list,), {'__iter__': lambda self: 1})()", 0, METAFFI_STATUS_FOREIGN,
                  "iter");
    check_refused("[type('L', (list,), {'__iter__': lambda self: (1 // x for x in [1, 0])})()]", 0,
                  METAFFI_STATUS_FOREIGN, "");
    check_refused("type('M', (dict,), {'items': lambda self: [(1, 2, 3)]})()", 0,
                  METAFFI_STATUS_TYPE_MISMATCH, "gave 3 things");
    metaffi_value root = object_of("[1, [2, {'a': 'b'}], (3,)]");
    for (int until = 1; until < 13; until++) {
        struct record record = {{0}, 0, {0}, 0, until, NULL};
        CHECK_FAILS_WITH(metaffi_object_visit(&root, NULL, &recorder, &record, &err),
                         METAFFI_STATUS_OUT_OF_RANGE, "that is enough");
    }
    metaffi_scope *scope = NULL;
    CHECK_OK(metaffi_scope_enter(python, &scope, &err));
    for (int until = 1; until < 13; until++) {
        jmp_buf jump;
        static struct record record;
        memset(&record, 0, sizeof record);
        record.until = until;
        record.jump = &jump;
        if (setjmp(jump) == 0)
            CHECK(metaffi_object_visit(&root, NULL, &recorder, &record, &err) != METAFFI_OK);
    }
    CHECK_OK(metaffi_scope_leave(scope, &err));
    metaffi_value_clear(&root);
}

static void wrong_arguments(void) {
    static struct record record;
    metaffi_value root = object_of("[1]");
    metaffi_visit_options options = options_of(1ull << 40);
    metaffi_status invalid = METAFFI_STATUS_INVALID_ARGUMENT;
#define VISIT(root, options, visitor) metaffi_object_visit(root, options, visitor, &record, &err)
    CHECK_FAILS_WITH(VISIT(&root, &options, &recorder), invalid, "0x10000000000");
    options.flags = METAFFI_VISIT_MAPS_AS_OBJECTS | METAFFI_VISIT_MAPS_AS_PAIRS;
    CHECK_FAILS_WITH(VISIT(&root, &options, &recorder), invalid, "exclude each other");
    options = options_of(0);
    options.size = 3;
    CHECK_FAILS_WITH(VISIT(&root, &options, &recorder), invalid, "options.size is 3");
    CHECK_FAILS_WITH(VISIT(NULL, NULL, &recorder), invalid, "root is NULL");
    CHECK_FAILS_WITH(VISIT(&root, NULL, NULL), invalid, "visitor is NULL");
    metaffi_converter converter = {NULL, 0, NULL, NULL};
    options = options_of(0);
    options.converter_count = 1;
    CHECK_FAILS_WITH(VISIT(&root, &options, &recorder), invalid, "options.converters is NULL");
    options.converters = &converter;
    CHECK_FAILS_WITH(VISIT(&root, &options, &recorder), invalid, "[0].convert is NULL");
    metaffi_visitor few = {0};
    few.size = sizeof few;
    CHECK_FAILS_WITH(VISIT(&root, NULL, &few), METAFFI_STATUS_UNSUPPORTED, "containers");
    few.open = on_open;
    CHECK_FAILS_WITH(VISIT(&root, NULL, &few), METAFFI_STATUS_UNSUPPORTED, "int64 1");
    struct {
        metaffi_visit_options known;
        void *unknown;
    } newer = {options_of(0), &few};
    newer.known.size = sizeof newer;
    CHECK_FAILS_WITH(VISIT(&root, &newer.known, &recorder), METAFFI_STATUS_UNSUPPORTED,
                     "does not know");
    newer.unknown = NULL;
    CHECK_OK(VISIT(&root, &newer.known, &recorder));
    metaffi_value stale = root;
    metaffi_value_clear(&root);
    CHECK_FAILS(VISIT(&stale, NULL, &recorder), METAFFI_STATUS_INVALID_HANDLE);
}

/* Converters and what becomes of objects. */

static int asked;

static metaffi_status replace(void *userdata, const metaffi_object *object,
                              metaffi_conversion *conversion, metaffi_value *instead,
                              metaffi_error **error) {
    (void)error;
    asked++;
    char *name = NULL;
    CHECK(metaffi_object_type_name(object, &name, NULL) == METAFFI_OK);
    if (strcmp(name, userdata) == 0) {
        CHECK(metaffi_value_new_string8("instead", 7, instead, NULL) == METAFFI_OK);
        *conversion = METAFFI_CONVERSION_REPLACED;
    }
    metaffi_free(name);
    return METAFFI_OK;
}

static metaffi_status tell(void *userdata, const metaffi_object *object,
                           metaffi_conversion *conversion, metaffi_value *instead,
                           metaffi_error **error) {
    (void)object, (void)instead;
    *conversion = METAFFI_CONVERSION_TOLD;
    return on_text(userdata, "told", 4, error);
}

static void count_object(void *userdata, const metaffi_object *object) {
    CHECK(object != NULL);
    ++*(int *)userdata;
}

static void converters_are_asked(void) {
    metaffi_converter converter = {NULL, METAFFI_CONVERTER_LAST, replace, (char[]){"object"}};
    metaffi_visit_options options = options_of(0);
    options.converters = &converter;
    options.converter_count = 1;
    int made = 0;
    options.object_made = count_object;
    options.userdata = &made;
    check_visit_with("[1, object(), len, [2]]", options,
                     "4[ 1 'instead' <builtin_function_or_method> 1[ 2 ] ]");
    CHECK(asked == 2 && made == 1);
    asked = 0;
    converter.order = METAFFI_CONVERTER_FIRST;
    converter.userdata = (char[]){"dict"};
    check_visit_with("[1, 'a', {}, [2], (3,)]", options, "5[ 1 'a' 'instead' 1[ 2 ] 1( 3 ) ]");
    CHECK(asked == 4);
    metaffi_value type = object_of("__import__('collections').abc.Mapping");
    static struct record record;
    converter = (metaffi_converter){type.data.object, METAFFI_CONVERTER_FIRST, tell, &record};
    metaffi_value root = object_of("[1, {}, [2]]");
    CHECK_OK(metaffi_object_visit(&root, &options, &recorder, &record, &err));
    CHECK_TEXT(record.text, "3[ 1 'told' 1[ 2 ] ] ");
    metaffi_value converted;
    CHECK_FAILS_WITH(metaffi_object_convert(&root, &options, &converted, &err),
                     METAFFI_STATUS_INVALID_ARGUMENT, "METAFFI_CONVERSION_REPLACED");
    metaffi_value_clear(&root);
    metaffi_value_clear(&type);
}

static void values_of_their_own(void) {
    metaffi_value root = object_of("{'a': [1, 2.5, ('x', None)], 2: {3}}"), converted, item;
    CHECK_OK(metaffi_object_convert(&root, NULL, &converted, &err));
    CHECK(converted.type == metaffi_map_type);
    const metaffi_array *pairs = converted.data.array;
    CHECK(pairs->shape[0] == 2 && pairs->shape[1] == 2);
    const metaffi_value *entries = pairs->data;
    CHECK(entries[0].type == metaffi_string8_type && entries[1].type == metaffi_any_array_type);
    size_t last[] = {2};
    CHECK_OK(metaffi_array_get(entries[1].data.array, last, 1, &item, &err));
    CHECK(item.type == metaffi_tuple_type && item.data.array->shape[0] == 2);
    metaffi_value_clear(&item);
    CHECK(entries[2].data.int64 == 2 && entries[3].type == metaffi_set_type);
    static struct record record;
    CHECK_OK(metaffi_object_visit(&converted, NULL, &recorder, &record, &err));
    CHECK_TEXT(record.text, "2< 'a' 3[ 1 2.5 2( 'x' null ) ] 2 1{ 3 } > ");
    metaffi_value_clear(&converted);
    metaffi_value_clear(&root);
    root = object_of("__import__('functools').reduce(lambda l, _: [l], range(100), [])");
    CHECK_FAILS_WITH(metaffi_object_convert(&root, NULL, &converted, &err),
                     METAFFI_STATUS_OUT_OF_RANGE, "nested more than 64 deep");
    metaffi_value_clear(&root);
}

/* Building: what is visited in one tree is told to the builder of another. */

static metaffi_status copy_tree(void *userdata, const metaffi_visitor *visitor,
                                void *visitor_userdata, metaffi_error **error) {
    return metaffi_object_visit(userdata, NULL, visitor, visitor_userdata, error);
}

static void check_copy(const char *expression) {
    metaffi_value root = object_of(expression), copy;
    CHECK_OK(metaffi_runtime_build(python, copy_tree, &root, &copy, &err));
    metaffi_type_info anys[] = {info_of(metaffi_any_type), info_of(metaffi_any_type)};
    metaffi_entity *same = load_typed(builtins,
                                      "eval=repr(args[0]).__eq__(repr(args[1])) and type(args[0]) "
                                      "is type(args[1])",
                                      anys, 2, info_of(metaffi_bool_type));
    metaffi_value both[] = {root, copy}, is_same;
    CHECK_OK(metaffi_entity_call(same, both, 2, &is_same, 1, &err));
    if (!is_same.data.boolean)
        check_fail(__FILE__, __LINE__, expression, "the copy is another");
    metaffi_entity_free(same);
    metaffi_value_clear(&copy);
    metaffi_value_clear(&root);
}

static void a_tree_is_built_as_it_was(void) {
    check_copy("[None, True, 1, -2**40, 1.5, 'text', 'h\xc3\xa9', b'bytes', 2**64 - 1]");
    check_copy("{'a': [1, (2, (), [3])], (1, frozenset({2})): {5}, None: {}}");
    check_copy("(lambda l: (l.append(l), l)[1])([1])");
    check_copy("(lambda d: (d.update(d=d, t=(d, [d])), d)[1])({})");
    check_copy("{frozenset({(1, frozenset({2}))})}");
    check_copy("[len, object]");
    check_copy("7");
}

struct told_calls {
    const char *calls;
};

/* Each character is a call: what follows a digit is not looked at. */
static metaffi_status tell_calls(void *userdata, const metaffi_visitor *visitor,
                                 void *visitor_userdata, metaffi_error **error) {
    metaffi_status status = METAFFI_OK;
    for (const char *call = userdata; *call != 0 && status == METAFFI_OK; call++) {
        static const char kinds[] = "[({<|";
        metaffi_container container = {0, METAFFI_UNSPECIFIED, 9, {NULL, 0}};
        const char *kind = strchr(kinds, *call);
        if (kind != NULL) {
            container.kind = (metaffi_container_kind)(kind - kinds);
            status = visitor->open(visitor_userdata, &container, error);
        } else if (*call == '.') {
            status = visitor->close(visitor_userdata, error);
        } else if (*call == '#') {
            status = visitor->again(visitor_userdata, 9, error);
        } else if (*call == 't') {
            status = visitor->text(visitor_userdata, "\xff", 1, error);
        } else {
            status = visitor->integer(visitor_userdata, *call - '0', error);
        }
    }
    return status;
}

static void check_built_wrongly(char *calls, metaffi_status status, const char *text) {
    metaffi_value built;
    CHECK_FAILS_WITH(metaffi_runtime_build(python, tell_calls, calls, &built, &err), status, text);
    CHECK(built.type == 0);
}

static void what_makes_no_value_is_refused(void) {
    metaffi_status invalid = METAFFI_STATUS_INVALID_ARGUMENT;
    check_built_wrongly("", invalid, "nothing");
    check_built_wrongly("12", invalid, "more than one");
    check_built_wrongly("[1", invalid, "not closed a list");
    check_built_wrongly("[1..", invalid, "not open");
    check_built_wrongly("<1.", invalid, "a map was closed behind a key");
    check_built_wrongly("#", METAFFI_STATUS_NOT_FOUND, "9");
    check_built_wrongly("(#", invalid, "contains itself");
    check_built_wrongly("<[.1.", METAFFI_STATUS_FOREIGN, "unhashable");
    check_built_wrongly("|11.", METAFFI_STATUS_FOREIGN, "attribute name must be string");
    check_built_wrongly("t", METAFFI_STATUS_INVALID_TEXT, "UTF-8");
    metaffi_value built;
    CHECK_FAILS_WITH(metaffi_runtime_build(python, NULL, NULL, &built, &err), invalid, "producer");
    CHECK_FAILS_WITH(metaffi_runtime_build(NULL, tell_calls, "1", &built, &err),
                     METAFFI_STATUS_INVALID_HANDLE, "runtime");
}

/* Trees at random, and what others say of them. */

struct json {
    char *text;
    size_t length, room;
    /* For each container that is open: whether it is a map, and how many values there were. */
    struct {
        bool is_map;
        size_t count;
    } open[16];
    size_t depth;
};

static void write_json(struct json *json, const char *text, size_t length) {
    if (json->length + length + 1 > json->room) {
        json->room = (json->length + length + 1) * 2;
        json->text = realloc(json->text, json->room);
    }
    memcpy(json->text + json->length, text, length);
    json->length += length;
    json->text[json->length] = 0;
}

static metaffi_status json_value(struct json *json, const char *text, size_t length) {
    if (json->depth > 0) {
        bool is_map = json->open[json->depth - 1].is_map;
        size_t count = json->open[json->depth - 1].count++;
        if (count > 0)
            write_json(json, is_map && count % 2 == 1 ? ":" : ",", 1);
    }
    write_json(json, text, length);
    return METAFFI_OK;
}

static metaffi_status json_null(void *to, metaffi_error **error) {
    (void)error;
    return json_value(to, "null", 4);
}
static metaffi_status json_boolean(void *to, bool boolean, metaffi_error **error) {
    (void)error;
    return json_value(to, boolean ? "true" : "false", boolean ? 4 : 5);
}
static metaffi_status json_integer(void *to, int64_t integer, metaffi_error **error) {
    (void)error;
    char text[32];
    return json_value(to, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)integer));
}
static metaffi_status json_number(void *to, double number, metaffi_error **error) {
    (void)error;
    char text[32];
    return json_value(to, text, (size_t)snprintf(text, sizeof text, "%g", number));
}
static metaffi_status json_text(void *to, const char *text, size_t length, metaffi_error **error) {
    (void)error;
    json_value(to, "\"", 1);
    write_json(to, text, length);
    write_json(to, "\"", 1);
    return METAFFI_OK;
}
static metaffi_status json_open(void *to, const metaffi_container *container,
                                metaffi_error **error) {
    (void)error;
    struct json *json = to;
    bool is_map = container->kind == METAFFI_CONTAINER_MAP;
    json_value(json, is_map ? "{" : "[", 1);
    json->open[json->depth].is_map = is_map;
    json->open[json->depth++].count = 0;
    return METAFFI_OK;
}
static metaffi_status json_close(void *to, metaffi_error **error) {
    (void)error;
    struct json *json = to;
    write_json(json, json->open[--json->depth].is_map ? "}" : "]", 1);
    return METAFFI_OK;
}

static const metaffi_visitor json_writer = {
    .size = sizeof json_writer,
    .null_value = json_null,
    .boolean = json_boolean,
    .integer = json_integer,
    .number = json_number,
    .text = json_text,
    .open = json_open,
    .close = json_close,
};

static void trees_at_random(void) {
    metaffi_type_info seed = info_of(metaffi_int64_type), handle = info_of(metaffi_handle_type);
    metaffi_type_info text = info_of(metaffi_string8_type), truth = info_of(metaffi_bool_type);
    metaffi_type_info both[] = {handle, handle};
    metaffi_entity *json_tree = load_typed(trees, "callable=json_tree", &seed, 1, handle);
    metaffi_entity *tree = load_typed(trees, "callable=tree", &seed, 1, handle);
    metaffi_entity *dumped = load_typed(trees, "callable=dumped", &handle, 1, text);
    metaffi_entity *is_same = load_typed(trees, "callable=is_same", both, 2, truth);
    metaffi_entity *is_as_pickled = load_typed(trees, "callable=is_as_pickled", both, 2, truth);
    struct json json = {0};
    for (int64_t i = 0; i < 300; i++) {
        metaffi_value number = int64_value(i);
        metaffi_value root = call_with(json_tree, &number, 1);
        json.length = 0;
        metaffi_visit_options copied = options_of(METAFFI_VISIT_SHARED_COPIED);
        CHECK_OK(metaffi_object_visit(&root, &copied, &json_writer, &json, &err));
        check_string(call_with(dumped, &root, 1), json.text);
        metaffi_value_clear(&root);
        metaffi_value pair[] = {call_with(tree, &number, 1), {0, {0}}};
        CHECK_OK(metaffi_runtime_build(python, copy_tree, &pair[0], &pair[1], &err));
        metaffi_value same = call_with(is_same, pair, 2), as_pickled;
        as_pickled = call_with(is_as_pickled, pair, 2);
        if (!same.data.boolean || !as_pickled.data.boolean)
            fprintf(stderr, "seed %d\n", (int)i);
        CHECK(same.data.boolean && as_pickled.data.boolean);
        metaffi_value_clear(&pair[0]);
        metaffi_value_clear(&pair[1]);
    }
    free(json.text);
    metaffi_entity *all[] = {json_tree, tree, dumped, is_same, is_as_pickled};
    for (size_t i = 0; i < COUNT(all); i++)
        CHECK(metaffi_entity_free(all[i]) == METAFFI_OK);
}

/* A million containers, also where the visitor fails, are given back. */

static void nothing_is_left(void) {
    metaffi_entity *blocks =
        load_typed(trees, "callable=blocks", NULL, 0, info_of(metaffi_int64_type));
    metaffi_value root = object_of("(lambda s: [s, s, (1, [2]), {'a': {3}, (4, 5): [object()]}, "
                                   "__import__('collections').OrderedDict(a=[len, 'text'])])([1])");
    static struct record record;
    int64_t before = 0;
    for (int i = 0; i < 100000; i++) {
        if (i == 1000)
            before = call_with(blocks, NULL, 0).data.int64;
        memset(record.closing, 0, sizeof record.closing);
        record.length = record.depth = 0;
        record.until = i % 32;
        record.jump = NULL;
        metaffi_status status = metaffi_object_visit(&root, NULL, &recorder, &record, &err);
        CHECK(status == (record.until == 0 && i % 32 != 0 ? METAFFI_STATUS_OUT_OF_RANGE : 0));
        metaffi_error_free(err);
        err = NULL;
        metaffi_value copy;
        if (i % 10 == 0 && CHECK_OK(metaffi_runtime_build(python, copy_tree, &root, &copy, &err)))
            metaffi_value_clear(&copy);
        if (i % 10 == 1 && CHECK_OK(metaffi_object_convert(&root, NULL, &copy, &err)))
            metaffi_value_clear(&copy);
    }
    int64_t after = call_with(blocks, NULL, 0).data.int64;
    if (after > before + 1000)
        fprintf(stderr, "%lld blocks more\n", (long long)(after - before));
    CHECK(after <= before + 1000);
    metaffi_value_clear(&root);
    CHECK(metaffi_entity_free(blocks) == METAFFI_OK);
}

/* What is nested as deep as there are items in others. */

struct depth {
    size_t now, most;
};

static metaffi_status deeper(void *to, const metaffi_container *container, metaffi_error **error) {
    (void)container, (void)error;
    struct depth *depth = to;
    if (++depth->now > depth->most)
        depth->most = depth->now;
    return METAFFI_OK;
}
static metaffi_status back(void *to, metaffi_error **error) {
    (void)error;
    ((struct depth *)to)->now--;
    return METAFFI_OK;
}
static metaffi_status ignore(void *to, int64_t integer, metaffi_error **error) {
    (void)to, (void)integer, (void)error;
    return METAFFI_OK;
}

static void a_million_deep(void) {
    metaffi_visitor counting = {0};
    counting.size = sizeof counting;
    counting.open = deeper;
    counting.close = back;
    counting.integer = ignore;
    struct depth depth = {0, 0};
    metaffi_value root = object_of("__import__('functools').reduce(lambda l, i: [l] if i % 3 == 0 "
                                   "else (l,) if i % 3 == 1 else {1: l}, range(1000000), [])");
    CHECK_OK(metaffi_object_visit(&root, NULL, &counting, &depth, &err));
    CHECK(depth.most == 1000001 && depth.now == 0);
    metaffi_value copy;
    CHECK_OK(metaffi_runtime_build(python, copy_tree, &root, &copy, &err));
    struct depth again = {0, 0};
    CHECK_OK(metaffi_object_visit(&copy, NULL, &counting, &again, &err));
    CHECK(again.most == 1000001);
    metaffi_value_clear(&copy);
    metaffi_value_clear(&root);
    root = object_of("list(range(1000000))");
    CHECK_OK(metaffi_object_visit(&root, NULL, &counting, &depth, &err));
    metaffi_value_clear(&root);
}

int main(void) {
    open_python();
    builtins = import("builtins");
    trees = import(GUEST_DIRECTORY "/trees.py");
    plain_values_and_containers();
    others_by_what_they_can_do();
    rows_of_sqlite();
    fields_where_they_are_asked_for();
    every_choice();
    what_is_met_again();
    what_fails_is_told();
    wrong_arguments();
    converters_are_asked();
    values_of_their_own();
    a_tree_is_built_as_it_was();
    what_makes_no_value_is_refused();
    trees_at_random();
    nothing_is_left();
    a_million_deep();
    metaffi_module_free(trees);
    metaffi_module_free(builtins);
    close_python();
    return CHECK_RESULT;
}
