//! The frame that catches, on System V x86-64.

use std::arch::global_asm;
use std::ffi::{c_int, c_void};

use super::{Exception, Invoke, Key, Outcome};
use crate::abi::{metaffi_error, metaffi_slot};

// Calls the sixth argument, the invoker, with the first five, which are where it expects them: its
// status is in rax then, and NULL in rdx. The unwinder arrives at the landing with the exception in
// rax. Where it begins decides what the code around it takes: a naked function would begin anywhere.
global_asm!(
    ".pushsection .text.metaffi_catch,\"ax\",@progbits",
    ".balign 64",
    ".hidden metaffi_catch",
    ".globl metaffi_catch",
    ".type metaffi_catch,@function",
    "metaffi_catch:",
    ".cfi_startproc",
    // A signed 32-bit distance from where it stands.
    ".cfi_personality 0x1b, {personality}",
    "endbr64",
    "sub rsp, 8",
    ".cfi_adjust_cfa_offset 8",
    "call r9",
    "xor edx, edx",
    "add rsp, 8",
    ".cfi_adjust_cfa_offset -8",
    "ret",
    ".cfi_adjust_cfa_offset 8",
    ".hidden metaffi_catch_landing",
    ".globl metaffi_catch_landing",
    "metaffi_catch_landing:",
    "endbr64",
    "mov rdx, rax",
    "xor eax, eax",
    "add rsp, 8",
    ".cfi_adjust_cfa_offset -8",
    "ret",
    ".cfi_endproc",
    ".size metaffi_catch, . - metaffi_catch",
    ".popsection",
    personality = sym personality,
);

unsafe extern "C-unwind" {
    /// cbindgen:ignore
    #[link_name = "metaffi_catch"]
    pub(super) fn call(
        code: *const (),
        frame: *mut metaffi_slot,
        map: u64,
        error: *mut *mut metaffi_error,
        key: Key,
        invoke: Invoke,
    ) -> Outcome;
}

unsafe extern "C" {
    /// cbindgen:ignore
    fn metaffi_catch_landing();
    /// cbindgen:ignore
    fn _Unwind_SetGR(context: *mut c_void, register: c_int, value: usize);
    /// cbindgen:ignore
    fn _Unwind_SetIP(context: *mut c_void, address: usize);
}

/// What the unwinder asks for.
pub(super) const SEARCH_PHASE: c_int = 1;
pub(super) const HANDLER_FRAME: c_int = 4;
pub(super) const FORCE_UNWIND: c_int = 8;

/// What it is answered.
pub(super) const FATAL_PHASE1_ERROR: c_int = 3;
pub(super) const HANDLER_FOUND: c_int = 6;
const INSTALL_CONTEXT: c_int = 7;
pub(super) const CONTINUE_UNWIND: c_int = 8;

/// The DWARF number of rax.
const RAX: c_int = 0;

/// The class of panics of Rust, whichever library of Rust threw them: with its letters as memory has
/// them, or as a number has them.
pub(super) const RUST: [u64; 2] =
    [u64::from_ne_bytes(*b"MOZ\0RUST"), u64::from_be_bytes(*b"MOZ\0RUST")];

/// The personality of the frame: it handles everything that is thrown but panics.
unsafe extern "C" fn personality(
    version: c_int,
    actions: c_int,
    class: u64,
    exception: *mut Exception,
    context: *mut c_void,
) -> c_int {
    if version != 1 {
        return FATAL_PHASE1_ERROR;
    }
    if actions & FORCE_UNWIND != 0 || RUST.contains(&class) {
        return CONTINUE_UNWIND;
    }
    if actions & SEARCH_PHASE != 0 {
        return HANDLER_FOUND;
    }
    if actions & HANDLER_FRAME == 0 {
        return CONTINUE_UNWIND;
    }
    // SAFETY: the unwinder's context is that of the frame, which waits for its call.
    unsafe { land(context, exception, metaffi_catch_landing as *const ()) }
}

/// Has the unwinder go on at `landing`, with the exception in rax.
///
/// # Safety
/// The context is that of the frame with the landing, which waits for its call.
pub(super) unsafe fn land(
    context: *mut c_void,
    exception: *mut Exception,
    landing: *const (),
) -> c_int {
    // SAFETY: as the caller promises.
    unsafe {
        _Unwind_SetGR(context, RAX, exception.expose_provenance());
        _Unwind_SetIP(context, landing.expose_provenance());
    }
    INSTALL_CONTEXT
}
