//! Handles in and out.

use std::ptr;
use std::sync::Arc;

use super::guard::guard_into;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_status};
use crate::error::Result;
use crate::handle::{self, HandleKind, Handled};

/// What a handle stands for.
pub(crate) fn get<T: Handled, H>(handle: *const H) -> Result<Arc<T>> {
    handle::get::<T>(handle.addr())
}

/// A new handle for `value`.
pub(crate) fn give<T: Handled, H>(value: Arc<T>) -> Result<*mut H> {
    handle::insert(value).map(ptr::without_provenance_mut)
}

/// The body of every `…_clone`.
pub(crate) fn clone<H>(
    kind: HandleKind,
    original: *const H,
    place: *mut *mut H,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, place, "clone", || {
        handle::clone(original.addr(), kind).map(ptr::without_provenance_mut)
    })
}

/// The body of every `…_free`.
pub(crate) fn free<H>(kind: HandleKind, handle: *mut H) -> metaffi_status {
    match crate::call::guarded(|| handle::free(handle.addr(), kind)) {
        Ok(()) => METAFFI_OK,
        Err(error) => error.status().code(),
    }
}

/// Asks what a handle stands for; `absent` for a handle that is none.
pub(crate) fn ask<T: Handled, H, R>(
    handle: *const H,
    absent: R,
    question: impl FnOnce(&T) -> R,
) -> R {
    handle::using(|scope| match scope.get::<T>(handle.addr()) {
        Ok(value) => question(value),
        Err(_) => absent,
    })
}
