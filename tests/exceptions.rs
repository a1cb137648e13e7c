//! What C++ throws at a host that is not C++ becomes an error; everything else that unwinds passes.

#[path = "support/compiler.rs"]
mod compiler;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::OnceLock;

use libloading::Library;
use metaffi::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use metaffi::call::errors::unwind::{catching, caught};
use metaffi::error::{Error, Status};

type Throw = unsafe extern "C-unwind" fn(i32);
type Count = unsafe extern "C-unwind" fn() -> i32;
type Code = unsafe extern "C-unwind" fn();

/// The number of things that the guest throws.
const THROWN: i32 = 11;

/// The guest.
fn guest() -> &'static Library {
    static GUEST: OnceLock<Library> = OnceLock::new();
    GUEST.get_or_init(|| compiled(&[]))
}

/// The guest, compiled with these options.
fn compiled(options: &[&str]) -> Library {
    let directory = tempfile::tempdir().unwrap();
    let library = compiler::compile_guest(directory.path(), "exceptions.cpp", options);
    // SAFETY: its initializers are those of C++.
    unsafe { Library::new(library) }.unwrap()
}

fn symbol<T: Copy>(guest: &Library, name: &str) -> T {
    // SAFETY: the caller knows the type.
    unsafe { *guest.get::<T>(name.as_bytes()).unwrap() }
}

fn throw(guest: &Library, which: i32) -> Error {
    let code: Throw = symbol(guest, "throw_one");
    // SAFETY: the guest's function.
    unsafe { catching(|| code(which)) }.unwrap_err()
}

fn type_name(error: &Error) -> String {
    error.foreign_error().unwrap().type_name()
}

#[test]
fn an_exception_says_what_it_is() {
    for options in [&[][..], &["-O2", "-static-libstdc++", "-static-libgcc"]] {
        let guest = compiled(options);
        for (which, name, message) in [
            (0, "std::runtime_error", "too far"),
            (1, "int", "42"),
            (2, "char const*", "a text"),
            (3, "guest::second_base", "its own words"),
            (4, "guest::unknown", "a C++ exception of the type `guest::unknown`"),
            (5, "guest::generic<long>", "a C++ exception of the type `guest::generic<long>`"),
            (7, "guest::second_base", "its own words"),
            (9, "std::bad_alloc", "std::bad_alloc"),
        ] {
            let error = throw(&guest, which);
            assert_eq!((&*type_name(&error), error.message()), (name, message), "{options:?}");
            assert_eq!((error.status(), error.runtime()), (Status::Foreign, Some("c")));
            assert!(error.cause().is_none());
        }
        let error = throw(&guest, 8);
        assert!(type_name(&error).contains("basic_string<char"), "{}", type_name(&error));
        assert_eq!(error.message(), "a string");
        assert!(type_name(&throw(&guest, 10)).starts_with("std::shared_ptr<int>"));
    }
}

#[test]
fn what_is_nested_is_a_cause() {
    let guest = guest();
    let error = throw(guest, 6);
    assert!(type_name(&error).contains("runtime_error"), "{}", type_name(&error));
    assert_eq!(error.message(), "the outer one");
    let cause = error.cause().unwrap();
    assert_eq!((&*type_name(cause), cause.message()), ("std::out_of_range", "the inner one"));
}

#[test]
fn a_library_that_hides_its_runtime_still_names_the_type() {
    let hidden = ["-static-libstdc++", "-static-libgcc", "-Wl,--exclude-libs,ALL"];
    let guest = compiled(&hidden);
    assert_eq!(type_name(&throw(&guest, 3)), "N5guest11second_baseE");
    let error = throw(&guest, 1);
    assert_eq!((&*type_name(&error), error.message()), ("i", "42"));
}

#[test]
fn nothing_is_left_behind() {
    let guest = guest();
    let (alive, uncaught): (Count, Count) = (symbol(guest, "alive"), symbol(guest, "uncaught"));
    for round in 0..20_000 {
        drop(throw(guest, round % THROWN));
    }
    // SAFETY: the guest's functions.
    assert_eq!(unsafe { (alive(), uncaught()) }, (0, 0));
}

unsafe extern "C-unwind" fn invoke(
    code: *const (),
    frame: *mut metaffi_slot,
    map: u64,
    error: *mut *mut metaffi_error,
    key: usize,
) -> metaffi_status {
    assert!(error.is_null(), "the arguments arrive in their order");
    // SAFETY: the test's own arguments: a place for a sum, and a function that may throw.
    unsafe {
        *frame = map + key as u64;
        std::mem::transmute::<*const (), Throw>(code)(key as i32);
    }
    METAFFI_OK + 7
}

