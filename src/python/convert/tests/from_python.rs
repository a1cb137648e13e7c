use super::*;
use crate::error::Status::{self, *};

/// What an expression is as a type.
const CELLS: &[(&str, &str, &str)] = &[
    // Numbers.
    ("127", "int8", "int8 127"),
    ("-128", "int8", "int8 -128"),
    ("32767", "int16", "int16 32767"),
    ("-2**31", "int32", "int32 -2147483648"),
    ("-2**63", "int64", "int64 -9223372036854775808"),
    ("2**63-1", "int64", "int64 9223372036854775807"),
    ("255", "uint8", "uint8 255"),
    ("65535", "uint16", "uint16 65535"),
    ("2**32-1", "uint32", "uint32 4294967295"),
    ("2**64-1", "uint64", "uint64 18446744073709551615"),
    ("2**64-1", "size", "size 18446744073709551615"),
    ("True", "int64", "int64 1"),
    ("1.5", "float64", "float64 1.5"),
    ("2**53", "float64", "float64 9007199254740992.0"),
    ("0.1", "float32", "float32 0.10000000149011612"),
    ("float('inf')", "float32", "float32 inf"),
    ("float('nan')", "float64", "float64 NaN"),
    ("True", "bool", "bool true"),
    ("False", "bool", "bool false"),
    ("import http;;http.HTTPStatus(404)", "int32", "int32 404"),
    // Characters.
    ("'a'", "char8", "char8 'a'"),
    ("'é'", "char16", "char16 'é'"),
    ("'😀'", "char32", "char32 '😀'"),
    ("255", "char8", "char8 'ÿ'"),
    // Text.
    ("'a\\0é€😀'", "string8", "string8 \"a\\0é€😀\""),
    ("'a\\0é€😀'", "string16", "string16 \"a\\0é€😀\""),
    ("'a\\0é€😀'", "string32", "string32 \"a\\0é€😀\""),
    ("''", "string8", "string8 \"\""),
    ("None", "string8", "string8 NULL"),
    // References.
    ("None", "handle", "handle NULL"),
    ("None", "callable", "callable NULL"),
    ("None", "null", "null"),
    ("None", "int64_array", "NULL"),
    // Arrays of lists.
    ("[1, 2, 3]", "int64_array", "int64_array [1, 2, 3]"),
    ("(1, 2)", "uint8_array", "uint8_array [1, 2]"),
    ("range(3)", "int32_array", "int32_array [0, 1, 2]"),
    ("{7}", "int32_packed_array", "int32_array [7]"),
    ("[1, 2.5]", "float64_array", "float64_array [1.0, 2.5]"),
    ("[True, False]", "bool_array", "bool_array [true, false]"),
    ("['a', None, '😀']", "string8_array", "string8_array [\"a\", NULL, \"😀\"]"),
    ("['a', 'b']", "string16_array", "string16_array [\"a\", \"b\"]"),
    ("'ab'", "char32_array", "char32_array ['a', 'b']"),
    ("[[1, 2], [3, 4]]", "int64_array rank 2", "int64_array [[1, 2], [3, 4]]"),
    ("[[[1], [2]], [[3], [4]]]", "int64_array", "int64_array [[[1], [2]], [[3], [4]]]"),
    ("[[1], [2, 3], []]", "int64_array", "int64_array [[1], [2, 3], []]"),
    ("[[[1, 2]], [[3], []]]", "int8_array", "int8_array [[[1, 2]], [[3], []]]"),
    ("[b'ab', b'c']", "uint8_array", "uint8_array [[97, 98], [99]]"),
    ("[]", "float64_array", "float64_array []"),
    ("[]", "float64_array rank 2", "float64_array []"),
    ("[[], []]", "float64_array rank 2", "float64_array [[], []]"),
    ("[[], [1]]", "int64_array", "int64_array [[], [1]]"),
    (
        "[1, 'a', None, [2.5]]",
        "any_array",
        "any_array [int64 1, string8 \"a\", null, \
      float64_array [2.5]]",
    ),
    ("[1, 2]", "array", "int64_array [1, 2]"),
    // Arrays of memory.
    ("b'a\\0b'", "uint8_array", "uint8_array [97, 0, 98]"),
    ("bytearray(b'ab')", "uint8_array", "uint8_array [97, 98]"),
    ("bytearray(b'ab')", "char8_array", "char8_array ['a', 'b']"),
    ("memoryview(b'abcd')[::2]", "uint8_array", "uint8_array [97, 99]"),
    ("memoryview(b'abcd')[::-1]", "uint8_packed_array", "uint8_array [100, 99, 98, 97]"),
    ("memoryview(b'abcd').cast('B', (2, 2))", "uint8_array", "uint8_array [[97, 98], [99, 100]]"),
    ("b'ab'", "int32_array", "int32_array [97, 98]"),
    ("b'ab'", "float64_array", "float64_array [97.0, 98.0]"),
    ("import array;;array.array('i', [1, -2])", "int32_array", "int32_array [1, -2]"),
    ("import array;;array.array('l', [1, -2])", "int64_array", "int64_array [1, -2]"),
    ("import array;;array.array('f', [1.5])", "float64_array", "float64_array [1.5]"),
    (
        "import array;;array.array('Q', [2**64-1])",
        "size_array",
        "size_array \
      [18446744073709551615]",
    ),
    ("import array;;array.array('B', [1])", "any_array", "any_array [uint8 1]"),
    ("import array;;array.array('u', 'ab')", "string8_array", "string8_array [\"a\", \"b\"]"),
    ("import ctypes;;(ctypes.c_int16 * 2)(1, -2)", "int16_array", "int16_array [1, -2]"),
    // Any.
    ("None", "any", "null"),
    ("True", "any", "bool true"),
    ("5", "any", "int64 5"),
    ("2**64-1", "any", "uint64 18446744073709551615"),
    ("2**64", "any", "bigint 18446744073709551616"),
    ("-2**63-1", "any", "bigint -9223372036854775809"),
    ("1.5", "any", "float64 1.5"),
    ("'é'", "any", "string8 \"é\""),
    ("b'ab'", "any", "uint8_array [97, 98]"),
    ("bytearray(b'ab')", "any", "uint8_array [97, 98]"),
    ("memoryview(b'ab')", "any", "uint8_array [97, 98]"),
    ("import array;;array.array('d', [1.5])", "any", "float64_array [1.5]"),
    ("[1, 2]", "any", "int64_array [1, 2]"),
    ("(1.5, 2.5)", "any", "float64_array [1.5, 2.5]"),
    ("[True]", "any", "bool_array [true]"),
    ("['a']", "any", "string8_array [\"a\"]"),
    ("[[1, 2], [3, 4]]", "any", "int64_array [[1, 2], [3, 4]]"),
    ("[[1], [2, 3]]", "any", "int64_array [[1], [2, 3]]"),
    ("[]", "any", "any_array []"),
    ("[[], [1]]", "any", "int64_array [[], [1]]"),
    ("[1, 1.5]", "any", "any_array [int64 1, float64 1.5]"),
    ("[1, 2**64]", "any", "any_array [int64 1, bigint 18446744073709551616]"),
    ("[[1], ['a']]", "any", "any_array [int64_array [1], string8_array [\"a\"]]"),
    ("len", "any", "callable"),
    ("lambda: 1", "any", "callable"),
    ("[].append", "any", "callable"),
    ("[len, print]", "any", "any_array [callable, callable]"),
    ("lambda: 1", "handle", "handle"),
    ("1j", "any", "complex 0.0+1.0i"),
    ("{}", "any", "handle"),
    ("{1}", "any", "handle"),
    ("import decimal;;decimal.Decimal('1.50')", "any", "decimal 1.50"),
    ("import fractions;;fractions.Fraction(1, 2)", "any", "handle"),
    ("import datetime;;datetime.datetime(2024, 2, 29)", "any", "datetime 2024-02-29T00:00:00"),
    ("import datetime;;datetime.date(2024, 2, 29)", "any", "date 2024-02-29"),
    ("import datetime;;datetime.time(1)", "any", "time 01:00:00"),
    ("import datetime;;datetime.timedelta(1)", "any", "duration PT86400S"),
    ("import datetime;;datetime.timezone.utc", "any", "handle"),
    ("import uuid;;uuid.UUID(int=1)", "any", "uuid 00000000-0000-0000-0000-000000000001"),
    ("import http;;http.HTTPStatus(404)", "any", "handle"),
    ("int", "any", "handle"),
    ("object()", "any", "handle"),
    ("frozenset()", "any", "handle"),
    ("range(3)", "any", "handle"),
    ("type('N', (int,), {})(2**64)", "any", "handle"),
    ("type('C', (complex,), {})(1j)", "any", "handle"),
    ("import zoneinfo;;zoneinfo.ZoneInfo('Europe/Paris')", "any", "zone Europe/Paris"),
    // What a neutral value cannot say stays with the object.
    (
        "import datetime as d;;d.datetime(2024, 1, 1, tzinfo=d.timezone(d.timedelta(hours=1), 'X'))",
        "any",
        "handle",
    ),
    // Neutral values.
    ("5", "bigint", "bigint 5"),
    ("-2**64", "bigint", "bigint -18446744073709551616"),
    ("type('N', (int,), {})(2**64)", "bigint", "bigint 18446744073709551616"),
    ("type('I', (), {'__index__': lambda self: 7})()", "bigint", "bigint 7"),
    ("import decimal;;decimal.Decimal('-1E+3')", "decimal", "decimal -1E+3"),
    ("import decimal;;decimal.Decimal('sNaN12')", "decimal", "decimal sNaN12"),
    ("2**64", "decimal", "decimal 18446744073709551616"),
    ("1.5-2j", "complex", "complex 1.5-2.0i"),
    ("1.5", "complex", "complex 1.5+0.0i"),
    ("2**60", "complex", "complex 1.152921504606847e18+0.0i"),
    ("import datetime;;datetime.date(1, 1, 1)", "date", "date 0001-01-01"),
    (
        "import datetime as d;;d.time(1, 2, 3, 4, d.timezone.utc)",
        "time",
        "time 01:02:03.000004+00:00",
    ),
    (
        "import datetime as d, zoneinfo as z;;d.time(1, tzinfo=z.ZoneInfo('Europe/Paris'))",
        "time",
        "time 01:00:00[Europe/Paris]",
    ),
    (
        "import datetime as d;;d.datetime(2024, 2, 29, 1, tzinfo=d.timezone(-d.timedelta(hours=3)))",
        "datetime",
        "datetime 2024-02-29T01:00:00-03:00",
    ),
    (
        "import datetime as d, zoneinfo as z;;\
         d.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=z.ZoneInfo('Europe/Paris'))",
        "datetime",
        "datetime 2024-10-27T02:30:00+01:00[Europe/Paris]",
    ),
    ("import datetime;;datetime.timedelta(-1, 5, 7)", "duration", "duration -PT86394.999993S"),
    ("import datetime;;datetime.timedelta.min", "duration", "duration -PT86399999913600S"),
    ("range(10, 0, -3)", "range", "range 10:0:-3"),
    ("{}", "map", "map of 0"),
    ("{'a': 1, (1, 2): {3}}", "map", "map of 2"),
    ("import collections;;collections.OrderedDict(a=1)", "map", "map of 1"),
    ("import types;;types.MappingProxyType({1: 2})", "map", "map of 1"),
    ("{1, 'a'}", "set", "set of 2"),
    ("frozenset([1])", "set", "set of 1"),
    ("(1, 'a', (2,))", "tuple", "tuple of 3"),
    ("[1]", "tuple", "tuple of 1"),
    ("[1, -2**64]", "bigint_array", "bigint_array [1, -18446744073709551616]"),
    ("[(1, 2), ()]", "tuple_array", "tuple_array [of 2, of 0]"),
    // By the name of a class.
    ("import decimal;;decimal.Decimal('1.10')", "string8<Decimal>", "string8 \"1.10\""),
    ("import fractions;;fractions.Fraction(1, 3)", "string8<Fraction>", "string8 \"1/3\""),
    ("2**70", "string8<int>", "string8 \"1180591620717411303424\""),
    (
        "import uuid;;uuid.UUID(int=1)",
        "string8<UUID>",
        "string8 \"00000000-0000-0000-0000-000000000001\"",
    ),
    (
        "import datetime as d;;d.datetime(2024, 2, 29, 12, 30, 0, 5, d.timezone.utc)",
        "string8<datetime>",
        "string8 \"2024-02-29T12:30:00.000005+00:00\"",
    ),
    ("import datetime;;datetime.date(2024, 2, 29)", "string8<date>", "string8 \"2024-02-29\""),
    ("import datetime;;datetime.time(1, 2, 3)", "string8<time>", "string8 \"01:02:03\""),
    ("import datetime;;datetime.timedelta(-1)", "int64<timedelta>", "int64 -86400000000"),
    ("import pathlib;;pathlib.Path('/tmp')", "string8<Path>", "string8 \"/tmp\""),
    ("import http;;http.HTTPStatus(404)", "int64<http.HTTPStatus>", "int64 404"),
    ("import pstats;;pstats.SortKey.CALLS", "string8<pstats.SortKey>", "string8 \"calls\""),
    ("import datetime;;datetime.timezone.utc", "string8<datetime.timezone>", "string8 \"UTC\""),
    ("1.5-2j", "string8<complex>", "string8 \"(1.5-2j)\""),
    ("1.5-2j", "float64_array<complex>", "float64_array [1.5, -2.0]"),
    ("1.5-2j", "float32_array<complex>", "float32_array [1.5, -2.0]"),
    ("1.5-2j", "float64_packed_array<complex> rank 1", "float64_array [1.5, -2.0]"),
    ("[1j, (2+3j)]", "float64_array<complex> rank 2", "float64_array [[0.0, 1.0], [2.0, 3.0]]"),
    ("([1j], [2j])", "float64_array<complex>", "float64_array [[[0.0, 1.0]], [[0.0, 2.0]]]"),
    ("[1.5, 2.5]", "float64_array<complex>", "float64_array [1.5, 2.5]"),
    ("type('C', (complex,), {})(1, 2)", "float64_array<complex>", "float64_array [1.0, 2.0]"),
    ("None", "string8<Decimal>", "string8 NULL"),
    ("'1.5'", "string8<Decimal>", "string8 \"1.5\""),
];

