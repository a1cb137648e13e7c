//! Entry points for System V x86-64.

use std::arch::global_asm;

use super::ClosureSlot;

pub(super) const INTEGERS: usize = 6;
pub(super) const FLOATS: usize = 8;
/// The word of the image where the caller's arguments on the stack begin: behind the area that the
/// common parts make, the frame pointer and the return address.
pub(super) const STACK: usize = 18;
pub(super) const COUNT: usize = 2048;

/// Bytes from one entry point to the next.
const STRIDE: usize = 16;

// The first half of the entry points saves integers only; the second half floats as well.
//
// The area that the common parts make on the stack: six integer registers, eight floating ones
// (their low halves: a float or a double is no longer), sixteen bytes of result, which is loaded
// into both result registers. `endbr64` makes the entry points legal targets of indirect calls
// where the processor checks that.
global_asm!(
    ".pushsection .text.metaffi_trampolines,\"ax\",@progbits",
    ".balign 16",
    ".hidden metaffi_trampolines",
    ".globl metaffi_trampolines",
    ".type metaffi_trampolines,@function",
    "metaffi_trampolines:",
    ".cfi_startproc",
    ".set metaffi_trampoline_index, 0",
    ".rept {half}",
    ".balign {stride}",
    "endbr64",
    "lea r11, [rip + {slots} + metaffi_trampoline_index * {size}]",
    "jmp 2f",
    ".set metaffi_trampoline_index, metaffi_trampoline_index + 1",
    ".endr",
    ".rept {half}",
    ".balign {stride}",
    "endbr64",
    "lea r11, [rip + {slots} + metaffi_trampoline_index * {size}]",
    "jmp 3f",
    ".set metaffi_trampoline_index, metaffi_trampoline_index + 1",
    ".endr",
    ".balign 16",
    ".hidden metaffi_closure_floats",
    ".globl metaffi_closure_floats",
    "metaffi_closure_floats:",
    "3:",
    // In the red zone, where the area will be.
    "movsd [rsp - 88], xmm0",
    "movsd [rsp - 80], xmm1",
    "movsd [rsp - 72], xmm2",
    "movsd [rsp - 64], xmm3",
    "movsd [rsp - 56], xmm4",
    "movsd [rsp - 48], xmm5",
    "movsd [rsp - 40], xmm6",
    "movsd [rsp - 32], xmm7",
    ".hidden metaffi_closure_integers",
    ".globl metaffi_closure_integers",
    "metaffi_closure_integers:",
    "2:",
    "push rbp",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset rbp, -16",
    "mov rbp, rsp",
    ".cfi_def_cfa_register rbp",
    "sub rsp, 128",
    "mov [rsp], rdi",
    "mov [rsp + 8], rsi",
    "mov [rsp + 16], rdx",
    "mov [rsp + 24], rcx",
    "mov [rsp + 32], r8",
    "mov [rsp + 40], r9",
    "mov rdi, r11",
    "mov rsi, rsp",
    "lea rdx, [rsp + 112]",
    "call [r11]",
    "mov rax, [rsp + 112]",
    "movsd xmm0, [rsp + 112]",
    "leave",
    ".cfi_def_cfa rsp, 8",
    "ret",
    ".cfi_endproc",
    ".size metaffi_trampolines, . - metaffi_trampolines",
    ".popsection",
    half = const COUNT / 2,
    stride = const STRIDE,
    slots = sym super::SLOTS,
    size = const size_of::<ClosureSlot>(),
);

/// cbindgen:ignore
mod entry_points {
    unsafe extern "C" {
        pub(super) fn metaffi_trampolines();
        pub(super) fn metaffi_closure_integers();
        pub(super) fn metaffi_closure_floats();
    }
}

/// What entry points jump to with the addresses of their slots in r11.
pub(in super::super) fn common(floats: bool) -> *const () {
    match floats {
        true => entry_points::metaffi_closure_floats as *const (),
        false => entry_points::metaffi_closure_integers as *const (),
    }
}

pub(super) fn code(index: usize) -> *const () {
    let first = entry_points::metaffi_trampolines as *const ();
    first.wrapping_byte_add(index * STRIDE)
}
