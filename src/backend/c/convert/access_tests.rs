use super::*;
use crate::backend::c::testing;
use crate::backend::c::testing::{
    Header, address, integer, integers, list, object, part, read, real, write,
};
use crate::error::Status;
use crate::value::string8;

const NESTED: &str = "
    struct point { int x; short y; };
    struct shape {
        char name[8];
        union { struct point corners[2]; double radius; };
        struct point *center;
        const int id;
        unsigned a : 3; int b : 5; unsigned long long c : 40; _Bool d : 1;
        double _Complex z;
        int (*area)(struct shape *);
    };
    struct packed { char tag; int value; unsigned long long wide : 61; int rest : 7; }
        __attribute__((packed));
    enum color { RED = 1, BLUE = -2 };
    struct text { int length; char data[]; };
    struct node { int value; struct node *next; };
    struct later;";

fn header() -> Header {
    Header::new(NESTED)
}

#[test]
fn members_and_elements_are_read_and_written() {
    let header = header();
    let shape = header.zeroed("struct shape");
    write(&shape, "corners[1].x", 7).unwrap();
    write(&shape, ".corners[1].y", -2_i64).unwrap();
    assert_eq!((integer(&shape, "corners[1].x"), integer(&shape, "corners[1].y")), (7, -2));
    write(&shape, "radius", 2.5).unwrap();
    assert_eq!(real(&shape, "radius"), 2.5);
    write(&shape, "name", *string8("abc").unwrap()).unwrap();
    assert_eq!(testing::text(&part(&shape, "name")).unwrap(), "abc");
    write(&shape, "z[1]", -1.5).unwrap();
    assert_eq!((real(&shape, "z[0]"), real(&shape, "z[1]")), (0.0, -1.5));
    let color = header.zeroed("enum color");
    write(&color, "", -2).unwrap();
    assert_eq!(integer(&color, ""), -2);
}

#[test]
fn a_part_shares_the_memory_and_keeps_it() {
    let header = header();
    let shape = header.zeroed("struct shape");
    let corner = part(&part(&shape, "corners"), "[1]");
    write(&corner, "x", 9).unwrap();
    assert_eq!(integer(&shape, "corners[1].x"), 9);
    drop(shape);
    assert_eq!(integer(&corner, "x"), 9);
    let whole = header.value("struct point", &list(&[1.into(), 2.into()]));
    write(&corner, "", *object(&whole)).unwrap();
    assert_eq!((integer(&corner, "x"), integer(&corner, "y")), (1, 2));
}

#[test]
fn bit_fields_are_exact() {
    let header = header();
    let shape = header.zeroed("struct shape");
    write(&shape, "a", 5).unwrap();
    write(&shape, "b", -16).unwrap();
    write(&shape, "c", (1_i64 << 40) - 1).unwrap();
    write(&shape, "d", true).unwrap();
    assert_eq!((integer(&shape, "a"), integer(&shape, "b")), (5, -16));
    assert_eq!(integer(&shape, "c"), (1 << 40) - 1);
    assert_eq!(read(&shape, "d").unwrap().r#type, crate::abi::metaffi_bool_type);
    for (path, value) in [("a", 8), ("a", -1), ("b", 16), ("b", -17)] {
        let error = write(&shape, path, value).unwrap_err();
        assert_eq!(error.status(), Status::OutOfRange, "{error}");
    }
    let error = write(&shape, "b", 16).unwrap_err();
    assert!(error.message().contains("path `b`: 16 does not fit int : 5 (-16 to 15)"), "{error}");
    let packed = header.zeroed("struct packed");
    write(&packed, "value", i32::MIN).unwrap();
    write(&packed, "wide", (1_i64 << 61) - 1).unwrap();
    write(&packed, "rest", -64).unwrap();
    assert_eq!(integer(&packed, "value"), i64::from(i32::MIN));
    assert_eq!((integer(&packed, "wide"), integer(&packed, "rest")), ((1 << 61) - 1, -64));
    // SAFETY: no pointers on the path.
    let error = unsafe { access_of(&packed, "rest") };
    assert!(error.message().contains("a bit-field has no address"), "{error}");
}

unsafe fn access_of(object: &Arc<CData>, path: &str) -> Error {
    // SAFETY: what pointers on the path point to is there: none is.
    unsafe { address_of(object, path) }.err().unwrap()
}

#[test]
fn pointers_are_followed_and_null_is_an_error() {
    let header = header();
    let (shape, point) = (header.zeroed("struct shape"), header.zeroed("struct point"));
    for path in ["center->x", "center*", "center[0]"] {
        let error = read(&shape, path).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.message().ends_with("this `struct point *` is NULL"), "{error}");
    }
    let error = read(&shape, "center.x").unwrap_err();
    assert!(error.message().contains("write `->x`"), "{error}");
    write(&shape, "center", *object(&point)).unwrap();
    write(&shape, "center->x", 3).unwrap();
    assert_eq!(integer(&point, "x"), 3);
    assert_eq!((integer(&shape, "center[0].x"), integer(&shape, "center*.x")), (3, 3));
    let pointer = part(&shape, "center");
    assert_eq!(crate::handle::ForeignObject::identity(&*pointer), address(&point).addr() as u64);
    write(&shape, "center", value::null()).unwrap();
    // SAFETY: a handle.
    assert!(unsafe { read(&shape, "center").unwrap().data.object }.is_null());
}

