use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::callback;
use super::super::raw_call::RawCall;
use super::*;
use crate::abi::metaffi_finalizer;
use crate::backend::c::testing::{Header, address, real, write};
use crate::backend::c::types::{FunctionType, Primitive, Types};
use crate::call::upcall::ErrorSink;

unsafe extern "C-unwind" fn count(userdata: *mut c_void) {
    // SAFETY: the tests give a counter that outlives the closure.
    unsafe { &*userdata.cast::<AtomicUsize>() }.fetch_add(1, Ordering::SeqCst);
}

fn counter(counter: &AtomicUsize) -> *mut c_void {
    std::ptr::from_ref(counter).cast_mut().cast()
}

fn made(
    r#type: &TypeHandle,
    code: RawCode,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
) -> Result<Callable> {
    let userdata = Arc::new(Userdata::of_host(userdata, finalizer));
    let callable = closure::<&TypeHandle>(r#type, &[], code, &userdata)?;
    userdata.own();
    Ok(callable)
}

unsafe extern "C-unwind" fn compare(
    result: *mut c_void,
    arguments: *mut *mut c_void,
    userdata: *mut c_void,
) {
    // SAFETY: both arguments are pointers to int.
    unsafe {
        let one = |index| **(*arguments.add(index)).cast::<*const i32>();
        result.cast::<i32>().write(one(0).cmp(&one(1)) as i32);
        (*userdata.cast::<AtomicUsize>()).fetch_add(1000, Ordering::SeqCst);
    }
}

#[test]
fn qsort_sorts_with_a_raw_closure() {
    let header = Header::system("stdlib.h");
    let calls = AtomicUsize::new(0);
    let r#type = header.handle("int (*)(const void *, const void *)");
    let callable = made(&r#type, compare, counter(&calls), Some(count)).unwrap();
    let mut numbers = [5, -3, 9, 0, -3, 1000, 7];
    // SAFETY: the closure is a comparison of ints.
    unsafe {
        let code = std::mem::transmute::<
            *const (),
            unsafe extern "C" fn(*const c_void, *const c_void) -> i32,
        >(callable.native().unwrap());
        libc::qsort(numbers.as_mut_ptr().cast(), numbers.len(), 4, Some(code));
    }
    assert_eq!(numbers, [-3, -3, 0, 5, 7, 9, 1000]);
    let called = calls.load(Ordering::SeqCst);
    assert!(called >= 6000 && called.is_multiple_of(1000), "no finalizer yet: {called}");
    drop(callable);
    assert_eq!(calls.load(Ordering::SeqCst), called + 1);
}

unsafe extern "C-unwind" fn swap(result: *mut c_void, arguments: *mut *mut c_void, _: *mut c_void) {
    // SAFETY: a struct of two doubles and a char in, the struct with its members swapped out.
    unsafe {
        let pair = (*arguments).cast::<[f64; 3]>().read();
        let tag = (*arguments.add(1)).cast::<u8>().read();
        result.cast::<[f64; 3]>().write([pair[1], pair[0], f64::from(tag)]);
    }
}

#[test]
fn structs_come_and_go_by_value_in_every_convention() {
    let header = Header::new("struct three { double a, b, c; };");
    for convention in ["", "__attribute__((ms_abi)) "] {
        if !convention.is_empty() && cfg!(not(target_arch = "x86_64")) {
            continue;
        }
        let text = format!("struct three ({convention}*)(struct three, signed char)");
        let r#type = header.handle(&text);
        let callable = made(&r#type, swap, std::ptr::null_mut(), None).unwrap();
        let (input, output) = (header.zeroed("struct three"), header.zeroed("struct three"));
        write(&input, "a", 1.5).unwrap();
        write(&input, "b", 2.5).unwrap();
        let arguments = [address(&input), (&raw const *b"x").cast_mut().cast()];
        // SAFETY: the closure has the type.
        unsafe {
            let code = callable.native().unwrap();
            let call = r#type.call().unwrap();
            call.call(code.cast(), address(&output), arguments.as_ptr()).unwrap();
        }
        let read = |path| real(&output, path);
        assert_eq!((read("a"), read("b"), read("c")), (2.5, 1.5, 120.0), "{convention}");
    }
}

unsafe extern "C-unwind" fn minus_two(result: *mut c_void, _: *mut *mut c_void, _: *mut c_void) {
    // SAFETY: the function returns a signed char.
    unsafe { result.cast::<i8>().write(-2) };
}

#[test]
fn a_narrow_result_is_widened() {
    let header = Header::new("");
    let r#type = header.handle("signed char (int)");
    let callable = made(&r#type, minus_two, std::ptr::null_mut(), None).unwrap();
    // As a function that returns an int it must give all of the register.
    let wide = header.handle("long (int)");
    let mut result = 0_i64;
    // SAFETY: the result of a closure is widened to its register.
    unsafe {
        let call: &RawCall = wide.call().unwrap();
        let argument = (&raw const result).cast_mut().cast();
        let code = callable.native().unwrap();
        call.call(code.cast(), (&raw mut result).cast(), &raw const argument).unwrap();
    }
    assert_eq!(result, -2);
}

#[test]
fn it_is_called_as_any_callable() {
    let header = Header::new("");
    let r#type = header.handle("signed char (int)");
    let callable = made(&r#type, minus_two, std::ptr::null_mut(), None).unwrap();
    let mut frame = [7_u64, 0];
    // SAFETY: one argument and one return.
    crate::handle::using(|scope| unsafe { callable.function().call(scope, frame.as_mut_ptr()) })
        .unwrap();
    assert_eq!(frame[1] as i64, -2);
}

#[test]
fn a_call_after_the_end_is_told_to_the_error_handler() {
    thread_local! {
        static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }
    let header = Header::new("");
    let ended = AtomicUsize::new(0);
    let r#type = header.handle("signed char (int)");
    let callable = made(&r#type, minus_two, counter(&ended), Some(count)).unwrap();
    callable.set_sink(Some(ErrorSink::new(|error| {
        TOLD.with_borrow_mut(|told| told.push(error.message().to_owned()));
    })));
    let code = callable.native().unwrap();
    drop(callable);
    assert_eq!(ended.load(Ordering::SeqCst), 1);
    let (number, mut result) = (5_i32, 5_i8);
    // SAFETY: an ended closure stays callable for a while.
    unsafe {
        let argument = (&raw const number).cast_mut().cast();
        let call = r#type.call().unwrap();
        call.call(code.cast(), (&raw mut result).cast(), &raw const argument).unwrap();
    }
    assert_eq!(result, 0);
    TOLD.with_borrow(|told| assert!(told[0].contains("whose callable was freed"), "{told:?}"));
}

#[test]
fn what_cannot_be_a_closure_leaves_the_userdata() {
    let header = Header::new("struct later; typedef int v4 __attribute__((vector_size(16)));");
    let ended = AtomicUsize::new(0);
    for (text, message) in [
        ("int", "`int` is not a function type"),
        ("int (struct later)", "declared but not defined"),
        ("v4 (void)", "cannot return a vector"),
    ] {
        let error = made(&header.handle(text), minus_two, counter(&ended), Some(count));
        let error = error.err().unwrap();
        assert!(error.message().contains(message), "{text}: {error}");
    }
    assert_eq!(ended.load(Ordering::SeqCst), 0);
}

#[test]
fn another_type_does_not_get_the_code_of_one_that_was_given_back() {
    let types = Arc::new(Types::new());
    let of_array = |length| {
        let build = || {
            let array = types.array(types.primitive(Primitive::Int), Some(length))?;
            types.function(FunctionType::new(types.void(), vec![types.pointer(array)]))
        };
        types.passing(build).map(TypeHandle::from).unwrap()
    };
    let r#type = of_array(100_000);
    let null = std::ptr::null_mut();
    let callable = made(&r#type, swap, null, None).unwrap();
    let (id, code) = (r#type.id(), callback::pointer(&callable, &types, r#type.id()).unwrap());
    drop(r#type);
    for length in 1..5_000 {
        let other = of_array(length);
        // Only a type with its number could be taken for it.
        if other.id() == id {
            assert_ne!(callback::pointer(&callable, &types, id).ok(), Some(code));
        }
    }
    assert_eq!(callback::pointer(&callable, &types, id).unwrap(), code);
}

#[test]
fn types_of_closures_are_given_back_with_them() {
    let types = Arc::new(Types::new());
    let mut most = 0;
    for length in 1..10_000 {
        let build = |variadic| {
            let array = types.array(types.primitive(Primitive::Int), Some(length))?;
            let parameters = vec![types.pointer(array)];
            types.function(FunctionType { variadic, ..FunctionType::new(types.void(), parameters) })
        };
        let made_of = |variadic| {
            let r#type = types.passing(|| build(variadic)).map(TypeHandle::from).unwrap();
            (made(&r#type, swap, std::ptr::null_mut(), None).unwrap(), r#type.id())
        };
        let ((one, _), (other, _)) = (made_of(false), made_of(true));
        let r#type = types.passing(|| build(false)).unwrap();
        callback::pointer(&one, &types, r#type.id).unwrap();
        other.function().callee().with_variadic(&[crate::signature::Kind::Int64.into()]).unwrap();
        most = most.max(types.len());
    }
    assert!(most < 5_000, "{most} types at once");
}
