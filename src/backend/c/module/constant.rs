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
        ConstantValue::Integer(_) if is_pointer(ctype) => Kind::Handle,
        ConstantValue::Integer(_) => infer(ctype, Direction::FromC)
            .map(|info| info.r#type.kind())
            .filter(|kind| *kind != Kind::Handle)
            .unwrap_or(Kind::Int64),
    };
    TypeInfo { alias: Some(ctype.spell().into()), ..kind.into() }
}

/// An integer as JSON: text beyond 64 bits.
pub(super) fn integer_as_json(value: i128) -> serde_json::Value {
    let signed = i64::try_from(value).map(serde_json::Value::from);
    let number = signed.or_else(|_| u64::try_from(value).map(serde_json::Value::from));
    number.unwrap_or_else(|_| value.to_string().into())
}

/// Whether a constant of the type is an address.
fn is_pointer(ctype: &CType) -> bool {
    matches!(ctype.class, Representation::Pointer(_))
}

/// Its value as JSON: integers beyond 64 bits are text, and what is malformed text is nothing.
pub(in crate::backend::c) fn json(
    ctype: &CType,
    value: &ConstantValue,
) -> Option<serde_json::Value> {
    match value {
        ConstantValue::Integer(value) => Some(integer_as_json(*value)),
        ConstantValue::Float(value) => Some(float_as_json(*value)),
        ConstantValue::Text(units) => decode(ctype, units).ok().map(serde_json::Value::from),
    }
}

fn made(ctype: &CType, value: &ConstantValue, info: &TypeInfo) -> Result<ConstantResult> {
    let kind = info.r#type.kind();
    let number = match value {
        ConstantValue::Integer(value) if is_pointer(ctype) => {
            return pointer(ctype, *value as u64, info);
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

/// An address: a pointer of its type, or the number. Nothing is known to be there.
fn pointer(ctype: &CType, address: u64, info: &TypeInfo) -> Result<ConstantResult> {
    match info.r#type.kind() {
        Kind::Handle if address != 0 => {
            let address = std::ptr::with_exposed_provenance_mut(address as usize);
            Ok(ConstantResult::Pointer(ctype.clone(), address))
        }
        Kind::Handle | Kind::Size | Kind::Uint64 | Kind::Int64 => Ok(ConstantResult::Slot(address)),
        Kind::Callable => Ok(ConstantResult::Value(ctype.clone(), address, info.r#type)),
        _ => Err(Error::mismatch(format!(
            "{info} cannot be taken from an address; use handle or size"
        ))),
    }
}

/// The text of a literal: UTF-8, or UTF-16 or UTF-32 by the width of its elements.
fn decode(ctype: &CType, units: &[u8]) -> Result<String> {
    let width = match ctype.class {
        Representation::Array(element) | Representation::Pointer(element) => element.size,
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

#[cfg(test)]
mod tests {
    use crate::backend::Module as _;
    use crate::backend::c::Module;
    use crate::call::call_owned;
    use crate::entity_path::EntityPath;
    use crate::handle::{self, pin};
    use crate::signature::{Kind, TypeInfo};
    use crate::value::{OwnedValue, describe};

    const DECLARATIONS: &str = "typedef void (*handler)(int);\n\
        #define TEXT ((const char *)-1)\n#define NOTHING ((void *)0)\n\
        #define IGNORED ((handler)1)\n#define FIVE ((int (*)(int))5)\n#define DEFAULT ((handler)0)\n\
        #define WIDE ((const wchar_t *)L\"w\\u20ac\")";

    fn constant(name: &str, returns: Option<Kind>) -> OwnedValue {
        let module = Module::load("", &Default::default()).unwrap();
        module.declare(DECLARATIONS).unwrap();
        let path = EntityPath::new().with("constant", name);
        let returns = returns.map(|kind| [TypeInfo::from(kind)]);
        let returns = returns.as_ref().map(|returns| &returns[..]);
        let function = module.load_entity(&path, None, returns).unwrap();
        // SAFETY: it takes nothing.
        unsafe { call_owned(&function, &[]) }.unwrap().pop().unwrap()
    }

    fn shown(value: &OwnedValue) -> String {
        // SAFETY: a value that a call returned.
        unsafe { describe(value) }
    }

    #[test]
    fn pointers_are_addresses() {
        for (name, address, r#type) in [
            ("TEXT", usize::MAX, "const char *"),
            ("IGNORED", 1, "handler"),
            ("FIVE", 5, "int (*)(int)"),
        ] {
            let value = constant(name, None);
            // SAFETY: a handle, as the kind says.
            let key = unsafe { value.data.object }.addr();
            let object = handle::get::<crate::backend::c::CData>(key).unwrap();
            assert_eq!(object.ctype().spell(), r#type);
            let scope = pin::enter();
            assert_eq!(object.pointer_value(&scope).unwrap().addr(), address, "{name}");
            scope.leave();
            let number = constant(name, Some(Kind::Size));
            // SAFETY: a size, as was asked for.
            assert_eq!(unsafe { number.data.size }, address, "{name}");
        }
        for name in ["NOTHING", "DEFAULT"] {
            assert_eq!(shown(&constant(name, None)), "handle NULL");
        }
        assert_eq!(shown(&constant("WIDE", None)), "string8 \"w\u{20ac}\"");
    }
}