#[test]
fn linked_nodes_are_walked() {
    let header = header();
    let nodes = Arc::new(initialise_array(&header, "struct node", 3));
    for index in 0..3 {
        write(&nodes, &format!("[{index}].value"), index * 10).unwrap();
        if index < 2 {
            // SAFETY: no pointers on the path.
            let next = unsafe { address_of(&nodes, &format!("[{}]", index + 1)) }.unwrap();
            write(&nodes, &format!("[{index}].next"), *object(&Arc::new(next))).unwrap();
        }
    }
    assert_eq!(integer(&nodes, "[0].next->next->value"), 20);
    assert!(read(&nodes, "[0].next->next->next->value").is_err());
}

fn initialise_array(header: &Header, text: &str, length: usize) -> CData {
    crate::backend::c::convert::initialise::new_array(header.ctype(text), length).unwrap()
}

#[test]
fn a_pointer_into_known_memory_is_bounded() {
    let header = header();
    let numbers = header.value("int[4]", &integers(&[1, 2, 3, 4]));
    // SAFETY: no pointers on the path.
    let pointer = Arc::new(unsafe { address_of(&numbers, "[1]") }.unwrap());
    drop(numbers);
    assert_eq!((integer(&pointer, "*"), integer(&pointer, "[2]")), (2, 4));
    assert_eq!(integer(&pointer, "[-1]"), 1);
    for path in ["[3]", "[-2]", "[4611686018427387904]", "[-9223372036854775808]"] {
        let error = read(&pointer, path).unwrap_err();
        assert_eq!(error.status(), Status::OutOfRange, "{path}: {error}");
    }
    let again = part(&pointer, "");
    assert!(read(&again, "[3]").is_err());
    drop(pointer);
    assert_eq!(integer(&again, "[2]"), 4);
}

#[test]
fn what_lies_outside_is_refused() {
    let header = header();
    let shape = header.zeroed("struct shape");
    for (path, status, text) in [
        ("corners[2]", Status::OutOfRange, "index [2] is outside of `struct point [2]`"),
        ("corners[-1]", Status::OutOfRange, "index [-1]"),
        ("z[2]", Status::OutOfRange, "of 2 elements"),
        ("nothing", Status::NotFound, "has no member `nothing`"),
        ("id.x", Status::TypeMismatch, "has no members"),
        ("id[0]", Status::TypeMismatch, "`const int` has no elements"),
        ("id*", Status::TypeMismatch, "is not a pointer"),
        ("a[0]", Status::TypeMismatch, "a bit-field has no parts"),
        ("corners[", Status::Syntax, "expected `[index]` at position 7"),
    ] {
        let error = read(&shape, path).unwrap_err();
        assert_eq!(error.status(), status, "{path}: {error}");
        assert!(error.message().contains(text), "{path}: {error}");
        assert!(error.message().starts_with(&format!("path `{path}`")), "{error}");
    }
}

#[test]
fn const_is_not_written() {
    let header = header();
    let shape = header.zeroed("struct shape");
    for (object, path) in [
        (&shape, "id"),
        (&header.zeroed("const int"), ""),
        (&header.zeroed("const struct point"), "x"),
        (&header.zeroed("const int[3]"), "[1]"),
        (&header.zeroed("const int[3]"), ""),
    ] {
        let error = write(object, path, 1).unwrap_err();
        assert!(error.message().contains("is const"), "{error}");
        assert_eq!(error.message().contains(&format!("path `{path}`: ")), !path.is_empty());
    }
    // SAFETY: no pointers on the path.
    let pointer = unsafe { address_of(&shape, "id") }.unwrap();
    assert_eq!(pointer.ctype().spell(), "const int *");
    assert!(write(&Arc::new(pointer), "*", 1).is_err());
}

