//! A runtime is what its [`Nature`](metaffi::kit::Nature) says.

use std::ptr;

use super::{Suite, Userdata, call, call_one, callable_of, float64, handle, value};
use metaffi::abi::{metaffi_error, metaffi_slot, metaffi_status};
use metaffi::call::errors::unwind::catching;
use metaffi::error::Status;
use metaffi::handle::HandleKind;
use metaffi::kit::{Exceptions, Floats, Forked};
use metaffi::signature::Kind;

/// `FE_UPWARD` of `<fenv.h>`.
const UPWARD: libc::c_int = if cfg!(target_arch = "x86_64") { 0x800 } else { 1 << 22 };

unsafe extern "C" {
    fn fegetround() -> libc::c_int;
    fn fesetround(mode: libc::c_int) -> libc::c_int;
}

impl Suite<'_> {
    /// The rounding mode of the caller.
    pub(super) fn arithmetic_is_as_its_nature_says(&self) {
        let multiply = self.load("multiply", &[Kind::Float64, Kind::Float64], &[Kind::Float64]);
        let square = |number: f64| {
            call_one(&multiply, &[number.into(), number.into()]).map(|product| float64(&product))
        };
        let number = 1.0 + f64::EPSILON;
        let nearest = square(number).expect("multiply");
        // SAFETY: the mode is put back at once.
        let (product, after) = unsafe {
            let before = fegetround();
            assert_eq!(fesetround(UPWARD), 0);
            let product = square(number);
            let after = fegetround();
            assert_eq!(fesetround(before), 0);
            (product.expect("multiply"), after)
        };
        assert_eq!(after, UPWARD, "the caller has its own again");
        match self.subject.backend.nature().floats {
            Floats::Callers => assert!(product > nearest, "{product:e} {nearest:e}"),
            Floats::Default => assert_eq!(product, nearest),
        }
    }

    /// An exception of another language in a callback.
    pub(super) fn exceptions_go_as_its_nature_says(&self) {
        let apply = self.load("apply", &[Kind::Callable, Kind::Int64, Kind::Int64], &[Kind::Int64]);
        let callable = callable_of(throw, Userdata::of_host(ptr::null_mut(), None));
        for _ in 0..3 {
            let given = value::callable(ptr::without_provenance_mut(callable));
            // SAFETY: what is thrown is ended by who catches it.
            let outcome =
                unsafe { catching(|| call(&apply, &[given, 1_i64.into(), 2_i64.into()])) };
            let error = match (self.subject.backend.nature().exceptions, outcome) {
                (Exceptions::Pass, Err(passed)) => passed,
                (Exceptions::Stop, Ok(Err(stopped))) => stopped,
                (nature, Err(passed)) => panic!("{nature:?}, and it has passed: {passed}"),
                (nature, Ok(result)) => panic!("{nature:?}, and {:?}", result.map(|_| "no error")),
            };
            assert_eq!(error.status(), Status::Foreign, "{error}");
            assert!(error.to_string().contains("CONFORMS"), "{error}");
            self.still_works();
        }
        handle::free(callable, HandleKind::Callable).expect("the callable is ours");
    }

    /// The child of a fork by a thread that has entered it, and by one that has not.
    #[cfg(unix)]
    pub(super) fn forks_go_as_its_nature_says(&self) {
        let nature = self.subject.backend.nature();
        let add = self.add();
        let works = || {
            let sum = call_one(&add, &[2_i64.into(), 3_i64.into()]);
            sum.map(|_| ()).map_err(|error| error.status())
        };
        let refuses = Err(Status::Unsupported);
        let outside = in_child(works);
        let entered = self.runtime.enter().expect("a scope");
        let inside = in_child(works);
        self.runtime.leave(entered);
        let expected = match nature.forked {
            Forked::Works => (Ok(()), Ok(())),
            Forked::WorksUnderLock => (refuses, Ok(())),
            Forked::Lost => (refuses, refuses),
        };
        assert_eq!((outside, inside), expected, "outside, inside");
        self.still_works();
    }
}

/// What `body` says in a child of this process.
#[cfg(unix)]
fn in_child(body: impl FnOnce() -> Result<(), Status>) -> Result<(), Status> {
    // SAFETY: the child has a few seconds, and ends by `_exit`.
    let status = unsafe {
        let child = libc::fork();
        if child == 0 {
            libc::alarm(30);
            libc::_exit(body().map_or_else(|status| status.code() as libc::c_int, |()| 0));
        }
        let mut status = -1;
        assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
        status
    };
    assert!(libc::WIFEXITED(status), "the child has ended by {status:#x}");
    match libc::WEXITSTATUS(status) {
        0 => Ok(()),
        code if code == Status::Unsupported.code() as libc::c_int => Err(Status::Unsupported),
        code => panic!("the child has ended with {code}"),
    }
}

/// The head of an exception (Itanium C++ ABI, level I).
#[repr(C, align(16))]
struct ThrownException {
    class: u64,
    cleanup: Option<unsafe extern "C" fn(libc::c_int, *mut ThrownException)>,
    unwinder: [usize; 2],
}

unsafe extern "C-unwind" {
    fn _Unwind_RaiseException(exception: *mut ThrownException) -> libc::c_int;
}

/// A callback that throws what no language knows.
unsafe extern "C-unwind" fn throw(
    _: *mut std::ffi::c_void,
    _: *mut metaffi_slot,
    _: *mut *mut metaffi_error,
) -> metaffi_status {
    unsafe extern "C" fn end(_: libc::c_int, exception: *mut ThrownException) {
        // SAFETY: of the box below.
        drop(unsafe { Box::from_raw(exception) });
    }
    let class = u64::from_be_bytes(*b"CONFORMS");
    let exception = ThrownException { class, cleanup: Some(end), unwinder: [0; 2] };
    // SAFETY: whoever catches it ends it.
    let refused = unsafe { _Unwind_RaiseException(Box::into_raw(Box::new(exception))) };
    panic!("nobody catches it: {refused}");
}
