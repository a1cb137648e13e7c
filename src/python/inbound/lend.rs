//! What is made for arguments, and ends with the call.

use std::ptr;

use crate::abi::{metaffi_slot, metaffi_value};
use crate::handle::pin::Use;
use crate::handle::{self, Kind as HandleKind};
use crate::signature::Kind;
use crate::value::{self, memory};

/// Ends what was made for an argument when the span ends.
///
/// # Safety
/// The slots were filled by [`convert::from_python`] for a type of this kind.
pub unsafe fn lend(span: Use, kind: Kind, slots: *const metaffi_slot) {
    unsafe extern "C" fn free_object(key: *mut ()) {
        let _ = handle::free(key.addr(), HandleKind::Object);
    }
    unsafe extern "C" fn free_callable(key: *mut ()) {
        let _ = handle::free(key.addr(), HandleKind::Callable);
    }
    unsafe extern "C" fn free_text(data: *mut ()) {
        // SAFETY: deferred with text that the conversion allocated.
        unsafe { memory::free(data) };
    }
    unsafe extern "C" fn free_array(data: *mut ()) {
        // SAFETY: deferred with an array that the conversion made.
        unsafe { value::array::free(data.cast()) };
    }
    // SAFETY: the slots were filled by the conversion.
    unsafe {
        let word = ptr::with_exposed_provenance_mut::<()>(*slots as usize);
        match kind {
            Kind::Handle => span.defer(word, free_object),
            Kind::Callable => span.defer(word, free_callable),
            Kind::String8 | Kind::String16 | Kind::String32 => span.defer(word, free_text),
            Kind::Array if !word.is_null() => span.defer(word, free_array),
            Kind::Any => {
                let value = slots.cast::<metaffi_value>().read();
                if let Ok(kind) = value::kind_of(&value) {
                    lend(span, kind, slots.add(1));
                }
            }
            _ => {}
        }
    }
}
