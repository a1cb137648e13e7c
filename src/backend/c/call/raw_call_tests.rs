use std::mem::zeroed;
use std::ptr;

use super::super::build;
use super::*;
use crate::backend::c::testing::{Guest, Header, address, integer, write};
use crate::call::plan::native_type::Convention;
use crate::error::Status;
fn code(function: *const ()) -> *const c_void {
    function.cast()
}

/// A pointer to a value, as an argument or a place for a result.
fn at<T>(value: &T) -> *mut c_void {
    ptr::from_ref(value).cast_mut().cast()
}

unsafe fn call(
    r#type: &TypeHandle,
    function: *const (),
    result: *mut c_void,
    arguments: &[*mut c_void],
) {
    let prepared = r#type.call().unwrap();
    assert_eq!(prepared.argument_count(), arguments.len());
    // SAFETY: the function has the type, and so have the result and the arguments.
    unsafe { prepared.call(code(function), result, arguments.as_ptr()) }.unwrap();
}

unsafe extern "C-unwind" {
    fn div(numerator: i32, denominator: i32) -> u64;
}

#[test]
fn a_struct_comes_back_by_value() {
    let header = Header::system("stdlib.h");
    let result = header.zeroed("div_t");
    let function = header.function("div");
    // SAFETY: the declared type is div's.
    unsafe { call(&function, div as *const (), address(&result), &[at(&17), at(&5)]) };
    assert_eq!((integer(&result, "quot"), integer(&result, "rem")), (3, 2));
    // SAFETY: as above.
    unsafe { call(&function, div as *const (), ptr::null_mut(), &[at(&17), at(&5)]) };
}

#[test]
fn only_the_bytes_of_the_result_are_written() {
    let header = Header::new("signed char f(int); short g(int);");
    let mut result = [0x55_u8; 4];
    // SAFETY: toupper returns an int, whose low bytes are the results.
    unsafe {
        let code = libc::toupper as *const ();
        call(&header.function("f"), code, at(&result), &[at(&97)]);
        assert_eq!(result, [65, 0x55, 0x55, 0x55]);
        result = [0x55; 4];
        call(&header.function("g"), code, at(&result), &[at(&97)]);
        assert_eq!(result, [65, 0, 0x55, 0x55]);
    }
}

#[test]
fn times_are_broken_down_and_put_together() {
    let header = Header::system("time.h");
    let broken = header.zeroed("struct tm");
    let (time, pointer) = (86_400_i64 * 365, address(&broken));
    let mut returned = ptr::null_mut::<c_void>();
    // SAFETY: the declared types are those of the functions.
    unsafe {
        let gmtime = libc::gmtime_r as *const ();
        call(
            &header.function("gmtime_r"),
            gmtime,
            (&raw mut returned).cast(),
            &[at(&&time), at(&pointer)],
        );
        assert_eq!(returned, pointer);
        assert_eq!((integer(&broken, "tm_year"), integer(&broken, "tm_yday")), (71, 0));
        write(&broken, "tm_mday", 2).unwrap();
        let mut back = 0_i64;
        let timegm = libc::timegm as *const ();
        call(&header.function("timegm"), timegm, (&raw mut back).cast(), &[at(&pointer)]);
        assert_eq!(back, time + 86_400);
        let localtime = libc::localtime_r as *const ();
        call(
            &header.function("localtime_r"),
            localtime,
            ptr::null_mut(),
            &[at(&&time), at(&pointer)],
        );
        let mut expected: libc::tm = zeroed();
        libc::localtime_r(&time, &mut expected);
        assert_eq!(integer(&broken, "tm_hour"), i64::from(expected.tm_hour));
    }
}

#[test]
fn the_system_fills_in_structs() {
    let header = Header::system("sys/resource.h");
    let usage = header.zeroed("struct rusage");
    let mut status = -1_i32;
    let pointer = address(&usage);
    // SAFETY: the declared type is the function's, but for the enum that is its first parameter.
    unsafe {
        let function = header.function("getrusage");
        call(
            &function,
            libc::getrusage as *const (),
            (&raw mut status).cast(),
            &[at(&0), at(&pointer)],
        );
    }
    assert_eq!(status, 0);
    assert!(integer(&usage, "ru_maxrss") > 0);
    let header = Header::system("sys/stat.h");
    let found = header.zeroed("struct stat");
    let (path, pointer) = (c"/".as_ptr(), address(&found));
    // SAFETY: the declared type is the function's.
    unsafe {
        let function = header.function("stat");
        let arguments = [at(&path), at(&pointer)];
        call(&function, libc::stat as *const (), (&raw mut status).cast(), &arguments);
    }
    assert_eq!((status, integer(&found, "st_mode") & 0o170_000), (0, 0o040_000));
    // SAFETY: plain data.
    let mut expected: libc::stat = unsafe { zeroed() };
    // SAFETY: live arguments.
    unsafe { libc::stat(path, &mut expected) };
    assert_eq!(integer(&found, "st_ino"), expected.st_ino as i64);
}

