//! What calls of entities and callables have in common.

use crate::abi::metaffi_function;

/// A code address as C holds it.
pub(super) fn function_pointer(code: *const ()) -> metaffi_function {
    // SAFETY: a code address and an optional function pointer have the same representation
    // wherever there is a dynamic linker.
    unsafe { std::mem::transmute::<*const (), metaffi_function>(code) }
}

// What is called most begins at a cache line, whatever stands before it in the library: elsewhere
// its instructions are in one more. A function's section has its name.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
std::arch::global_asm!(
    ".irp name, entity_call, entity_call_frame, callable_call, callable_call_frame",
    ".pushsection .text.metaffi_\\name,\"ax\",@progbits",
    ".balign 64",
    ".popsection",
    ".endr",
);
