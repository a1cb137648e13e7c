//! Calls, with arguments by position and by name.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use super::{ProxyFields, slot, value};
use crate::abi::metaffi_value;
use crate::call::{MAX_SLOTS, with_stack};
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::{CallArguments, Capabilities, InternedName};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::upcall::binder::VectorcallArguments;

/// The vectorcall of a proxy.
pub(super) unsafe extern "C-unwind" fn call(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let arguments = VectorcallArguments::new(objects, count, names);
    // SAFETY: Python calls this with a proxy and its arguments, holding the GIL.
    unsafe {
        slot(object, |gil, fields| match arguments.names.is_null() {
            true => with_values(gil, fields, arguments.objects, arguments.count, &[]),
            false => with_names(gil, fields, arguments),
        })
    }
}

#[inline(never)]
unsafe fn with_names(
    gil: &Gil,
    fields: &ProxyFields,
    arguments: VectorcallArguments,
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
            with_values(gil, fields, arguments.objects, count, keys)
        })
    }
}

#[inline(always)]
unsafe fn with_values(
    gil: &Gil,
    fields: &ProxyFields,
    objects: *const Object,
    count: usize,
    names: &[Key],
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
                match value::LentValue::new(gil, *objects.add(lent)) {
                    Ok(made) => {
                        values.add(lent).write(made.into_raw());
                        lent += 1;
                    }
                    Err(error) => outcome = Err(error.at(format_args!("argument {lent}"))),
                }
            }
            let mut to = MaybeUninit::uninit();
            let outcome = outcome.and_then(|()| {
                let arguments =
                    CallArguments { values: slice::from_raw_parts(values, count), names };
                let makes = !fields.capabilities.has(Capabilities::CALL);
                fields.use_object(gil, |key, protocol| match makes {
                    false => protocol.call(key, arguments, &mut to),
                    true => protocol.construct(key, arguments, &mut to),
                })
            });
            for index in 0..lent {
                value::end(&mut *values.add(index));
            }
            outcome?;
            value::got(gil, to)
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
