use std::ffi::c_char;

use super::{metaffi_error, metaffi_object};

/// One frame of a foreign stack; text is borrowed from whoever has it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_stack_frame {
    /// The function's name as its language prints it.
    pub name: *const c_char,
    /// The source file, "" where unknown.
    pub file: *const c_char,
    /// The line, from 1; 0 where unknown.
    pub line: u32,
    /// The text of that line, "" where unknown.
    pub text: *const c_char,
}

/// What a host knows of a failure of its own, beside its kind and its message. All zero but the size
/// is nothing.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_error_details {
    /// `sizeof(metaffi_error_details)`.
    pub size: usize,
    /// The failure itself as an object, which the error has a handle of its own of, and gives back
    /// by `metaffi_error_original`; NULL for none. An exception of a guest is raised there as itself.
    pub original: *const metaffi_object,
    /// What led to it, which the error keeps: `metaffi_error_cause`. NULL for none.
    pub cause: *const metaffi_error,
    /// The stack as the host's language prints it, NUL-terminated UTF-8; NULL for none.
    pub trace: *const c_char,
    /// The stack: `frame_count` frames, the innermost last. Texts are NUL-terminated UTF-8; NULL is
    /// "".
    pub frames: *const metaffi_stack_frame,
    /// How many frames there are.
    pub frame_count: usize,
}