#[test]
fn a_call_gets_its_arguments_and_returns_its_status() {
    let guest = guest();
    let code: Throw = symbol(guest, "throw_one");
    let (mut slot, none) = (0, ptr::null_mut());
    // SAFETY: as `invoke` asks.
    unsafe {
        let call = |key, slot| caught(invoke, code as *const (), slot, 30, none, key).status();
        assert_eq!(call(THROWN as usize, &raw mut slot).unwrap(), METAFFI_OK + 7);
        assert_eq!(slot, 30 + THROWN as u64);
        assert_eq!(call(1, &raw mut slot).unwrap_err().message(), "42");
        assert_eq!(slot, 31);
        assert_eq!(catching(|| "returned".to_owned()).unwrap(), "returned");
    }
}

#[test]
fn destructors_between_the_throw_and_the_call_run() {
    struct Counter<'a>(&'a std::cell::Cell<u32>);
    impl Drop for Counter<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let guest = guest();
    let code: Throw = symbol(guest, "throw_one");
    let dropped = std::cell::Cell::new(0);
    let body = || {
        let _counter = Counter(&dropped);
        // SAFETY: the guest's function.
        unsafe { code(0) };
    };
    // SAFETY: as above.
    assert!(unsafe { catching(body) }.is_err());
    assert_eq!(dropped.get(), 1);
}

#[test]
fn an_inner_call_catches_before_an_outer_one() {
    let guest = guest();
    let pass: unsafe extern "C-unwind" fn(Throw, i32) = symbol(guest, "pass");
    let code: Throw = symbol(guest, "throw_one");
    // SAFETY: the guest's functions, one of which runs the other.
    unsafe {
        assert_eq!(catching(|| pass(code, 1)).unwrap_err().message(), "42");
        let outer = catching(|| {
            let inner = catching(|| code(2)).unwrap_err();
            assert_eq!(inner.message(), "a text");
            pass(code, 0);
        });
        assert_eq!(outer.unwrap_err().message(), "too far");
    }
}

#[test]
fn frames_of_cpp_below_still_catch_their_own() {
    let guest = guest();
    let between: unsafe extern "C-unwind" fn(Code) -> i32 = symbol(guest, "caught_between");
    static CODE: OnceLock<Throw> = OnceLock::new();
    CODE.get_or_init(|| symbol(guest, "throw_one"));
    unsafe extern "C-unwind" fn thrown() {
        // SAFETY: the guest's function.
        unsafe { CODE.get().unwrap()(0) };
    }
    // SAFETY: the guest's function.
    assert_eq!(unsafe { catching(|| between(thrown)) }.unwrap(), 1);
}

#[test]
fn a_panic_passes() {
    // SAFETY: nothing is called that asks for anything.
    let outcome = catch_unwind(AssertUnwindSafe(|| unsafe { catching(|| panic!("of ours")) }));
    assert_eq!(outcome.unwrap_err().downcast_ref::<&str>(), Some(&"of ours"));
}

#[test]
fn a_jump_passes() {
    let guest = guest();
    let jumped: unsafe extern "C-unwind" fn(Code) -> i32 = symbol(guest, "jumped");
    static JUMP: OnceLock<Code> = OnceLock::new();
    JUMP.get_or_init(|| symbol(guest, "jump"));
    unsafe extern "C-unwind" fn jump() {
        // SAFETY: jumps over frames without destructors.
        let _ = unsafe { catching(|| JUMP.get().unwrap()()) };
    }
    // SAFETY: the guest's function.
    assert_eq!(unsafe { jumped(jump) }, 1);
}

#[test]
fn the_end_of_a_thread_passes() {
    static LEAVE: OnceLock<Code> = OnceLock::new();
    unsafe extern "C-unwind" fn run(returned: *mut libc::c_void) -> *mut libc::c_void {
        // SAFETY: the guest ends the thread, which unwinds its stack.
        let _ = unsafe { catching(|| LEAVE.get().unwrap()()) };
        // SAFETY: not reached, or it tells.
        unsafe { *returned.cast::<bool>() = true };
        ptr::null_mut()
    }
    let guest = guest();
    LEAVE.get_or_init(|| symbol(guest, "leave_thread"));
    let mut returned = false;
    // SAFETY: the thread is waited for; libc's type does not say that it may be left so.
    unsafe {
        let mut thread = 0;
        let run = std::mem::transmute::<
            unsafe extern "C-unwind" fn(*mut libc::c_void) -> *mut libc::c_void,
            extern "C" fn(*mut libc::c_void) -> *mut libc::c_void,
        >(run);
        let made =
            libc::pthread_create(&raw mut thread, ptr::null(), run, (&raw mut returned).cast());
        assert_eq!(made, 0);
        assert_eq!(libc::pthread_join(thread, ptr::null_mut()), 0);
    }
    assert!(!returned);
}
