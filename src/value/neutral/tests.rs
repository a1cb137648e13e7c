use super::*;
use crate::abi;
use crate::error::Status;
use crate::signature::Type;
use crate::value::{self, array, describe, null, string8, testing, zero};

fn parsed(text: &str, kind: Kind) -> OwnedValue {
    Neutral::parse(text, kind).unwrap().to_value().unwrap()
}

fn text(value: &metaffi_value) -> String {
    let kind = value::kind_of(value).unwrap();
    // SAFETY: the tests pass live values.
    unsafe { Neutral::expect(value, kind) }.unwrap().to_string()
}

fn to(value: &metaffi_value, kind: Kind) -> Result<OwnedValue> {
    // SAFETY: the tests pass live values.
    unsafe { value::convert(value, kind.into()) }
}

/// Values with every kind's texts: as they are written, and as they are shown.
const TEXTS: [(Kind, &[(&str, &str)]); 10] = [
    (
        Kind::BigInt,
        &[
            ("0", "0"),
            ("-0", "0"),
            ("+7", "7"),
            ("18446744073709551616", "18446744073709551616"),
            ("-10000000000000000000", "-10000000000000000000"),
            (
                "99999999999999999999999999999999999999999",
                "99999999999999999999999999999999999999999",
            ),
            (
                "10000000000000000000000000000000000000000000000000000000000",
                "10000000000000000000000000000000000000000000000000000000000",
            ),
        ],
    ),
    (
        Kind::Decimal,
        &[
            ("1.50", "1.50"),
            ("-.5E+3", "-.5E+3"),
            ("5.", "5."),
            ("NaN", "NaN"),
            ("-sNaN12", "-sNaN12"),
            ("Infinity", "Infinity"),
            ("-inf", "-inf"),
        ],
    ),
    (
        Kind::Complex,
        &[
            ("1.5-2i", "1.5-2.0i"),
            ("3", "3.0+0.0i"),
            ("-2.5e-3i", "0.0-0.0025i"),
            ("1e+5+1e-5i", "100000.0+1e-5i"),
            ("-0.0-0.0i", "-0.0-0.0i"),
            ("inf+NaNi", "inf+NaNi"),
        ],
    ),
    (
        Kind::Date,
        &[
            ("2024-02-29", "2024-02-29"),
            ("0000-01-01", "0000-01-01"),
            ("-0044-03-15", "-0044-03-15"),
            ("+12345-12-31", "+12345-12-31"),
        ],
    ),
    (
        Kind::Time,
        &[
            ("12:30", "12:30:00"),
            ("23:59:59.000000001", "23:59:59.000000001"),
            ("00:00:00.5Z", "00:00:00.5+00:00"),
            ("12:30:00-03:30:15", "12:30:00-03:30:15"),
            ("12:30:00[Europe/Paris]", "12:30:00[Europe/Paris]"),
        ],
    ),
    (
        Kind::DateTime,
        &[
            ("2024-02-29 12:30", "2024-02-29T12:30:00"),
            (
                "2024-10-27T02:30:00.123456789+02:00[Europe/Paris]",
                "2024-10-27T02:30:00.123456789+02:00[Europe/Paris]",
            ),
        ],
    ),
    (
        Kind::Duration,
        &[
            ("PT90.5S", "PT90.5S"),
            ("P1DT2H3M4S", "PT93784S"),
            ("-PT0.000000001S", "-PT0.000000001S"),
            ("PT-0.5S", "-PT0.5S"),
            ("PT0S", "PT0S"),
        ],
    ),
    (Kind::Zone, &[("Europe/Paris", "Europe/Paris")]),
    (
        Kind::Uuid,
        &[("12345678-1234-5678-1234-56781234ABCD", "12345678-1234-5678-1234-56781234abcd")],
    ),
    (
        Kind::Range,
        &[("0:10", "0:10:1"), ("-9223372036854775808:3:-7", "-9223372036854775808:3:-7")],
    ),
];

