//! An argument: text as a value of its parameter's type.

use metaffi::abi::metaffi_value;
use metaffi::error::{Error, Result};
use metaffi::signature::{Kind, Type, TypeInfo};
use metaffi::value::neutral::{self, Neutral};
use metaffi::value::{self, OwnedValue};
use serde_json::Value;

use crate::{list, number};

/// The value that a text stands for; the call converts it to the parameter's very type.
pub fn parse(text: &str, info: &TypeInfo) -> Result<OwnedValue> {
    let kind = info.r#type.kind();
    match kind {
        Kind::String8 | Kind::String16 | Kind::String32 => value::string8(text),
        Kind::Any => any(text),
        Kind::Null | Kind::Handle | Kind::Callable if text == "null" => Ok(plain(value::null())),
        Kind::Null => Err(unreadable(text, info, "write null")),
        Kind::Handle | Kind::Callable => Err(unwritable(info)),
        Kind::Array => array(text, info),
        Kind::Map | Kind::Set | Kind::Tuple => match serde_json::from_str(text) {
            Ok(json @ (Value::Array(_) | Value::Object(_))) => collection(&json, kind),
            _ => Err(unreadable(text, info, "write a JSON array, or an object for a map")),
        },
        _ if kind.is_neutral() => Neutral::parse(text, kind)?.to_value(),
        _ => scalar(text, info.r#type).map(plain),
    }
}

/// A value that owns nothing.
pub fn plain(value: metaffi_value) -> OwnedValue {
    // SAFETY: numbers, bools, characters and null hold nothing that could be anybody else's.
    unsafe { OwnedValue::from_raw(value) }
}

/// JSON or a hexadecimal integer; what is neither is text.
fn any(text: &str) -> Result<OwnedValue> {
    if let Some(integer) = number::integer(text).filter(|_| is_number(text)) {
        let wide = |error| Neutral::parse(text, Kind::BigInt).map_err(|_| error);
        return integer.map(plain).or_else(|error| wide(error)?.to_value());
    }
    match serde_json::from_str(text) {
        Ok(Value::Array(items)) => list::parse(&items, None),
        Ok(json) => leaf(&json, Kind::Any.into()),
        Err(_) => value::string8(text),
    }
}

/// Whether JSON takes the text for a number; digits after a zero, as in `007`, are text.
fn is_number(text: &str) -> bool {
    let hexadecimal = text.trim_start_matches('-').starts_with(['0']) && text.contains(['x', 'X']);
    hexadecimal || serde_json::from_str::<serde_json::Number>(text).is_ok()
}

fn array(text: &str, info: &TypeInfo) -> Result<OwnedValue> {
    match serde_json::from_str(text) {
        Ok(Value::Array(items)) => list::parse(&items, info.r#type.element()),
        Ok(Value::Null) => Ok(plain(value::null())),
        _ => Err(unreadable(text, info, "write a JSON array such as [1, 2, 3], or null")),
    }
}

/// A map, set or tuple: a JSON array of its values, or an object or an array of pairs for a map.
fn collection(json: &Value, kind: Kind) -> Result<OwnedValue> {
    let item = |item: &Value| match item {
        Value::Array(items) => list::parse(items, None),
        item => leaf(item, Kind::Any.into()),
    };
    let refuse = || unreadable(&json.to_string(), &kind.into(), "write an array of [key, value]");
    let (keys, values): (Vec<_>, Vec<_>) = match (json, kind) {
        (Value::Array(items), Kind::Map) => {
            let pair = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
                Some([key, value]) => Ok((item(key)?, item(value)?)),
                _ => Err(refuse()),
            };
            items.iter().map(pair).collect::<Result<Vec<_>>>()?.into_iter().unzip()
        }
        (Value::Object(members), Kind::Map) => {
            let pair = |(key, value): (&String, _)| Ok((value::string8(key)?, item(value)?));
            members.iter().map(pair).collect::<Result<Vec<_>>>()?.into_iter().unzip()
        }
        (Value::Array(items), _) => (vec![], items.iter().map(item).collect::<Result<Vec<_>>>()?),
        _ => return Err(refuse()),
    };
    let values = OwnedValue::as_raw(&values);
    // SAFETY: values of ours.
    unsafe {
        match kind {
            Kind::Map => neutral::map(OwnedValue::as_raw(&keys), values),
            Kind::Set => neutral::set(values),
            _ => neutral::tuple(values),
        }
    }
}

/// What JSON has, other than an array, as an element of that type or a value of any type.
pub fn leaf(json: &Value, to: Type) -> Result<OwnedValue> {
    let kind = to.kind();
    let text = matches!(kind, Kind::String8 | Kind::String16 | Kind::String32 | Kind::Any);
    let char = matches!(kind, Kind::Char8 | Kind::Char16 | Kind::Char32);
    match json {
        Value::Null => Ok(plain(value::null())),
        Value::String(string) if text => value::string8(string),
        Value::String(string) => parse(string, &to.into()),
        Value::Bool(bool) if matches!(kind, Kind::Bool | Kind::Any) => Ok(plain((*bool).into())),
        Value::Number(number) if kind == Kind::BigInt && number.is_f64() => {
            Err(unreadable(&number.to_string(), &to.into(), "write its digits as text"))
        }
        Value::Number(number) if char => unit(&number.to_string(), to).map(plain),
        Value::Number(number) if !text || kind == Kind::Any => {
            let to = if kind == Kind::Any { natural(number) } else { to };
            parse(&number.to_string(), &to.into())
        }
        Value::Object(_) if matches!(kind, Kind::Any | Kind::Map) => collection(json, Kind::Map),
        _ => Err(unreadable(&json.to_string(), &to.into(), "write it as an element of that type")),
    }
}

/// The type of a JSON number.
pub fn natural(number: &serde_json::Number) -> Type {
    match (number.is_i64(), number.is_u64()) {
        (true, _) => Kind::Int64.into(),
        (_, true) => Kind::Uint64.into(),
        _ => Kind::Float64.into(),
    }
}

fn scalar(text: &str, to: Type) -> Result<metaffi_value> {
    let refuse = |advice| Err(unreadable(text, &to.into(), advice));
    match to.kind() {
        Kind::Bool => match text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => refuse("write true or false"),
        },
        Kind::Char8 | Kind::Char16 | Kind::Char32 => character(text, to),
        Kind::Float64 => match number::float64(text).or_else(|| number::integer(text)) {
            Some(float) => float,
            None => refuse("write a number such as 1.5, -2e3, nan or inf"),
        },
        Kind::Float32 => match number::float32(text).or_else(|| number::integer(text)) {
            Some(float) => float,
            None => refuse("write a number such as 1.5, -2e3, nan or inf"),
        },
        _ => match number::integer(text) {
            Some(integer) => integer,
            None => refuse("write an integer such as 42, -5 or 0x1f"),
        },
    }
}

