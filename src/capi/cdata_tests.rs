use std::ffi::{CStr, CString};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::cdata_access::*;
use super::super::ctype::*;
use super::super::ctype_build::*;
use super::super::ctype_call::*;
use super::super::ctype_query::*;
use super::super::module::{metaffi_module_declare, metaffi_module_free, metaffi_module_load};
use super::super::object::metaffi_object_free;
use super::super::runtime::{metaffi_runtime_free, metaffi_runtime_load};
use super::super::{array, callable, memory, value};
use super::*;
use crate::abi::*;
use crate::call::failure;

/// A module of runtime c with declarations, and the statuses of what is asked of it.
struct Session {
    module: *mut metaffi_module,
}

impl Session {
    fn new(declarations: &str) -> Session {
        let (mut runtime, mut module) = (null_mut(), null_mut());
        // SAFETY: live arguments.
        unsafe {
            ok(|e| metaffi_runtime_load(c"c".as_ptr(), null(), 0, &mut runtime, e));
            ok(|e| metaffi_module_load(runtime, null(), &mut module, e));
            let text = declarations.as_ptr().cast();
            ok(|e| metaffi_module_declare(module, text, declarations.len(), e));
            metaffi_runtime_free(runtime);
        }
        Session { module }
    }

    fn parse(&self, text: &str) -> *mut metaffi_ctype {
        let (text, mut ctype) = (CString::new(text).unwrap(), null_mut());
        // SAFETY: live arguments.
        ok(|e| unsafe { metaffi_ctype_parse(self.module, text.as_ptr(), &mut ctype, e) });
        ctype
    }

    fn new_data(&self, text: &str, init: Option<metaffi_value>) -> *mut metaffi_object {
        let (ctype, mut object) = (self.parse(text), null_mut());
        let init = init.as_ref().map_or(null(), std::ptr::from_ref);
        // SAFETY: live arguments.
        ok(|e| unsafe { metaffi_cdata_new(ctype, init, &mut object, e) });
        assert_eq!(metaffi_ctype_free(ctype), METAFFI_OK);
        object
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        assert_eq!(metaffi_module_free(self.module), METAFFI_OK);
    }
}

fn ok(call: impl FnOnce(*mut *mut metaffi_error) -> metaffi_status) {
    let mut error = null_mut();
    let status = call(&mut error);
    assert_eq!(status, METAFFI_OK, "{}", failure::from_c(status, error));
}

fn fails(call: impl FnOnce(*mut *mut metaffi_error) -> metaffi_status) -> Error {
    let mut error = null_mut();
    let status = call(&mut error);
    assert_ne!(status, METAFFI_OK);
    failure::from_c(status, error)
}

fn read(object: *const metaffi_object, path: &CStr) -> metaffi_value {
    let mut found = crate::value::null();
    // SAFETY: live arguments.
    ok(|e| unsafe { metaffi_cdata_read(object, path.as_ptr(), &mut found, e) });
    found
}

fn free(object: *mut metaffi_object) {
    assert_eq!(metaffi_object_free(object), METAFFI_OK);
}