#[test]
fn variadic_arguments_have_the_types_of_one_call() {
    let header = Header::system("stdio.h");
    let types = ["int", "double", "const char *", "long", "_Bool *"];
    let extra: Vec<_> = types.iter().map(|text| header.handle(text)).collect();
    let function = header.function("snprintf");
    let prepared = RawCall::new(&function, &extra).unwrap();
    assert!(prepared.is_variadic());
    let mut buffer = [0_u8; 64];
    let (to, size, format) = (buffer.as_mut_ptr(), buffer.len(), c"%d|%.2f|%s|%ld|%p".as_ptr());
    let (text, nothing) = (c"text".as_ptr(), ptr::null::<u8>());
    let arguments = [
        at(&to),
        at(&size),
        at(&format),
        at(&-7),
        at(&2.5),
        at(&text),
        at(&(1_i64 << 40)),
        at(&nothing),
    ];
    let mut length = 0_i32;
    // SAFETY: the arguments are those of the format.
    unsafe {
        prepared
            .call(code(libc::snprintf as *const ()), (&raw mut length).cast(), arguments.as_ptr())
            .unwrap();
    }
    assert_eq!(&buffer[..length as usize], b"-7|2.50|text|1099511627776|(nil)");
}

#[test]
fn what_c_promotes_is_refused_with_what_it_becomes() {
    let header = Header::new(
        "int printf(const char *, ...); int plain(int); struct later; typedef char text[4];
         enum __attribute__((packed)) small { A };",
    );
    let refused = |text: &str| {
        RawCall::new(&header.function("printf"), &[header.handle(text)]).err().unwrap()
    };
    for (given, wanted) in [
        ("float", "`double`"),
        ("char", "`int`"),
        ("const short", "`int`"),
        ("_Bool", "`int`"),
        ("enum small", "`int`"),
        ("text", "`char *`"),
        ("int[]", "`int *`"),
        ("int (void)", "`int (*)(void)`"),
    ] {
        let error = refused(given);
        assert_eq!(error.status(), Status::TypeMismatch);
        assert!(error.message().starts_with("variadic argument 0: C passes"), "{error}");
        assert!(error.message().contains(wanted), "{error}");
    }
    assert!(refused("void").message().contains("has no values"));
    assert!(refused("struct later").message().contains("declared but not defined"));
    let error = RawCall::new(&header.function("plain"), &[header.handle("int")]).err().unwrap();
    assert!(error.message().contains("`int (int)` is not variadic"), "{error}");
    let many: Vec<_> = (0..MOST_ARGUMENTS).map(|_| header.handle("int")).collect();
    let error = RawCall::new(&header.function("printf"), &many).err().unwrap();
    assert_eq!(error.status(), Status::Unsupported);
}

#[test]
fn what_cannot_be_called_is_refused() {
    let header = Header::new(
        "struct later; struct later f(void); void g(int, struct later);
         typedef float v8 __attribute__((vector_size(32))); void h(v8);",
    );
    for (name, text) in [
        ("f", "return type: `struct later` is declared but not defined"),
        ("g", "parameter 1: `struct later` is declared but not defined"),
        ("h", "is a vector that has no register everywhere and cannot be passed by value"),
    ] {
        let error = RawCall::new::<&TypeHandle>(&header.function(name), &[]).err().unwrap();
        assert!(error.message().contains(text), "{error}");
    }
    let error = header.handle("int").call().err().unwrap();
    assert!(error.message().contains("`int` is not a function type"), "{error}");
    assert!(header.handle("void (*)(int)").call().is_ok());
}

