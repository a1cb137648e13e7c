//! New C data, with memory of its own.

use std::sync::Arc;

use super::assign::{assign_in, text_kind};
use super::cast::cast;
use crate::abi::metaffi_value;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::error::{Error, Result};
use crate::signature::Kind;
use crate::value::array::{self, View};
use crate::value::{self, text};
use crate::{call, handle};

/// A new value: zero, or what C's initialiser would make of `init`.
///
/// # Safety
/// `init` is what its type says.
pub unsafe fn new(ctype: CType, init: Option<&metaffi_value>) -> Result<CData> {
    let init = match init {
        Some(init) if value::kind_of(init)? != Kind::Null => Some(init),
        _ => None,
    };
    // SAFETY: `init` is what its type says.
    unsafe {
        let Some(init) = init else { return zeroed(ctype) };
        if let (Representation::Pointer(_), Kind::Handle) = (ctype.class, value::kind_of(init)?) {
            return pointer(ctype, init);
        }
        let ctype = sized(ctype, init)?;
        let size = ctype.size + flexible_size(&ctype, init)?;
        let object = CData::zeroed(ctype, size)?;
        handle::using(|scope| {
            let mut slots = [0; 3];
            let r#type = call::load_as_is(init, slots.as_mut_ptr())?;
            let to = object.memory(scope)?.address();
            assign_in(scope, object.ctype(), to, size, r#type, slots.as_ptr())
        })?;
        Ok(object)
    }
}

fn zeroed(ctype: CType) -> Result<CData> {
    if matches!(ctype.class, Representation::Array(_)) && ctype.length().is_none() {
        return Err(Error::mismatch(format!(
            "`{}` has no length; give an initialiser or use metaffi_cdata_new_array",
            ctype.spell()
        )));
    }
    CData::zeroed(ctype, 0)
}

/// `length` elements: of a type with an open end, which is then that long, or of any other, which
/// is then that of the elements.
pub fn new_array(ctype: CType, length: usize) -> Result<CData> {
    let too_large = || {
        let message = format!("{length} elements of {} are larger than memory", ctype.spell());
        Error::out_of_range(message)
    };
    if let Some((offset, array)) = ctype.flexible() {
        let Some(element) = array.target() else { return CData::zeroed(ctype, 0) };
        let size = element.size.checked_mul(length).and_then(|bytes| bytes.checked_add(offset));
        let size = size.filter(|size| *size <= isize::MAX as usize).ok_or_else(too_large)?;
        return CData::zeroed(ctype, size);
    }
    let element = match (ctype.class, ctype.length()) {
        (Representation::Array(pointee), None) => pointee.id,
        _ => ctype.id,
    };
    CData::zeroed(ctype.types.passing(|| ctype.types.array(element, Some(length)))?, 0)
}

/// A pointer to an object, or with the value of one; it keeps alive what it points into.
unsafe fn pointer(ctype: CType, init: &metaffi_value) -> Result<CData> {
    // SAFETY: the value holds an object.
    let key = unsafe { init.data.object }.addr();
    if key == 0 {
        return CData::zeroed(ctype, 0);
    }
    let object = handle::get::<CData>(key)?;
    let made = handle::using(|scope| {
        let mut slots = [0; 3];
        let mut word = 0_usize;
        // SAFETY: the value is what its type says; a pointer is as large as a word.
        unsafe {
            let r#type = call::load_as_is(init, slots.as_mut_ptr())?;
            let to = (&raw mut word).cast();
            assign_in(scope, &ctype, to, ctype.size, r#type, slots.as_ptr())
        }
    });
    made?;
    match object.ctype().class {
        Representation::Pointer(_) | Representation::Array(_) => cast(&object, ctype),
        _ => point_to(&object, ctype),
    }
}

fn point_to(object: &Arc<CData>, ctype: CType) -> Result<CData> {
    let root = object.root()?;
    let address = handle::using(|scope| Ok(object.memory(scope)?.address()))?;
    Ok(CData::keeping(ctype, address.cast(), &root))
}

/// `T[]` with the length of its initialiser: text counts with its NUL.
unsafe fn sized(ctype: CType, init: &metaffi_value) -> Result<CType> {
    let Representation::Array(pointee) = ctype.class else { return Ok(ctype) };
    if ctype.length().is_some() {
        return Ok(ctype);
    }
    // SAFETY: the caller's value is what its type says.
    let Some(length) = (unsafe { length(&ctype, init) })? else {
        // SAFETY: as above.
        let given = unsafe { value::describe(init) };
        return Err(Error::mismatch(format!(
            "`{}` has no length, and {given} gives it none",
            ctype.spell()
        )));
    };
    ctype.types.passing(|| ctype.types.array(pointee.id, Some(length)))
}

/// How many elements an initialiser gives an array of unknown length.
unsafe fn length(ctype: &CType, init: &metaffi_value) -> Result<Option<usize>> {
    // SAFETY: the caller's value is what its type says.
    unsafe {
        Ok(match value::kind_of(init)? {
            Kind::Array => Some(View::new(init.data.array)?.shape()[0]),
            Kind::Handle if !init.data.object.is_null() => {
                let object = handle::get::<CData>(init.data.object.addr())?;
                object.ctype().length()
            }
            kind @ (Kind::String8 | Kind::String16 | Kind::String32) => {
                let Representation::Array(pointee) = ctype.class else { return Ok(None) };
                let Some(wanted) = text_kind(pointee) else { return Ok(None) };
                if kind == wanted {
                    return Ok(Some(init.data.string.length + 1));
                }
                let converted = text::convert(&init.data.string, kind, wanted)?;
                text::free(converted);
                Some(converted.length + 1)
            }
            _ => None,
        })
    }
}

/// How many bytes more than its type a struct takes with what is given for its flexible array.
unsafe fn flexible_size(ctype: &CType, init: &metaffi_value) -> Result<usize> {
    let (Some((offset, array)), Kind::Array) = (ctype.flexible(), value::kind_of(init)?) else {
        return Ok(0);
    };
    let Some(record) = ctype.types.record(ctype.id) else { return Ok(0) };
    let last = record.members.len() - 1;
    // SAFETY: the caller's array is valid.
    unsafe {
        if View::new(init.data.array)?.shape() != [last + 1] {
            return Ok(0);
        }
        let item = array::get(init.data.array, &[last])?;
        let whole = sized(array, &item)?;
        Ok((offset + whole.size).saturating_sub(ctype.size))
    }
}

#[cfg(test)]
#[path = "initialise_tests.rs"]
mod tests;