#[test]
fn a_struct_is_built_filled_and_called_with() {
    let session = Session::new("");
    let int = session.parse("int");
    let field = |name: &'static CStr| metaffi_ctype_field {
        name: name.as_ptr(),
        r#type: int,
        bits: -1,
        align: 0,
    };
    let fields = [field(c"quot"), field(c"rem")];
    let (mut pair, mut function, mut result) = (null_mut(), null_mut(), null_mut());
    // SAFETY: live arguments; div has that type.
    unsafe {
        let tag = c"pair".as_ptr();
        ok(|e| metaffi_ctype_struct(session.module, tag, fields.as_ptr(), 2, 0, 0, &mut pair, e));
        let params = [int.cast_const(), int];
        ok(|e| metaffi_ctype_function(pair, params.as_ptr(), 2, false, 0, &mut function, e));
        ok(|e| metaffi_cdata_new(pair, null(), &mut result, e));
        let (mut place, mut size) = (null_mut(), 0);
        ok(|e| metaffi_cdata_address(result, &mut place, &mut size, e));
        assert_eq!(size, 8);
        let numbers = [17_i32, 5];
        let arguments =
            [(&raw const numbers[0]).cast_mut().cast(), (&raw const numbers[1]).cast_mut().cast()];
        let div = std::mem::transmute::<*const (), metaffi_function>(div as *const ());
        let call = |code, count, e| {
            metaffi_ctype_call(function, code, place, arguments.as_ptr(), count, null(), 0, e)
        };
        ok(|e| call(div, 2, e));
        assert_eq!(read(result, c"quot").data.int32, 3);
        assert_eq!(read(result, c"rem").data.int32, 2);
        assert_eq!(fails(|e| call(None, 2, e)).message(), "function is NULL");
        let wrong = fails(|e| call(div, 1, e));
        assert!(wrong.message().contains("1 arguments given to a function that takes 2"));
        let arguments = [null_mut(), null_mut()];
        let null_argument = fails(|e| {
            metaffi_ctype_call(function, div, place, arguments.as_ptr(), 2, null(), 0, e)
        });
        assert!(null_argument.message().contains("arguments[0] is NULL"), "{null_argument}");
        let extra = [int.cast_const()];
        let no_variadic = fails(|e| {
            metaffi_ctype_call(function, div, place, arguments.as_ptr(), 2, extra.as_ptr(), 1, e)
        });
        assert!(no_variadic.message().contains("is not variadic"), "{no_variadic}");
    }
    free(result);
    for ctype in [int, pair, function] {
        assert_eq!(metaffi_ctype_free(ctype), METAFFI_OK);
        assert_eq!(metaffi_ctype_free(ctype), METAFFI_STATUS_INVALID_HANDLE);
    }
}

unsafe extern "C-unwind" {
    fn div(numerator: i32, denominator: i32) -> u64;
}

#[test]
fn a_variadic_call_takes_the_types_of_its_arguments() {
    let session = Session::new("int snprintf(char *, size_t, const char *, ...);");
    let function = session.parse("int (char *, size_t, const char *, ...)");
    let types = [session.parse("int").cast_const(), session.parse("double")];
    let mut buffer = [0_u8; 32];
    let (to, size, format) = (buffer.as_mut_ptr(), buffer.len(), c"%d %g".as_ptr());
    let (number, real, mut length) = (42_i32, 0.5_f64, 0_i32);
    let arguments: [*mut c_void; 5] = [
        (&raw const to).cast_mut().cast(),
        (&raw const size).cast_mut().cast(),
        (&raw const format).cast_mut().cast(),
        (&raw const number).cast_mut().cast(),
        (&raw const real).cast_mut().cast(),
    ];
    // SAFETY: the arguments are those of the format.
    unsafe {
        let code = std::mem::transmute::<*const (), metaffi_function>(libc::snprintf as *const ());
        let result = (&raw mut length).cast();
        let call = |count, types: &[*const metaffi_ctype], e| {
            let (list, n) = (types.as_ptr(), types.len());
            metaffi_ctype_call(function, code, result, arguments.as_ptr(), count, list, n, e)
        };
        ok(|e| call(5, &types, e));
        assert_eq!(&buffer[..length as usize], b"42 0.5");
        let untold = fails(|e| call(5, &[], e));
        assert!(untold.message().contains("give the types of the variadic ones"), "{untold}");
        let stale = fails(|e| call(5, &[types[0], null()], e));
        assert!(stale.message().starts_with("variadic_types[1]: ctype is NULL"), "{stale}");
    }
    for ctype in [function, types[0].cast_mut(), types[1].cast_mut()] {
        metaffi_ctype_free(ctype);
    }
}