#[test]
fn every_kind_is_read_from_its_text_and_shown_as_it() {
    for (kind, texts) in TEXTS {
        for (written, shown) in texts {
            let value = parsed(written, kind);
            assert_eq!(text(&value), *shown, "{kind}");
            assert_eq!(text(&parsed(shown, kind)), *shown, "{kind}");
            // SAFETY: live values.
            unsafe {
                let copy = value::copy(&value).unwrap();
                assert_ne!(copy.data.bigint, value.data.bigint);
                assert_eq!(text(&copy), *shown);
                assert!(describe(&copy).starts_with(kind.name()), "{}", describe(&copy));
            }
            for wide in [Kind::String8, Kind::String16, Kind::String32] {
                let back = to(&to(&value, wide).unwrap(), kind).unwrap();
                assert_eq!(text(&back), *shown, "{kind} by {wide}");
            }
        }
    }
}

#[test]
fn what_is_malformed_or_more_than_there_is_is_refused() {
    let cases: [(Kind, &[&str]); 9] = [
        (Kind::BigInt, &["", "-", "1.0", "0x1", " 1", "1_000", "--1", "٣"]),
        (
            Kind::Decimal,
            &[
                "",
                ".",
                "1e",
                "e5",
                "nan1x",
                "ssnan",
                "infinit",
                "1,5",
                "ﬁ",
                "1e99999999999999999999",
            ],
        ),
        (Kind::Complex, &["", "i+", "1+2", "+i5", "1++2i"]),
        (
            Kind::Date,
            &[
                "2023-02-29",
                "1900-02-29",
                "2024-13-01",
                "2024-00-01",
                "2024-04-31",
                "24-01-01",
                "12345-01-01",
                "2024-1-01",
                "2024-01-01T",
            ],
        ),
        (
            Kind::Time,
            &[
                "24:00",
                "12",
                "12:60",
                "12:00:60",
                "12:00:00.",
                "12:00:00.1234567890",
                "12:00+24:00",
                "12:00+01:60",
                "12:00[",
                "12:00[]",
                "12:00Zx",
            ],
        ),
        (Kind::DateTime, &["2024-01-01", "2024-01-01T", "2024-01-01T25:00", "2024-02-30T12:00"]),
        (
            Kind::Duration,
            &[
                "",
                "P",
                "PT",
                "1S",
                "PT1",
                "PT1.5H",
                "PT1S2M",
                "P1D2D",
                "PT1ST1S",
                "PT9223372036854775808S",
                "PT1.0000000000S",
            ],
        ),
        (
            Kind::Uuid,
            &[
                "",
                "12345678123456781234567812345678",
                "12345678-1234-5678-1234-56781234567g",
                "1234567+-1234-5678-1234-567812345678",
            ],
        ),
        (Kind::Range, &["", "1", "1:2:0", "1:2:3:4", "1:a", "9223372036854775808:1"]),
    ];
    for (kind, texts) in cases {
        for text in texts {
            let error = Neutral::parse(text, kind).unwrap_err();
            let known = [Status::InvalidArgument, Status::OutOfRange].contains(&error.status());
            assert!(known, "{kind} {text}: {error}");
        }
    }
    assert!(Neutral::parse("", Kind::Zone).is_err());
    let error = Neutral::parse("2023-02-29", Kind::Date).unwrap_err();
    assert_eq!(error.message(), "date: day 29 is not from 1 to 28, in month 2 of year 2023");
}

/// The numbers that the table is tested with: integers and what is not one, as text of a decimal.
const NUMBERS: [&str; 13] = [
    "0",
    "-1",
    "127",
    "255",
    "16777217",
    "9007199254740993",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-170141183460469231731687303715884105729",
    "1267650600228229401496703205376",
    "0.5",
    "0.1",
];

/// Every kind that holds numbers.
const HOLDERS: [Kind; 14] = [
    Kind::Int8,
    Kind::Int16,
    Kind::Int32,
    Kind::Int64,
    Kind::Uint8,
    Kind::Uint16,
    Kind::Uint32,
    Kind::Uint64,
    Kind::Size,
    Kind::Float32,
    Kind::Float64,
    Kind::BigInt,
    Kind::Decimal,
    Kind::Complex,
];

