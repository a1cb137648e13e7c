//! [`JavaObject`]: an object of Java's that is used from outside.

use std::ptr;
use std::sync::Arc;

use super::nature::NAME;
use super::support;
use crate::abi::{metaffi_handle_type, metaffi_value};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::handle::{self, ForeignObject, Key};
use crate::value;

/// An object by its index in the table of the part in Java, which keeps it until this is dropped.
pub struct JavaObject(i32);

impl JavaObject {
    /// Takes over an index.
    pub fn of_index(index: i32) -> JavaObject {
        JavaObject(index)
    }

    /// Its index.
    pub fn index(&self) -> i32 {
        self.0
    }
}

impl ForeignObject for JavaObject {
    fn runtime(&self) -> &str {
        NAME
    }

    fn type_name(&self) -> String {
        let name = support::get().map(|support| support.type_name(self.0));
        name.and_then(Result::ok).unwrap_or_default()
    }

    fn identity(&self) -> u64 {
        support::get().and_then(|support| support.identity(self.0).ok()).unwrap_or_default()
    }
}

impl Drop for JavaObject {
    fn drop(&mut self) {
        if let Some(support) = support::get() {
            support.release(self.0);
        }
    }
}

/// The index of an object that is given, as long as the scope lasts; 0 of null.
#[inline(always)]
pub fn index_of(scope: &CallScope, handle: Key) -> Result<i32> {
    match handle {
        0 => Ok(0),
        handle => match scope.get::<JavaObject>(handle) {
            Ok(object) => Ok(object.index()),
            Err(error) => Err(other(handle, error)),
        },
    }
}

/// Why what is given is no object of Java's.
#[cold]
fn other(handle: Key, error: Error) -> Error {
    match handle::is_alive(handle) {
        true => Error::unsupported("an object of another runtime cannot be given to Java yet"),
        false => error,
    }
}

/// A handle of an object by its index, which becomes the handle's; 0 of null.
#[inline(always)]
pub fn handle_of(index: i32) -> Result<Key> {
    match index {
        0 => Ok(0),
        index => handle::insert_object(Arc::new(JavaObject::of_index(index))),
    }
}

/// A value as the part in Java takes it, as long as the scope lasts: with indexes for handles.
pub fn taken(scope: &CallScope, given: &metaffi_value) -> Result<metaffi_value> {
    // SAFETY: plain data, of which nothing is freed.
    let mut taken = unsafe { ptr::read(given) };
    if given.r#type == metaffi_handle_type {
        // SAFETY: a handle, as its type says.
        let index = index_of(scope, unsafe { given.data.object.addr() })?;
        taken.data.uint64 = index as u64;
    }
    Ok(taken)
}

/// A value that the part in Java gives, with a handle for an index.
///
/// # Safety
/// It comes from there, and is used once.
pub unsafe fn given(mut found: metaffi_value) -> Result<metaffi_value> {
    if found.r#type == metaffi_handle_type {
        // SAFETY: an index, as its type says there.
        let key = handle_of(unsafe { found.data.uint64 } as i32)?;
        found = value::object(ptr::without_provenance_mut(key));
    }
    Ok(found)
}

/// A value that is owned and is an object, as the part in Java takes it over.
///
/// # Safety
/// A handle, which is used once.
pub unsafe fn returned(owned: metaffi_value) -> Result<metaffi_value> {
    // SAFETY: a handle, as its type says.
    let handle = handle::OwnedHandle::new(unsafe { owned.data.object.addr() });
    let index = handle::using(|scope| index_of(scope, handle.key()))?;
    let again = support::get().map_or(Ok(0), |support| support.another(index))?;
    let mut taken = owned;
    taken.data.uint64 = again as u64;
    Ok(taken)
}
