//! Results as JSON.

use metaffi::backend::float_as_json;
use metaffi::call::Callable;
use metaffi::error::Result;
use metaffi::handle;
use metaffi::signature::Kind;
use metaffi::value::neutral::Neutral;
use metaffi::value::{OwnedValue, array, kind_of, text};
use serde_json::{Value, json};

/// A value as JSON. What JSON has no form for is text (`"NaN"`, `"Infinity"`, neutral values), a code
/// unit that is no character is its number, and objects and functions are named by their types. A map
/// whose keys are text is an object, another one a list of pairs.
pub fn from_value(value: &OwnedValue) -> Result<Value> {
    let data = &value.data;
    // SAFETY: an owned value is valid, and its type says which member it has.
    Ok(unsafe {
        match kind_of(value)? {
            Kind::Float64 => float_as_json(data.float64),
            Kind::Float32 => float32(data.float32),
            Kind::Int8 => data.int8.into(),
            Kind::Int16 => data.int16.into(),
            Kind::Int32 => data.int32.into(),
            Kind::Int64 => data.int64.into(),
            Kind::Uint8 => data.uint8.into(),
            Kind::Uint16 => data.uint16.into(),
            Kind::Uint32 => data.uint32.into(),
            Kind::Uint64 => data.uint64.into(),
            Kind::Size => data.size.into(),
            Kind::Bool => (data.uint8 != 0).into(),
            Kind::Char8 => unit(data.char8.into(), data.char8.is_ascii()),
            Kind::Char16 => unit(data.char16.into(), true),
            Kind::Char32 => unit(data.char32, true),
            Kind::Null | Kind::Any => Value::Null,
            Kind::String8 | Kind::String16 | Kind::String32 if data.string.data.is_null() => {
                Value::Null
            }
            kind @ (Kind::String8 | Kind::String16 | Kind::String32) => {
                text::decode(&data.string, kind)?.into()
            }
            kind if kind.is_held_as_array() && data.array.is_null() => Value::Null,
            Kind::Map => map(list(value)?),
            Kind::Array | Kind::Set | Kind::Tuple => list(value)?,
            Kind::Handle => object(data.object.addr())?,
            Kind::Callable => callable(data.callable.addr())?,
            kind => Neutral::read(value, kind)?.map_or(Value::Null, |read| read.to_string().into()),
        }
    })
}

/// With the digits that tell it from other float32, not those of its float64.
fn float32(narrow: f32) -> Value {
    float_as_json(narrow.to_string().parse().unwrap_or(narrow.into()))
}

fn unit(unit: u32, whole: bool) -> Value {
    match char::from_u32(unit).filter(|_| whole) {
        Some(char) => char.to_string().into(),
        None => unit.into(),
    }
}

/// # Safety
/// The value is an array, not NULL.
unsafe fn list(value: &OwnedValue) -> Result<Value> {
    // SAFETY: an owned value's array is valid.
    let (view, array) = unsafe { (array::View::new(value.data.array)?, value.data.array) };
    let item = |index| {
        // SAFETY: as above.
        from_value(&unsafe { array::get(array, &[index]) }?)
    };
    (0..view.shape()[0]).map(item).collect::<Result<Vec<_>>>().map(Value::Array)
}

/// Pairs as an object, if each key is another text.
fn map(pairs: Value) -> Value {
    let member = |pair: &Value| pair[0].as_str().map(|key| (key.to_owned(), pair[1].clone()));
    let list = pairs.as_array().map_or(&[][..], Vec::as_slice);
    match list.iter().map(member).collect::<Option<serde_json::Map<_, _>>>() {
        Some(object) if object.len() == list.len() => Value::Object(object),
        _ => pairs,
    }
}

fn object(key: handle::Key) -> Result<Value> {
    if key == 0 {
        return Ok(Value::Null);
    }
    handle::describe_object(
        key,
        |object| json!({ "object": object.type_name(), "runtime": object.runtime() }),
    )
}

