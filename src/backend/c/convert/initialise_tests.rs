use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::backend::c::testing::{Header, integer, integers, list, object, part, read, real, text};
use crate::error::Status;
use crate::value::string8;

#[test]
fn numbers_initialise_numbers() {
    let header = Header::new("struct hidden;");
    assert_eq!(integer(&header.value("short", &(-3_i64).into()), ""), -3);
    assert_eq!(real(&header.value("float", &0.5.into()), ""), 0.5);
    assert_eq!(real(&header.value("double", &2_i32.into()), ""), 2.0);
    assert_eq!(integer(&header.value("const int", &7_u8.into()), ""), 7);
    assert_eq!(integer(&header.value("int", &value::null()), ""), 0);
    let copy = header.value("const int", &object(&header.value("int", &9.into())));
    assert_eq!(integer(&copy, ""), 9);
    for (type_name, init, status) in [
        ("char", 300.into(), Status::OutOfRange),
        ("unsigned", (-1).into(), Status::OutOfRange),
        ("int", 1.5.into(), Status::TypeMismatch),
        ("void", 1.into(), Status::TypeMismatch),
        ("int (void)", 1.into(), Status::TypeMismatch),
        ("struct hidden", 1.into(), Status::TypeMismatch),
    ] {
        let error = header.try_value(type_name, &init).err().unwrap();
        assert_eq!(error.status(), status, "{type_name}: {error}");
    }
}

#[test]
fn text_fills_arrays_of_every_character() {
    let header = Header::new("");
    let euro = string8("a€😀").unwrap();
    for (type_name, spelled) in [
        ("char[]", "char [9]"),
        ("unsigned char[20]", "unsigned char [20]"),
        ("wchar_t[]", "wchar_t [4]"),
        ("char16_t[]", "char16_t [5]"),
        ("char32_t[3]", "char32_t [3]"),
    ] {
        let array = header.value(type_name, &euro);
        assert_eq!(array.ctype().spell(), spelled);
        assert_eq!(text(&array).unwrap(), "a€😀", "{type_name}");
    }
    assert_eq!(text(&header.value("char[8]", &euro)).unwrap(), "a€😀");
    assert_eq!(text(&header.value("char[]", &string8("").unwrap())).unwrap(), "");
    let error = header.try_value("char[7]", &euro).err().unwrap();
    assert!(error.message().contains("text of 8 code units does not fit C's char [7]"), "{error}");
    let error = header.try_value("double[]", &euro).err().unwrap();
    assert!(error.message().contains("gives it none"), "{error}");
    assert!(header.try_value("char *", &euro).is_err());
}

#[test]
fn arrays_fill_arrays() {
    let header = Header::new("");
    let array = header.value("int[]", &integers(&[1, 2, 3]));
    assert_eq!((array.ctype().spell().as_str(), integer(&array, "[2]")), ("int [3]", 3));
    let wide = header.value("long[5]", &integers(&[1, -2]));
    assert_eq!((integer(&wide, "[1]"), integer(&wide, "[4]")), (-2, 0));
    let rows = list(&[*integers(&[1, 2]), *integers(&[3])]);
    let matrix = header.value("short[2][2]", &rows);
    assert_eq!((integer(&matrix, "[1][0]"), integer(&matrix, "[1][1]")), (3, 0));
    let copy = header.value("int[]", &object(&array));
    assert_eq!((copy.ctype().spell().as_str(), integer(&copy, "[2]")), ("int [3]", 3));
    let error = header.try_value("int[2]", &integers(&[1, 2, 3])).err().unwrap();
    assert!(error.message().contains("3 elements do not fit C's int [2]"), "{error}");
    let error = header.try_value("char[]", &integers(&[1, 200])).err().unwrap();
    assert!(error.message().starts_with("element 1: 200 does not fit"), "{error}");
    let error = header.try_value("int[]", &value::null()).err().unwrap();
    assert!(error.message().contains("has no length"), "{error}");
}

