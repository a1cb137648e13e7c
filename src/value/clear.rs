use std::ptr;

use super::{Kind, array, kind_of, memory, null, text};
use crate::abi::{metaffi_slot, metaffi_value};
use crate::handle::pin::CallScope;
use crate::handle::{self, HandleKind};

/// The types that most values have of which nothing is owned.
const PLAIN: u64 = Kind::Float64 as u64
    | Kind::Float32 as u64
    | Kind::Int32 as u64
    | Kind::Int64 as u64
    | Kind::Uint64 as u64
    | Kind::Bool as u64
    | Kind::Null as u64;

const STRING: u64 = Kind::String8 as u64;
const ARRAY: u64 = Kind::Array as u64;

/// Frees what a value owns and leaves null. A value of no known type owns nothing.
///
/// # Safety
/// What the value holds is valid, is metaffi's, and is not used again.
#[inline]
pub unsafe fn clear(value: &mut metaffi_value) {
    // SAFETY: as above.
    unsafe {
        if !clear_memory(value) {
            clear_owned(value);
        }
    }
}

/// Leaves null in a value that owns nothing, or only memory; false for any other, which stays.
///
/// # Safety
/// As for [`clear`].
#[inline(always)]
pub unsafe fn clear_memory(value: &mut metaffi_value) -> bool {
    // SAFETY: what the value holds is valid, is metaffi's, and is not used again.
    let is_cleared = unsafe {
        match value.r#type {
            plain if plain & !PLAIN == 0 => true,
            STRING => {
                text::free(value.data.string);
                true
            }
            of if of & ARRAY != 0 => array::free_memory(value.data.array),
            _ => false,
        }
    };
    if is_cleared {
        *value = null();
    }
    is_cleared
}

unsafe fn clear_owned(value: &mut metaffi_value) {
    let old = std::mem::replace(value, null());
    let Ok(kind) = kind_of(&old) else { return };
    // SAFETY: what the value holds is valid, is metaffi's, and is not used again.
    unsafe {
        match kind.is_held_as_array() {
            true => array::free(old.data.array),
            false => clear_leaf(old, kind),
        }
    }
}

/// Frees what a value of a kind owns that is not held as an array.
///
/// # Safety
/// As for [`clear`]; the value is of the kind.
#[inline]
pub(super) unsafe fn clear_leaf(value: metaffi_value, kind: Kind) {
    // SAFETY: what the value holds is valid, is metaffi's, and is not used again; the type says
    // which member.
    unsafe {
        // A handle that is stale by now owns nothing.
        let _ = match kind {
            Kind::String8 | Kind::String16 | Kind::String32 => {
                text::free(value.data.string);
                Ok(())
            }
            Kind::Handle => handle::free(value.data.object.addr(), HandleKind::Object),
            Kind::Callable => handle::free(value.data.callable.addr(), HandleKind::Callable),
            kind if kind.is_neutral() => {
                memory::free(value.data.bigint.cast_mut());
                Ok(())
            }
            _ => Ok(()),
        };
    }
}

/// Frees what a value in slots owns when the scope ends.
///
/// # Safety
/// The slots have a value of this kind, and what it holds is metaffi's and nobody else's.
pub unsafe fn clear_later(scope: &CallScope, kind: Kind, slots: *const metaffi_slot) {
    unsafe extern "C" fn free_object(key: *mut ()) {
        let _ = handle::free(key.addr(), HandleKind::Object);
    }
    unsafe extern "C" fn free_callable(key: *mut ()) {
        let _ = handle::free(key.addr(), HandleKind::Callable);
    }
    unsafe extern "C" fn free_memory(data: *mut ()) {
        // SAFETY: deferred with text or a neutral value of metaffi's.
        unsafe { memory::free(data) };
    }
    unsafe extern "C" fn free_array(data: *mut ()) {
        // SAFETY: deferred with an array of metaffi's.
        unsafe { array::free(data.cast()) };
    }
    // SAFETY: the slots have a value of the kind.
    unsafe {
        let word = ptr::with_exposed_provenance_mut::<()>(*slots as usize);
        match kind {
            Kind::Handle => scope.defer(word, free_object),
            Kind::Callable => scope.defer(word, free_callable),
            Kind::String8 | Kind::String16 | Kind::String32 => scope.defer(word, free_memory),
            kind if kind.is_neutral() => scope.defer(word, free_memory),
            kind if kind.is_held_as_array() && !word.is_null() => scope.defer(word, free_array),
            Kind::Any => {
                if let Ok(kind) = kind_of(&slots.cast::<metaffi_value>().read()) {
                    clear_later(scope, kind, slots.add(1));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{array::OwnedArray, object, string8, testing, zero};

    #[test]
    fn every_kind_is_left_null() {
        let kinds = Kind::elements().filter(|kind| *kind != Kind::Any);
        let mut values: Vec<metaffi_value> = kinds.map(|kind| zero(kind.into())).collect();
        values.push(string8("text").unwrap().into_raw());
        values.push(OwnedArray::new(Kind::String8.into(), &[3]).unwrap().into_value().into_raw());
        values.push(metaffi_value { r#type: 3, ..null() });
        for mut value in values {
            // SAFETY: zeroes, or made just now; nobody else's.
            unsafe { clear(&mut value) };
            assert_eq!(kind_of(&value).unwrap(), Kind::Null);
            // SAFETY: cleared values may be cleared.
            unsafe { clear(&mut value) };
        }
    }

    #[test]
    fn a_handle_is_freed_once() {
        let (handle, alive) = testing::object();
        let mut value = object(handle);
        assert_eq!(alive(), 1);
        // SAFETY: a handle of its own.
        unsafe { clear(&mut value) };
        assert_eq!(alive(), 0);
        // SAFETY: a stale handle is refused, not freed.
        unsafe { clear(&mut object(handle)) };
    }
}