#[test]
fn types_say_what_they_are() {
    let session = Session::new(
        "struct s { char c; int b : 3; union { int i; float f; }; double d[2]; }; struct later;
         union u; enum e { E };",
    );
    for (text, kind) in [
        ("void", METAFFI_CTYPE_VOID),
        ("_Bool", METAFFI_CTYPE_BOOL),
        ("const size_t", METAFFI_CTYPE_INTEGER),
        ("long double", METAFFI_CTYPE_FLOAT),
        ("double _Complex", METAFFI_CTYPE_COMPLEX),
        ("int *", METAFFI_CTYPE_POINTER),
        ("int[2]", METAFFI_CTYPE_ARRAY),
        ("struct s", METAFFI_CTYPE_STRUCT),
        ("union u", METAFFI_CTYPE_UNION),
        ("enum e", METAFFI_CTYPE_ENUM),
        ("int (void)", METAFFI_CTYPE_FUNCTION),
        ("va_list", METAFFI_CTYPE_VA_LIST),
    ] {
        let ctype = session.parse(text);
        assert_eq!(metaffi_ctype_kind(ctype), kind, "{text}");
        metaffi_ctype_free(ctype);
        assert_eq!(metaffi_ctype_kind(ctype), METAFFI_CTYPE_NONE);
    }
    let ctype = session.parse("struct s");
    assert_eq!(metaffi_ctype_field_count(ctype), 4);
    let (mut size, mut align, mut offset) = (0, 0, 0);
    let (mut name, mut bit_offset, mut bits) = (null(), 0, 0);
    let (mut part, mut element, mut length) = (null_mut(), null_mut(), 0);
    // SAFETY: live arguments.
    unsafe {
        ok(|e| metaffi_ctype_size(ctype, &mut size, e));
        ok(|e| metaffi_ctype_align(ctype, &mut align, e));
        assert_eq!((size, align), (24, 8));
        ok(|e| {
            let (name, part) = (&raw mut name, null_mut());
            let (first, width) = (&raw mut bit_offset, &raw mut bits);
            metaffi_ctype_field_at(ctype, 1, name, &mut offset, first, width, part, e)
        });
        assert_eq!((CStr::from_ptr(name), offset, bit_offset, bits), (c"b", 1, 0, 3));
        ok(|e| {
            let (name, part) = (&raw mut name, &raw mut part);
            metaffi_ctype_field_at(ctype, 2, name, null_mut(), &mut bit_offset, null_mut(), part, e)
        });
        assert_eq!((name, bit_offset, metaffi_ctype_kind(part)), (null(), -1, METAFFI_CTYPE_UNION));
        metaffi_ctype_free(part);
        ok(|e| metaffi_ctype_offset(ctype, c"d[1]".as_ptr(), &mut offset, &mut part, e));
        assert_eq!((offset, metaffi_ctype_kind(part)), (16, METAFFI_CTYPE_FLOAT));
        metaffi_ctype_free(part);
        ok(|e| metaffi_ctype_offset(ctype, c"d".as_ptr(), &mut offset, &mut part, e));
        ok(|e| metaffi_ctype_element(part, &mut element, &mut length, e));
        assert_eq!((length, metaffi_ctype_kind(element)), (2, METAFFI_CTYPE_FLOAT));
        let mut pointer = null_mut();
        ok(|e| metaffi_ctype_pointer(part, &mut pointer, e));
        let mut spelled = null_mut();
        ok(|e| metaffi_ctype_name(pointer, &mut spelled, e));
        assert_eq!(CStr::from_ptr(spelled), c"double (*)[2]");
        memory::metaffi_free(spelled.cast());
        for ctype in [part, element, pointer] {
            metaffi_ctype_free(ctype);
        }
        let none = |index, e| {
            let none = null_mut();
            metaffi_ctype_field_at(ctype, index, null_mut(), null_mut(), none, none, null_mut(), e)
        };
        assert_eq!(fails(|e| none(4, e)).message(), "index 4: `struct s` has 4 fields");
        let later = session.parse("struct later");
        let error = fails(|e| metaffi_ctype_size(later, &mut size, e));
        assert!(error.message().contains("declared but not defined"), "{error}");
        assert_eq!(metaffi_ctype_field_count(later), 0);
        let error = fails(|e| metaffi_ctype_element(later, &mut element, null_mut(), e));
        assert_eq!(error.status(), Status::TypeMismatch);
        metaffi_ctype_free(later);
    }
    metaffi_ctype_free(ctype);
}

