//! How much is left of a thread's stack.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;

use crate::thread::{ThreadWords, Word};

thread_local! {
    /// Where this thread's own stack ends.
    static END: Cell<usize> = const { Cell::new(0) };
}

/// Whether this thread's stack is nearly used up. A comparison; only the first time on a thread the
/// system is asked. Of the stacks that fibers bring along nobody knows how long they are: on those
/// it never is.
#[inline(always)]
pub fn is_low() -> bool {
    is_low_on(ThreadWords::here())
}

/// The same for whoever knows where the thread has its words.
#[inline(always)]
pub fn is_low_on(words: ThreadWords) -> bool {
    let here = MaybeUninit::<u8>::uninit();
    let here = ptr::from_ref(&here).addr();
    here.checked_add(words.get(Word::Stack).addr()).is_some() && is_below(here)
}

/// Whether an address below the limit is on the thread's own stack.
#[cold]
#[inline(never)]
fn is_below(here: usize) -> bool {
    if Word::Stack.get().is_null() {
        let (end, limit) = bounds().unwrap_or((0, 0));
        END.set(end);
        // Of no limit as if it were a byte.
        Word::Stack.set(ptr::without_provenance(limit.max(1).wrapping_neg()));
    }
    (END.get()..Word::Stack.get().addr().wrapping_neg()).contains(&here)
}

/// Whether this is nearly the end of the thread's own stack, or another below it, such as a fiber's: guests
/// that know where the stack of a thread ends take that for used up. As cheap as [`is_low_on`].
#[inline(always)]
pub fn is_unfit_on(words: ThreadWords) -> bool {
    let here = MaybeUninit::<u8>::uninit();
    let here = ptr::from_ref(&here).addr();
    here.checked_add(words.get(Word::Stack).addr()).is_some() && {
        is_below(here);
        here.checked_add(words.get(Word::Stack).addr()).is_some()
    }
}

/// How large this thread's own stack is, if that is known.
pub fn size() -> Option<usize> {
    own().map(|(_, size)| size)
}

/// How large the stack of the main thread may grow; `None` if it has no limit.
pub fn main_limit() -> Option<usize> {
    let mut limit = MaybeUninit::<libc::rlimit>::uninit();
    // SAFETY: written on success.
    unsafe {
        let asked = libc::getrlimit(libc::RLIMIT_STACK, limit.as_mut_ptr());
        let limit = (asked == 0).then(|| limit.assume_init().rlim_cur);
        limit.filter(|limit| *limit != libc::RLIM_INFINITY).map(|limit| limit as usize)
    }
}

/// Where this thread's own stack ends, and where it is nearly used up.
fn bounds() -> Option<(usize, usize)> {
    /// What is left then: of a small stack a quarter.
    const LEAST: usize = 16 << 10;
    const MOST: usize = 256 << 10;
    let (end, size) = own()?;
    Some((end, end.saturating_add((size / 4).clamp(LEAST, MOST))))
}

/// Where this thread's own stack ends, and how large it is.
#[cfg(target_os = "linux")]
fn own() -> Option<(usize, usize)> {
    let mut attributes = std::mem::MaybeUninit::uninit();
    let (mut end, mut size) = (ptr::null_mut(), 0);
    // SAFETY: the attributes are filled in, read, and given back.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut end, &raw mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    Some((end.addr(), size))
}

#[cfg(not(target_os = "linux"))]
fn own() -> Option<(usize, usize)> {
    None
}

#[cfg(all(test, target_os = "linux", not(miri)))]
mod tests {
    use std::hint::black_box;
    use std::thread;

    use super::*;

    /// How many frames there are before the stack is low.
    fn deep(depth: usize) -> usize {
        let frame = black_box([0_u8; 1024]);
        match is_low() {
            true => depth,
            false => deep(depth + 1) + usize::from(black_box(frame)[0]),
        }
    }

    #[test]
    fn a_stack_gets_low_before_it_ends() {
        for size in [128_usize << 10, 1 << 20, 8 << 20] {
            let deep = thread::Builder::new().stack_size(size).spawn(|| deep(0)).unwrap();
            let depth = deep.join().unwrap();
            assert!((16..size >> 10).contains(&depth), "{depth} of {size}");
        }
    }
}
