//! Room for a frame on the stack, which guest code may leave without a leak.

use std::mem::MaybeUninit;

/// The most slots that a frame can have.
pub const MAX_SLOTS: usize = 512;

/// Runs `body` with room for at least `count` values, at most [`MAX_SLOTS`], on the stack.
///
/// On the stack, because guest code may leave `body` by an exception or `longjmp`, which would
/// leak anything else. The values are uninitialised.
#[inline(always)]
pub fn with_stack<T, R>(count: usize, body: impl FnOnce(*mut T) -> R) -> R {
    match count {
        0..=16 => sized::<T, R, 16>(body),
        17..=64 => sized::<T, R, 64>(body),
        _ => large(body),
    }
}

#[inline(always)]
fn sized<T, R, const COUNT: usize>(body: impl FnOnce(*mut T) -> R) -> R {
    let mut values = [const { MaybeUninit::<T>::uninit() }; COUNT];
    body(values.as_mut_ptr().cast())
}

#[cold]
#[inline(never)]
fn large<T, R>(body: impl FnOnce(*mut T) -> R) -> R {
    sized::<T, R, MAX_SLOTS>(body)
}