#[test]
fn every_object_becomes_the_declared_value() {
    let gil = enter();
    for (source, r#type, expected) in CELLS {
        let object = evaluate(&gil, source);
        let value = taken(&gil, &object, r#type);
        let shown = value.map_or_else(|error| error.to_string(), |value| show(&value));
        assert_eq!(shown, *expected, "{source} as {type}");
    }
}

/// Thirty lists of two times the next one.
const SHARED: &str = "a = [0]\nfor _ in range(30): a = [a, a];;a";
const SHARED_TEXT: &str = "a = ['']\nfor _ in range(30): a = ['', a, a];;a";
/// With rows of different lengths.
const SHARED_ROWS: &str = "a = [[0], []]\nfor _ in range(60): a = [[0], a, a];;a";

const REFUSED: &[(&str, &str, Status, &str)] = &[
    ("128", "int8", OutOfRange, "int 128 does not fit int8 (-128 to 127)"),
    ("-1", "uint8", OutOfRange, "int -1 does not fit uint8 (0 to 255)"),
    ("2**63", "int64", OutOfRange, "int 9223372036854775808 does not fit int64"),
    ("2**64", "uint64", OutOfRange, "int 18446744073709551616 does not fit uint64"),
    ("-1", "size", OutOfRange, "int -1 does not fit size"),
    ("10**5000", "int64", OutOfRange, "int does not fit int64"),
    ("1.0", "int64", TypeMismatch, "float 1.0 cannot be given for int64: a float is not rounded"),
    ("'1'", "int64", TypeMismatch, "str '1' cannot be given for int64"),
    ("None", "int64", TypeMismatch, "None cannot be given for int64"),
    ("2**53+1", "float64", OutOfRange, "int 9007199254740993 has no exact float64"),
    ("10**400", "float64", OutOfRange, "has no exact float64"),
    ("1e300", "float32", OutOfRange, "does not fit float32"),
    ("'1'", "float64", TypeMismatch, "str '1' cannot be given for float64"),
    ("import decimal;;decimal.Decimal(1)", "float64", TypeMismatch, "decimal.Decimal"),
    ("1", "bool", TypeMismatch, "int 1 cannot be given for bool"),
    ("True", "bigint", TypeMismatch, "bool True cannot be given for bigint: give an int"),
    ("1.0", "bigint", TypeMismatch, "float 1.0 cannot be given for bigint"),
    ("None", "bigint", TypeMismatch, "None cannot be given for bigint"),
    ("1.5", "decimal", TypeMismatch, "float 1.5 cannot be given for decimal: give a decimal"),
    ("2**53+1", "complex", TypeMismatch, "cannot be given for complex"),
    (
        "import datetime;;datetime.datetime(2024, 1, 1)",
        "date",
        TypeMismatch,
        "give a datetime.date",
    ),
    ("import datetime;;datetime.date(2024, 1, 1)", "datetime", TypeMismatch, "datetime.date"),
    (
        "import datetime as d;;d.datetime(2024, 1, 1, tzinfo=d.timezone(d.timedelta(0), 'X'))",
        "datetime",
        TypeMismatch,
        "the tzinfo X is neither a zoneinfo.ZoneInfo nor a datetime.timezone without a name",
    ),
    (
        "import datetime as d;;d.time(1, tzinfo=d.timezone(d.timedelta(microseconds=1)))",
        "time",
        OutOfRange,
        "a part of a second",
    ),
    ("range(2**64)", "range", OutOfRange, "does not fit int64"),
    ("[1]", "set", TypeMismatch, "list cannot be given for set: give a set"),
    ("{1}", "tuple", TypeMismatch, "set cannot be given for tuple"),
    ("[(1, 2)]", "map", TypeMismatch, "list cannot be given for map: give a dict"),
    (
        "type('M', (), {'keys': 1, 'items': lambda self: [1]})()",
        "map",
        TypeMismatch,
        "tuple of two",
    ),
    ("{'a': 2**70, 'b': {'\\ud800'}}", "map", InvalidText, "value 1[0]: "),
    ("a = ()\nfor _ in range(70): a = (a,);;a", "tuple", InvalidArgument, "nested more than 64"),
    ("a = [1] * 2**23;;(a, a, a)", "tuple", OutOfMemory, "again and again"),
    ("a = {}\na['a'] = a;;a", "map", InvalidArgument, "may contain itself"),
    ("'é'", "char8", OutOfRange, "str 'é' is not one unit of char8"),
    ("'😀'", "char16", OutOfRange, "is not one unit of char16"),
    ("'ab'", "char32", TypeMismatch, "a str of one character"),
    ("'a\\ud800'", "string8", InvalidText, "(U+D800) at index 1"),
    ("'a\\udc00'", "string16", InvalidText, "(U+DC00) at index 1"),
    ("'\\ud83d\\ude00'", "string32", InvalidText, "(U+D83D) at index 0"),
    ("b'a'", "string8", TypeMismatch, "bytes cannot be given for string8: decode it"),
    ("1", "string8", TypeMismatch, "int 1 cannot be given for string8"),
    ("0", "callable", TypeMismatch, "it cannot be called; to give an address, declare size"),
    ("0", "null", TypeMismatch, "only None is null"),
    ("[1, 'a']", "int64_array", TypeMismatch, "[1]: str 'a' cannot be given for int64"),
    ("[[1, 2], [3, 'a']]", "int64_array", TypeMismatch, "[1][1]: str 'a' cannot be given"),
    ("[[1], [3, 300]]", "uint8_array", OutOfRange, "[1][1]: int 300 does not fit uint8"),
    ("[1, [2]]", "int64_array", TypeMismatch, "[1]: list cannot be given for int64"),
    ("[[1], 2]", "int64_array", TypeMismatch, "[1]: int 2 cannot be given for int64_array"),
    ("[[1], None]", "int64_array", TypeMismatch, "[1]: None cannot be given for int64_array"),
    ("[1, 2]", "int64_array rank 2", TypeMismatch, "[0]: int 1 cannot be given for int64_array"),
    ("[[1], [2]]", "int64_array rank 1", TypeMismatch, "[0]: list cannot be given for int64"),
    ("[[1], [2, 3]]", "int64_packed_array", TypeMismatch, "rows of different lengths"),
    ("'abc'", "string8_array", TypeMismatch, "str 'abc' cannot be given for string8_array"),
    ("{}", "int64_array", TypeMismatch, "dict cannot be given for int64_array"),
    ("5", "int64_array", TypeMismatch, "int 5 cannot be given for int64_array"),
    ("a = []; a.append(a);;a", "int64_array", InvalidArgument, "contains itself"),
    ("a = [1]; a.append(a);;a", "any", InvalidArgument, "contains itself"),
    ("a = []; a += [a, a];;a", "any", InvalidArgument, "contains itself"),
    ("a = [[1]]; a.append(a);;a", "int64_array", InvalidArgument, "contain itself"),
    ("a = (1,)\nfor _ in range(99): a = ([1], a);;a", "int64_array", InvalidArgument, "deep"),
    (SHARED, "int64_array", OutOfMemory, "the same lists again and again"),
    (SHARED, "int64_array rank 31", OutOfMemory, "the same lists again and again"),
    (SHARED, "int64_packed_array", OutOfMemory, "the same lists again and again"),
    (SHARED, "any_array", OutOfMemory, "the same lists again and again"),
    (SHARED, "float64_array<complex>", OutOfMemory, "the same lists again and again"),
    (SHARED_TEXT, "string8_array", OutOfMemory, "the same lists again and again"),
    (SHARED_ROWS, "int64_array", OutOfMemory, "the same lists again and again"),
    ("b'ab'", "uint8_array rank 2", TypeMismatch, "a buffer of 1 dimensions given"),
    ("b'ab'", "string8_array", TypeMismatch, "its elements are uint8"),
    (
        "memoryview(b'a\\xff').cast('B', (2, 1))",
        "int8_array",
        OutOfRange,
        "[1][0]: 255 does not fit int8",
    ),
    ("1j", "float64_array<complex> rank 2", TypeMismatch, "[0]: float 0.0 cannot be given"),
    ("[1j, 'x']", "float64_array<complex>", TypeMismatch, "[1]: "),
    (
        "import http;;http.HTTPStatus(404)",
        "string8<http.HTTPStatus>",
        TypeMismatch,
        "declare an integer type",
    ),
    ("1", "string8<Decimal>", TypeMismatch, "int 1 cannot be given for string8<Decimal>"),
    ("1", "string8<no.Such>", NotFound, "alias \"no.Such\" names no Python class"),
    ("class A:\n def __index__(self): return 1//0;;A()", "int64", Foreign, "by zero"),
    ("(1//0 for x in [1])", "int64_array", Foreign, "by zero"),
];

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let gil = enter();
    for (source, r#type, status, part) in REFUSED {
        let object = evaluate(&gil, source);
        match taken(&gil, &object, r#type) {
            Ok(value) => panic!("{source} as {type} gave {}", show(&value)),
            Err(error) => {
                assert_eq!(error.status(), *status, "{source} as {type}: {error}");
                assert!(error.message().contains(part), "{source} as {type}: {error}");
            }
        }
        assert!(crate::python::error::take(&gil).is_none(), "{source} left an exception");
    }
}

