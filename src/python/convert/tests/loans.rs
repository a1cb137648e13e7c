use super::*;
use crate::error::Status;
use crate::value::array::OwnedArray;

fn doubles() -> OwnedValue {
    let array = OwnedArray::new(Kind::Float64.into(), &[3]).unwrap();
    // SAFETY: three doubles.
    unsafe { array.data.cast::<[f64; 3]>().write([1.5, 2.5, 3.5]) };
    array.into_value()
}

fn call(gil: &Gil, function: &str, argument: &PyRef) -> Result<PyRef> {
    evaluate(gil, function).call1(gil, argument)
}

#[test]
fn python_writes_into_the_hosts_memory() {
    let gil = enter();
    let value = doubles();
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "float64_array").unwrap();
    call(&gil, "lambda view: view.__setitem__(1, 9.5)", &view).unwrap();
    loans.end(&gil).unwrap();
    assert_eq!(show(&value), "float64_array [1.5, 9.5, 3.5]");
}

#[test]
fn python_does_not_write_into_what_is_read_only() {
    let gil = enter();
    let value = taken(&gil, &evaluate(&gil, "b'abc'"), "uint8_array").unwrap();
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "uint8_array").unwrap();
    let seen = call(&gil, "lambda view: [view.readonly, bytes(view)]", &view).unwrap();
    assert_eq!(repr(&gil, &seen), "[True, b'abc']");
    drop(seen);
    let error = call(&gil, "lambda view: view.__setitem__(0, 1)", &view).err().unwrap();
    assert!(error.message().contains("read-only"), "{error}");
    let writable = "import ctypes;;lambda view: (ctypes.c_ubyte * 3).from_buffer(view)";
    let error = call(&gil, writable, &view).err().unwrap();
    assert!(error.message().contains("not writable"), "{error}");
    let exporter = view.attribute(&gil, c"obj").unwrap();
    let read_into = "lambda exporter: __import__('io').BytesIO(b'xyz').readinto(exporter)";
    let error = call(&gil, read_into, &exporter).err().unwrap();
    assert!(error.message().contains("read-write"), "{error}");
    loans.end(&gil).unwrap();
}

#[test]
fn a_view_that_is_used_after_the_call_raises() {
    let gil = enter();
    let value = doubles();
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "float64_array").unwrap();
    let exporter = view.attribute(&gil, c"obj").unwrap();
    loans.end(&gil).unwrap();
    let error = call(&gil, "lambda view: view[0]", &view).err().unwrap();
    assert!(error.message().contains("released memoryview"), "{error}");
    let error = call(&gil, "lambda exporter: memoryview(exporter)", &exporter).err().unwrap();
    assert!(error.message().contains("a call that has ended"), "{error}");
}

#[test]
fn exporters_are_not_made_by_python() {
    let gil = enter();
    let value = doubles();
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "float64_array").unwrap();
    for make in ["type(view.obj)()", "object.__new__(type(view.obj))"] {
        let error = call(&gil, &format!("lambda view: {make}"), &view).err().unwrap();
        assert_eq!(error.foreign_error().unwrap().type_name(), "TypeError");
    }
    loans.end(&gil).unwrap();
}

#[test]
fn a_slice_that_is_kept_is_an_error() {
    let gil = enter();
    let value = doubles();
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "float64_array").unwrap();
    let kept = call(&gil, "lambda view: view[1:]", &view).unwrap();
    let error = loans.end(&gil).err().unwrap();
    assert_eq!(error.status(), Status::InvalidArgument);
    assert!(error.message().contains("kept a view"), "{error}");
    drop(kept);
    let loans = Loans::new();
    python_of(&gil, &loans, &value, "float64_array").unwrap();
    loans.end(&gil).unwrap();
}

