//! Panics of ours around code of guests, which `catch_unwind` must not be around: it ends the process
//! when it meets what another language throws, or the end of a thread.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[path = "shield_sysv64.rs"]
mod frame;

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod frame {
    //! Not written for this platform: panics pass.
    use super::{BodyWord, RunBody};
    use crate::abi::{metaffi_error, metaffi_status};

    pub(super) unsafe fn call(
        a: BodyWord,
        b: BodyWord,
        c: BodyWord,
        d: BodyWord,
        error: *mut *mut metaffi_error,
        run: RunBody,
    ) -> metaffi_status {
        // SAFETY: as the caller promises.
        unsafe { run(a, b, c, d, error) }
    }
}

use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr;

use super::super::failure::report;
use crate::abi::{metaffi_error, metaffi_status};
use crate::error::Result;

/// As much of a body as a register has, whatever it is.
type BodyWord = MaybeUninit<usize>;

/// Runs a body, of which four words are given, or the place of which the first word is.
type RunBody = unsafe extern "C-unwind" fn(
    BodyWord,
    BodyWord,
    BodyWord,
    BodyWord,
    *mut *mut metaffi_error,
) -> metaffi_status;

/// Runs code of ours that may have a defect, and runs code of guests, and reports what it fails with: a
/// panic of ours is such a failure; what guests throw, what ends a thread and what jumps passes.
///
/// A body with `move` that has four words or fewer travels in registers: it costs one call more.
///
/// # Safety
/// `error` is NULL or writable.
#[inline(always)]
pub unsafe fn shielded<F: FnOnce() -> Result<()>>(
    error: *mut *mut metaffi_error,
    body: F,
) -> metaffi_status {
    unsafe extern "C-unwind" fn run<F: FnOnce() -> Result<()>>(
        a: BodyWord,
        b: BodyWord,
        c: BodyWord,
        d: BodyWord,
        error: *mut *mut metaffi_error,
    ) -> metaffi_status {
        let words = [a, b, c, d];
        // SAFETY: the body that `shielded` gave, which is taken once; `error` is NULL or writable.
        unsafe {
            let body = match const { fits::<F>() } {
                true => words.as_ptr().cast::<F>(),
                false => ptr::with_exposed_provenance(a.assume_init()),
            };
            report(error, body.read()())
        }
    }
    let body = ManuallyDrop::new(body);
    let mut words = [BodyWord::uninit(); 4];
    match const { fits::<F>() } {
        // SAFETY: there is room for it.
        true => unsafe {
            words.as_mut_ptr().cast::<F>().copy_from_nonoverlapping(&raw const *body, 1)
        },
        false => words[0] = BodyWord::new((&raw const *body).expose_provenance()),
    }
    let [a, b, c, d] = words;
    // SAFETY: `run` takes the body that it is given, once; `error` is NULL or writable.
    unsafe { frame::call(a, b, c, d, error, run::<F>) }
}

/// Whether a body goes into five words.
const fn fits<F>() -> bool {
    size_of::<F>() <= size_of::<[BodyWord; 4]>() && align_of::<F>() <= align_of::<BodyWord>()
}

#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod tests {
    use super::*;
    use crate::abi::{METAFFI_OK, METAFFI_STATUS_INTERNAL, METAFFI_STATUS_NOT_FOUND};
    use crate::call::errors::failure::from_c;
    use crate::error::Error;

    /// Tells that it was dropped.
    struct Dropped<'a>(&'a std::cell::Cell<u32>);

    impl Drop for Dropped<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    /// The status of a body, and its message.
    fn told(body: impl FnOnce() -> Result<()>) -> (metaffi_status, String) {
        let mut error = ptr::null_mut();
        // SAFETY: a place for an error.
        let status = unsafe { shielded(&raw mut error, body) };
        match error.is_null() {
            true => (status, String::new()),
            false => (status, from_c(status, error).message().to_owned()),
        }
    }

    #[test]
    fn a_panic_is_an_error_and_what_the_body_has_is_dropped() {
        let dropped = std::cell::Cell::new(0);
        let many = [1_usize, 2, 3, 4, 5, 6];
        let (one, other) = (Dropped(&dropped), Dropped(&dropped));
        let small = told(move || {
            let _one = one;
            panic!("index {} too large", 7)
        });
        let large = told(move || {
            let _other = other;
            panic!("index {} too large", many.len() + 1)
        });
        for (status, message) in [small, large] {
            assert_eq!(status, METAFFI_STATUS_INTERNAL);
            assert!(message.ends_with("index 7 too large"), "{message}");
        }
        assert_eq!(dropped.get(), 2);
        assert!(!std::thread::panicking());
    }

    #[test]
    fn what_a_body_says_is_said() {
        let failed = told(|| Err(Error::not_found("no")));
        assert_eq!(failed, (METAFFI_STATUS_NOT_FOUND, "no".to_owned()));
        let mut done = [0; 8];
        let written = told(|| {
            done[7] = 1;
            Ok(())
        });
        assert_eq!(written, (METAFFI_OK, String::new()));
        assert_eq!(done[7], 1);
    }
}
