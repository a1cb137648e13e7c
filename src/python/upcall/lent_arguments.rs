//! The arguments of a call from Python as values, with names of the last ones, which are lent to what is
//! called.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use super::binder::VectorcallArguments;
use super::lent_value::{LentValue, end, got};
use crate::abi::metaffi_value;
use crate::call::{CallArguments, MAX_SLOTS, with_stack};
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::{InternedName, ValuePlace};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};

/// Calls something with the arguments of a call from Python: the object of what it gives.
///
/// # Safety
/// The arguments are those of a call, and the GIL is held. What `call` writes, if it succeeds, is what
/// its type says.
#[inline(always)]
pub unsafe fn with(
    gil: &Gil,
    arguments: VectorcallArguments,
    call: impl FnOnce(CallArguments<'_>, ValuePlace<'_>) -> Result<()>,
) -> Result<PyRef> {
    // SAFETY: as the caller says.
    unsafe {
        match arguments.names.is_null() {
            true => with_values(gil, arguments.objects, arguments.count, &[], call),
            false => with_names(gil, arguments, call),
        }
    }
}

#[inline(never)]
unsafe fn with_names(
    gil: &Gil,
    arguments: VectorcallArguments,
    call: impl FnOnce(CallArguments<'_>, ValuePlace<'_>) -> Result<()>,
) -> Result<PyRef> {
    // SAFETY: the arguments of a call; keyword names are a tuple of `str`.
    unsafe {
        let named = arguments.named(gil);
        let count = arguments.count + named;
        if count > MAX_SLOTS {
            return Err(too_many(count));
        }
        with_stack(named, |keys: *mut Key| {
            for index in 0..named {
                let name = (gil.api.PyTuple_GetItem)(arguments.names, index.cast_signed());
                keys.add(index).write(key_of(gil, name)?);
            }
            let keys = slice::from_raw_parts(keys, named);
            with_values(gil, arguments.objects, count, keys, call)
        })
    }
}

#[inline(always)]
unsafe fn with_values(
    gil: &Gil,
    objects: *const Object,
    count: usize,
    names: &[Key],
    call: impl FnOnce(CallArguments<'_>, ValuePlace<'_>) -> Result<()>,
) -> Result<PyRef> {
    if count > MAX_SLOTS {
        return Err(too_many(count));
    }
    with_stack(count, |values: *mut metaffi_value| {
        // SAFETY: so many objects, and room for so many values, each of which is ended once.
        unsafe {
            let mut lent = 0;
            let mut outcome = Ok(());
            while lent < count && outcome.is_ok() {
                match LentValue::new(gil, *objects.add(lent)) {
                    Ok(made) => {
                        values.add(lent).write(made.into_raw());
                        lent += 1;
                    }
                    Err(error) => outcome = Err(error.at(format_args!("argument {lent}"))),
                }
            }
            let mut to = MaybeUninit::uninit();
            let outcome = outcome.and_then(|()| {
                let values = slice::from_raw_parts(values, count);
                call(CallArguments { values, names }, &mut to)
            });
            for index in 0..lent {
                end(&mut *values.add(index));
            }
            outcome?;
            got(gil, to)
        }
    })
}

#[cold]
fn too_many(count: usize) -> Error {
    Error::invalid(format!("{count} arguments given; at most {MAX_SLOTS} can be"))
}

/// Interned names of keywords that were used lately, by their `str`, to which there is a reference.
struct KeywordKeys([Cell<(Object, Key)>; KNOWN]);

const KNOWN: usize = 256;

// SAFETY: it is used under the GIL only.
unsafe impl Sync for KeywordKeys {}

static KEYWORD_KEYS: KeywordKeys = KeywordKeys([const { Cell::new((ptr::null_mut(), 0)) }; KNOWN]);

/// The interned name of a keyword.
#[inline(always)]
unsafe fn key_of(gil: &Gil, name: Object) -> Result<Key> {
    let place = &KEYWORD_KEYS.0[(name.addr() >> 4) % KNOWN];
    let (known, key) = place.get();
    match known == name {
        true => Ok(key),
        // SAFETY: a live `str` under the GIL.
        false => unsafe { intern(gil, name, place) },
    }
}

#[cold]
#[inline(never)]
unsafe fn intern(gil: &Gil, name: Object, place: &Cell<(Object, Key)>) -> Result<Key> {
    // SAFETY: a live `str` under the GIL.
    let name = unsafe { PyRef::new_reference(gil, name) };
    let key = InternedName::intern(&text_of(gil, &name)?)?;
    let (before, _) = place.replace((name.into_ptr(), key));
    // SAFETY: the reference of the place, or NULL.
    drop(unsafe { PyRef::from_owned(before) });
    Ok(key)
}
