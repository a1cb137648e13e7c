use super::*;

fn parsed(text: &str, type_name: &str) -> Result<OwnedValue> {
    parse(text, &type_name.parse().unwrap())
}

fn shown(text: &str, type_name: &str) -> String {
    format!("{:?}", parsed(text, type_name).unwrap())
}

fn refused(text: &str, type_name: &str) -> String {
    parsed(text, type_name).unwrap_err().message().to_owned()
}

#[test]
fn numbers_are_read_by_the_type() {
    assert_eq!(shown("-5", "int8"), "int64 -5");
    assert_eq!(shown("0xff", "size"), "int64 255");
    assert_eq!(shown("2", "float64"), "float64 2.0");
    assert_eq!(shown("0x10", "float32"), "int64 16");
    assert_eq!(shown("0.1", "float32"), "float32 0.10000000149011612");
    assert_eq!(shown("true", "bool"), "bool true");
    assert_eq!(refused("1.5", "int64").split(';').next(), Some("\"1.5\" is no int64"));
    assert!(refused("one", "float64").contains("nan or inf"));
    assert!(refused("1", "bool").contains("write true or false"));
    assert!(refused("1e39", "float32").contains("out of range"));
}

#[test]
fn text_is_taken_as_it_is() {
    assert_eq!(shown("null", "string8"), "string8 \"null\"");
    assert_eq!(shown("\"a\"", "string16"), "string8 \"\\\"a\\\"\"");
    assert_eq!(shown("", "string32"), "string8 \"\"");
}

#[test]
fn a_character_is_itself_or_its_code() {
    assert_eq!(shown("5", "char8"), "char32 '5'");
    assert_eq!(shown("é", "char32"), "char32 'é'");
    assert_eq!(shown("0xc3", "char8"), "uint8 195");
    assert_eq!(shown("0xd800", "char16"), "uint16 55296");
    assert!(refused("ab", "char8").contains("write one character"));
    assert!(refused("0x100", "char8").contains("does not fit uint8"));
}

#[test]
fn any_is_json_or_text() {
    assert_eq!(shown("42", "any"), "int64 42");
    assert_eq!(shown("-0x10", "any"), "int64 -16");
    assert_eq!(shown("18446744073709551615", "any"), "uint64 18446744073709551615");
    assert_eq!(shown("1e3", "any"), "float64 1000.0");
    assert_eq!(shown("null", "any"), "null");
    assert_eq!(shown("false", "any"), "bool false");
    assert_eq!(shown("\"null\"", "any"), "string8 \"null\"");
    assert_eq!(shown("[1, 2.5]", "any"), "float64_array [2]");
    for text in ["hello", "007", "[a", "0x", "nan", "-"] {
        assert_eq!(shown(text, "any"), format!("string8 {text:?}"));
    }
    assert_eq!(shown("18446744073709551616", "any"), "bigint 18446744073709551616");
    assert!(refused("0x10000000000000000", "any").contains("64 bits"));
    assert_eq!(shown("{\"a\": 1}", "any"), "map of 1");
}

#[test]
fn neutral_values_are_their_text_and_collections_json() {
    for (text, name, value) in [
        ("-18446744073709551616", "bigint", "bigint -18446744073709551616"),
        ("1.50", "decimal", "decimal 1.50"),
        ("1-2i", "complex", "complex 1.0-2.0i"),
        ("2024-02-29", "date", "date 2024-02-29"),
        ("12:30", "time", "time 12:30:00"),
        ("2024-02-29T12:30Z", "datetime", "datetime 2024-02-29T12:30:00+00:00"),
        ("PT1.5S", "duration", "duration PT1.5S"),
        ("Europe/Paris", "zone", "zone Europe/Paris"),
        ("0:10", "range", "range 0:10:1"),
        ("[1, [2, \"x\"]]", "tuple", "tuple of 2"),
        ("[]", "set", "set of 0"),
        ("[[1, 2], [\"x\", null]]", "map", "map of 2"),
        ("{\"x\": {}}", "map", "map of 1"),
        ("[1, \"99999999999999999999\"]", "bigint_array", "bigint_array [2]"),
    ] {
        assert_eq!(shown(text, name), value);
    }
    assert!(refused("[1]", "map").contains("write an array of [key, value]"));
    assert!(refused("{}", "set").contains("write an array"));
    assert!(refused("7", "tuple").contains("write a JSON array"));
    assert!(refused("[99999999999999999999]", "bigint_array").contains("digits as text"));
    let error = parsed("2023-02-29", "date").unwrap_err();
    assert!(error.message().contains("day 29 is not from 1 to 28"), "{error}");
}

#[test]
fn only_null_stands_for_objects_and_functions() {
    assert_eq!(shown("null", "handle"), "null");
    assert_eq!(shown("null", "callable"), "null");
    assert_eq!(shown("null", "null"), "null");
    assert!(refused("x", "handle<FILE *>").starts_with("handle<FILE *> takes an object"));
    assert!(refused("x", "callable").starts_with("callable takes a function"));
    assert!(refused("0", "null").contains("write null"));
}

#[test]
fn arrays_are_json() {
    assert_eq!(shown("[[1, 2], [3, 4], [5, 6]]", "int32_array"), "int32_array [3, 2]");
    assert_eq!(shown("[[1], [2, 3]]", "int32_array"), "int32_array [2]");
    assert_eq!(shown("[\"a\"]", "array"), "string8_array [1]");
    assert_eq!(shown("[1, -1]", "array"), "int64_array [2]");
    assert_eq!(shown("[1, null]", "array"), "any_array [2]");
    assert_eq!(shown("[-1, 18446744073709551615]", "array"), "any_array [2]");
    assert_eq!(shown("null", "int8_array"), "null");
    assert!(refused("1, 2", "int8_array").contains("write a JSON array"));
    assert!(refused("5", "int8_array").contains("write a JSON array"));
    assert_eq!(
        refused("[[1, 2], [3, 400]]", "int8_array"),
        "element [1, 1]: 400 does not fit int8 (-128 to 127)"
    );
    assert!(
        refused("[[1], [2, 3.5]]", "int8_array").starts_with("element [1]: element [1]: \"3.5")
    );
    assert!(refused("[1]", "string8_array").starts_with("element [0]: \"1\" is no string8"));
    assert_eq!(shown("[{}]", "any_array"), "any_array [1]");
    assert!(refused("[{}]", "int8_array").contains("write it as an element of that type"));
    assert!(refused("[1, [2]]", "int8_array").starts_with("element [0]: \"1\" is no int8_array"));
}

#[test]
fn no_depth_of_arrays_is_too_much() {
    let nested = |depth| "[".repeat(depth) + "1" + &"]".repeat(depth);
    assert!(refused(&nested(33), "int8_array").contains("1 to 32 dimensions"));
    let ragged = format!("[{}, 1, []]", nested(100));
    assert!(refused(&ragged, "any").contains("dimensions"));
    assert!(refused(&nested(200), "int8_array").contains("write a JSON array"));
}
