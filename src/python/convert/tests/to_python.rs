use super::*;
use crate::abi::{metaffi_array, metaffi_string};
use crate::error::Status;
use crate::value::{self, array::OwnedArray, char8, char16, char32, string, zero};

/// What Python shows of a number that the host gives.
#[test]
fn numbers_keep_their_value() {
    let gil = enter();
    let cells: [(metaffi_value, &str, &str); 21] = [
        (i8::MIN.into(), "int8", "-128"),
        (i16::MIN.into(), "int16", "-32768"),
        (i32::MIN.into(), "int32", "-2147483648"),
        (i64::MIN.into(), "int64", "-9223372036854775808"),
        (i64::MAX.into(), "int64", "9223372036854775807"),
        (u8::MAX.into(), "uint8", "255"),
        (u16::MAX.into(), "uint16", "65535"),
        (u32::MAX.into(), "uint32", "4294967295"),
        (u64::MAX.into(), "uint64", "18446744073709551615"),
        (usize::MAX.into(), "size", "18446744073709551615"),
        ((-0.0_f64).into(), "float64", "-0.0"),
        (f64::NAN.into(), "float64", "nan"),
        (0.1_f32.into(), "float32", "0.10000000149011612"),
        (true.into(), "bool", "True"),
        (false.into(), "bool", "False"),
        (char8(b'a'), "char8", "'a'"),
        (char16(0xe9), "char16", "'é'"),
        (char32(0x1f600), "char32", "'😀'"),
        (value::null(), "null", "None"),
        (zero(Kind::Handle.into()), "handle", "None"),
        (zero(Kind::Callable.into()), "callable", "None"),
    ];
    for (value, r#type, expected) in cells {
        for declared in [r#type, "any"] {
            assert_eq!(
                repr(&gil, &python_of(&gil, &Loans::new(), &value, declared).unwrap()),
                expected,
                "{type}"
            );
        }
    }
}

#[test]
fn bools_are_the_singletons() {
    let gil = enter();
    let truth = python_of(&gil, &Loans::new(), &true.into(), "bool").unwrap();
    assert_eq!(truth.as_ptr(), gil.api._Py_TrueStruct);
}

#[test]
fn text_of_every_width_is_the_same_str() {
    let gil = enter();
    let text = "a\0é€😀";
    for kind in [Kind::String8, Kind::String16, Kind::String32] {
        let encoded = value::text::encode(text, kind).unwrap();
        // SAFETY: the new string is the value's.
        let value = unsafe { OwnedValue::from_raw(string(encoded, kind)) };
        for declared in [kind.name(), "any"] {
            let object = python_of(&gil, &Loans::new(), &value, declared).unwrap();
            assert_eq!(repr(&gil, &object), "'a\\x00é€😀'", "{kind}");
        }
    }
    let none = python_of(&gil, &Loans::new(), &zero(Kind::String8.into()), "string8").unwrap();
    assert_eq!(repr(&gil, &none), "None");
}

#[test]
fn malformed_text_is_refused_with_its_place() {
    let gil = enter();
    let refused = |data: *const std::ffi::c_void, length, kind: Kind, message: &str| {
        let slots = [data.expose_provenance() as u64, length, 0];
        let error = handle::using(|scope| {
            // SAFETY: so many units are there.
            unsafe {
                to_python(&gil, scope, &Loans::new(), kind.into(), &kind.into(), slots.as_ptr())
            }
        });
        let error = error.err().unwrap();
        assert_eq!(error.status(), Status::InvalidText);
        assert!(error.message().contains(message), "{error}");
    };
    refused(b"a\xed\xa0\x80".as_ptr().cast(), 4, Kind::String8, "invalid UTF-8 at byte 1");
    refused([97_u16, 0xd800].as_ptr().cast(), 2, Kind::String16, "invalid UTF-16 at unit 1");
    refused([97_u32, 0x11_0000].as_ptr().cast(), 2, Kind::String32, "invalid UTF-32 at unit 1");
    let half = python_of(&gil, &Loans::new(), &char8(0xc3), "char8").unwrap();
    // SAFETY: a live object under the GIL.
    let repr = unsafe { PyRef::owned(&gil, (gil.api.PyObject_Repr)(half.as_ptr())) }.unwrap();
    assert_eq!(text_of(&gil, &repr).unwrap(), r"'\udcc3'");
    assert!(crate::python::error::take(&gil).is_none());
}

/// Every kind of numbers is seen through a memoryview of the format that has its elements.
#[test]
fn numbers_in_arrays_are_seen_without_a_copy() {
    let gil = enter();
    let formats = [
        ("float64", "d"),
        ("float32", "f"),
        ("int8", "b"),
        ("int16", "h"),
        ("int32", "i"),
        ("int64", "q"),
        ("uint8", "B"),
        ("uint16", "H"),
        ("uint32", "I"),
        ("uint64", "Q"),
        ("size", "Q"),
        ("bool", "?"),
    ];
    for (kind, format) in formats {
        let array = OwnedArray::new(Type::parse(kind).unwrap(), &[2, 3]).unwrap().into_value();
        for declared in [format!("{kind}_array"), "array".to_owned(), "any".to_owned()] {
            let loans = Loans::new();
            let view = python_of(&gil, &loans, &array, &declared).unwrap();
            let text = |name| text_of(&gil, &view.attribute(&gil, name).unwrap()).unwrap();
            assert_eq!(text(c"format"), format, "{declared}");
            let shape = view.attribute(&gil, c"shape").unwrap();
            assert_eq!(repr(&gil, &shape), "(2, 3)");
            // SAFETY: the live array.
            unsafe { (*array.data.array).data.cast::<u8>().write(1) };
            let first = call_method(&gil, &view, "tobytes").unwrap();
            assert!(
                repr(&gil, &first).starts_with("b'\\x01\\x00")
                    || kind.ends_with('8')
                    || kind == "bool"
            );
            // SAFETY: the live array.
            unsafe { (*array.data.array).data.cast::<u8>().write(0) };
            loans.end(&gil).unwrap();
        }
    }
}

