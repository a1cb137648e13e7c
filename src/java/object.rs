//! [`JavaObject`]: an object of Java's that is used from outside.

use std::ptr;
use std::sync::Arc;

use super::nature::NAME;
use super::support;
use crate::abi::{metaffi_handle_type, metaffi_value};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, Extension, ForeignObject, HandleKind, Key, ObjectType};
use crate::object::Protocol;
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

/// What stands for an object that is given, as long as the scope lasts: the index of one of Java's, 0 of
/// null, and of another's its handle, inverted.
#[inline(always)]
pub fn reference_of(scope: &CallScope, handle: Key) -> Result<i64> {
    match handle {
        0 => Ok(0),
        handle if is_java(handle) => Ok(index_of(scope, handle)?.into()),
        handle => other(handle),
    }
}

/// The index of an object of Java's.
pub fn index_of(scope: &CallScope, handle: Key) -> Result<i32> {
    scope.get::<JavaObject>(handle).map(JavaObject::index)
}

/// Whether an object is one of Java's.
#[inline(always)]
fn is_java(handle: Key) -> bool {
    let address = |extension: Extension| {
        // SAFETY: extensions of objects are those of protocols.
        unsafe { extension.get::<&'static dyn Protocol>() }.map(ptr::from_ref)
    };
    let found = handle::extension(handle).ok().and_then(address);
    found.is_some() && found == address(<JavaObject as ObjectType>::EXTENSION)
}

fn other(handle: Key) -> Result<i64> {
    match HandleKind::of(handle) {
        Some(HandleKind::Object) => handle::extension(handle).map(|_| !(handle as i64)),
        _ => Err(handle::refuse(handle, HandleKind::Object)),
    }
}

/// A handle of what stands for an object, which becomes the handle's; 0 of null.
#[inline(always)]
pub fn handle_of(reference: i64) -> Result<Key> {
    match reference {
        0 => Ok(0),
        ..=-1 => Ok(!reference as Key),
        index => handle::insert_object(Arc::new(JavaObject::of_index(index as i32))),
    }
}

/// A value as the part in Java takes it, as long as the scope lasts: with what stands for objects.
pub fn taken(scope: &CallScope, given: &metaffi_value) -> Result<metaffi_value> {
    // SAFETY: plain data, of which nothing is freed.
    let mut taken = unsafe { ptr::read(given) };
    if given.r#type == metaffi_handle_type {
        // SAFETY: a handle, as its type says.
        let reference = reference_of(scope, unsafe { given.data.object.addr() })?;
        taken.data.uint64 = reference as u64;
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
        let key = handle_of(unsafe { found.data.int64 })?;
        found = value::object(ptr::without_provenance_mut(key));
    }
    Ok(found)
}