#[test]
fn a_recursive_struct_is_built_in_two_steps() {
    let session = Session::new("");
    let int = session.parse("unsigned");
    let (mut node, mut next) = (null_mut(), null_mut());
    // SAFETY: live arguments.
    unsafe {
        let tag = c"node".as_ptr();
        ok(|e| metaffi_ctype_struct(session.module, tag, null(), 0, 0, 0, &mut node, e));
        ok(|e| metaffi_ctype_pointer(node, &mut next, e));
        let field = |name: *const c_char, r#type, bits| metaffi_ctype_field {
            name,
            r#type,
            bits,
            align: 0,
        };
        let fields = [field(c"low".as_ptr(), int, 4), field(c"next".as_ptr(), next, -1)];
        let define = |fields: &[metaffi_ctype_field], module, ctype: *mut _, e| {
            let (list, count) = (fields.as_ptr(), fields.len());
            metaffi_ctype_struct(module, c"node".as_ptr(), list, count, 1, 0, ctype, e)
        };
        let mut same = null_mut();
        ok(|e| define(&fields, session.module, &mut same, e));
        let mut size = 0;
        ok(|e| metaffi_ctype_size(node, &mut size, e));
        assert_eq!(size, 9);
        metaffi_ctype_free(same);
        let again = fails(|e| define(&fields[..1], session.module, &mut same, e));
        assert!(again.message().contains("defined twice and differently"), "{again}");
        let wrong = fails(|e| define(&[field(null(), int, -2)], session.module, &mut same, e));
        assert!(wrong.message().contains("fields[0]: bits is -2"), "{wrong}");
        let missing = fails(|e| define(&[field(null(), null(), -1)], session.module, &mut same, e));
        assert!(missing.message().contains("fields[0]: ctype is NULL"), "{missing}");
        let other = Session::new("");
        let foreign = fails(|e| define(&fields, other.module, &mut same, e));
        assert!(foreign.message().contains("is a type of another module"), "{foreign}");
        let error = fails(|e| metaffi_ctype_function(int, null(), 0, false, 7, &mut same, e));
        assert!(error.message().contains("convention is 7"), "{error}");
        let mut either = null_mut();
        ok(|e| {
            metaffi_ctype_union(session.module, null(), fields.as_ptr(), 2, 0, 16, &mut either, e)
        });
        ok(|e| metaffi_ctype_align(either, &mut size, e));
        assert_eq!(size, 16);
        metaffi_ctype_free(either);
        ok(|e| metaffi_ctype_array(int, usize::MAX, &mut same, e));
        assert!(metaffi_ctype_size(same, &mut size, null_mut()) != METAFFI_OK);
        metaffi_ctype_free(same);
        let error = fails(|e| metaffi_ctype_array(int, usize::MAX - 1, &mut same, e));
        assert_eq!((error.status(), same), (Status::OutOfRange, null_mut()));
    }
    for ctype in [node, int, next] {
        metaffi_ctype_free(ctype);
    }
}

unsafe extern "C" fn count(userdata: *mut c_void) {
    // SAFETY: the tests' counters outlive what counts.
    unsafe { &*userdata.cast::<AtomicUsize>() }.fetch_add(1, Ordering::SeqCst);
}

#[test]
fn memory_is_given_back_when_nothing_keeps_it() {
    let session = Session::new("struct point { int x, y; };");
    let ended = AtomicUsize::new(0);
    let mut point = [1_i32, 2];
    let ctype = session.parse("struct point");
    let (mut object, mut pointer, mut bytes) = (null_mut(), null_mut(), null_mut());
    // SAFETY: live arguments; the point outlives the objects.
    unsafe {
        let userdata = (&raw const ended).cast_mut().cast();
        let address = point.as_mut_ptr().cast();
        let mut lend = |address, e| {
            metaffi_cdata_from_address(ctype, address, userdata, Some(count), &mut object, e)
        };
        assert!(fails(|e| lend(null_mut(), e)).message().contains("address is NULL"));
        assert_eq!(ended.load(Ordering::SeqCst), 0);
        ok(|e| lend(address, e));
        ok(|e| metaffi_cdata_address_of(object, c"y".as_ptr(), &mut pointer, e));
        let mut part = read(object, c"");
        ok(|e| metaffi_cdata_buffer(object, usize::MAX, &mut bytes, e));
        assert_eq!(array::metaffi_array_length(bytes), 8);
        free(object);
        let mut held = null_mut();
        ok(|e| metaffi_cdata_pointer(pointer, &mut held, e));
        assert_eq!(held, point.as_mut_ptr().add(1).cast());
        assert_eq!(read(pointer, c"*").data.int32, 2);
        free(pointer);
        value::metaffi_value_clear(&mut part);
        assert_eq!(ended.load(Ordering::SeqCst), 0);
        array::metaffi_array_free(bytes);
        assert_eq!(ended.load(Ordering::SeqCst), 1);
    }
    metaffi_ctype_free(ctype);
}

