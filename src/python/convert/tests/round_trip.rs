use super::*;

/// What Python gives as a type, and gets back as it, is shown as.
const SAME: &[(&str, &str, &str)] = &[
    ("['a', None, 'é']", "string8_array", "['a', None, 'é']"),
    ("['a', 'é']", "string16_array", "['a', 'é']"),
    ("['a', '😀']", "string32_array", "['a', '😀']"),
    ("'a😀'", "char32_array", "['a', '😀']"),
    ("['a']", "char8_array", "['a']"),
    ("[['a', 'b'], ['c', 'd']]", "string8_array", "[['a', 'b'], ['c', 'd']]"),
    ("[[1, 2], [], [3]]", "int64_array", "[[1, 2], [], [3]]"),
    ("[[[1], []], []]", "int64_array", "[[[1], []], []]"),
    ("[1, 'a', None, 2.5, True, 'é']", "any_array", "[1, 'a', None, 2.5, True, 'é']"),
    ("[1, [2, [3.5, 'a']]]", "any_array", "[1, [2, [3.5, 'a']]]"),
    ("[1, 'a', [2.5, None]]", "any", "[1, 'a', [2.5, None]]"),
    ("[[1], ['a'], []]", "any", "[[1], ['a'], []]"),
    ("[]", "any", "[]"),
    ("2**100", "any", "1267650600228229401496703205376"),
    ("-2**100", "handle", "-1267650600228229401496703205376"),
    ("[2**100, None]", "any", "[1267650600228229401496703205376, None]"),
    ("{'a': 1}", "handle", "{'a': 1}"),
    ("1+2j", "any", "(1+2j)"),
    ("import decimal;;decimal.Decimal('1.10')", "any", "Decimal('1.10')"),
    ("import datetime;;datetime.timedelta(1)", "any", "datetime.timedelta(days=1)"),
    ("1-0.1j", "float64_array<complex>", "(1-0.1j)"),
    ("1-0.5j", "float32_array<complex>", "(1-0.5j)"),
    ("complex('nan-infj')", "float64_array<complex>", "(nan-infj)"),
    ("[[1j], [2j]]", "float64_array<complex>", "[[1j], [2j]]"),
    ("1/3+2e-300j", "string8<complex>", "(0.3333333333333333+2e-300j)"),
    ("import decimal;;decimal.Decimal('-0E-7')", "string8<Decimal>", "Decimal('-0E-7')"),
    ("import decimal;;decimal.Decimal('NaN123')", "string8<Decimal>", "Decimal('NaN123')"),
    ("import fractions;;fractions.Fraction(-7, 3)", "string8<Fraction>", "Fraction(-7, 3)"),
    ("import pstats;;pstats.SortKey.CALLS", "string8<pstats.SortKey>", "<SortKey.CALLS: 'calls'>"),
    ("import fractions;;fractions.Fraction(1, 3)", "any", "Fraction(1, 3)"),
    ("import uuid;;uuid.UUID(int=1)", "any", "UUID('00000000-0000-0000-0000-000000000001')"),
    ("import http;;http.HTTPStatus(404)", "any", "<HTTPStatus.NOT_FOUND: 404>"),
    ("import datetime;;datetime.date(1, 2, 3)", "any", "datetime.date(1, 2, 3)"),
    ("import datetime;;datetime.time(1, 2, fold=1)", "any", "datetime.time(1, 2, fold=1)"),
    (
        "import datetime;;datetime.datetime.max",
        "any",
        "datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)",
    ),
    ("import datetime;;datetime.timezone.utc", "any", "datetime.timezone.utc"),
    (
        "import datetime;;datetime.datetime.min",
        "string8<datetime>",
        "datetime.datetime(1, 1, 1, 0, 0)",
    ),
    (
        "import datetime;;datetime.time(1, tzinfo=datetime.timezone.max)",
        "string8<time>",
        "datetime.time(1, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=86340)))",
    ),
    ("-2**64", "bigint", "-18446744073709551616"),
    ("0", "bigint", "0"),
    ("import decimal;;decimal.Decimal('-0E-7')", "decimal", "Decimal('-0E-7')"),
    ("import decimal;;decimal.Decimal('-Infinity')", "any", "Decimal('-Infinity')"),
    ("complex('nan-infj')", "complex", "(nan-infj)"),
    ("complex(-0.0, -0.0)", "any", "(-0-0j)"),
    (
        "import datetime as d;;d.datetime(1, 1, 1, tzinfo=d.timezone(d.timedelta(seconds=-1)))",
        "any",
        "datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(days=-1, \
         seconds=86399)))",
    ),
    (
        "import datetime as d, zoneinfo as z;;\
         d.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=z.ZoneInfo('Europe/Paris'))",
        "any",
        "datetime.datetime(2024, 10, 27, 2, 30, fold=1, \
         tzinfo=zoneinfo.ZoneInfo(key='Europe/Paris'))",
    ),
    (
        "import datetime as d, zoneinfo as z;;d.time(1, fold=1, tzinfo=z.ZoneInfo('Europe/Paris'))",
        "any",
        "datetime.time(1, 0, tzinfo=zoneinfo.ZoneInfo(key='Europe/Paris'), fold=1)",
    ),
    ("import zoneinfo;;zoneinfo.ZoneInfo('UTC')", "zone", "zoneinfo.ZoneInfo(key='UTC')"),
    ("import datetime;;datetime.timedelta.min", "any", "datetime.timedelta(days=-999999999)"),
    ("range(10, 0, -3)", "range", "range(10, 0, -3)"),
    ("range(3)", "any", "range(0, 3)"),
    ("{'a': [1, {'b': (2, {3})}], (1, 2): {}}", "map", "{'a': [1, {'b': (2, {3})}], (1, 2): {}}"),
    ("{frozenset([frozenset([1])]): {2}}", "map", "{frozenset({frozenset({1})}): {2}}"),
    ("{(1, (2, frozenset([3])))}", "set", "{(1, (2, frozenset({3})))}"),
    ("set()", "set", "set()"),
    ("(1, [2, (3,)], None, range(2))", "tuple", "(1, [2, (3,)], None, range(0, 2))"),
    ("[{1: 2}, {}]", "map_array", "[{1: 2}, {}]"),
    ("{1: b'ab', 2: [1.5]}", "map", "{1: b'ab', 2: [1.5]}"),
    (
        "import datetime;;datetime.timedelta(-5, 1, 1)",
        "int64<timedelta>",
        "datetime.timedelta(days=-5, seconds=1, microseconds=1)",
    ),
];

