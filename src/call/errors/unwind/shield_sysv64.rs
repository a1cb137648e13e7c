//! The frame that keeps panics, on System V x86-64.

use std::arch::global_asm;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use crate::abi::{metaffi_error, metaffi_status};
use crate::call::errors::failure::report;
use crate::call::errors::guard::error_of_panic;
use crate::call::errors::unwind::Exception;
use crate::call::errors::unwind::frame::{
    CONTINUE_UNWIND, FATAL_PHASE1_ERROR, FORCE_UNWIND, HANDLER_FOUND, HANDLER_FRAME, RUST,
    SEARCH_PHASE, land,
};
use crate::call::errors::unwind::shield::{BodyWord, RunBody};
use crate::error::Result;

// Calls the sixth argument with the first five, which are where it expects them: its status is in eax
// then. The fifth is where the error goes, for the landing as well, where the unwinder arrives with the
// exception in rax.
global_asm!(
    ".pushsection .text.metaffi_shield,\"ax\",@progbits",
    ".balign 64",
    ".hidden metaffi_shield",
    ".globl metaffi_shield",
    ".type metaffi_shield,@function",
    "metaffi_shield:",
    ".cfi_startproc",
    // A signed 32-bit distance from where it stands.
    ".cfi_personality 0x1b, {personality}",
    "push r8",
    ".cfi_adjust_cfa_offset 8",
    "call r9",
    "pop rcx",
    ".cfi_adjust_cfa_offset -8",
    "ret",
    ".cfi_adjust_cfa_offset 8",
    ".hidden metaffi_shield_landing",
    ".globl metaffi_shield_landing",
    "metaffi_shield_landing:",
    "endbr64",
    "pop rdi",
    ".cfi_adjust_cfa_offset -8",
    "mov rsi, rax",
    "jmp {panicked}",
    ".cfi_endproc",
    ".size metaffi_shield, . - metaffi_shield",
    ".popsection",
    personality = sym personality,
    panicked = sym panicked,
);

unsafe extern "C-unwind" {
    /// cbindgen:ignore
    #[link_name = "metaffi_shield"]
    pub(super) fn call(
        a: BodyWord,
        b: BodyWord,
        c: BodyWord,
        d: BodyWord,
        error: *mut *mut metaffi_error,
        run: RunBody,
    ) -> metaffi_status;
    /// cbindgen:ignore
    fn _Unwind_RaiseException(exception: *mut Exception) -> c_int;
}

unsafe extern "C" {
    /// cbindgen:ignore
    fn metaffi_shield_landing();
}

/// The personality of the frame: it handles panics of ours, and nothing else.
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
    if actions & FORCE_UNWIND != 0 || !RUST.contains(&class) {
        return CONTINUE_UNWIND;
    }
    if actions & SEARCH_PHASE != 0 {
        // SAFETY: what is thrown is alive while the stack is searched.
        return if unsafe { is_ours(exception) } { HANDLER_FOUND } else { CONTINUE_UNWIND };
    }
    if actions & HANDLER_FRAME == 0 {
        return CONTINUE_UNWIND;
    }
    // SAFETY: the unwinder's context is that of the frame, which waits for its call.
    unsafe { land(context, exception, metaffi_shield_landing as *const ()) }
}

/// Whether a panic is of the copy of Rust's library that we use: another one's is for its own program.
///
/// # Safety
/// The exception is alive.
unsafe fn is_ours(exception: *mut Exception) -> bool {
    let file = |code: *const c_void| {
        let mut found = MaybeUninit::<libc::Dl_info>::zeroed();
        // SAFETY: dladdr takes any address; all zeroes are an answer.
        unsafe {
            libc::dladdr(code, found.as_mut_ptr());
            found.assume_init().dli_fbase
        }
    };
    let library = std::panic::take_hook as fn() -> _ as *const c_void;
    // SAFETY: the exception is alive.
    let cleanup = unsafe { (*exception).cleanup }.map_or(ptr::null(), |code| code as *const c_void);
    file(cleanup) == file(library)
}

/// Reports what a body has panicked with, whose exception ends with that.
#[cold]
unsafe extern "C" fn panicked(
    error: *mut *mut metaffi_error,
    exception: *mut Exception,
) -> metaffi_status {
    let again = || -> Result<()> {
        // SAFETY: a panic that was caught just now; it is caught again at once, by who can read it.
        unsafe { _Unwind_RaiseException(exception) };
        std::process::abort()
    };
    let result = catch_unwind(AssertUnwindSafe(again))
        .unwrap_or_else(|payload| Err(error_of_panic(&*payload)));
    // SAFETY: `error` is NULL or writable.
    unsafe { report(error, result) }
}