#[test]
fn released_data_is_an_error_until_its_handle_is_freed() {
    let session = Session::new("");
    let number = session.new_data("int", Some(5.into()));
    let (mut found, mut ctype) = (null_mut(), null_mut());
    // SAFETY: live arguments.
    unsafe {
        ok(|e| metaffi_cdata_release(number, e));
        ok(|e| metaffi_cdata_release(number, e));
        let error = fails(|e| metaffi_cdata_address(number, &mut found, null_mut(), e));
        assert_eq!(error.message(), "the memory of this int was released");
        ok(|e| metaffi_cdata_type(number, &mut ctype, e));
        metaffi_ctype_free(ctype);
        free(number);
        let error = fails(|e| metaffi_cdata_release(number, e));
        assert!(error.message().contains("stale"), "{error}");
    }
}

#[test]
fn text_casts_and_arrays_cross_the_boundary() {
    let session = Session::new("");
    let init = crate::value::string8("grüße").unwrap();
    let array = session.new_data("char[]", Some(*init));
    let (pointer_type, mut pointer) = (session.parse("const unsigned char *"), null_mut());
    let mut string = crate::value::null();
    let int = session.parse("int");
    let mut numbers = null_mut();
    // SAFETY: live arguments; what is made is freed.
    unsafe {
        ok(|e| metaffi_cdata_cast(array, pointer_type, &mut pointer, e));
        free(array);
        ok(|e| metaffi_cdata_string(pointer, usize::MAX, &mut string, e));
        let kind = crate::value::kind_of(&string).unwrap();
        assert_eq!(crate::value::text::decode(&string.data.string, kind).unwrap(), "grüße");
        value::metaffi_value_clear(&mut string);
        ok(|e| metaffi_cdata_new_array(int, 3, &mut numbers, e));
        let path = c"[2]".as_ptr();
        ok(|e| metaffi_cdata_write(numbers, path, &11_i64.into(), e));
        assert_eq!(read(numbers, c"[2]").data.int32, 11);
        let error = fails(|e| metaffi_cdata_write(numbers, path, null(), e));
        assert_eq!(error.message(), "value is NULL");
        let error = fails(|e| metaffi_cdata_read(numbers, null(), &mut string, e));
        assert_eq!(error.message(), "path is NULL");
        let mut found = null_mut();
        let number = session.new_data("int", None);
        let error = fails(|e| metaffi_cdata_pointer(number, &mut found, e));
        assert!(error.message().contains("this `int` is not a pointer"), "{error}");
        free(number);
    }
    free(pointer);
    free(numbers);
    metaffi_ctype_free(pointer_type);
    metaffi_ctype_free(int);
}

unsafe extern "C-unwind" fn negate(
    result: *mut c_void,
    arguments: *mut *mut c_void,
    _: *mut c_void,
) {
    // SAFETY: an int in, an int out.
    unsafe { result.cast::<i32>().write(-(*arguments).cast::<i32>().read()) };
}