#[test]
fn what_python_keeps_of_a_loan_never_shows_another_array() {
    let gil = enter();
    let value = doubles();
    let lent = |keep: &str| {
        let loans = Loans::new();
        let view = python_of(&gil, &loans, &value, "float64_array").unwrap();
        let kept = call(&gil, &format!("lambda view: {keep}"), &view).unwrap();
        drop(view);
        (loans.end(&gil), kept)
    };
    let (_, nothing) = lent("None");
    drop(nothing);
    for (keep, escapes) in [("view.obj", false), ("view", false), ("view[1:]", true)] {
        let (ended, kept) = lent(keep);
        assert_eq!(ended.is_err(), escapes, "{keep}");
        let other = lent("view.tolist()").1;
        assert_eq!(repr(&gil, &other), "[1.5, 2.5, 3.5]");
        if !escapes {
            let error = call(&gil, "memoryview", &kept).err().unwrap();
            assert!(
                ["BufferError", "ValueError"]
                    .contains(&&*error.foreign_error().unwrap().type_name())
            );
        }
    }
}

/// What a function gives of the memoryview of an array that is lent to it.
fn looked_at(gil: &Gil, shape: &[usize], strides: Option<&[isize]>, function: &str) -> String {
    static DATA: [u8; 24] = [7; 24];
    let lent = crate::abi::metaffi_array {
        data: DATA.as_ptr().cast_mut().cast(),
        element: crate::abi::metaffi_uint8_type,
        rank: shape.len(),
        shape: shape.as_ptr(),
        strides: strides.map_or(std::ptr::null(), <[isize]>::as_ptr),
        release: None,
        owner: crate::value::array::owner(true),
    };
    let mut value = crate::value::zero(Type::parse("uint8_array").unwrap());
    value.data.array = (&raw const lent).cast_mut();
    let loans = Loans::new();
    let view = python_of(gil, &loans, &value, "uint8_array").unwrap();
    let seen = repr(gil, &call(gil, function, &view).unwrap());
    drop(view);
    loans.end(gil).unwrap();
    seen
}

#[test]
fn each_array_is_shown_as_it_lies_whatever_was_lent_before() {
    let gil = enter();
    let all = "lambda view: (view.shape, view.strides, view.nbytes, view.readonly, view.format, \
               view.c_contiguous, view.f_contiguous, view.suboffsets, view.tolist())";
    let sevens = "lambda view: bytes(view) == b'\\x07' * view.nbytes and hash(view)";
    for (shape, strides, seen) in [
        (
            &[2, 3][..],
            None,
            "((2, 3), (3, 1), 6, True, 'B', True, False, (), [[7, 7, 7], [7, 7, 7]])",
        ),
        (
            &[3, 2],
            Some(&[1, 3][..]),
            "((3, 2), (1, 3), 6, True, 'B', False, True, (), [[7, 7], [7, 7], [7, 7]])",
        ),
        (&[1, 3], None, "((1, 3), (3, 1), 3, True, 'B', True, True, (), [[7, 7, 7]])"),
        (&[2], Some(&[9]), "((2,), (9,), 2, True, 'B', False, False, (), [7, 7])"),
        (&[3], None, "((3,), (1,), 3, True, 'B', True, True, (), [7, 7, 7])"),
        (
            &[1, 1, 1, 2],
            None,
            "((1, 1, 1, 2), (2, 2, 2, 1), 2, True, 'B', True, True, (), [[[[7, 7]]]])",
        ),
    ] {
        assert_eq!(looked_at(&gil, shape, strides, all), seen);
        let hash = looked_at(&gil, shape, strides, sevens);
        let expected = repr(
            &gil,
            &evaluate(&gil, &format!("hash(b'\\x07' * {})", shape.iter().product::<usize>())),
        );
        assert_eq!(hash, expected);
    }
}

