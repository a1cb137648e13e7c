//! The only assembly of a call.

use std::arch::global_asm;
use std::ffi::c_void;

// metaffi_call_image(code, registers, stack, words, result, floats): copies `words` (an even
// number) to the stack, loads the argument registers, the floating ones only if there are any,
// calls, and stores rax, rdx, xmm0 and xmm1. `al` is the number of floating registers, which a
// variadic callee wants to know.
global_asm!(
    ".pushsection .text.metaffi_call_image,\"ax\",@progbits",
    ".balign 16",
    ".hidden metaffi_call_image",
    ".globl metaffi_call_image",
    ".type metaffi_call_image,@function",
    "metaffi_call_image:",
    ".cfi_startproc",
    "endbr64",
    "push rbp",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset rbp, -16",
    "mov rbp, rsp",
    ".cfi_def_cfa_register rbp",
    "push rbx",
    "push rbx",
    ".cfi_offset rbx, -24",
    "mov rbx, r8",
    "mov r11, rdi",
    "mov r10, rsi",
    "lea rax, [rcx * 8]",
    "sub rsp, rax",
    "test rcx, rcx",
    "jz 3f",
    "2:",
    "mov rax, [rdx + rcx * 8 - 8]",
    "mov [rsp + rcx * 8 - 8], rax",
    "dec rcx",
    "jnz 2b",
    "3:",
    "mov eax, r9d",
    "test r9d, r9d",
    "jz 4f",
    "movsd xmm0, [r10 + 48]",
    "movsd xmm1, [r10 + 56]",
    "movsd xmm2, [r10 + 64]",
    "movsd xmm3, [r10 + 72]",
    "movsd xmm4, [r10 + 80]",
    "movsd xmm5, [r10 + 88]",
    "movsd xmm6, [r10 + 96]",
    "movsd xmm7, [r10 + 104]",
    "4:",
    "mov rdi, [r10]",
    "mov rsi, [r10 + 8]",
    "mov rdx, [r10 + 16]",
    "mov rcx, [r10 + 24]",
    "mov r8, [r10 + 32]",
    "mov r9, [r10 + 40]",
    "call r11",
    "mov [rbx], rax",
    "mov [rbx + 8], rdx",
    "movsd [rbx + 16], xmm0",
    "movsd [rbx + 24], xmm1",
    "lea rsp, [rbp - 16]",
    "pop rbx",
    "pop rbx",
    "pop rbp",
    ".cfi_def_cfa rsp, 8",
    "ret",
    ".cfi_endproc",
    ".size metaffi_call_image, . - metaffi_call_image",
    ".popsection",
);

/// cbindgen:ignore
mod linked {
    use super::c_void;

    unsafe extern "C-unwind" {
        pub(in crate::call) fn metaffi_call_image(
            code: *const c_void,
            registers: *const u64,
            stack: *const u64,
            words: usize,
            result: *mut u64,
            floats: usize,
        );
    }
}

pub(in crate::call) use linked::metaffi_call_image;
