//! Writing a value where C keeps one.

use super::convert::{store_word, to_c};
use super::ctype::{CType, Class, Pointee, PointeeKind};
use crate::abi::{metaffi_array, metaffi_slot, metaffi_value};
use crate::call;
use crate::error::{Error, Result, Status};
use crate::handle::pin::Use;
use crate::signature::{Kind, Type};
use crate::value::array::View;

/// Writes what is in `slots` to `to`. Nothing is written on failure but for arrays, which are
/// written element by element.
///
/// # Safety
/// `slots` holds a value of that type; `to` has room for a value of the C type.
pub unsafe fn assign(
    span: Use,
    ctype: &CType,
    to: *mut u8,
    r#type: Type,
    slots: *const metaffi_slot,
) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        if r#type.kind() == Kind::Any {
            let mut loaded = [0; 3];
            let r#type = call::load_as_is(&*slots.cast::<metaffi_value>(), loaded.as_mut_ptr())?;
            return assign(span, ctype, to, r#type, loaded.as_ptr());
        }
        match (ctype.class, r#type.kind()) {
            (Class::Array(pointee), Kind::String8) => characters(ctype, pointee, to, slots),
            (Class::Array(_), Kind::Array) => {
                elements(span, ctype, to, std::ptr::with_exposed_provenance(*slots as usize))
            }
            (Class::Array(_), Kind::Handle) => copy_object(span, ctype, to, *slots),
            _ => {
                super::convert::check(&r#type.into(), ctype, super::convert::Direction::ToC)?;
                let word = to_c(span, r#type, ctype, slots)?;
                store_word(ctype, word, to);
                Ok(())
            }
        }
    }
}

/// Text into an array of characters, with a NUL if there is room, as C initialises it.
unsafe fn characters(
    ctype: &CType,
    pointee: Pointee,
    to: *mut u8,
    slots: *const metaffi_slot,
) -> Result<()> {
    if pointee.kind != PointeeKind::Integer || pointee.size != 1 {
        return Err(Error::new(
            Status::TypeMismatch,
            format!("text given for C's {}", ctype.spell()),
        ));
    }
    let room = ctype.length().unwrap_or(0);
    // SAFETY: the slots hold a string; the array has `room` bytes.
    unsafe {
        let (text, length) =
            (std::ptr::with_exposed_provenance::<u8>(*slots as usize), *slots.add(1) as usize);
        if length > room {
            return Err(Error::new(
                Status::OutOfRange,
                format!("text of {length} bytes does not fit C's {}", ctype.spell()),
            ));
        }
        to.copy_from(text, length);
        to.add(length).write_bytes(0, room - length);
    }
    Ok(())
}

/// An array of values into an array of the same length, or a shorter one and zeroes.
unsafe fn elements(
    span: Use,
    ctype: &CType,
    to: *mut u8,
    array: *const metaffi_array,
) -> Result<()> {
    let (Some(target), length) = (ctype.target(), ctype.length().unwrap_or(0)) else {
        return Err(Error::new(Status::TypeMismatch, format!("{} is no array", ctype.spell())));
    };
    // SAFETY: the caller's array is valid, and its room that of the C type.
    unsafe {
        let given = View::new(array)?.shape()[0];
        if given > length {
            return Err(Error::new(
                Status::OutOfRange,
                format!("{given} elements do not fit C's {}", ctype.spell()),
            ));
        }
        for index in 0..given {
            let item = crate::value::array::get(array, &[index])?;
            let mut loaded = [0; 3];
            let r#type = call::load_as_is(&item, loaded.as_mut_ptr())?;
            assign(span, &target, to.add(index * target.size), r#type, loaded.as_ptr())
                .map_err(|error| error.context(format_args!("element {index}")))?;
        }
        to.add(given * target.size).write_bytes(0, (length - given) * target.size);
    }
    Ok(())
}

/// An object of the same array type.
unsafe fn copy_object(span: Use, ctype: &CType, to: *mut u8, key: u64) -> Result<()> {
    let object = span.get::<super::CData>(key as usize)?;
    if !super::convert::same_type(object.ctype(), ctype) {
        return Err(Error::new(
            Status::TypeMismatch,
            format!("an object of C type {} given for {}", object.ctype().spell(), ctype.spell()),
        ));
    }
    let memory = object.memory(span)?;
    // SAFETY: both have the size of the type.
    unsafe { to.copy_from(memory.address(), ctype.size.min(memory.size())) };
    Ok(())
}
