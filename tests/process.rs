//! What belongs to the host and a guest's start may change: it is put back. In a process of its own.

#![cfg(target_os = "linux")]

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr;

use metaffi::process::{Belonging, Saved, float, without_signals};

/// A handler, the mask, the locale, whether floats are as usual, and the limit of files.
fn state() -> (usize, bool, String, bool, u64) {
    // SAFETY: asks only, and reads what was written.
    unsafe {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        libc::sigaction(libc::SIGWINCH, ptr::null(), action.as_mut_ptr());
        let mut mask = MaybeUninit::zeroed();
        libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), mask.as_mut_ptr());
        let blocked = libc::sigismember(mask.as_ptr(), libc::SIGUSR1) == 1;
        let locale = CStr::from_ptr(libc::setlocale(libc::LC_ALL, ptr::null()));
        let mut limit = MaybeUninit::<libc::rlimit>::zeroed();
        libc::getrlimit(libc::RLIMIT_NOFILE, limit.as_mut_ptr());
        let handler = action.assume_init().sa_sigaction;
        let files = limit.assume_init().rlim_cur;
        (handler, blocked, locale.to_string_lossy().into_owned(), float::is_default(), files)
    }
}

unsafe extern "C" {
    fn fesetround(mode: libc::c_int) -> libc::c_int;
}

/// Changes everything.
fn change() {
    // SAFETY: a signal that nothing here uses.
    unsafe {
        libc::signal(libc::SIGWINCH, libc::SIG_IGN);
        let mut set = MaybeUninit::zeroed();
        libc::sigfillset(set.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), ptr::null_mut());
        libc::setlocale(libc::LC_ALL, c"C.UTF-8".as_ptr());
        fesetround(0x800);
        let mut limit = MaybeUninit::<libc::rlimit>::zeroed();
        libc::getrlimit(libc::RLIMIT_NOFILE, limit.as_mut_ptr());
        let mut limit = limit.assume_init();
        limit.rlim_cur -= 1;
        libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
    }
}

#[test]
fn what_was_changed_is_put_back() {
    let before = state();
    let inside = without_signals(state);
    assert_eq!((before.1, inside.1, state().1), (false, true, false));
    {
        let _saved = Saved::now(&[
            Belonging::SignalHandlers,
            Belonging::SignalMask,
            Belonging::Locale,
            Belonging::FloatEnvironment,
            Belonging::FileLimit,
        ]);
        change();
        let after = state();
        assert_ne!(before.0, after.0);
        assert_ne!(before.1, after.1);
        assert_ne!(before.2, after.2);
        assert_ne!(before.3, after.3);
        assert_ne!(before.4, after.4);
    }
    assert_eq!(state(), before);
    let _saved = Saved::now(&[Belonging::Locale]);
    change();
    assert!(state().0 != before.0, "what is not named stays changed");
}