#[test]
fn values_in_order_fill_structs_and_unions() {
    let header = Header::new(
        "struct inner { unsigned a : 4; int b : 12; };
         struct outer { char name[6]; struct inner inner; double _Complex z; int last; };
         union either { short s; double d; };",
    );
    let inner = list(&[9.into(), (-5).into()]);
    let z = list(&[1.0.into(), 2.0.into()]);
    let outer = header.value("struct outer", &list(&[*string8("abc").unwrap(), *inner, *z]));
    assert_eq!((integer(&outer, "inner.a"), integer(&outer, "inner.b")), (9, -5));
    assert_eq!((real(&outer, "z[1]"), integer(&outer, "last")), (2.0, 0));
    assert_eq!(text(&part(&outer, "name")).unwrap(), "abc");
    assert_eq!(integer(&header.value("union either", &list(&[3.into()])), "s"), 3);
    for (type_name, init, message) in [
        ("struct inner", list(&[1.into(); 3]), "3 values given for struct inner, which takes 2"),
        ("union either", list(&[1.into(); 2]), "2 values given for union either, which takes 1"),
        ("struct inner", list(&[16.into()]), "member `a`: 16 does not fit unsigned int : 4"),
        ("double _Complex", list(&[1.0.into()]), "1 values given for _Complex double"),
    ] {
        let error = header.try_value(type_name, &init).err().unwrap();
        assert!(error.message().contains(message), "{error}");
    }
}

#[test]
fn a_flexible_array_has_room_for_what_is_given() {
    let header = Header::new("struct text { short length; char data[]; }; struct hidden;");
    let made = header.value("struct text", &list(&[5.into(), *string8("hello").unwrap()]));
    assert_eq!(text(&part(&made, "data")).unwrap(), "hello");
    assert!(read(&made, "data[5]").is_ok() && read(&made, "data[6]").is_err());
    let made = new_array(header.ctype("struct text"), 3).unwrap();
    assert!(read(&Arc::new(made), "data[2]").is_ok());
    let array = new_array(header.ctype("int[]"), 4).unwrap();
    assert_eq!(array.ctype().spell(), "int [4]");
    assert_eq!(new_array(header.ctype("int[2]"), 3).unwrap().ctype().spell(), "int [3][2]");
    for type_name in ["int", "struct text"] {
        let error = new_array(header.ctype(type_name), usize::MAX / 2).err().unwrap();
        assert_eq!(error.status(), Status::OutOfRange);
    }
    assert!(new_array(header.ctype("struct hidden"), 1).is_err());
}

#[test]
fn a_pointer_keeps_what_it_was_given() {
    let header = Header::new("struct point { int x, y; };");
    let counter = AtomicUsize::new(0);
    unsafe extern "C-unwind" fn count(userdata: *mut std::ffi::c_void) {
        // SAFETY: the test's counter outlives the object.
        unsafe { &*userdata.cast::<AtomicUsize>() }.fetch_add(1, Ordering::SeqCst);
    }
    let mut point = [4_i32, 5];
    // SAFETY: the point outlives the object.
    let foreign = Arc::new(unsafe {
        let userdata = (&raw const counter).cast_mut().cast();
        let address = point.as_mut_ptr().cast();
        CData::foreign(header.ctype("struct point"), address, userdata, Some(count))
    });
    let pointer = header.value("struct point *", &object(&foreign));
    let second = header.value("void *", &object(&pointer));
    let first = header.value("int *", &object(&header.value("int[2]", &integers(&[6, 7]))));
    assert_eq!((integer(&pointer, "->y"), integer(&first, "[1]")), (5, 7));
    drop(foreign);
    drop(pointer);
    assert_eq!(counter.load(Ordering::SeqCst), 0);
    drop(second);
    assert_eq!(counter.load(Ordering::SeqCst), 1);
    let error = header.try_value("struct point *", &object(&first)).err().unwrap();
    assert!(error.message().contains("given for struct point *"), "{error}");
}

#[test]
fn pointers_take_addresses_null_and_functions() {
    let header = Header::new("");
    let address = header.value("char *", &0x1000_u64.into());
    assert_eq!(crate::handle::ForeignObject::identity(&*address), 0x1000);
    let none = header.value("char *", &value::object(std::ptr::null_mut()));
    assert_eq!(crate::handle::ForeignObject::identity(&*none), 0);
    assert!(header.try_value("char *", &1.5.into()).is_err());
    assert!(header.try_value("char *", &integers(&[1])).is_err());
}