#[test]
fn strides_are_seen_as_they_are() {
    let gil = enter();
    let data: [i32; 6] = [1, 2, 3, 4, 5, 6];
    let transposed = metaffi_array {
        data: data.as_ptr().cast_mut().cast(),
        element: crate::abi::metaffi_int32_type,
        rank: 2,
        shape: [3, 2].as_ptr(),
        strides: [4, 12].as_ptr(),
        release: None,
        owner: std::ptr::null_mut(),
    };
    let mut value = zero(Type::parse("int32_array").unwrap());
    value.data.array = (&raw const transposed).cast_mut();
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "int32_array").unwrap();
    let list = call_method(&gil, &view, "tolist").unwrap();
    assert_eq!(repr(&gil, &list), "[[1, 4], [2, 5], [3, 6]]");
    loans.end(&gil).unwrap();
    let list = python_of(&gil, &Loans::new(), &value, "int32_array<list>").unwrap();
    assert_eq!(repr(&gil, &list), "[[1, 4], [2, 5], [3, 6]]");
}

#[test]
fn an_array_of_another_type_than_declared_is_refused() {
    let gil = enter();
    let array = OwnedArray::new(Kind::Int8.into(), &[1]).unwrap().into_value();
    let error = python_of(&gil, &Loans::new(), &array, "int32_array").err().unwrap();
    assert!(error.message().starts_with("an array of int8 given for int32_array"), "{error}");
}

#[test]
fn an_element_that_is_malformed_is_named() {
    let gil = enter();
    let texts = OwnedArray::new(Kind::String8.into(), &[2]).unwrap();
    let bad = metaffi_string { data: b"a\xff".as_ptr().cast(), length: 2 };
    let borrowed = metaffi_array { owner: std::ptr::null_mut(), release: None, ..*texts };
    let mut value = zero(Type::parse("string8_array").unwrap());
    value.data.array = (&raw const borrowed).cast_mut();
    // SAFETY: the second string; taken out again before the array is freed.
    unsafe {
        let second = texts.data.cast::<metaffi_string>().add(1);
        second.write(bad);
        let error = python_of(&gil, &Loans::new(), &value, "string8_array").err().unwrap();
        second.write(value::text::NONE);
        assert_eq!(error.message(), "[1]: invalid UTF-8 at byte 1 (0xff)");
    }
}

#[test]
fn a_neutral_value_that_python_cannot_hold_is_refused() {
    let gil = enter();
    let cells = [
        ("12:00:00.000000001", "time", "1 nanoseconds have no exact form in Python"),
        ("2024-01-01T12:00:00.1234567", "datetime", "round them to 1000"),
        ("PT0.0000005S", "duration", "500 nanoseconds"),
        ("0000-01-01", "date", "year"),
        ("+12345-01-01", "date", "year"),
        ("PT86400000000000S", "duration", "days"),
        ("No/Where", "zone", "No/Where"),
        (
            "2024-07-01T12:00:00+05:00[Europe/Paris]",
            "datetime",
            "the clocks of Europe/Paris are not",
        ),
    ];
    for (text, name, expected) in cells {
        let kind = Type::parse(name).unwrap().kind();
        let value = value::neutral::Neutral::parse(text, kind).unwrap().to_value().unwrap();
        for declared in [name, "any"] {
            let error = python_of(&gil, &Loans::new(), &value, declared).err().unwrap();
            assert!(error.message().contains(expected), "{text} as {declared}: {error}");
        }
        let none = python_of(&gil, &Loans::new(), &zero(kind.into()), name).err().unwrap();
        assert_eq!(none.message(), format!("a {name} that is NULL"));
    }
}

#[test]
fn an_offset_says_which_of_two_equal_times_is_meant() {
    let gil = enter();
    for (offset, fold) in [("+02:00", ""), ("+01:00", "fold=1, ")] {
        let text = format!("2024-10-27T02:30:00{offset}[Europe/Paris]");
        let value = value::neutral::Neutral::parse(&text, Kind::DateTime).unwrap();
        let object = python_of(&gil, &Loans::new(), &value.to_value().unwrap(), "any").unwrap();
        let expected = format!(
            "datetime.datetime(2024, 10, 27, 2, 30, {fold}tzinfo=zoneinfo.ZoneInfo(key='Europe/Paris'))"
        );
        assert_eq!(repr(&gil, &object), expected);
    }
}

#[test]
fn keys_that_python_cannot_hash_are_refused() {
    let gil = enter();
    let array = OwnedArray::new(Kind::Int8.into(), &[1]).unwrap().into_value();
    // SAFETY: live values.
    let map = unsafe { value::neutral::map(&[*array], &[1.into()]) }.unwrap();
    let object = python_of(&gil, &Loans::new(), &map, "any").unwrap();
    assert_eq!(repr(&gil, &object), "{b'\\x00': 1}");
    let array = OwnedArray::new(Kind::Int64.into(), &[1]).unwrap().into_value();
    // SAFETY: live values.
    let map = unsafe { value::neutral::map(&[*array], &[1.into()]) }.unwrap();
    let error = python_of(&gil, &Loans::new(), &map, "map").err().unwrap();
    assert!(error.message().contains("unhashable"), "{error}");
}
