//! [`JavaObject`]: an object of Java's that is used from outside.

use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::slice;

use super::nature::NAME;
use super::support;
use crate::abi::{metaffi_handle_type, metaffi_value};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, Counting, ForeignObject, HandleKind, Key};
use crate::value;

/// An object that a handle stands for: at an address that is its reference, the index in the table of the
/// part in Java, which counts how many handles have it, and above it which use of that index this is.
pub struct JavaObject(());

impl JavaObject {
    /// How handles of it are counted.
    pub const COUNTING: Counting = Counting { retain, release };

    /// Its index.
    pub fn index(&self) -> i32 {
        index_at(ptr::from_ref(self).cast())
    }

    /// What stands for it in frames and values.
    pub fn reference(&self) -> i64 {
        ptr::from_ref(self).addr() as i64
    }
}

fn index_at(object: *const ()) -> i32 {
    object.addr() as i32
}

unsafe fn retain(object: *const ()) -> Result<()> {
    support::get().map_or(Ok(()), |support| support.retain(index_at(object)))
}

unsafe fn release(object: *const ()) {
    if let Some(support) = support::get() {
        support.release(index_at(object));
    }
}

impl ForeignObject for JavaObject {
    fn runtime(&self) -> &str {
        NAME
    }

    fn type_name(&self) -> String {
        let name = support::get().map(|support| support.type_name(self.index()));
        name.and_then(Result::ok).unwrap_or_default()
    }

    fn identity(&self) -> u64 {
        support::get().and_then(|support| support.identity(self.index()).ok()).unwrap_or_default()
    }
}

/// An index in the table of the part in Java, which is given back when this is dropped.
pub struct JavaReference(i32);

impl JavaReference {
    /// Takes over an index.
    pub fn of_index(index: i32) -> JavaReference {
        JavaReference(index)
    }

    /// The index.
    pub fn index(&self) -> i32 {
        self.0
    }

    /// A new handle of the object.
    pub fn to_handle(&self) -> Result<Key> {
        let again = support::get().map_or(Ok(0), |support| support.another(self.0))?;
        handle_of(again)
    }
}

impl Drop for JavaReference {
    fn drop(&mut self) {
        if let Some(support) = support::get() {
            support.release(self.0);
        }
    }
}

/// What stands for an object that is given, as long as the scope lasts: the reference of one of Java's, 0
/// of null, and of another's its handle, inverted.
#[inline(always)]
pub fn reference_of(scope: &CallScope, handle: Key) -> Result<i64> {
    match handle::is_one_of::<JavaObject>(handle) {
        true => scope.get::<JavaObject>(handle).map(JavaObject::reference),
        false => other(handle),
    }
}

/// The same of what may be freed at any time: the part in Java refuses the reference then.
#[inline(always)]
pub fn loose_reference_of(handle: Key) -> Result<i64> {
    match handle::address_of::<JavaObject>(handle) {
        Some(reference) => Ok(reference as i64),
        None => other(handle),
    }
}

/// The index of an object of Java's, as long as the scope lasts.
#[inline(always)]
pub fn index_of(scope: &CallScope, handle: Key) -> Result<i32> {
    scope.get::<JavaObject>(handle).map(JavaObject::index)
}

#[cold]
fn other(handle: Key) -> Result<i64> {
    match HandleKind::of(handle) {
        _ if handle == 0 => Ok(0),
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
        reference => {
            let object = ptr::without_provenance_mut::<JavaObject>(reference as usize);
            // SAFETY: it covers nothing at that address; the index becomes the handle's.
            let key = unsafe { handle::insert_counted(NonNull::new_unchecked(object)) };
            // SAFETY: it did not.
            key.inspect_err(|_| unsafe { release(object.cast_const().cast()) })
        }
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

/// Values as the part in Java takes them, as long as the scope lasts.
#[inline(always)]
pub fn with_taken<R>(
    scope: &CallScope,
    given: &[metaffi_value],
    body: impl FnOnce(&[metaffi_value]) -> Result<R>,
) -> Result<R> {
    if !given.iter().any(|value| value.r#type == metaffi_handle_type) {
        return body(given);
    }
    let mut few = [const { MaybeUninit::uninit() }; FEW];
    if given.len() > FEW {
        let taken = given.iter().map(|value| taken(scope, value));
        return body(&taken.collect::<Result<Vec<_>>>()?);
    }
    for (place, value) in few.iter_mut().zip(given) {
        place.write(taken(scope, value)?);
    }
    // SAFETY: so many are written.
    body(unsafe { slice::from_raw_parts(few.as_ptr().cast(), given.len()) })
}

/// So many values are put aside without allocating.
const FEW: usize = 8;

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