#[test]
fn a_view_that_is_referred_to_weakly_or_found_is_not_taken_again() {
    let gil = enter();
    let keep = "import weakref, gc;;lambda view: setattr(gc, 'seen_weakly', weakref.ref(view))";
    looked_at(&gil, &[3], None, keep);
    let other = "import gc;;lambda view: gc.seen_weakly() is view";
    assert_eq!(looked_at(&gil, &[3], None, other), "False");
    looked_at(&gil, &[3], None, "len");
    let found = evaluate(
        &gil,
        "import gc;;[view for view in gc.get_objects() if type(view) is memoryview]",
    );
    looked_at(&gil, &[3], None, "len");
    let open = "lambda views: [view for view in views if 'released' not in repr(view)]";
    assert_eq!(repr(&gil, &call(&gil, open, &found).unwrap()), "[]");
}

#[test]
fn a_view_that_is_returned_is_copied() {
    let gil = enter();
    let value = doubles();
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "float64_array").unwrap();
    let slice = call(&gil, "lambda view: view[1:]", &view).unwrap();
    let returned = taken(&gil, &slice, "float64_array").unwrap();
    drop(slice);
    loans.end(&gil).unwrap();
    drop(value);
    assert_eq!(show(&returned), "float64_array [2.5, 3.5]");
}

#[test]
fn loans_end_with_their_own_call_whichever_ends_first() {
    let gil = enter();
    let value = doubles();
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
        let mut calls = [(); 3].map(|()| Some(Loans::new()));
        let views = calls.each_ref().map(|loans| {
            let loans = loans.as_ref().unwrap();
            [(); 2].map(|()| python_of(&gil, loans, &value, "float64_array").unwrap())
        });
        for index in order {
            calls[index].take().unwrap().end(&gil).unwrap();
            for (views, loans) in views.iter().zip(&calls) {
                for view in views {
                    assert_eq!(call(&gil, "len", view).is_ok(), loans.is_some());
                }
            }
        }
    }
}

#[test]
fn a_consumer_that_cannot_take_gaps_is_told() {
    let gil = enter();
    let data = [1_u8, 2, 3, 4];
    let gaps = crate::abi::metaffi_array {
        data: data.as_ptr().cast_mut().cast(),
        element: crate::abi::metaffi_uint8_type,
        rank: 1,
        shape: &2,
        strides: &2,
        release: None,
        owner: std::ptr::null_mut(),
    };
    let mut value = crate::value::zero(Type::parse("uint8_array").unwrap());
    value.data.array = (&raw const gaps).cast_mut();
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "uint8_array").unwrap();
    let hash = "import hashlib;;lambda view: hashlib.sha256(view.obj)";
    let error = call(&gil, hash, &view).err().unwrap();
    assert!(error.message().contains("gaps between its elements"), "{error}");
    let bytes = call(&gil, "lambda view: bytes(view.obj)", &view).unwrap();
    assert_eq!(repr(&gil, &bytes), "b'\\x01\\x03'");
    loans.end(&gil).unwrap();
}

#[test]
fn an_array_that_is_given_lives_as_long_as_python_looks_at_it() {
    let gil = enter();
    let r#type = Type::parse("float64_array").unwrap();
    let slots = slots_of(&doubles().into_raw(), r#type);
    let view = handle::using(|scope| {
        // SAFETY: the array is given up.
        unsafe { give_python(&gil, scope, r#type, &r#type.into(), slots.as_ptr()) }
    });
    let slice = call(&gil, "lambda view: view[1:]", &view.unwrap()).unwrap();
    let list = call_method(&gil, &slice, "tolist").unwrap();
    assert_eq!(repr(&gil, &list), "[2.5, 3.5]");
}

#[test]
fn what_is_given_is_freed_when_it_was_copied() {
    let gil = enter();
    let (key, object) = super::objects::handle_of(&gil, "object()");
    let slots = [key as u64, 0, 0];
    let handle_type = Type::from(Kind::Handle);
    let same = handle::using(|scope| {
        // SAFETY: the handle is given up.
        unsafe { give_python(&gil, scope, handle_type, &handle_type.into(), slots.as_ptr()) }
    });
    assert_eq!(same.unwrap().as_ptr(), object.as_ptr());
    assert!(handle::free(key, handle::HandleKind::Object).is_err());
}
