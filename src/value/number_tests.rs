use super::*;
use crate::value;

fn to(value: impl Into<metaffi_value>, kind: Kind) -> Result<metaffi_value> {
    convert(&value.into(), kind.into())
}

fn refused(value: impl Into<metaffi_value>, kind: Kind, status: Status) -> String {
    let Err(error) = to(value, kind) else { panic!("converted to {kind}") };
    assert_eq!(error.status(), status, "{error}");
    error.message().to_owned()
}

fn number(value: metaffi_value) -> Number {
    read(&value, kind_of(&value).unwrap()).unwrap()
}

const INTEGERS: [Kind; 9] = [
    Kind::Int8,
    Kind::Int16,
    Kind::Int32,
    Kind::Int64,
    Kind::Uint8,
    Kind::Uint16,
    Kind::Uint32,
    Kind::Uint64,
    Kind::Size,
];

#[test]
fn an_integer_converts_exactly_where_it_fits() {
    let interesting = INTEGERS.into_iter().filter_map(range).flat_map(|(least, greatest)| {
        [least, least + 1, -1, 0, 1, greatest - 1, greatest, greatest + 1, least - 1]
    });
    for integer in interesting {
        for from in INTEGERS {
            let (least, greatest) = range(from).unwrap();
            if !(least..=greatest).contains(&integer) {
                continue;
            }
            let value = write(Number::Integer(integer), from);
            for kind in INTEGERS {
                let (least, greatest) = range(kind).unwrap();
                match convert(&value, kind.into()) {
                    Ok(converted) => assert_eq!(number(converted), Number::Integer(integer)),
                    Err(error) => {
                        assert!(!(least..=greatest).contains(&integer), "{integer} {from} {kind}");
                        assert_eq!(error.status(), Status::OutOfRange);
                    }
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_says_so() {
    assert_eq!(
        refused(5_000_000_000_i64, Kind::Int32, Status::OutOfRange),
        "5000000000 does not fit int32 (-2147483648 to 2147483647)"
    );
    assert_eq!(
        refused(-1_i8, Kind::Uint64, Status::OutOfRange),
        "-1 does not fit uint64 (0 to 18446744073709551615)"
    );
}

#[test]
fn an_integer_becomes_a_float_only_exactly() {
    assert_eq!(number(to(1_i64 << 53, Kind::Float64).unwrap()), Number::Float(9007199254740992.0));
    assert_eq!(number(to(i64::MIN, Kind::Float32).unwrap()), Number::Float(i64::MIN as f64));
    assert!(
        refused((1_i64 << 53) + 1, Kind::Float64, Status::OutOfRange)
            .contains("9007199254740993 has no exact float64")
    );
    refused(u64::MAX, Kind::Float64, Status::OutOfRange);
    refused(i64::MAX, Kind::Float64, Status::OutOfRange);
    refused(16_777_217_i32, Kind::Float32, Status::OutOfRange);
}

#[test]
fn a_float_becomes_a_narrower_float_only_exactly() {
    assert_eq!(number(to(0.5, Kind::Float32).unwrap()), Number::Float(0.5));
    assert_eq!(number(to(0.1_f32, Kind::Float64).unwrap()), Number::Float(0.1_f32.into()));
    assert_eq!(number(to(f64::INFINITY, Kind::Float32).unwrap()), Number::Float(f64::INFINITY));
    let Number::Float(nan) = number(to(f64::NAN, Kind::Float32).unwrap()) else { panic!() };
    assert!(nan.is_nan());
    assert!(refused(0.1, Kind::Float32, Status::OutOfRange).contains("0.1 has no exact float32"));
    refused(1e300, Kind::Float32, Status::OutOfRange);
}

#[test]
fn a_float_never_becomes_an_integer() {
    for kind in INTEGERS {
        let message = refused(2.0, kind, Status::TypeMismatch);
        assert!(
            message.starts_with(&format!("float64 2.0 given for {kind}: a float")),
            "{message}"
        );
    }
    refused(2.0_f32, Kind::Char8, Status::TypeMismatch);
    refused(2.0, Kind::Bool, Status::TypeMismatch);
}

#[test]
fn a_bool_is_no_integer_and_an_integer_no_bool() {
    assert!(refused(true, Kind::Int32, Status::TypeMismatch).contains("bool true given for int32"));
    assert!(refused(1_i64, Kind::Bool, Status::TypeMismatch).contains("an integer is no bool"));
    refused(true, Kind::Float64, Status::TypeMismatch);
    assert_eq!(number(to(true, Kind::Bool).unwrap()), Number::Bool(true));
}

#[test]
fn any_byte_but_zero_is_true() {
    let mut value = metaffi_value::from(false);
    value.data.uint8 = 0x82;
    let converted = convert(&value, Kind::Bool.into()).unwrap();
    // SAFETY: a bool was written.
    assert!(unsafe { converted.data.boolean });
    // SAFETY: the byte of that bool.
    assert_eq!(unsafe { converted.data.uint64 }, 1);
}

#[test]
fn a_character_and_the_unsigned_integer_of_its_width_are_twins() {
    assert_eq!(number(to(0xe9_u8, Kind::Char8).unwrap()), Number::Char(0xe9));
    assert_eq!(number(to(value::char16(0xd800), Kind::Uint16).unwrap()), Number::Integer(0xd800));
    assert_eq!(number(to(0x1f600_u32, Kind::Char32).unwrap()), Number::Char(0x1f600));
    let message = refused(97_i64, Kind::Char8, Status::TypeMismatch);
    assert!(message.contains("only the unsigned integer of its width"), "{message}");
    let message = refused(value::char8(b'a'), Kind::Int32, Status::TypeMismatch);
    assert!(message.starts_with("char8 'a' given for int32"), "{message}");
    refused(value::char32(97), Kind::Float64, Status::TypeMismatch);
    assert!(refused(0xd800_u32, Kind::Char32, Status::InvalidText).contains("0xd800"));
    refused(0x11_0000_u32, Kind::Char32, Status::InvalidText);
}

#[test]
fn a_character_changes_width_if_it_stays_one_unit() {
    assert_eq!(number(to(value::char8(b'a'), Kind::Char32).unwrap()), Number::Char(97));
    assert_eq!(number(to(value::char8(b'a'), Kind::Char16).unwrap()), Number::Char(97));
    assert_eq!(number(to(value::char32(0x20ac), Kind::Char16).unwrap()), Number::Char(0x20ac));
    let part = refused(value::char8(0xe9), Kind::Char16, Status::OutOfRange);
    assert_eq!(part, "char8 0xe9 is only a part of a character; pass the text as a string");
    refused(value::char16(0xd800), Kind::Char32, Status::OutOfRange);
    let long = refused(value::char32(0x1f600), Kind::Char16, Status::OutOfRange);
    assert_eq!(long, "char32 0x1f600 takes more than one char16; pass the text as a string");
    refused(value::char16(0xe9), Kind::Char8, Status::OutOfRange);
}

#[test]
fn as_any_a_scalar_keeps_its_type() {
    let kept = to(value::char16(7), Kind::Any).unwrap();
    assert_eq!((kind_of(&kept).unwrap(), number(kept)), (Kind::Char16, Number::Char(7)));
}

#[test]
fn what_is_no_scalar_is_refused() {
    let message = refused(value::null(), Kind::Int32, Status::TypeMismatch);
    assert_eq!(message, "null given for int32");
    assert_eq!(refused(1_i8, Kind::String8, Status::TypeMismatch), "int8 given for string8");
    refused(1.5, Kind::Array, Status::TypeMismatch);
}