/// What Python gives as the first type, and gets as the second, is shown as.
const OTHER: &[(&str, &str, &str, &str)] = &[
    ("[1, 2]", "int64_array", "int64_array<list>", "[1, 2]"),
    ("[1, 2]", "int64_array", "int64_array<tuple>", "(1, 2)"),
    ("[1, 1]", "int64_array", "int64_array<set>", "{1}"),
    ("[[1, 2], [3, 4]]", "int64_array", "int64_array<list>", "[[1, 2], [3, 4]]"),
    ("[1.5, 2.5]", "float64_array", "float64_array<list>", "[1.5, 2.5]"),
    ("[True, False]", "bool_array", "bool_array<list>", "[True, False]"),
    ("b'a\\0b'", "uint8_array", "uint8_array<bytes>", "b'a\\x00b'"),
    ("b'ab'", "uint8_array", "uint8_array<bytearray>", "bytearray(b'ab')"),
    ("[1.5]", "float64_array", "float64_array<array.array>", "array('d', [1.5])"),
    ("[1.5, 2.5]", "float64_array", "float64_array<complex>", "(1.5+2.5j)"),
    ("None", "float64_array", "float64_array<list>", "None"),
    ("'1.10'", "string8", "string8<Decimal>", "Decimal('1.10')"),
    ("'1/3'", "string8", "string8<fractions.Fraction>", "Fraction(1, 3)"),
    ("'1180591620717411303424'", "string8", "string8<int>", "1180591620717411303424"),
    ("'2024-02-29'", "string8", "string8<date>", "datetime.date(2024, 2, 29)"),
    ("'01:02:03'", "string8", "string8<time>", "datetime.time(1, 2, 3)"),
    (
        "'2024-02-29T12:30:00.000005+00:00'",
        "string8",
        "string8<datetime>",
        "datetime.datetime(2024, 2, 29, 12, 30, 0, 5, tzinfo=datetime.timezone.utc)",
    ),
    ("-86400000000", "int64", "int64<timedelta>", "datetime.timedelta(days=-1)"),
    (
        "'00000000-0000-0000-0000-000000000001'",
        "string8",
        "string8<UUID>",
        "UUID('00000000-0000-0000-0000-000000000001')",
    ),
    ("'/tmp'", "string16", "string16<Path>", "PosixPath('/tmp')"),
    ("404", "int32", "int32<http.HTTPStatus>", "<HTTPStatus.NOT_FOUND: 404>"),
    ("None", "string8", "string8<Decimal>", "None"),
];

#[test]
fn what_python_gave_it_gets_back() {
    let gil = enter();
    let same = SAME.iter().map(|(source, both, shown)| (source, both, both, shown));
    let other = OTHER.iter().map(|(source, given, back, shown)| (source, given, back, shown));
    for (source, given, back, expected) in same.chain(other) {
        let value = taken(&gil, &evaluate(&gil, source), given).unwrap();
        let loans = Loans::new();
        let object = python_of(&gil, &loans, &value, back).unwrap();
        let object = match object.attribute(&gil, c"tolist") {
            Ok(_) if !back.contains("array.array") => call_method(&gil, &object, "tolist").unwrap(),
            _ => object,
        };
        assert_eq!(repr(&gil, &object), *expected, "{source} as {given}, then {back}");
        loans.end(&gil).unwrap();
    }
}
