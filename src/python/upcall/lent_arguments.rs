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
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key};
use crate::object::{LentName, ValuePlace};
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
        with_room(named, |keys: *mut Key| {
            let (mut made, mut outcome) = (0, Ok(()));
            while made < named && outcome.is_ok() {
                let name = (gil.api.PyTuple_GetItem)(arguments.names, made.cast_signed());
                match key_of(gil, name) {
                    Ok(key) => {
                        keys.add(made).write(key);
                        made += 1;
                    }
                    Err(error) => outcome = Err(error),
                }
            }
            let keys = slice::from_raw_parts(keys, made);
            let count = arguments.count + named;
            let result =
                outcome.and_then(|()| with_values(gil, arguments.objects, count, keys, call));
            for key in keys.iter().filter(|key| LentName::is(**key)) {
                let _ = handle::free(*key, HandleKind::LentName);
            }
            result
        })
    }
}

/// Room for so many, where it costs nothing if they are few.
#[inline(always)]
fn with_room<T, R>(count: usize, body: impl FnOnce(*mut T) -> R) -> R {
    match count <= MAX_SLOTS {
        true => with_stack(count, body),
        false => body(Vec::with_capacity(count).as_mut_ptr()),
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
    with_room(count, |values: *mut metaffi_value| {
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

/// Interned names of keywords that were used lately, by their `str`, to which there is a reference.
struct KeywordKeys([Cell<(Object, Key)>; KNOWN]);

const KNOWN: usize = 256;

// SAFETY: it is used under the GIL only.
unsafe impl Sync for KeywordKeys {}

static KEYWORD_KEYS: KeywordKeys = KeywordKeys([const { Cell::new((ptr::null_mut(), 0)) }; KNOWN]);

/// The name of a keyword: interned, or lent.
#[inline(always)]
unsafe fn key_of(gil: &Gil, name: Object) -> Result<Key> {
    let place = &KEYWORD_KEYS.0[(name.addr() >> 4) % KNOWN];
    let (known, key) = place.get();
    match known == name {
        true => Ok(key),
        // SAFETY: a live `str` under the GIL.
        false => unsafe { find(gil, name, place) },
    }
}

#[cold]
#[inline(never)]
unsafe fn find(gil: &Gil, name: Object, place: &Cell<(Object, Key)>) -> Result<Key> {
    // SAFETY: a live `str` under the GIL.
    let name = unsafe { PyRef::new_reference(gil, name) };
    let (key, is_lent) = LentName::lend(&whole_text_of(gil, &name)?)?;
    if !is_lent {
        let (before, _) = place.replace((name.into_ptr(), key));
        // SAFETY: the reference of the place, or NULL.
        drop(unsafe { PyRef::from_owned(before) });
    }
    Ok(key)
}

/// The characters of the name of an argument, all of which there have to be.
fn whole_text_of(gil: &Gil, name: &PyRef) -> Result<String> {
    let mut length = 0;
    // SAFETY: a live `str` under the GIL.
    let text = unsafe { (gil.api.PyUnicode_AsUTF8AndSize)(name.as_ptr(), &mut length) };
    if !text.is_null() {
        return text_of(gil, name);
    }
    // SAFETY: under the GIL.
    unsafe { (gil.api.PyErr_Clear)() };
    let shown = text_of(gil, name)?;
    Err(Error::new(
        Status::InvalidText,
        format!(
            "the name \"{shown}\" of an argument has half of a surrogate pair, which no name of metaffi's \
             has: give the argument by position, or in a dict"
        ),
    ))
}
