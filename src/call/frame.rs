use std::mem::MaybeUninit;

use crate::abi::metaffi_slot;

/// The most slots that a frame can have.
pub const MAX_SLOTS: usize = 512;

/// Runs `body` with a frame of at least `size` slots, at most [`MAX_SLOTS`], on the stack.
///
/// On the stack, because guest code may leave `body` by an exception or `longjmp`, which would
/// leak anything else. The slots are uninitialised.
#[inline(always)]
pub fn with_frame<R>(size: usize, body: impl FnOnce(*mut metaffi_slot) -> R) -> R {
    match size {
        0..=16 => on_stack::<16, R>(body),
        17..=64 => on_stack::<64, R>(body),
        _ => large(body),
    }
}

#[inline(always)]
fn on_stack<const SLOTS: usize, R>(body: impl FnOnce(*mut metaffi_slot) -> R) -> R {
    let mut frame = [const { MaybeUninit::<metaffi_slot>::uninit() }; SLOTS];
    body(frame.as_mut_ptr().cast())
}

#[cold]
#[inline(never)]
fn large<R>(body: impl FnOnce(*mut metaffi_slot) -> R) -> R {
    on_stack::<MAX_SLOTS, R>(body)
}
