//! What the whole process, or a thread of it, has that the start of a guest may change, and how it
//! is put back: what belongs to the host stays the host's.

pub mod float;
mod signals;
pub mod stack;

pub use signals::{Handlers, has_fault_handler, without_signals};

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::ptr;

use float::FloatEnvironment;
use signals::Mask;

/// One such thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Belonging {
    /// What the process does on each signal.
    SignalHandlers,
    /// The signals that this thread does not get.
    SignalMask,
    /// The process's locale.
    Locale,
    /// This thread's rounding mode, what it does with numbers near zero, and its traps. Libraries
    /// that are linked with `-ffast-math` change them when they are loaded.
    FloatEnvironment,
    /// How many files the process may have open.
    FileLimit,
}

/// How some of them were; dropping it puts them back.
#[must_use = "dropping it puts back what has changed"]
pub struct Saved {
    handlers: Option<Handlers>,
    mask: Option<Mask>,
    locale: Option<CString>,
    float: Option<FloatEnvironment>,
    files: Option<libc::rlimit>,
}

impl Saved {
    /// How `belongings` are now.
    pub fn now(belongings: &[Belonging]) -> Saved {
        let has = |belonging| belongings.contains(&belonging);
        Saved {
            handlers: has(Belonging::SignalHandlers).then(Handlers::now),
            mask: has(Belonging::SignalMask).then(Mask::now),
            locale: has(Belonging::Locale).then(locale).flatten(),
            float: has(Belonging::FloatEnvironment).then(FloatEnvironment::now),
            files: has(Belonging::FileLimit).then(file_limit).flatten(),
        }
    }
}

impl Drop for Saved {
    fn drop(&mut self) {
        if let Some(handlers) = &self.handlers {
            handlers.restore();
        }
        if let Some(mask) = &self.mask {
            mask.restore();
        }
        if let Some(name) = self.locale.take().filter(|name| locale().as_ref() != Some(name)) {
            // SAFETY: NUL-terminated; it was the locale before.
            unsafe { libc::setlocale(libc::LC_ALL, name.as_ptr()) };
        }
        if let Some(float) = &self.float {
            float.restore();
        }
        if let Some(files) = &self.files {
            restore_file_limit(*files);
        }
    }
}

fn locale() -> Option<CString> {
    // SAFETY: NULL asks only; the text is copied at once.
    unsafe {
        let name = libc::setlocale(libc::LC_ALL, ptr::null());
        (!name.is_null()).then(|| CStr::from_ptr(name).to_owned())
    }
}

fn file_limit() -> Option<libc::rlimit> {
    let mut limit = MaybeUninit::uninit();
    // SAFETY: written on success.
    unsafe {
        let asked = libc::getrlimit(libc::RLIMIT_NOFILE, limit.as_mut_ptr());
        (asked == 0).then(|| limit.assume_init())
    }
}

/// A hard limit that was lowered meanwhile can be raised by few: then the soft one is put back as
/// far as it goes.
fn restore_file_limit(before: libc::rlimit) {
    // SAFETY: only read.
    let set = |limit: &libc::rlimit| unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, limit) == 0 };
    if let Some(now) = file_limit()
        && (now.rlim_cur, now.rlim_max) != (before.rlim_cur, before.rlim_max)
        && !set(&before)
    {
        set(&libc::rlimit { rlim_cur: before.rlim_cur.min(now.rlim_max), ..now });
    }
}
