//! Constants: the values of macros and enumerators.

use std::sync::Arc;

use crate::backend::c::call::variable::{self, ConstantResult};
use crate::backend::c::convert::{Direction, SlotNumber, infer};
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::parse::ConstantValue;
use crate::backend::float_as_json;
use crate::call::Function;
use crate::error::{Error, Result};
use crate::signature::{Kind, TypeInfo};
use crate::value::text;

/// Binds a constant to its declared type, or the inferred one.
pub(in crate::backend::c) fn load(
    ctype: CType,
    value: &ConstantValue,
    declared: Option<&[TypeInfo]>,
) -> Result<Arc<Function>> {
    let info = match declared {
        Some([info]) => info.clone(),
        Some(_) => {
            return Err(Error::invalid("a constant has one return"));
        }
        None => inferred(&ctype, value),
    };
    let made = made(&ctype, value, &info)?;
    variable::constant(info, made)
}

/// The type that it is loaded as when the caller declares none.
pub(in crate::backend::c) fn inferred(ctype: &CType, value: &ConstantValue) -> TypeInfo {
    let kind = match value {
        ConstantValue::Text(_) => Kind::String8,
        ConstantValue::Float(_) => Kind::Float64,
        ConstantValue::Integer(_) => infer(ctype, Direction::FromC)
            .map(|info| info.r#type.kind())
            .filter(|kind| *kind != Kind::Handle)
            .unwrap_or(Kind::Int64),
    };
    TypeInfo { alias: Some(ctype.spell().into()), ..kind.into() }
}

/// Its value as JSON: integers beyond 64 bits are text, and what is malformed text is nothing.
pub(in crate::backend::c) fn json(
    ctype: &CType,
    value: &ConstantValue,
) -> Option<serde_json::Value> {
    match value {
        ConstantValue::Integer(value) => {
            let signed = i64::try_from(*value).map(serde_json::Value::from);
            let number = signed.or_else(|_| u64::try_from(*value).map(serde_json::Value::from));
            Some(number.unwrap_or_else(|_| value.to_string().into()))
        }
        ConstantValue::Float(value) => Some(float_as_json(*value)),
        ConstantValue::Text(units) => decode(ctype, units).ok().map(serde_json::Value::from),
    }
}

fn made(ctype: &CType, value: &ConstantValue, info: &TypeInfo) -> Result<ConstantResult> {
    let kind = info.r#type.kind();
    let number = match value {
        ConstantValue::Integer(value) if kind == Kind::Callable => {
            return Ok(ConstantResult::Value(ctype.clone(), *value as u64, info.r#type));
        }
        ConstantValue::Integer(value) => SlotNumber::Integer(*value),
        ConstantValue::Float(value) => SlotNumber::Float(*value),
        ConstantValue::Text(_) if kind != Kind::String8 => {
            return Err(Error::mismatch(format!("{info} cannot be taken from text; use string8")));
        }
        ConstantValue::Text(units) => return Ok(ConstantResult::Text(decode(ctype, units)?)),
    };
    Ok(ConstantResult::Slot(number.into_slot(kind, &|| "the constant".to_owned())?))
}

/// The text of a literal: UTF-8, or UTF-16 or UTF-32 by the width of its elements.
fn decode(ctype: &CType, units: &[u8]) -> Result<String> {
    let width = match ctype.class {
        Representation::Array(element) => element.size,
        _ => 1,
    };
    match width {
        2 => {
            let units = units.as_chunks().0.iter().map(|unit| u16::from_ne_bytes(*unit));
            text::utf16(&units.collect::<Vec<_>>()).collect()
        }
        4 => {
            let units = units.as_chunks().0.iter().map(|unit| u32::from_ne_bytes(*unit));
            text::utf32(&units.collect::<Vec<_>>()).collect()
        }
        _ => text::utf8(units).map(str::to_owned),
    }
}