/// The number that a value is exactly, as a decimal without zeroes at the end.
fn exactly(value: &metaffi_value) -> String {
    let kind = value::kind_of(value).unwrap();
    let digits = match kind {
        Kind::Complex => {
            // SAFETY: a live value.
            let real = unsafe { (*value.data.complex_number).real };
            Decimal::from(real).text().to_owned()
        }
        Kind::BigInt | Kind::Decimal => text(value),
        _ => match value::number::read(value, kind).unwrap() {
            value::number::Number::Float(float) => Decimal::from(float).text().to_owned(),
            number => number.to_string(),
        },
    };
    if digits.contains('.') { digits.trim_end_matches('0').to_owned() } else { digits }
}

#[test]
fn every_number_converts_to_every_kind_exactly_or_is_refused() {
    let mut made = 0;
    for number in NUMBERS {
        let decimal = parsed(number, Kind::Decimal);
        for from in HOLDERS {
            // Every kind that holds the number is made of the decimal, or of the float it is.
            let Ok(value) = to(&decimal, from).or_else(|_| {
                let float: f64 = number.parse().unwrap();
                let float = to(&float.into(), from)?;
                if exactly(&float) == number { Ok(float) } else { Err(Error::invalid("")) }
            }) else {
                continue;
            };
            assert_eq!(exactly(&value), number, "{from}");
            made += 1;
            for kind in HOLDERS {
                match to(&value, kind) {
                    Ok(converted) => assert_eq!(exactly(&converted), number, "{from} to {kind}"),
                    Err(error) => {
                        let float = matches!(from, Kind::Float32 | Kind::Float64 | Kind::Complex);
                        let real = matches!(
                            kind,
                            Kind::Float32 | Kind::Float64 | Kind::Complex | Kind::Decimal
                        );
                        match error.status() {
                            Status::TypeMismatch => assert!(
                                float && !real || from == Kind::Complex || kind == Kind::Complex,
                                "{from} {number} to {kind}: {error}"
                            ),
                            status => {
                                assert_eq!(status, Status::OutOfRange, "{error}");
                                // What holds it converts to itself by way of the decimal.
                                assert!(to(&decimal, kind).is_err(), "{from} {number} to {kind}");
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(made > 60, "{made}");
}

/// A value of each type of one, for the table.
fn samples() -> Vec<OwnedValue> {
    let mut samples: Vec<OwnedValue> = HOLDERS[..11]
        .iter()
        .map(|kind| to(&1_i8.into(), *kind).unwrap())
        .chain(TEXTS.map(|(kind, texts)| parsed(texts[0].0, kind)))
        .collect();
    let plain = [true.into(), value::char8(b'1'), value::char16(49), value::char32(49), null()];
    // SAFETY: values that hold nothing, and those of the test.
    unsafe {
        samples.extend(plain.map(|value| OwnedValue::from_raw(value)));
        samples.push(string8("text").unwrap());
        samples.push(OwnedValue::from_raw(value::object(std::ptr::null_mut())));
        samples.push(OwnedValue::from_raw(value::callable(std::ptr::null_mut())));
        samples.push(set(&[1_i8.into()]).unwrap());
        samples.push(tuple(&[1_i8.into()]).unwrap());
        samples.push(map(&[1_i8.into()], &[2.into()]).unwrap());
        samples.push(array::OwnedArray::new(Kind::Int8.into(), &[1]).unwrap().into_value());
    }
    samples
}

/// Which kinds a value of a kind may become, whatever it is.
fn allowed(from: Kind, to: Kind) -> bool {
    let integer = |kind| value::number::range(kind).is_some();
    let float = |kind| matches!(kind, Kind::Float32 | Kind::Float64);
    let neutral_number = |kind| matches!(kind, Kind::BigInt | Kind::Decimal | Kind::Complex);
    match (from, to) {
        _ if from == to => true,
        // Where neither is neutral, other tests say what there is.
        _ if !(from.is_neutral()
            || to.is_neutral()
            || from.is_collection()
            || to.is_collection()) =>
        {
            unreachable!()
        }
        (Kind::Tuple, Kind::Array) | (Kind::Array, Kind::Tuple) => true,
        _ if from.is_text() || to.is_text() => from.is_neutral() || to.is_neutral(),
        (Kind::Decimal, Kind::Complex) | (Kind::Complex, Kind::Decimal | Kind::BigInt) => false,
        _ if integer(from) || from == Kind::BigInt => {
            integer(to) || float(to) || neutral_number(to)
        }
        _ if float(from) => matches!(to, Kind::Decimal | Kind::Complex),
        (Kind::Decimal, _) => integer(to) || float(to) || to == Kind::BigInt,
        (Kind::Complex, _) => float(to),
        _ => false,
    }
}

#[test]
fn the_table_of_kinds_is_what_it_is_said_to_be() {
    let mut cells = 0;
    for value in samples() {
        let from = value::kind_of(&value).unwrap();
        for to in Type::all().filter(|to| to.element().is_none()) {
            let kind = to.kind();
            let neutral = |kind: Kind| kind.is_neutral() || kind.is_collection();
            if kind == Kind::Any || !(neutral(from) || neutral(kind)) {
                continue;
            }
            cells += 1;
            // SAFETY: live values.
            let converted = unsafe { value::convert(&value, to) };
            match (&converted, allowed(from, kind)) {
                (Ok(converted), true) => assert_eq!(value::kind_of(converted).unwrap(), kind),
                (Err(error), true) => assert!(
                    matches!(error.status(), Status::OutOfRange | Status::InvalidArgument),
                    "{value:?} to {kind}: {error}"
                ),
                (Err(error), false) => {
                    assert_eq!(
                        error.status(),
                        Status::TypeMismatch,
                        "{value:?} to {kind}: {error}"
                    );
                }
                (Ok(converted), false) => panic!("{value:?} became {converted:?}"),
            }
        }
    }
    assert!(cells > 500, "{cells}");
}

#[test]
fn a_null_pointer_is_no_value_but_may_be_copied_and_cleared() {
    for kind in Kind::elements().filter(|kind| kind.is_neutral() || kind.is_collection()) {
        let none = zero(kind.into());
        // SAFETY: NULL.
        unsafe {
            assert_eq!(describe(&none), format!("{kind} NULL"));
            assert!(value::copy(&none).unwrap().data.bigint.is_null());
            assert!(to(&none, Kind::String8).is_err());
            let read = Neutral::expect(&none, kind).unwrap_err();
            assert_eq!(read.status(), Status::InvalidArgument);
        }
    }
}

#[test]
fn what_a_foreign_structure_says_is_checked() {
    let date = abi::metaffi_date { year: 2024, month: 13, day: 1 };
    let mut value = zero(Kind::Date.into());
    value.data.date = &raw const date;
    assert_eq!(to(&value, Kind::Date).unwrap_err().status(), Status::OutOfRange);
    let text = abi::metaffi_decimal {
        text: abi::metaffi_string { data: b"1.5x".as_ptr().cast(), length: 4 },
    };
    value = zero(Kind::Decimal.into());
    value.data.decimal = &raw const text;
    let error = to(&value, Kind::Decimal).unwrap_err();
    assert!(error.message().contains("\"1.5x\" is no decimal"), "{error}");
    let bigint = abi::metaffi_bigint { negative: true, magnitude: [5, 0, 0].as_ptr(), length: 3 };
    value = zero(Kind::BigInt.into());
    value.data.bigint = &raw const bigint;
    assert_eq!(format!("{:?}", to(&value, Kind::Int8).unwrap()), "int8 -5");
    let nothing = abi::metaffi_bigint { negative: true, magnitude: std::ptr::null(), length: 3 };
    value.data.bigint = &raw const nothing;
    assert_eq!(to(&value, Kind::BigInt).unwrap_err().status(), Status::InvalidArgument);
}

#[test]
fn collections_own_copies_of_their_values() {
    let (handle, alive) = testing::object();
    let key = string8("key").unwrap();
    // SAFETY: live values.
    unsafe {
        let mut object = value::object(handle);
        let inner = tuple(&[object, 1.5.into()]).unwrap();
        let outer = map(&[*key, 7_i8.into()], &[*inner, null()]).unwrap();
        value::clear(&mut object);
        drop(inner);
        assert_eq!(alive(), 1);
        assert_eq!(format!("{outer:?}"), "map of 2");
        let copy = value::copy(&outer).unwrap();
        drop(outer);
        assert_eq!(alive(), 1);
        let pairs = check(copy.data.array, Kind::Map).unwrap();
        assert_eq!(pairs.shape(), [2, 2]);
        let inner = array::get(copy.data.array, &[0, 1]).unwrap();
        assert_eq!(format!("{inner:?}"), "tuple of 2");
        drop(inner);
        drop(copy);
        assert_eq!(alive(), 0);
    }
}

#[test]
fn a_tuple_is_an_array_and_the_other_way_round() {
    // SAFETY: live values.
    unsafe {
        let numbers = tuple(&[1_i8.into(), 2_u64.into()]).unwrap();
        let array = value::convert(&numbers, Type::parse("int16_array").unwrap()).unwrap();
        assert_eq!(format!("{array:?}"), "int16_array [2]");
        let back = to(&array, Kind::Tuple).unwrap();
        assert_eq!(format!("{back:?}"), "tuple of 2");
        let matrix = array::OwnedArray::new(Kind::Int8.into(), &[2, 2]).unwrap().into_value();
        let error = to(&matrix, Kind::Tuple).unwrap_err();
        assert!(error.message().contains("2 dimensions given for tuple"), "{error}");
        let texts = tuple(&[*string8("a").unwrap()]).unwrap();
        let error = value::convert(&texts, Type::parse("int16_array").unwrap()).unwrap_err();
        assert!(error.message().starts_with("element 0: "), "{error}");
    }
}

#[test]
fn as_much_depth_is_made_as_is_copied_and_none_exhausts_the_stack() {
    let body = || {
        // SAFETY: live values.
        unsafe {
            let mut nested = tuple(&[]).unwrap();
            for _ in 1..value::MAX_DEPTH {
                nested = tuple(&[*nested]).unwrap();
            }
            drop(value::copy(&nested).unwrap());
            let error = tuple(&[*nested]).unwrap_err();
            assert!(error.message().contains("nested more than 64 deep"), "{error}");
            for _ in 0..100_000 {
                let outer = array::OwnedArray::new(Kind::Any.into(), &[1]).unwrap();
                array::store(outer.view().data(), Kind::Any.into(), nested.into_raw());
                nested = of_array(outer, Kind::Set);
            }
            drop(nested);
        }
    };
    std::thread::Builder::new().stack_size(64 << 10).spawn(body).unwrap().join().unwrap();
}

#[test]
fn arrays_of_neutral_values_convert_and_own_them() {
    let ints = array::OwnedArray::new(Kind::Int32.into(), &[3]).unwrap().into_value();
    // SAFETY: live values.
    unsafe {
        let bigints = value::convert(&ints, Type::parse("bigint_array").unwrap()).unwrap();
        let first = array::get(bigints.data.array, &[0]).unwrap();
        assert_eq!(format!("{first:?}"), "bigint 0");
        let floats =
            value::convert(&bigints, Type::parse("float64_packed_array").unwrap()).unwrap();
        assert_eq!(format!("{floats:?}"), "float64_array [3]");
    }
}

#[test]
fn long_values_are_shortened_in_messages() {
    let long = parsed(&"9".repeat(1000), Kind::BigInt);
    assert_eq!(format!("{long:?}"), "bigint of 3322 bits");
    let error = to(&long, Kind::Int64).unwrap_err();
    assert!(error.message().starts_with("of 3322 bits does not fit int64"), "{error}");
    let long = parsed(&"9".repeat(1000), Kind::Decimal);
    assert_eq!(format!("{long:?}"), format!("decimal {}…", "9".repeat(40)));
}