#[test]
fn a_closure_is_a_callable_with_an_address() {
    let session = Session::new("");
    let r#type = session.parse("int (*)(int)");
    let ended = AtomicUsize::new(0);
    let (mut made, mut code, mut result) = (null_mut(), None, 0_i32);
    // SAFETY: live arguments; the closure has the type.
    unsafe {
        let userdata = (&raw const ended).cast_mut().cast();
        let mut make = |handler, e| {
            metaffi_ctype_closure(r#type, handler, userdata, Some(count), &mut made, e)
        };
        assert_eq!(fails(|e| make(None, e)).message(), "handler is NULL");
        ok(|e| make(Some(negate), e));
        ok(|e| callable::metaffi_callable_native(made, &mut code, e));
        let number = 21_i32;
        let argument = (&raw const number).cast_mut().cast();
        let to = (&raw mut result).cast();
        ok(|e| metaffi_ctype_call(r#type, code, to, &argument, 1, null(), 0, e));
        assert_eq!(result, -21);
        let mut returned = crate::value::null();
        ok(|e| callable::metaffi_callable_call(made, &8.into(), 1, &mut returned, 1, e));
        assert_eq!(returned.data.int32, -8);
        assert_eq!(callable::metaffi_callable_free(made), METAFFI_OK);
    }
    assert_eq!(ended.load(Ordering::SeqCst), 1);
    metaffi_ctype_free(r#type);
}

#[test]
fn what_is_no_type_no_data_or_no_module_is_refused() {
    let session = Session::new("");
    let (mut ctype, mut object) = (null_mut(), null_mut());
    let text = c"int".as_ptr();
    // SAFETY: bad handles are refused, as is NULL.
    unsafe {
        let parse = |module, text, ctype: *mut _, e| metaffi_ctype_parse(module, text, ctype, e);
        assert_eq!(fails(|e| parse(null(), text, &mut ctype, e)).message(), "module is NULL");
        let error = fails(|e| parse(session.module, c"struct nowhere *".as_ptr(), &mut ctype, e));
        assert_eq!(error.status(), Status::NotFound);
        assert!(error.message().contains("nothing declares `struct nowhere`"), "{error}");
        let error = fails(|e| parse(session.module, c"in t".as_ptr(), &mut ctype, e));
        assert_eq!(error.status(), Status::Syntax);
        assert_eq!(
            fails(|e| parse(session.module, null(), &mut ctype, e)).message(),
            "text is NULL"
        );
        let error = fails(|e| parse(session.module, text, null_mut(), e));
        assert!(error.message().starts_with("ctype is NULL"), "{error}");
        let error = fails(|e| metaffi_cdata_new(null(), null(), &mut object, e));
        assert_eq!(error.status(), Status::InvalidHandle);
        let module: *const metaffi_object = session.module.cast();
        let error = fails(|e| metaffi_cdata_release(module, e));
        assert!(error.message().contains("got one of kind module"), "{error}");
        assert_eq!(metaffi_ctype_kind(session.module.cast()), METAFFI_CTYPE_NONE);
        let int = session.parse("int");
        let mut clone = null_mut();
        ok(|e| metaffi_ctype_clone(int, &mut clone, e));
        metaffi_ctype_free(int);
        ok(|e| metaffi_cdata_new(clone, null(), &mut object, e));
        metaffi_ctype_free(clone);
        free(object);
        assert_eq!(metaffi_ctype_free(null_mut()), METAFFI_OK);
    }
}

#[test]
fn building_and_parsing_at_once_lose_nothing() {
    let session = Session::new("struct point { int x; };");
    let module = session.module.addr();
    let build = |thread: usize| {
        let module = std::ptr::without_provenance_mut::<metaffi_module>(module);
        for index in 0..50 {
            let tag = CString::new(format!("built_{thread}_{index}")).unwrap();
            let (mut int, mut built, mut failed) = (null_mut(), null_mut(), null_mut());
            // SAFETY: live arguments.
            unsafe {
                ok(|e| metaffi_ctype_parse(module, c"int".as_ptr(), &mut int, e));
                let fields =
                    [metaffi_ctype_field { name: c"a".as_ptr(), r#type: int, bits: -1, align: 0 }];
                let (tag, list) = (tag.as_ptr(), fields.as_ptr());
                ok(|e| metaffi_ctype_struct(module, tag, list, 1, 0, 0, &mut built, e));
                fails(|e| metaffi_ctype_parse(module, c"struct none".as_ptr(), &mut failed, e));
                let mut size = 0;
                ok(|e| metaffi_ctype_size(built, &mut size, e));
                assert_eq!(size, 4);
                metaffi_ctype_free(int);
                metaffi_ctype_free(built);
            }
        }
    };
    std::thread::scope(|scope| {
        for thread in 0..3 {
            scope.spawn(move || build(thread));
        }
    });
    let last = session.parse("struct built_2_49");
    assert_eq!(metaffi_ctype_field_count(last), 1);
    metaffi_ctype_free(last);
}
