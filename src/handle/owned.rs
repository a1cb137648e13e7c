//! [`OwnedHandle`]: a handle that somebody has to free.

use std::ptr;

use super::{HandleKind, Key, free};
use crate::abi::metaffi_object;

/// A handle of an object, freed when it is dropped.
pub struct OwnedHandle(Key);

impl OwnedHandle {
    /// Takes over a handle of an object.
    pub fn new(key: Key) -> OwnedHandle {
        OwnedHandle(key)
    }

    /// The handle.
    pub fn key(&self) -> Key {
        self.0
    }

    /// The handle as C has it.
    pub fn pointer(&self) -> *mut metaffi_object {
        ptr::without_provenance_mut(self.0)
    }

    /// The handle, for somebody else to free.
    pub fn into_pointer(self) -> *mut metaffi_object {
        std::mem::ManuallyDrop::new(self).pointer()
    }
}

impl Drop for OwnedHandle {
    fn drop(&mut self) {
        let _ = free(self.0, HandleKind::Object);
    }
}
