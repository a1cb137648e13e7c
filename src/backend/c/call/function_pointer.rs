//! C's types of function pointers, as runtimes see them whose functions C calls.

use std::any::Any;
use std::ffi::c_void;
use std::sync::Arc;

use super::callback::{CallbackParam, give};
use crate::abi::{metaffi_slot, metaffi_value};
use crate::backend::c::convert::{Direction, from_c, infer};
use crate::backend::c::data::accept::element_size;
use crate::backend::c::data::ctype::{CType, PointeeKind, Representation};
use crate::backend::c::types::{Primitive, TypeId, TypeKind as CKind, Types};
use crate::call::{
    FunctionPointerLanguage, FunctionPointerType, PassedValue, SlotLayout, guarded, store,
};
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::handle::pin::CallScope;
use crate::signature::{Kind, Type};
use crate::value::{self, OwnedValue};

/// The type of a pointer to functions of type `id`; one for all who use it.
///
/// # Errors
/// `UNSUPPORTED` if it is variadic or without a prototype, or a value of it cannot be passed.
pub fn of(types: &Arc<Types>, id: TypeId) -> Result<Arc<FunctionPointerType>> {
    let ctype = CType::of(types, id);
    if let Some(known) = ctype.function_pointer.lock().upgrade() {
        return Ok(known);
    }
    let made = Arc::new(new(types, id)?);
    let mut place = ctype.function_pointer.lock();
    if let Some(known) = place.upgrade() {
        drop(place);
        return Ok(known);
    }
    *place = Arc::downgrade(&made);
    drop(place);
    Ok(made)
}

fn new(types: &Arc<Types>, id: TypeId) -> Result<FunctionPointerType> {
    let function = match types.resolved(id) {
        CKind::Function(function) if !function.variadic && !function.unspecified => function,
        _ => {
            let message = format!("{} takes any arguments: give it C functions", types.spell(id));
            return Err(Error::unsupported(message));
        }
    };
    let native = types.lower_function(id)?;
    let params: Box<[CType]> =
        function.parameters.iter().map(|id| CType::new(types, *id)).collect();
    let result = CType::new(types, function.returns);
    let behind = params.iter().skip(1).map(Some).chain([None]);
    let passed = params.iter().zip(behind).map(|(ctype, behind)| passed(ctype, behind)).collect();
    let returned = passed_alone(&result);
    let ctype = CType::new(types, id);
    let result = CallbackParam::new(Kind::Any.into(), result, 0);
    let language = Box::new(CFunctionPointer { ctype, params, result });
    Ok(FunctionPointerType { native, params: passed, returned, language, host: Once::new() })
}

fn passed_alone(ctype: &CType) -> PassedValue {
    passed(ctype, None)
}

fn passed(ctype: &CType, behind: Option<&CType>) -> PassedValue {
    match ctype.class {
        Representation::Void => PassedValue::Nothing,
        Representation::Pointer(pointee) => {
            match ctype.types.resolved(pointee.id) == CKind::Primitive(Primitive::Char) {
                true => PassedValue::Characters {
                    constant: pointee.constant,
                    integer_behind: behind.is_some_and(is_count),
                    size_behind: behind.is_some_and(is_size),
                },
                false if pointee.kind == PointeeKind::Function => PassedValue::Other,
                false => PassedValue::Pointer,
            }
        }
        _ => match ctype.number {
            Some(kind) if ctype.size == element_size(kind) => PassedValue::Number(kind),
            _ => PassedValue::Other,
        },
    }
}

/// Whether it is a `size_t`: how many of something there are.
pub(super) fn is_size(ctype: &CType) -> bool {
    ctype.number == Some(Kind::Size)
}

/// Whether it may be how many of something there are: an integer that is no character or enumerator.
fn is_count(ctype: &CType) -> bool {
    let is_integer = matches!(ctype.class, Representation::Integer { .. });
    let is_character =
        ctype.number.is_none_or(|kind| matches!(kind, Kind::Char8 | Kind::Char16 | Kind::Char32));
    is_integer && !is_character && ctype.types.resolved(ctype.id) != CKind::Enumeration
}

/// A type of functions that C calls.
struct CFunctionPointer {
    ctype: CType,
    params: Box<[CType]>,
    result: CallbackParam,
}

impl FunctionPointerLanguage for CFunctionPointer {
    fn spelling(&self) -> String {
        self.ctype.spell()
    }

    fn layout(&self, argument: Option<usize>) -> Option<Box<dyn Any + Send + Sync>> {
        let ctype = argument.map_or(&self.result.ctype, |index| &self.params[index]);
        Some(Box::new(ctype.layout()?))
    }

    unsafe fn load(&self, argument: usize, from: *const c_void) -> Result<OwnedValue> {
        let ctype = &self.params[argument];
        let kind = infer(ctype, Direction::FromC).map_or(Kind::Handle, |info| info.r#type.kind());
        // Nobody says that the characters end.
        let r#type = Type::from(if kind.is_text() { Kind::Handle } else { kind });
        let (mut slots, mut value): ([metaffi_slot; 3], metaffi_value) = ([0; 3], value::null());
        // SAFETY: a value of the type is at `from`, and what is made of it is the value's.
        unsafe {
            guarded(|| from_c(ctype, from.cast(), r#type, slots.as_mut_ptr()))?;
            store(slots.as_ptr(), &SlotLayout::of(r#type), &raw mut value);
            Ok(OwnedValue::from_raw(value))
        }
    }

    unsafe fn give(&self, scope: &CallScope, value: OwnedValue, result: *mut c_void) -> Result<()> {
        let value = value.into_raw();
        // SAFETY: an `any` is a value in its slots; `result` has room for the result.
        unsafe { give(scope, &self.result, (&raw const value).cast(), result) }
    }
}
