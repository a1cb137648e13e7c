//! Globals and constants as functions: getters, setters, addresses.

use std::ffi::c_void;
use std::sync::Arc;

use crate::abi::{metaffi_object, metaffi_slot, metaffi_value};
use crate::backend::c::convert::assign::assign;
use crate::backend::c::convert::{Direction, check, from_c, infer};
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::module::library::Libraries;
use crate::backend::c::types::Qualifiers;
use crate::call::{Callable, Callee, Function, guarded};
use crate::error::{Error, Result};
use crate::handle::{self, pin::CallScope};
use crate::signature::{Kind, Signature, Type, TypeInfo};

/// A function without parameters that reads the value at `address`.
pub fn getter(
    ctype: CType,
    address: Address,
    returns: Option<&[TypeInfo]>,
) -> Result<Arc<Function>> {
    let info = one(returns, "return", || infer(&ctype, Direction::FromC))?;
    check(&info, &ctype, Direction::FromC)?;
    let r#type = info.r#type;
    let signature = Signature { params: vec![], returns: vec![info], variadic: false };
    Ok(Arc::new(Function::new(signature, VariableGetter(Variable { ctype, address, r#type }))?))
}

/// A function of one parameter that writes the value at `address`.
pub fn setter(
    ctype: CType,
    address: Address,
    params: Option<&[TypeInfo]>,
) -> Result<Arc<Function>> {
    if ctype.types.qualifiers(ctype.id).contains(Qualifiers::CONST) {
        return Err(Error::invalid(format!("a {} cannot be set", ctype.spell())));
    }
    let info = one(params, "parameter", || match ctype.class {
        // Text is not lent to a variable, which outlives the call.
        Representation::Pointer(_) => Some(crate::signature::Kind::Any.into()),
        _ => infer(&ctype, Direction::ToC),
    })?;
    check(&info, &ctype, Direction::ToC)?;
    let r#type = info.r#type;
    let signature = Signature { params: vec![info.into()], returns: vec![], variadic: false };
    Ok(Arc::new(Function::new(signature, VariableSetter(Variable { ctype, address, r#type }))?))
}

/// A function without parameters that returns the same slots each time: a constant number, or a
/// pointer to something.
pub fn constant(info: TypeInfo, make: ConstantResult) -> Result<Arc<Function>> {
    let signature = Signature { params: vec![], returns: vec![info], variadic: false };
    Ok(Arc::new(Function::new(signature, make)?))
}

/// What a constant function returns.
pub enum ConstantResult {
    /// This slot.
    Slot(u64),
    /// What is made of this word of that C type.
    Value(CType, u64, Type),
    /// A new string of this text.
    Text(String),
    /// A new pointer object.
    Pointer(CType, *mut c_void),
}

// SAFETY: the address is that of code or data of a library, which stays loaded.
unsafe impl Send for ConstantResult {}
// SAFETY: as above.
unsafe impl Sync for ConstantResult {}

/// The declared type of the only value, or the inferred one.
fn one(
    declared: Option<&[TypeInfo]>,
    what: &str,
    infer: impl FnOnce() -> Option<TypeInfo>,
) -> Result<TypeInfo> {
    match declared {
        Some([info]) => Ok(info.clone()),
        None => infer().ok_or_else(|| Error::mismatch("void has no value")),
        Some(several) => Err(Error::invalid(format!(
            "{} {what} types given; a variable has one value",
            several.len()
        ))),
    }
}

/// A value of a C type somewhere in a library.
struct Variable {
    ctype: CType,
    address: Address,
    r#type: Type,
}

/// Where a variable is.
pub struct Address(VariableLocation);

enum VariableLocation {
    Fixed(*mut c_void),
    /// Of every thread its own: asked for at each use.
    ThreadLocal(Libraries, String),
}

// SAFETY: the address is that of a library's data, which stays loaded; racing on it is the host's
// business, as in C.
unsafe impl Send for Address {}
// SAFETY: as above.
unsafe impl Sync for Address {}

impl Address {
    /// The same on every thread.
    pub fn fixed(address: *mut c_void) -> Address {
        Address(VariableLocation::Fixed(address))
    }

    /// That of a symbol, on every thread another one.
    pub fn thread_local(library: &Libraries, symbol: String) -> Address {
        Address(VariableLocation::ThreadLocal(library.clone(), symbol))
    }

    /// On this thread.
    pub fn get(&self) -> Result<*mut c_void> {
        match &self.0 {
            VariableLocation::Fixed(address) => Ok(*address),
            VariableLocation::ThreadLocal(library, symbol) => library.symbol(symbol),
        }
    }
}

struct VariableGetter(Variable);

impl Callee for VariableGetter {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        let Variable { ctype, address, r#type } = &self.0;
        guarded(|| {
            // A struct or an array is handed out as the variable itself, not as a copy of it.
            let refers = matches!(
                ctype.class,
                Representation::Record | Representation::Array(_) | Representation::Opaque
            );
            if refers && r#type.kind() == crate::signature::Kind::Handle {
                return self.0.object(frame);
            }
            // SAFETY: the variable is there, and the frame is one return.
            unsafe { from_c(ctype, address.get()?.cast::<u8>().cast_const(), *r#type, frame) }
        })
    }
}

impl Variable {
    fn object(&self, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the variable stays where it is; nothing is to be finalized.
        let object = unsafe {
            CData::foreign(self.ctype.clone(), self.address.get()?, std::ptr::null_mut(), None)
        };
        let handle: *mut metaffi_object = object.into_handle()?;
        // SAFETY: the frame is one slot.
        unsafe { *frame = handle.expose_provenance() as u64 };
        Ok(())
    }
}

struct VariableSetter(Variable);

impl Callee for VariableSetter {
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        let Variable { ctype, address, r#type } = &self.0;
        // SAFETY: the variable is there, and the frame is one argument.
        unsafe {
            guarded(|| {
                assign(scope, ctype, address.get()?.cast(), *r#type, frame)?;
                keep_callable(*r#type, frame)
            })
        }
    }
}

/// Keeps a callable that a variable was made to point to: C may copy the pointer at any time, so it
/// stays for good.
///
/// # Safety
/// The slots hold a value of the type.
unsafe fn keep_callable(r#type: Type, slots: *const metaffi_slot) -> Result<()> {
    // SAFETY: the slots hold a value of the type; an `any` is a value in its slots.
    let key = unsafe {
        match r#type.kind() {
            Kind::Callable => *slots as usize,
            Kind::Any => {
                let value = &*slots.cast::<metaffi_value>();
                match crate::value::kind_of(value)? {
                    Kind::Callable => value.data.callable.addr(),
                    _ => 0,
                }
            }
            _ => 0,
        }
    };
    if key != 0 {
        std::mem::forget(handle::get::<Callable>(key)?);
    }
    Ok(())
}

impl Callee for ConstantResult {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        guarded(|| {
            // SAFETY: the frame has the slots of the one return.
            unsafe {
                match self {
                    ConstantResult::Slot(slot) => *frame = *slot,
                    ConstantResult::Value(ctype, word, r#type) => {
                        from_c(ctype, (&raw const *word).cast(), *r#type, frame)?;
                    }
                    ConstantResult::Text(text) => {
                        let string =
                            crate::value::text::encode(text, crate::signature::Kind::String8)?;
                        *frame = string.data.expose_provenance() as u64;
                        *frame.add(1) = string.length as u64;
                    }
                    ConstantResult::Pointer(ctype, address) => {
                        let handle = CData::pointer(ctype.clone(), *address).into_handle()?;
                        *frame = handle.expose_provenance() as u64;
                    }
                }
            }
            Ok(())
        })
    }
}
