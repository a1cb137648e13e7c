//! What calls of entities and callables have in common.

use crate::abi::metaffi_function;

/// A code address as C holds it.
pub(super) fn function_pointer(code: *const ()) -> metaffi_function {
    // SAFETY: a code address and an optional function pointer have the same representation
    // wherever there is a dynamic linker.
    unsafe { std::mem::transmute::<*const (), metaffi_function>(code) }
}
