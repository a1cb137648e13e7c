//! The assembly of a call.

use std::arch::global_asm;
use std::ffi::c_void;

// metaffi_call_image(code, registers, stack, words, result, floats): copies `words` (an even
// number) to the stack, loads the argument registers, the floating ones only if there are any, and
// their high halves, which lie before `registers`, only if `floats` says so; calls, and stores rax,
// rdx, xmm0 and xmm1, or what is on the floating-point stack, if `floats` says so. `al` is the number
// of floating registers, which a variadic callee wants to know.
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
    ".cfi_offset rbx, -24",
    "push r9",
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
    "test r9d, {wide}",
    "jz 4f",
    "movhps xmm0, [r10 - 64]",
    "movhps xmm1, [r10 - 56]",
    "movhps xmm2, [r10 - 48]",
    "movhps xmm3, [r10 - 40]",
    "movhps xmm4, [r10 - 32]",
    "movhps xmm5, [r10 - 24]",
    "movhps xmm6, [r10 - 16]",
    "movhps xmm7, [r10 - 8]",
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
    "movups [rbx + 16], xmm0",
    "movups [rbx + 32], xmm1",
    "mov ecx, [rbp - 16]",
    "test ecx, {x87}",
    "jz 5f",
    "fstp tbyte ptr [rbx]",
    "test ecx, {x87_pair}",
    "jz 5f",
    "fstp tbyte ptr [rbx + 16]",
    "5:",
    "mov rbx, [rbp - 8]",
    "leave",
    ".cfi_def_cfa rsp, 8",
    "ret",
    ".cfi_endproc",
    ".size metaffi_call_image, . - metaffi_call_image",
    ".popsection",
    wide = const WIDE,
    x87 = const X87,
    x87_pair = const X87_PAIR,
);

/// Added to the number of floating registers if their high halves are used as well.
pub(super) const WIDE: usize = 0x100;
/// Added if a `long double` is returned, and for a second one.
pub(super) const X87: usize = 0x200;
pub(super) const X87_PAIR: usize = 0x400;

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