#[test]
fn flexible_arrays_are_as_long_as_their_memory() {
    let header = header();
    let text = Arc::new(initialise_array(&header, "struct text", 5));
    write(&text, "data[4]", 120_u8).unwrap();
    assert_eq!(integer_char(&text, "data[4]"), 120);
    assert_eq!(read(&text, "data[5]").unwrap_err().status(), Status::OutOfRange);
    write(&text, "data", *string8("hello").unwrap()).unwrap();
    assert_eq!(testing::text(&part(&text, "data")).unwrap(), "hello");
    assert!(write(&text, "data", *string8("hello!").unwrap()).is_err());
    write(&text, "", *list(&[2.into(), *string8("hi").unwrap()])).unwrap();
    assert_eq!(testing::text(&part(&text, "data")).unwrap(), "hi");
}

fn integer_char(object: &Arc<CData>, path: &str) -> u8 {
    // SAFETY: plain bits.
    unsafe { read(object, path).unwrap().data.uint8 }
}

#[test]
fn memory_of_somebody_else_is_as_large_as_its_type() {
    let header = header();
    let mut numbers = [1, 2, 3, 4];
    let foreign = |text: &str, address: *mut i32| {
        // SAFETY: the numbers outlive the object.
        Arc::new(unsafe {
            CData::foreign(header.ctype(text), address.cast(), std::ptr::null_mut(), None)
        })
    };
    let three = foreign("int[3]", numbers.as_mut_ptr());
    assert_eq!(integer(&three, "[2]"), 3);
    assert!(read(&three, "[3]").is_err());
    assert_eq!(integer(&foreign("int[]", numbers.as_mut_ptr()), "[3]"), 4);
    let pointer = header.value("int *", &(numbers.as_mut_ptr().addr() as u64).into());
    assert_eq!(integer(&pointer, "[3]"), 4);
    let hidden = foreign("struct later", numbers.as_mut_ptr());
    // SAFETY: no pointers on the path.
    let to = unsafe { address_of(&hidden, "") }.unwrap();
    assert_eq!(to.ctype().spell(), "struct later *");
    assert!(read(&Arc::new(to), "->x").unwrap_err().message().contains("not defined"));
}

#[test]
fn released_memory_is_refused_wherever_it_is_seen_from() {
    let header = header();
    let shape = header.zeroed("struct shape");
    let part = part(&shape, "corners");
    // SAFETY: no pointers on the path.
    let pointer = Arc::new(unsafe { address_of(&shape, "corners[1]") }.unwrap());
    shape.release().unwrap();
    shape.release().unwrap();
    for error in [
        read(&shape, "radius").unwrap_err(),
        read(&part, "[0].x").unwrap_err(),
        read(&pointer, "->x").unwrap_err(),
        write(&shape, "radius", 1.0).unwrap_err(),
        header.try_value("struct shape", &object(&shape)).err().unwrap(),
    ] {
        assert_eq!(error.status(), Status::InvalidHandle);
        assert!(error.message().contains("was released"), "{error}");
    }
}

#[test]
fn numbers_that_do_not_fit_and_other_types_are_refused() {
    let header = header();
    let point = header.zeroed("struct point");
    assert_eq!(write(&point, "y", 40000).unwrap_err().status(), Status::OutOfRange);
    assert_eq!(write(&point, "x", 1.5).unwrap_err().status(), Status::TypeMismatch);
    assert_eq!(write(&point, "", 1).unwrap_err().status(), Status::TypeMismatch);
    let shape = header.zeroed("struct shape");
    let error = write(&shape, "center", *string8("x").unwrap()).unwrap_err();
    assert!(error.message().contains("nobody would own its memory"), "{error}");
    let other = header.zeroed("struct shape");
    assert!(write(&shape, "center", *object(&other)).is_err());
    assert!(write(&shape, "corners[0]", *object(&other)).is_err());
}

#[test]
fn a_function_pointer_is_read_as_what_can_be_called() {
    let header = Header::new("struct ops { int (*absolute)(int); };");
    let ops = header.zeroed("struct ops");
    write(&ops, "absolute", (libc::abs as *const ()).addr() as u64).unwrap();
    let value = read(&ops, "absolute").unwrap();
    assert_eq!(value.r#type, crate::abi::metaffi_callable_type);
    // SAFETY: a callable.
    let key = unsafe { value.data.callable }.addr();
    let callable = handle::get::<crate::call::Callable>(key).unwrap();
    let mut frame = [-5_i64 as u64, 0];
    // SAFETY: one argument and one return.
    handle::using(|scope| unsafe { callable.function().call(scope, frame.as_mut_ptr()) }).unwrap();
    assert_eq!(frame[1], 5);
}
