//! Casts, with the meaning that C gives them.

use std::sync::Arc;

use super::same_type;
use super::scalar::{self, Scalar};
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::{Error, Result};
use crate::handle::{self, pin::CallScope};

/// The value of an object as another type.
///
/// Numbers convert as in C: integers wrap, real numbers lose their fraction or are rounded.
/// Pointers and integers convert to each other; an array is the pointer to its first element. The
/// memory of anything else is seen as a struct, a union or an array: that object shares it. What
/// was kept alive stays so.
pub fn cast(object: &Arc<CData>, ctype: CType) -> Result<CData> {
    handle::using(|scope| {
        let from = Lvalue::whole(scope, object.into())?;
        match ctype.class {
            Representation::Pointer(_) => pointer(scope, object, &from, ctype),
            Representation::Array(_) | Representation::Record | Representation::Opaque => {
                view(object, &from, ctype)
            }
            Representation::Void | Representation::Function => Err(Error::mismatch(format!(
                "there are no values of `{}`; cast to a pointer",
                ctype.spell()
            ))),
            _ => number(&from, ctype),
        }
    })
}

fn pointer(scope: &CallScope, object: &Arc<CData>, from: &Lvalue, ctype: CType) -> Result<CData> {
    match from.ctype.class {
        Representation::Pointer(_) => {
            let value = object.pointer_value(scope)?;
            Ok(match object.kept(scope)? {
                Some(kept) => CData::keeping(ctype, value, &kept.to_arc()),
                None => CData::pointer(ctype, value),
            })
        }
        Representation::Array(_) => Ok(CData::keeping(ctype, from.address.cast(), &object.root()?)),
        Representation::Function => Ok(CData::pointer(ctype, from.address.cast())),
        Representation::Integer { .. } | Representation::Bool | Representation::Wide { .. } => {
            // SAFETY: the place is the object's own.
            match unsafe { scalar::load(from.ctype, from.address) }? {
                Scalar::Unsigned(value) => Ok(address(ctype, value as usize)),
                Scalar::Signed(value) => Ok(address(ctype, value as usize)),
                Scalar::Float(_) => Err(refused(from.ctype, &ctype)),
            }
        }
        _ => Err(refused(from.ctype, &ctype)),
    }
}

fn address(ctype: CType, value: usize) -> CData {
    CData::pointer(ctype, std::ptr::with_exposed_provenance_mut(value))
}

fn number(from: &Lvalue, ctype: CType) -> Result<CData> {
    from.check()?;
    let to = CData::zeroed(ctype, 0)?;
    let real = matches!(to.ctype().class, Representation::Float(_) | Representation::Complex(_));
    handle::using(|scope| {
        let target = to.memory(scope)?.address();
        // SAFETY: the place is the object's own; the new memory has the type's size.
        unsafe {
            match (from.ctype.class, to.ctype().class) {
                _ if same_type(from.ctype, to.ctype()) => {
                    target.copy_from_nonoverlapping(from.address, from.ctype.size);
                    Ok(())
                }
                (Representation::Array(_) | Representation::Function, _) if !real => {
                    let value = Scalar::Unsigned(from.address.expose_provenance() as u128);
                    scalar::store(to.ctype(), value, target)
                }
                (Representation::Pointer(_), _) if real => Err(refused(from.ctype, to.ctype())),
                (Representation::Complex(_), Representation::Complex(_)) => {
                    complex(from, to.ctype(), target)
                }
                (Representation::Record | Representation::Opaque | Representation::Array(_), _) => {
                    Err(refused(from.ctype, to.ctype()))
                }
                _ => scalar::store(to.ctype(), scalar::load(from.ctype, from.address)?, target),
            }
        }
    })?;
    Ok(to)
}

/// Both parts of a complex number in another format.
unsafe fn complex(from: &Lvalue, ctype: &CType, target: *mut u8) -> Result<()> {
    // SAFETY: the caller has both; the imaginary part is the second half of each.
    unsafe {
        let imaginary = scalar::load(from.ctype, from.address.add(from.ctype.size / 2))?;
        let mut whole = [[0_u128; 1]; 2];
        scalar::store(ctype, imaginary, whole.as_mut_ptr().cast())?;
        scalar::store(ctype, scalar::load(from.ctype, from.address)?, target)?;
        let half = ctype.size / 2;
        target.add(half).copy_from_nonoverlapping(whole.as_ptr().cast(), half);
    }
    Ok(())
}

/// An object of another type in the same memory.
fn view(object: &Arc<CData>, from: &Lvalue, ctype: CType) -> Result<CData> {
    if let Representation::Pointer(_) = from.ctype.class {
        return Err(Error::mismatch(format!(
            "a `{}` is no `{}`; cast to a pointer to it, and read what that points to (\"*\")",
            from.ctype.spell(),
            ctype.spell()
        )));
    }
    if !from.region.contains(from.address, ctype.size) {
        return Err(Error::out_of_range(format!(
            "this `{}` is smaller than a `{}`",
            from.ctype.spell(),
            ctype.spell()
        )));
    }
    CData::part(object, ctype, from.address)
}

#[cold]
fn refused(from: &CType, to: &CType) -> Error {
    Error::mismatch(format!("C has no cast from `{}` to `{}`", from.spell(), to.spell()))
}

#[cfg(test)]
#[path = "cast_tests.rs"]
mod tests;
