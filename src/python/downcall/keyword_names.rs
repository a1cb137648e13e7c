//! [`KeywordNames`]: the names of named arguments as a vectorcall takes them, kept from one call to the
//! next.

use std::cell::Cell;
use std::slice;

use crate::abi::metaffi_string;
use crate::python::api::{Api, Object};
use crate::python::convert::ElementLine;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// The tuple of the names that the last call had.
pub struct KeywordNames(Cell<Option<PyRef>>);

// SAFETY: it is used under the GIL only.
unsafe impl Sync for KeywordNames {}

impl KeywordNames {
    /// None yet.
    pub const fn new() -> KeywordNames {
        KeywordNames(Cell::new(None))
    }

    /// The tuple of these names, which [`keep`](KeywordNames::keep) is given after the call; `None` if
    /// they cannot be names, or one is there twice.
    ///
    /// # Safety
    /// It is a valid array of string8.
    #[inline(always)]
    pub unsafe fn take(&self, gil: &Gil, names: &ElementLine<'_>) -> Option<PyRef> {
        let known = self.0.take();
        // SAFETY: the array is valid.
        unsafe {
            match known {
                Some(known) if are(gil.api, known.as_ptr(), names) => Some(known),
                _ => tuple(gil, names),
            }
        }
    }

    /// Keeps a tuple for the next call.
    pub fn keep(&self, gil: &Gil, names: PyRef) {
        if let Some(other) = self.0.replace(Some(names)) {
            other.release(gil);
        }
    }
}

/// The bytes of each name; NULL, which is no name, has none.
unsafe fn texts<'a>(names: &ElementLine<'a>) -> impl ExactSizeIterator<Item = &'a [u8]> {
    (0..names.length()).map(|index| {
        let address = names.address(index);
        // SAFETY: the caller's array has strings, each of so many bytes.
        unsafe {
            let name = address.cast::<metaffi_string>().read_unaligned();
            match name.data.is_null() {
                true => &[],
                false => slice::from_raw_parts(name.data.cast(), name.length),
            }
        }
    })
}

/// Whether the items of a tuple of `str` are these names.
unsafe fn are(api: &Api, tuple: Object, names: &ElementLine<'_>) -> bool {
    // SAFETY: a live tuple of live strs under the GIL, and a valid array.
    unsafe {
        let Some((items, count)) = api.items(tuple) else { return false };
        count == names.length()
            && texts(names).enumerate().all(|(index, name)| {
                let known = api.utf8(*items.add(index));
                known.is_some_and(|(data, length)| slice::from_raw_parts(data, length) == name)
            })
    }
}

/// A new tuple of interned names.
unsafe fn tuple(gil: &Gil, names: &ElementLine<'_>) -> Option<PyRef> {
    let api = gil.api;
    let mut interned: Vec<PyRef> = Vec::with_capacity(names.length());
    // SAFETY: a valid array, and the GIL is held.
    unsafe {
        for name in texts(names) {
            let mut text = api.new_utf8(name.as_ptr(), name.len(), c"strict".as_ptr());
            if text.is_null() {
                (api.PyErr_Clear)();
                return None;
            }
            (api.PyUnicode_InternInPlace)(&raw mut text);
            let name = PyRef::from_owned(text)?;
            if interned.iter().any(|other| other.as_ptr() == name.as_ptr()) {
                return None;
            }
            interned.push(name);
        }
    }
    support::tuple(gil, interned).ok()
}
