//! Results as JSON.

use metaffi::call::Callable;
use metaffi::error::Result;
use metaffi::handle;
use metaffi::signature::Kind;
use metaffi::value::{OwnedValue, array, kind_of, text};
use serde_json::{Value, json};

/// A value as JSON. What JSON has no form for is text (`"NaN"`, `"Infinity"`), a code unit that is
/// no character is its number, and objects and functions are named by their types.
pub fn from_value(value: &OwnedValue) -> Result<Value> {
    let data = &value.data;
    // SAFETY: an owned value is valid, and its type says which member it has.
    Ok(unsafe {
        match kind_of(value)? {
            Kind::Float64 => float(data.float64),
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
            Kind::Bool => data.boolean.into(),
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
            Kind::Array if data.array.is_null() => Value::Null,
            Kind::Array => list(value)?,
            Kind::Handle => object(data.object.addr())?,
            Kind::Callable => callable(data.callable.addr())?,
        }
    })
}

fn float(float: f64) -> Value {
    match serde_json::Number::from_f64(float) {
        Some(number) => number.into(),
        None if float.is_nan() => "NaN".into(),
        None if float > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}

/// With the digits that tell it from other float32, not those of its float64.
fn float32(narrow: f32) -> Value {
    float(narrow.to_string().parse().unwrap_or(narrow.into()))
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
