//! Exceptions of guests, caught for hosts that could not: a C++ function that throws ends a process
//! whose other frames are Python's.
//!
//! A host whose language has no C++ exceptions makes its calls by [`caught`] (what a handle's slot
//! says of a function) or [`catching`] (any other code), inside whatever it does to be left in
//! order: what it has to undo after the call is undone as after any failure. Hosts of C and C++
//! call as they are, and see their own exceptions.
//!
//! There is one more frame on the stack, of a few instructions, with a personality routine of its
//! own: nothing is set up before a call, and nothing costs anything until something is thrown.
//! While the stack is searched, the routine says that it handles exceptions of other languages, and
//! when the stack has been unwound to it, the call returns the exception. What
//! ends a thread (`pthread_exit`, cancellation), what jumps (`longjmp`) and panics of Rust pass.
//!
//! No library of C++ is linked: what it takes to look at an exception is asked of the library that
//! threw it.

mod cpp;
pub(in crate::call) mod shield;
mod symbols;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[path = "frame_sysv64.rs"]
mod frame;

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod frame {
    //! Not written for this platform: exceptions pass.
    use super::{Invoke, Key, Outcome};
    use crate::abi::{metaffi_error, metaffi_slot};

    pub(in crate::call) unsafe fn call(
        code: *const (),
        frame: *mut metaffi_slot,
        map: u64,
        error: *mut *mut metaffi_error,
        key: Key,
        invoke: Invoke,
    ) -> Outcome {
        // SAFETY: the frame has the layout of the signature.
        let status = unsafe { invoke(code, frame, map, error, key) };
        Outcome { status: u64::from(status), exception: std::ptr::null_mut() }
    }
}

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::error::{Error, Result};
use crate::handle::{Invoke, Key};

/// What came of a call: its status, or what it threw.
#[repr(C)]
#[must_use = "what was thrown has to be ended"]
pub struct Outcome {
    status: u64,
    exception: *mut Exception,
}

impl Outcome {
    /// Whether something was thrown.
    #[inline(always)]
    pub fn has_thrown(&self) -> bool {
        !self.exception.is_null()
    }

    /// The status.
    ///
    /// # Errors
    /// `FOREIGN`, if something was thrown: the type's name as C++ spells it, and what it says of
    /// itself.
    #[inline(always)]
    pub fn status(self) -> Result<metaffi_status> {
        match self.has_thrown() {
            false => Ok(self.status as metaffi_status),
            // SAFETY: caught once.
            true => Err(unsafe { taken(self.exception) }),
        }
    }
}

/// The head of an exception, which every language that throws puts before its own (Itanium C++ ABI,
/// level I).
#[repr(C, align(16))]
struct Exception {
    /// Eight letters, the first of them the highest.
    class: u64,
    cleanup: Option<unsafe extern "C" fn(c_int, *mut Exception)>,
    unwinder: [usize; 2],
}

/// Calls `invoke` with its arguments, and catches what it throws.
///
/// # Safety
/// The call is allowed. What it throws leaves nothing behind that C++'s own `catch` would not.
#[inline(always)]
pub unsafe fn caught(
    invoke: Invoke,
    code: *const (),
    frame: *mut metaffi_slot,
    map: u64,
    error: *mut *mut metaffi_error,
    key: Key,
) -> Outcome {
    // SAFETY: the call is allowed. What it throws leaves nothing behind that C++'s own `catch`
    // would not.
    unsafe { frame::call(code, frame, map, error, key, invoke) }
}

/// Runs `body`; what it throws is an error.
///
/// # Errors
/// As those of [`Outcome::status`].
///
/// # Safety
/// As for [`caught`].
#[inline(always)]
pub unsafe fn catching<R>(body: impl FnOnce() -> R) -> Result<R> {
    struct Job<F, R> {
        body: MaybeUninit<F>,
        result: MaybeUninit<R>,
    }
    unsafe extern "C-unwind" fn run<R, F: FnOnce() -> R>(
        job: *const (),
        _: *mut metaffi_slot,
        _: u64,
        _: *mut *mut metaffi_error,
        _: Key,
    ) -> metaffi_status {
        // SAFETY: `catching` waits with the job, whose body is taken once.
        unsafe {
            let job = job.cast_mut().cast::<Job<F, R>>();
            let body = (*job).body.as_ptr().read();
            (*job).result.write(body());
        }
        METAFFI_OK
    }
    fn of<R, F: FnOnce() -> R>(_: &Job<F, R>) -> Invoke {
        run::<R, F>
    }
    let mut job = Job { body: MaybeUninit::new(body), result: MaybeUninit::uninit() };
    let invoke = of(&job);
    let nothing = std::ptr::null_mut();
    // SAFETY: the call is allowed. What it throws leaves nothing behind that C++'s own `catch`
    // would not; the result was written if nothing was thrown.
    unsafe {
        caught(invoke, (&raw mut job).cast(), nothing, 0, nothing.cast(), 0).status()?;
        Ok(job.result.assume_init())
    }
}

/// The error that an exception is, which ends it.
#[cold]
unsafe fn taken(exception: *mut Exception) -> Error {
    // SAFETY: the caller caught it.
    unsafe {
        match (*exception).class.to_be_bytes() {
            [.., b'C', b'+', b'+', 0 | 1] => cpp::taken(exception),
            class => {
                let class = String::from_utf8_lossy(&class);
                let class = class.trim_end_matches('\0').to_owned();
                _Unwind_DeleteException(exception);
                cpp::untyped(class)
            }
        }
    }
}

unsafe extern "C" {
    /// cbindgen:ignore
    fn _Unwind_DeleteException(exception: *mut Exception);
}

const _: () = assert!(size_of::<Exception>() == 4 * size_of::<*mut c_void>());
