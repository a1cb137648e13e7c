use super::*;

fn value(spelling: &str) -> (u128, Width, bool) {
    match number(spelling) {
        Ok(Number::Integer(integer)) => (integer.value, integer.width, integer.unsigned),
        other => panic!("{spelling}: {other:?}"),
    }
}

fn double(spelling: &str) -> f64 {
    match number(spelling) {
        Ok(Number::Float(float)) => float.value,
        other => panic!("{spelling}: {other:?}"),
    }
}

#[test]
fn integers_have_the_type_that_c_gives_them() {
    assert_eq!(value("0"), (0, Width::Int, false));
    assert_eq!(value("2147483647"), (0x7fff_ffff, Width::Int, false));
    assert_eq!(value("2147483648"), (0x8000_0000, Width::Long, false));
    assert_eq!(value("0x80000000"), (0x8000_0000, Width::Int, true));
    assert_eq!(value("0x100000000"), (1 << 32, Width::Long, false));
    assert_eq!(value("0xffffffffffffffff"), (u64::MAX.into(), Width::Long, true));
    assert_eq!(value("18446744073709551615"), (u64::MAX.into(), Width::Int128, false));
    assert_eq!(value("017"), (15, Width::Int, false));
    assert_eq!(value("0b1010u"), (10, Width::Int, true));
    assert_eq!(value("1'000'000LLU"), (1_000_000, Width::LongLong, true));
    assert_eq!(value("0xFF'FFul"), (0xffff, Width::Long, true));
}

#[test]
fn floats_are_rounded_once() {
    assert_eq!(double("1e3"), 1000.0);
    assert_eq!(double(".5"), 0.5);
    assert_eq!(double("1."), 1.0);
    assert_eq!(double("0x1.8p3"), 12.0);
    assert_eq!(double("0x.8p1L"), 1.0);
    assert_eq!(double("0x1p-1074"), 5e-324);
    assert_eq!(double("0x1p99999999999"), f64::INFINITY);
    assert_eq!(double("0x1.fffffffffffff8p0"), 2.0);
    assert_eq!(double("0x1.00000000000008p0"), 1.0);
    assert_eq!(double("0.1f"), f64::from(0.1f32));
    assert_eq!(double("1.5F64x"), 1.5);
}

#[test]
fn numbers_that_are_none_say_why() {
    for (spelling, problem) in [
        ("08", "'8' is no digit"),
        ("0x", "no digits"),
        ("0b2", "'2' is no digit"),
        ("12abc", "no suffix of an integer"),
        ("1.5xyz", "no suffix of a floating"),
        ("1'", "separator"),
        ("0x1.8", "no floating constant"),
        ("1.2.3", "no floating constant"),
        ("1e", "no floating constant"),
        ("999999999999999999999999999999999999999999", "128 bits"),
    ] {
        let found = number(spelling).unwrap_err();
        assert!(found.contains(problem), "{spelling}: {found}");
    }
}

#[test]
fn characters_are_their_codes() {
    for (spelling, expected) in [
        ("'a'", 97),
        (r"'\n'", 10),
        (r"'\0'", 0),
        (r"'\t'", 9),
        (r"'\\'", 92),
        (r"'\''", 39),
        (r"'\e'", 27),
        (r"'\377'", -1),
        (r"'\x41'", 65),
        (r"'\xff'", -1),
        ("'ab'", 24930),
        ("'abcde'", 0x6263_6465),
        (r"u8'\xff'", 255),
        (r"L'\xffffffff'", -1),
        (r"U'\U0001F600'", 0x1f600),
        (r"u'\u20ac'", 0x20ac),
        ("L'€'", 0x20ac),
    ] {
        assert_eq!(character(spelling).unwrap().0, expected, "{spelling}");
    }
    assert!(character("''").unwrap_err().contains("empty"));
    assert!(character(r"'\q'").unwrap_err().contains("escape"));
    assert!(character(r"'\x'").unwrap_err().contains("digit"));
    assert!(character(r"'\xfff'").unwrap_err().contains("range"));
    assert!(character(r"'\ud800'").unwrap_err().contains("D800"));
}

#[test]
fn adjacent_strings_are_one() {
    let joined = texts([r#""a\0b""#, r#""é""#].into_iter()).unwrap();
    assert_eq!(joined.units, [97, 0, 98, 0xc3, 0xa9]);
    let wide = texts([r#""é""#, r#"L"x""#].into_iter()).unwrap();
    assert_eq!((wide.units.as_slice(), wide.encoding), (&[0xe9, 120][..], Encoding::Wide));
    assert!(texts([r#"u"a""#, r#"L"x""#].into_iter()).is_err());
    assert_eq!(text("u\"😀\"").unwrap().units, [0xd83d, 0xde00]);
}
