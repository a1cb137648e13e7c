//! The type of an object, and objects that are types.

use std::ffi::c_void;
use std::ptr;

use super::class::function;
use super::outcome::{Asked, answered, made, with_function};
use super::using;
use crate::abi::{METAFFI_OK, METAFFI_STATUS_INVALID_ARGUMENT, metaffi_object, metaffi_status};
use crate::error::{Error, Result};
use crate::handle::{self, HandleKind, Key, OwnedHandle};
use crate::object::Capabilities;

const WANTED: Capabilities = Capabilities::TYPE;

/// Its type.
pub(super) fn of(object: Key) -> Result<Key> {
    made(object, |to| {
        with_function!(object, type_of, WANTED, Asked::Itself, |host, type_of, error| {
            type_of(host.pointer(), to, error)
        })
    })
}

/// The types that a type is derived from directly.
pub(super) fn parents(r#type: Key) -> Result<Vec<Key>> {
    let mut list = TypeList::default();
    let sink = (&raw mut list).cast();
    let told = with_function!(r#type, parents, WANTED, Asked::Itself, |host, parents, error| {
        parents(host.pointer(), Some(TypeList::add), sink, error)
    });
    // What could not be added is missing, whatever the function makes of that.
    list.failure.map_or(told, Err)?;
    Ok(list.types.into_iter().map(|one| one.into_pointer().addr()).collect())
}

/// Handles of types that a class lists.
#[derive(Default)]
struct TypeList {
    types: Vec<OwnedHandle>,
    /// Why the first one could not be added.
    failure: Option<Error>,
}

impl TypeList {
    unsafe extern "C-unwind" fn add(
        sink: *mut c_void,
        object: *const metaffi_object,
    ) -> metaffi_status {
        // SAFETY: NULL, or that of the call.
        let Some(list) = (unsafe { sink.cast::<TypeList>().as_mut() }) else {
            return METAFFI_STATUS_INVALID_ARGUMENT;
        };
        match handle::clone(object.addr(), HandleKind::Object) {
            Ok(clone) => list.types.push(OwnedHandle::new(clone)),
            Err(failure) => {
                let failure = failure.context(format_args!("parent {}", list.types.len()));
                let status = failure.status().code();
                list.failure.get_or_insert(failure);
                return status;
            }
        }
        METAFFI_OK
    }
}

/// Whether an object is an instance of a type, which may be one of another runtime.
pub(super) fn is_of(object: Key, r#type: Key) -> Result<bool> {
    match using(r#type, |host| Ok(function!(host.class, has_instance).is_some())) {
        Ok(true) => is_instance(object, r#type),
        Ok(false) => Ok(false),
        Err(_) => handle::describe_object(r#type, |_| false),
    }
}

/// Whether an object is an instance of a type.
pub(super) fn is_instance(object: Key, r#type: Key) -> Result<bool> {
    let given: *const metaffi_object = ptr::without_provenance(object);
    answered(false, |to| {
        with_function!(r#type, has_instance, WANTED, Asked::Itself, |host, has, error| {
            has(host.pointer(), given, to, error)
        })
    })
}