#[test]
fn a_type_completed_later_can_be_called_then() {
    let header = Header::new("struct pair; struct pair div(int, int);");
    let function = header.function("div");
    assert!(function.call().is_err());
    header.declare("struct pair { int quot, rem; };");
    let result = header.zeroed("struct pair");
    // SAFETY: the declared type is div's.
    unsafe { call(&function, div as *const (), address(&result), &[at(&7), at(&2)]) };
    assert_eq!(integer(&result, "quot"), 3);
}

#[cfg(all(target_arch = "x86_64", unix))]
#[test]
fn values_pass_both_ways_in_every_convention() {
    let guest = Guest::new(GUEST);
    let header = Header::new(GUEST.split("/*code*/").next().unwrap());
    for (abi, suffix) in [(Convention::SysV, "sysv"), (Convention::Win64, "ms")] {
        for (name, type_name, bytes) in [
            ("small", "struct small", 3),
            ("mixed", "struct mixed", 16),
            ("large", "struct large", 40),
            ("either", "union either", 8),
            ("bits", "struct bits", 8),
            ("floats", "struct floats", 12),
            ("packed", "struct packed", 9),
            ("number", "long double", 10),
            ("complexf", "float _Complex", 8),
            ("complexd", "double _Complex", 16),
            ("wide", "__int128", 16),
        ] {
            if suffix == "ms" && ["number", "complexf", "complexd", "wide"].contains(&name) {
                continue;
            }
            let pointer = format!("{type_name} *");
            let r#type = function_type(&header, type_name, &[type_name, "char", &pointer], abi);
            let value: Vec<u8> = (1..=bytes).map(|i| pattern(name, i)).collect();
            let input = header.zeroed(type_name);
            let (output, seen) = (header.zeroed(type_name), header.zeroed(type_name));
            let pointer = address(&seen);
            // SAFETY: the values have these sizes, the function that type.
            unsafe {
                address(&input).cast::<u8>().copy_from(value.as_ptr(), value.len());
                let code = guest.symbol(&format!("{name}_{suffix}"));
                let arguments = [address(&input), at(&b'x'), at(&pointer)];
                call(&r#type, code, address(&output), &arguments);
                for object in [&output, &seen] {
                    let bytes =
                        std::slice::from_raw_parts(address(object).cast::<u8>(), value.len());
                    assert_eq!(bytes, value, "{name} {suffix}");
                }
            }
        }
    }
}

/// Bytes that every part of the type can have: those of floats are numbers, of bools 0 or 1.
fn pattern(name: &str, index: u8) -> u8 {
    match (name, index) {
        // No more digits than a double has, which is all that valgrind computes with.
        ("number", 1..3) => 0,
        ("number", 3..8) => index,
        ("number", 8) => 0x80 | index,
        ("number", 9) => 0x10,
        ("number", _) => 0x40,
        _ => index,
    }
}

const GUEST: &str = "
    struct small { char c[3]; };
    struct mixed { int i; double d; };
    struct large { double d[5]; };
    union either { int i; double d; };
    struct bits { unsigned a : 3; int b : 20; unsigned long long c : 41; };
    struct floats { float f[3]; };
    struct packed { char c; double d; } __attribute__((packed));
    /*code*/
    #define BOTH(name, type) \
        __attribute__((sysv_abi)) type name##_sysv(type v, char x, type *seen) { *seen = v; return v; } \
        __attribute__((ms_abi)) type name##_ms(type v, char x, type *seen) { *seen = v; return v; }
    BOTH(small, struct small) BOTH(mixed, struct mixed) BOTH(large, struct large)
    BOTH(either, union either) BOTH(bits, struct bits) BOTH(floats, struct floats)
    BOTH(packed, struct packed) BOTH(number, long double) BOTH(complexf, float _Complex)
    BOTH(complexd, double _Complex) BOTH(wide, __int128)
";

fn function_type(
    header: &Header,
    result: &str,
    params: &[&str],
    convention: Convention,
) -> TypeHandle {
    let params: Vec<_> = params.iter().map(|text| header.handle(text)).collect();
    build::function(&header.handle(result), &params, false, convention).unwrap()
}

#[test]
fn a_convention_that_is_not_there_is_refused() {
    let header = Header::new("");
    let outcome = function_type(&header, "int", &["int"], Convention::Win64).call().map(drop);
    match cfg!(target_arch = "x86_64") {
        true => outcome.unwrap(),
        false => assert_eq!(outcome.unwrap_err().status(), Status::Unsupported),
    }
}
