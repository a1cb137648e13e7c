use std::ffi::{c_char, c_int, c_void};
use std::sync::{Arc, Mutex};

use super::pointer;
use crate::abi::{metaffi_error, metaffi_slot, metaffi_status, metaffi_value};
use crate::backend::c::testing::{Header, address, read};
use crate::call::upcall::ErrorSink;
use crate::call::{Callable, Plan, Userdata};
use crate::handle;
use crate::signature::{Kind, Signature};
use crate::value::{OwnedValue, string8};

/// Returns the value that its userdata points to, which is the callee's no more.
unsafe extern "C-unwind" fn give(
    value: *mut std::ffi::c_void,
    frame: *mut metaffi_slot,
    _: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: the frame has room for a value.
    unsafe { frame.cast::<metaffi_value>().write(value.cast::<metaffi_value>().read()) };
    0
}

/// What C gets of a callback that returns a value, and what is reported.
fn returned(r#type: &str, value: OwnedValue) -> (*const c_char, String) {
    let header = Header::new(&format!("{type}function(void);"));
    let mut value = value.into_raw();
    let userdata = Userdata::of_host((&raw mut value).cast(), None);
    let signature = Signature { params: vec![], returns: vec![Kind::Any.into()], variadic: false };
    let callable = Callable::of_host(give, userdata, Plan::of(signature).unwrap());
    let said = Arc::new(Mutex::new(String::new()));
    let reports = said.clone();
    let sink = ErrorSink::new(move |error| *reports.lock().unwrap() = error.to_string());
    callable.set_sink(Some(sink));
    let function = header.function("function");
    let (id, _) = function.function().unwrap();
    let code = pointer(&callable, function.types(), id).unwrap();
    // SAFETY: made for this type.
    let result = unsafe {
        std::mem::transmute::<*const (), extern "C-unwind" fn() -> *const c_char>(code)()
    };
    drop(callable);
    let said = said.lock().unwrap().clone();
    (result, said)
}

#[test]
fn a_number_is_no_pointer_to_text() {
    // SAFETY: a number is nobody's.
    let five = || unsafe { OwnedValue::from_raw(5_i64.into()) };
    let (result, said) = returned("const char *", five());
    assert!(result.is_null() && said.contains("a number given for C's const char *"), "{said}");
    let (result, said) = returned("void *", five());
    assert!(result.addr() == 5 && said.is_empty(), "{said}");
}

#[test]
fn text_that_nobody_would_own_is_refused() {
    let (result, said) = returned("const char *", string8("text").unwrap());
    assert!(result.is_null() && said.contains("nobody would own its memory"), "{said}");
}

#[test]
fn a_c_function_read_from_a_field_goes_back_as_the_same_pointer() {
    unsafe extern "C" fn compare(_: *const c_void, _: *const c_void) -> c_int {
        0
    }
    const ORDER: &str = "typedef int (*order)(const void *, const void *);
        struct list { order order; void (*each)(order, struct list *, struct list); };";
    let header = Header::new(ORDER);
    let other = Header::new(ORDER);
    let list = header.zeroed("struct list");
    let functions = [compare as *const (), libc::abs as *const ()];
    // SAFETY: the struct is two pointers.
    unsafe { address(&list).cast::<[*const (); 2]>().write(functions) };
    for (member, code) in ["order", "each"].into_iter().zip(functions) {
        let value = read(&list, member).unwrap();
        // SAFETY: a function pointer is read as a callable.
        let callable = handle::get::<Callable>(unsafe { value.data.callable }.addr()).unwrap();
        for header in [&header, &other] {
            let asked = header.ctype("struct list").part(member).unwrap().ctype().target().unwrap();
            assert_eq!(pointer(&callable, &asked.types, asked.id).unwrap(), code, "{member}");
        }
        let asked = header.ctype("int (*)(int)").target().unwrap();
        assert!(pointer(&callable, &asked.types, asked.id).is_err(), "{member}");
    }
}

/// The C function `own` and the pointer for it as the type of the pointer `wanted`, of another module.
fn given(own: &str, wanted: &str) -> (*const (), crate::error::Result<*const ()>) {
    const TYPES: &str = "struct part { int a; }; enum sign { LESS = -1, MORE = 1 };
        enum mask { LOW = 1, HIGH = 0x80000000 }; typedef int whole __attribute__((aligned(16)));
        struct far;";
    let header = Header::new(&format!("{TYPES} struct holder {{ {own}; }};"));
    let holder = header.zeroed("struct holder");
    let code = libc::abs as *const ();
    // SAFETY: the struct is one pointer.
    unsafe { address(&holder).cast::<*const ()>().write(code) };
    let value = read(&holder, "own").unwrap();
    // SAFETY: a function pointer is read as a callable.
    let callable = handle::get::<Callable>(unsafe { value.data.callable }.addr()).unwrap();
    let other = Header::new(TYPES);
    let asked = other.ctype(wanted).target().unwrap();
    (code, pointer(&callable, &asked.types, asked.id))
}

#[test]
fn a_c_function_goes_as_itself_where_its_type_is_called_in_the_same_way() {
    for (own, wanted) in [
        ("int (*own)(void *)", "int (*)(const void *)"),
        ("int (*own)(const struct part *)", "int (*)(void *)"),
        ("void *(*own)(struct part *const)", "const struct part *(*)(const struct part *)"),
        ("enum sign (*own)(enum sign)", "int (*)(int)"),
        ("int (*own)(int)", "enum sign (*)(enum sign)"),
        ("unsigned (*own)(enum mask)", "enum mask (*)(unsigned)"),
        ("int (*own)(char **)", "int (*)(const char *const *)"),
        ("int (*own)(int (*)[3])", "int (*)(int (*)[])"),
        ("int (*own)(struct part)", "int (*)(const struct part)"),
        ("int (*own)(int (*)(void *))", "int (*)(int (*)(const struct part *))"),
        ("int (*own)(struct far *)", "int (*)(const struct far *)"),
        ("int (*own)(int, double)", "int (*)()"),
        ("int (*own)(const char *, ...)", "int (*)(char *, ...)"),
    ] {
        let (code, pointer) = given(own, wanted);
        assert_eq!(pointer.unwrap(), code, "{own} as {wanted}");
    }
}

#[test]
fn a_c_function_of_another_type_does_not_go_as_itself() {
    for (own, wanted) in [
        ("int (*own)(int *)", "int (*)(double *)"),
        ("long (*own)(void *)", "int (*)(void *)"),
        ("int (*own)(enum sign)", "int (*)(unsigned)"),
        ("int (*own)(int)", "int (*)(long)"),
        ("int (*own)(int)", "int (*)(int, int)"),
        ("int (*own)(int (*)(int *))", "int (*)(int (*)(double *))"),
        ("int (*own)(int) __attribute__((ms_abi))", "int (*)(int)"),
        ("int (*own)(int)", "int (__attribute__((ms_abi)) *)(int)"),
    ] {
        let (code, pointer) = given(own, wanted);
        assert_ne!(pointer.ok(), Some(code), "{own} as {wanted}");
    }
}