#[test]
fn an_element_is_named_with_the_argument_that_it_is_in() {
    let gil = enter();
    let object = evaluate(&gil, "[[0]] * 17 + [[0, 0, 0, 'x']]");
    let error = taken(&gil, &object, "int64_array").unwrap_err().at("argument 2");
    assert!(
        error.message().starts_with("argument 2[17][3]: str 'x' cannot be given for int64"),
        "{error}"
    );
}

#[test]
fn a_writable_buffer_is_seen_without_a_copy_until_it_is_freed() {
    let gil = enter();
    let object = evaluate(&gil, "bytearray(b'ab')");
    let value = taken(&gil, &object, "uint8_array").unwrap();
    // SAFETY: the live array of two bytes.
    unsafe { (*value.data.array).data.cast::<u8>().write(b'z') };
    assert_eq!(repr(&gil, &object), "bytearray(b'zb')");
    let resize = |gil: &Gil| call_method(gil, &object, "clear");
    assert!(resize(&gil).unwrap_err().message().contains("Existing exports"));
    drop(value);
    resize(&gil).unwrap();
}

#[test]
fn a_buffer_may_be_freed_by_a_thread_without_the_gil() {
    let gil = enter();
    let object = evaluate(&gil, "bytearray(b'ab')");
    struct Carried(OwnedValue);
    // SAFETY: an array may be freed on any thread.
    unsafe impl Send for Carried {}
    let value = Carried(taken(&gil, &object, "uint8_array").unwrap());
    gil::release(&gil, || std::thread::spawn(move || drop({ value }.0)).join().unwrap());
    drop(gil);
    let gil = enter();
    testing::settle(&gil);
    call_method(&gil, &object, "clear").unwrap();
}