fn callable(key: handle::Key) -> Result<Value> {
    if key == 0 {
        return Ok(Value::Null);
    }
    let callable = handle::get::<Callable>(key)?;
    Ok(json!({ "callable": callable.function().signature().to_string() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use metaffi::abi::metaffi_value;
    use metaffi::signature::Type;
    use metaffi::value::{array::OwnedArray, char8, char16, char32, null, string8, zero};

    use crate::argument::{self, plain};

    fn shown(value: impl Into<metaffi_value>) -> String {
        from_value(&plain(value.into())).unwrap().to_string()
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(shown(u64::MAX), "18446744073709551615");
        assert_eq!(shown(i64::MIN), "-9223372036854775808");
        assert_eq!(shown(usize::MAX), "18446744073709551615");
        assert_eq!(shown(1024.0), "1024.0");
        assert_eq!(shown(0.1_f32), "0.1");
        assert_eq!(shown(f32::MAX), "3.4028235e+38");
        assert_eq!(shown(-0.0), "-0.0");
        let small = (shown(-1_i8), shown(-2_i16), shown(-3_i32), shown(4_u8), shown(5_u16));
        assert_eq!(small, ("-1".into(), "-2".into(), "-3".into(), "4".into(), "5".into()));
        assert_eq!((shown(6_u32), shown(true)), ("6".into(), "true".into()));
    }

    #[test]
    fn what_is_no_number_is_text() {
        assert_eq!(shown(f64::NAN), "\"NaN\"");
        assert_eq!(shown(f32::INFINITY), "\"Infinity\"");
        assert_eq!(shown(f64::NEG_INFINITY), "\"-Infinity\"");
    }

    #[test]
    fn a_unit_that_is_no_character_is_its_number() {
        assert_eq!(shown(char8(b'a')), "\"a\"");
        assert_eq!(shown(char8(0xc3)), "195");
        assert_eq!(shown(char16(0xe9)), "\"é\"");
        assert_eq!(shown(char16(0xd800)), "55296");
        assert_eq!(shown(char32(0x1f600)), "\"😀\"");
    }

    #[test]
    fn references_to_nothing_are_null() {
        assert_eq!(shown(null()), "null");
        for kind in [Kind::String16, Kind::Handle, Kind::Callable] {
            assert_eq!(shown(zero(kind.into())), "null", "{kind}");
        }
        let none = OwnedArray::new(Kind::String8.into(), &[2]).unwrap().into_value();
        assert_eq!(from_value(&none).unwrap().to_string(), "[null,null]");
    }

    #[test]
    fn text_is_escaped() {
        let text = string8("a\"é\n").unwrap();
        assert_eq!(from_value(&text).unwrap().to_string(), "\"a\\\"é\\n\"");
    }

    #[test]
    fn arrays_are_read_back_as_they_were_written() {
        for (text, name) in [
            ("[[1,2,3],[4,5,6]]", "int16_array"),
            ("[[1.5],[],[-2.0,3.0]]", "float32_array"),
            ("[true,null,\"x\",[1]]", "any_array"),
            ("[]", "uint8_array"),
            ("[\"NaN\",\"Infinity\",0.0]", "float64_packed_array"),
            ("[\"a\",200]", "char8_array"),
            ("[\"é\",null]", "string16_array"),
            ("[\"18446744073709551616\",\"-1\"]", "bigint_array"),
            ("{\"a\":[1],\"b\":null}", "map"),
            ("[[1,\"x\"],[\"x\",{}]]", "map"),
            ("[[\"x\",1],[\"x\",2]]", "map"),
            ("[1,\"x\",[2.5]]", "tuple"),
            ("[18446744073709551615,0]", "array"),
        ] {
            let value = argument::parse(text, &Type::parse(name).unwrap().into()).unwrap();
            assert_eq!(from_value(&value).unwrap().to_string(), text, "{name}");
        }
    }
}
