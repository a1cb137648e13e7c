//! What belongs to the host and a guest's start may change: it is put back. In a process of its own.

#![cfg(target_os = "linux")]

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Mutex;

use metaffi::process::{Belonging, Saved, float, without_signals};

/// Had by a test that changes handlers.
static HANDLERS: Mutex<()> = Mutex::new(());

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
    let _alone = HANDLERS.lock().unwrap();
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

#[test]
fn what_a_handler_blocks_is_put_back() {
    let _alone = HANDLERS.lock().unwrap();
    let blocks = || {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: asks only, and reads what was written.
        unsafe {
            libc::sigaction(libc::SIGURG, ptr::null(), action.as_mut_ptr());
            libc::sigismember(&raw const action.assume_init_ref().sa_mask, libc::SIGUSR2) == 1
        }
    };
    let saved = Saved::now(&[Belonging::SignalHandlers]);
    // SAFETY: the same action but for its mask.
    unsafe {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        libc::sigaction(libc::SIGURG, ptr::null(), action.as_mut_ptr());
        libc::sigaddset(&raw mut action.assume_init_mut().sa_mask, libc::SIGUSR2);
        libc::sigaction(libc::SIGURG, action.as_ptr(), ptr::null_mut());
    }
    assert!(blocks());
    drop(saved);
    assert!(!blocks());
}

#[test]
fn the_limit_of_files_is_put_back_as_far_as_it_goes() {
    /// In a child, which may not raise its hard limit.
    fn child() -> bool {
        let limit = || {
            let mut limit = MaybeUninit::<libc::rlimit>::zeroed();
            // SAFETY: written on success.
            unsafe {
                libc::getrlimit(libc::RLIMIT_NOFILE, limit.as_mut_ptr());
                limit.assume_init()
            }
        };
        let set = |soft: u64, hard: u64| {
            let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
            // SAFETY: only read.
            unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) == 0 }
        };
        // SAFETY: gives up what root may do; others cannot, and need not.
        unsafe { libc::setresuid(65534, 65534, 65534) };
        let after = |before: (u64, u64), changed: (u64, u64)| {
            set(before.0, before.1).then(|| {
                let saved = Saved::now(&[Belonging::FileLimit]);
                assert!(set(changed.0, changed.1));
                drop(saved);
                (limit().rlim_cur, limit().rlim_max)
            })
        };
        after((60, 120), (30, 100)) == Some((60, 100))
            && after((60, 100), (40, 50)) == Some((50, 50))
    }
    // SAFETY: the child calls nothing that needs another thread, and ends by `_exit`.
    unsafe {
        let id = libc::fork();
        if id == 0 {
            libc::_exit(i32::from(!child()));
        }
        let mut status = -1;
        assert_eq!(libc::waitpid(id, &raw mut status, 0), id);
        assert_eq!(status, 0);
    }
}
