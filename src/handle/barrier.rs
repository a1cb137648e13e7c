//! An asymmetric barrier: nearly free where calls are made, dear where handles are freed.
//!
//! A call publishes what it uses and then checks that it is still alive; a free kills the key and
//! then looks for users. Each side must see the other's first step. Instead of a full barrier on
//! both sides, the side that frees asks the kernel to put one on every running thread
//! (`membarrier(2)`).
//!
//! The kernel may be forbidden to do that at any time, by a filter of system calls that the process
//! installs. From then on both sides have full barriers. A thread that was between its two steps
//! just then may have been without one: what a processor has stored becomes visible within
//! microseconds, and when the thread is interrupted, so that is waited for, once and amply.

use std::sync::atomic::{AtomicU8, Ordering, compiler_fence, fence};
use std::time::{Duration, Instant};

/// The mode of this process.
static MODE: Mode = Mode(AtomicU8::new(UNKNOWN));

struct Mode(AtomicU8);

const UNKNOWN: u8 = 0;
const ASYMMETRIC: u8 = 1;
const SYMMETRIC: u8 = 2;
/// Symmetric, but not for long enough to be sure that every thread knows.
const CHANGING: u8 = 3;

/// Several ticks of the slowest timer.
const SURE: Duration = Duration::from_millis(50);

/// The caller's half.
#[inline(always)]
pub(super) fn light() {
    if MODE.0.load(Ordering::Relaxed) != ASYMMETRIC {
        full();
    }
    compiler_fence(Ordering::SeqCst);
}

/// Out of the way of callers who need none.
#[cold]
#[inline(never)]
fn full() {
    fence(Ordering::SeqCst);
}

/// The freeing side's half: after it, every step a thread took before its own [`light`] is
/// visible here, and every step after it sees ours.
pub(super) fn heavy() {
    MODE.heavy(platform::barrier_on_every_thread);
}

/// Chooses the mode, once, before the first thread is registered.
pub(super) fn prepare() {
    MODE.prepare(platform::register);
}

impl Mode {
    fn prepare(&self, register: impl FnOnce() -> bool) {
        if self.0.load(Ordering::Relaxed) == UNKNOWN {
            let mode = if register() { ASYMMETRIC } else { SYMMETRIC };
            // Threads that still see UNKNOWN use the full fence, which is right in either mode.
            let _ = self.0.compare_exchange(UNKNOWN, mode, Ordering::SeqCst, Ordering::SeqCst);
        }
    }

    fn heavy(&self, on_every_thread: impl FnOnce() -> bool) {
        fence(Ordering::SeqCst);
        let mode = self.0.load(Ordering::Relaxed);
        if mode == CHANGING || mode == ASYMMETRIC && !on_every_thread() {
            self.change();
        }
    }

    /// Everyone who comes here waits, also if somebody else has been waiting already: that one may
    /// have stayed behind in the parent of this process.
    #[cold]
    fn change(&self) {
        let (from, to) = (ASYMMETRIC, CHANGING);
        let _ = self.0.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst);
        let since = Instant::now();
        // Not asleep, for which the system would have to be asked as well.
        while since.elapsed() < SURE {
            std::hint::spin_loop();
        }
        self.0.store(SYMMETRIC, Ordering::SeqCst);
        fence(Ordering::SeqCst);
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

    /// Whether every thread has had a barrier.
    pub(super) fn barrier_on_every_thread() -> bool {
        // Registration lasts as long as the process, but a forked child starts without it.
        membarrier(PRIVATE_EXPEDITED) || register() && membarrier(PRIVATE_EXPEDITED)
    }
}

#[cfg(not(all(target_os = "linux", not(miri))))]
mod platform {
    pub(super) fn register() -> bool {
        false
    }

    pub(super) fn barrier_on_every_thread() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_barrier_that_is_refused_later_is_made_up_for() {
        let mode = Mode(AtomicU8::new(UNKNOWN));
        let is = |expected: u8| mode.0.load(Ordering::SeqCst) == expected;
        mode.prepare(|| true);
        mode.heavy(|| true);
        assert!(is(ASYMMETRIC));
        let since = Instant::now();
        mode.heavy(|| false);
        assert!(is(SYMMETRIC) && since.elapsed() >= SURE);
        mode.heavy(|| unreachable!("it is not asked again"));
        assert!(is(SYMMETRIC));
        // As a fork leaves it while another thread waits.
        mode.0.store(CHANGING, Ordering::SeqCst);
        let since = Instant::now();
        mode.heavy(|| unreachable!("it is not asked again"));
        assert!(is(SYMMETRIC) && since.elapsed() >= SURE);
    }

    #[test]
    fn where_there_is_no_such_barrier_both_sides_have_one() {
        let mode = Mode(AtomicU8::new(UNKNOWN));
        mode.prepare(|| false);
        mode.heavy(|| unreachable!("there is none"));
        assert_eq!(mode.0.load(Ordering::SeqCst), SYMMETRIC);
    }
}