/// A character, or its code unit in hexadecimal.
fn character(text: &str, to: Type) -> Result<metaffi_value> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) => Ok(value::char32(char.into())),
        _ => unit(text, to),
    }
}

/// A code unit; only the unsigned integer of its width converts to a character.
fn unit(text: &str, to: Type) -> Result<metaffi_value> {
    let Some(integer) = number::integer(text) else {
        return Err(unreadable(text, &to.into(), "write one character, or its code as 0x41"));
    };
    let width = match to.kind() {
        Kind::Char8 => Kind::Uint8,
        Kind::Char16 => Kind::Uint16,
        _ => Kind::Uint32,
    };
    // SAFETY: an integer holds nothing.
    unsafe { value::convert(&integer?, width.into()) }.map(OwnedValue::into_raw)
}

#[cold]
fn unreadable(text: &str, info: &TypeInfo, advice: &str) -> Error {
    Error::mismatch(format!("\"{text}\" is no {}; {advice}", info.r#type))
}

#[cold]
fn unwritable(info: &TypeInfo) -> Error {
    let what = match info.r#type.kind() {
        Kind::Callable => "a function",
        _ => "an object",
    };
    Error::unsupported(format!(
        "{info} takes {what}, which cannot be written as text: only null can; for a pointer \
             of C, --params may say string8, size or an array instead"
    ))
}

#[cfg(test)]
#[path = "argument_tests.rs"]
mod tests;
