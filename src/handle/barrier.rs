//! An asymmetric barrier: nearly free where calls are made, dear where handles are freed.
//!
//! A call publishes what it uses and then checks that it is still alive; a free kills the key and
//! then looks for users. Each side must see the other's first step. Instead of a full barrier on
//! both sides, the side that frees asks the kernel to put one on every running thread
//! (`membarrier(2)`).

use std::sync::atomic::{AtomicU8, Ordering, compiler_fence, fence};

const UNKNOWN: u8 = 0;
const ASYMMETRIC: u8 = 1;
const SYMMETRIC: u8 = 2;

static MODE: AtomicU8 = AtomicU8::new(UNKNOWN);

/// The caller's half.
#[inline(always)]
pub(super) fn light() {
    if MODE.load(Ordering::Relaxed) == ASYMMETRIC {
        compiler_fence(Ordering::SeqCst);
    } else {
        fence(Ordering::SeqCst);
    }
}

/// The freeing side's half: after it, every step a thread took before its own [`light`] is
/// visible here, and every step after it sees ours.
pub(super) fn heavy() {
    fence(Ordering::SeqCst);
    if MODE.load(Ordering::Relaxed) == ASYMMETRIC {
        platform::barrier_on_every_thread();
    }
}

/// Chooses the mode, once, before the first thread is registered.
pub(super) fn prepare() {
    if MODE.load(Ordering::Relaxed) == UNKNOWN {
        let mode = if platform::register() { ASYMMETRIC } else { SYMMETRIC };
        // Threads that still see UNKNOWN use the full fence, which is right in either mode.
        let _ = MODE.compare_exchange(UNKNOWN, mode, Ordering::SeqCst, Ordering::SeqCst);
    }
}

#[cfg(all(target_os = "linux", not(miri)))]
mod platform {
    const PRIVATE_EXPEDITED: libc::c_int = 1 << 3;
    const REGISTER_PRIVATE_EXPEDITED: libc::c_int = 1 << 4;

    fn membarrier(command: libc::c_int) -> bool {
        // SAFETY: membarrier takes numbers only and touches no memory of ours.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    pub(super) fn register() -> bool {
        membarrier(REGISTER_PRIVATE_EXPEDITED)
    }

    pub(super) fn barrier_on_every_thread() {
        // Registration lasts as long as the process, but a forked child starts without it.
        if !membarrier(PRIVATE_EXPEDITED) && register() {
            membarrier(PRIVATE_EXPEDITED);
        }
    }
}

#[cfg(not(all(target_os = "linux", not(miri))))]
mod platform {
    pub(super) fn register() -> bool {
        false
    }

    pub(super) fn barrier_on_every_thread() {}
}
