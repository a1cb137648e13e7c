//! The handlers of signals, and the mask of a thread.

use std::mem::MaybeUninit;
use std::ptr;

/// The handlers of every signal.
pub struct Handlers(Vec<(libc::c_int, libc::sigaction)>);

const HIGHEST: libc::c_int = 64;

impl Handlers {
    /// As they are.
    pub fn now() -> Handlers {
        Handlers((1..=HIGHEST).filter_map(|signal| Some((signal, current(signal)?))).collect())
    }

    /// Puts back what differs.
    pub fn restore(&self) {
        for (signal, before) in &self.0 {
            let differs = |now: libc::sigaction| {
                now.sa_sigaction != before.sa_sigaction
                    || now.sa_flags != before.sa_flags
                    || signals(&now.sa_mask) != signals(&before.sa_mask)
            };
            if current(*signal).is_some_and(differs) {
                // SAFETY: the action was in place before.
                unsafe { libc::sigaction(*signal, before, ptr::null_mut()) };
            }
        }
    }
}

/// What a running system has to hear of: faults of its code, which it takes apart, and writes that
/// nobody reads.
const NEEDED: [libc::c_int; 7] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGPIPE,
    libc::SIGXFSZ,
];

impl Handlers {
    /// Lets a running system that has been started meanwhile have those that it needs, and those of
    /// signals that nobody handled before: on the alternate stack of a thread that has one, which
    /// languages with small stacks need. All others are put back.
    pub fn share(&self) {
        for (signal, before) in &self.0 {
            let Some(mut now) = current(*signal) else { continue };
            if now.sa_sigaction == before.sa_sigaction || now.sa_sigaction <= libc::SIG_IGN {
                continue;
            }
            if before.sa_sigaction == libc::SIG_DFL || NEEDED.contains(signal) {
                now.sa_flags |= libc::SA_ONSTACK;
            } else {
                now = *before;
            }
            // SAFETY: an action that is or was in place, as it is but for where it runs.
            unsafe { libc::sigaction(*signal, &raw const now, ptr::null_mut()) };
        }
    }
}

/// The signals of a set, a bit each.
fn signals(set: &libc::sigset_t) -> u64 {
    // SAFETY: a set that the system has filled in; other numbers are no members.
    let is_in = |signal| unsafe { libc::sigismember(set, signal) == 1 };
    (1..=HIGHEST).filter(|signal| is_in(*signal)).fold(0, |bits, signal| bits | 1 << (signal - 1))
}

fn current(signal: libc::c_int) -> Option<libc::sigaction> {
    let mut action = MaybeUninit::uninit();
    // SAFETY: on success the action is written.
    unsafe {
        let asked = libc::sigaction(signal, ptr::null(), action.as_mut_ptr());
        (asked == 0).then(|| action.assume_init())
    }
}

/// The signals that a thread does not get.
pub(super) struct Mask(libc::sigset_t);

impl Mask {
    pub(super) fn now() -> Mask {
        let mut mask = MaybeUninit::uninit();
        // SAFETY: asks only, and writes the mask.
        unsafe {
            libc::sigemptyset(mask.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), mask.as_mut_ptr());
            Mask(mask.assume_init())
        }
    }

    pub(super) fn restore(&self) {
        // SAFETY: only read.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, ptr::null_mut()) };
    }
}

/// What a thread's own code raises: a virtual machine that runs on it handles these, and where they are
/// blocked the process ends.
const FAULTS: [libc::c_int; 5] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP];

/// Whether somebody handles the faults of code that runs on a virtual machine.
pub fn has_fault_handler() -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: asks only, and writes the action.
    unsafe {
        libc::sigaction(libc::SIGSEGV, ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction != libc::SIG_DFL
    }
}

/// Keeps every signal but those of faults from this thread, and from those that it starts, while `start`
/// runs.
pub fn without_signals<R>(start: impl FnOnce() -> R) -> R {
    let before = Mask::now();
    let mut all = MaybeUninit::uninit();
    // SAFETY: the set is filled before it is read.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        for fault in FAULTS {
            libc::sigdelset(all.as_mut_ptr(), fault);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), ptr::null_mut());
    }
    let result = start();
    before.restore();
    result
}