/// Sources of buffers that nobody may write to.
const READ_ONLY: &[(&str, &str, &str)] = &[
    ("bytes(bytearray(b'ab'))", "any", "uint8_array [97, 98]"),
    ("memoryview(bytearray(b'ab')).toreadonly()", "uint8_array", "uint8_array [97, 98]"),
    ("memoryview(b'abcd')[::-2]", "uint8_array", "uint8_array [100, 98]"),
    (
        "import array;;memoryview(array.array('d', [1.5])).toreadonly()",
        "float64_array",
        "float64_array [1.5]",
    ),
];

#[test]
fn a_read_only_buffer_is_seen_without_a_copy_and_says_so() {
    let gil = enter();
    for (source, r#type, expected) in READ_ONLY {
        let object = evaluate(&gil, source);
        let value = taken(&gil, &object, r#type).unwrap();
        assert_eq!(show(&value), *expected, "{source}");
        // SAFETY: live arrays of numbers.
        unsafe {
            assert!(View::new(value.data.array).unwrap().is_read_only(), "{source}");
            let set = crate::value::array::set(value.data.array, &[0], &1.into());
            assert!(set.is_err(), "{source}");
        }
    }
    let object = evaluate(&gil, "bytes(range(200))");
    let value = taken(&gil, &object, "uint8_array").unwrap();
    // SAFETY: bytes under the GIL, and the live array.
    unsafe {
        let own = (gil.api.PyBytes_AsString)(object.as_ptr()).cast::<u8>();
        assert_eq!((*value.data.array).data.cast::<u8>(), own);
    }
}

#[test]
fn a_read_only_buffer_is_held_until_it_is_freed() {
    let gil = enter();
    let object = evaluate(&gil, "bytearray(b'ab')");
    let view = evaluate(&gil, "lambda array: memoryview(array).toreadonly()");
    let value = taken(&gil, &view.call1(&gil, &object).unwrap(), "uint8_array").unwrap();
    assert!(call_method(&gil, &object, "clear").is_err());
    drop(value);
    call_method(&gil, &object, "clear").unwrap();
}

#[test]
fn a_read_only_buffer_with_gaps_is_copied_where_none_are_declared() {
    let gil = enter();
    let object = evaluate(&gil, "memoryview(b'abcd')[::2]");
    let value = taken(&gil, &object, "uint8_packed_array").unwrap();
    // SAFETY: a live array.
    let view = unsafe { View::new(value.data.array) }.unwrap();
    assert!(view.is_contiguous() && !view.is_read_only());
}
