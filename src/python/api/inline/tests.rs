use crate::backend::python::testing;
use crate::python::convert;
use crate::python::lifecycle::gil;
use crate::signature::Kind;

#[test]
fn the_layout_of_an_ordinary_build_is_known() {
    let api = testing::api();
    let known = api.version.at_least(3, 9) && !api.version.at_least(3, 14) && !api.free_threaded;
    assert_eq!(api.layout.known, known, "{}: {:?}", api.version, api.layout);
    assert_eq!(api.layout.views, known, "{}: {:?}", api.version, api.layout);
}

#[test]
fn dicts_whose_keys_are_all_text_are_known() {
    let api = testing::api();
    let _gil = gil::enter(api).unwrap();
    let known = api.layout.known && api.version.at_least(3, 11);
    assert_eq!(!api.layout.read.dict.is_null(), known, "{}", api.version);
    // SAFETY: live objects under the GIL; each reference is given back once.
    unsafe {
        let [dict, empty] = [(); 2].map(|()| (api.PyDict_New)());
        let [name, other] = [c"name", c"other"]
            .map(|text| api.new_utf8(text.as_ptr().cast(), text.count_bytes(), c"strict".as_ptr()));
        let number = (api.PyLong_FromLongLong)(7);
        assert_eq!((api.PyObject_SetItem)(dict, name, number), 0);
        assert_eq!(api.entry(dict, name), known.then_some(number));
        assert!(api.entry(dict, other).is_none_or(|found| found.is_null()));
        assert!(api.entry(empty, name).is_none_or(|found| found.is_null()));
        assert_eq!(api.entry(number, name), None);
        assert_eq!((api.PyObject_SetItem)(dict, number, number), 0);
        assert_eq!(api.entry(dict, name), None);
        for object in [dict, empty, name, other, number] {
            api.decref(object);
        }
    }
}

#[test]
fn references_are_counted_as_the_interpreter_counts_them() {
    let api = testing::api();
    let _gil = gil::enter(api).unwrap();
    // SAFETY: live objects under the GIL; each reference is given back once.
    unsafe {
        let object = (api.PyFloat_FromDouble)(2.5);
        api.incref(object);
        (api.Py_IncRef)(object);
        (api.Py_DecRef)(object);
        api.decref(object);
        assert_eq!(api.float(object), 2.5);
        api.decref(object);
        for _ in 0..3 {
            api.incref(api._Py_NoneStruct);
        }
        for _ in 0..3 {
            api.decref(api._Py_NoneStruct);
        }
    }
}

#[test]
fn ints_are_read_as_the_interpreter_reads_them() {
    let api = testing::api();
    let _gil = gil::enter(api).unwrap();
    let near = |number: i64| (-2..=2).map(move |by| number.wrapping_add(by));
    let powers = (0..64).flat_map(|bit| near(1 << bit).chain(near((1_i64 << bit).wrapping_neg())));
    for number in powers {
        // SAFETY: a live int under the GIL.
        unsafe {
            let int = (api.PyLong_FromLongLong)(number);
            assert!(api.small_int(int).is_none_or(|read| read == number), "{number}");
            let slot = convert::exact(api, int, Kind::Int64);
            assert_eq!(slot.map(u64::cast_signed), Some(number));
            api.decref(int);
        }
    }
}

#[test]
fn text_of_any_length_and_plane_goes_in_and_out() {
    let api = testing::api();
    let _gil = gil::enter(api).unwrap();
    for length in 0..70 {
        for last in ["", "\0", "\u{e9}", "\u{20ac}", "\u{1f600}"] {
            let text = "x".repeat(length) + last;
            // SAFETY: a live str under the GIL, and its text.
            unsafe {
                let object = api.new_utf8(text.as_ptr(), text.len(), c"strict".as_ptr());
                let (data, size) = api.utf8(object).unwrap();
                let bytes = std::slice::from_raw_parts(data, size + 1);
                assert_eq!(bytes, (text.clone() + "\0").as_bytes());
                let count = (api.PyUnicode_GetLength)(object).cast_unsigned();
                assert_eq!(count, text.chars().count());
                api.decref(object);
            }
        }
    }
}

#[test]
fn malformed_text_is_refused() {
    let api = testing::api();
    let _gil = gil::enter(api).unwrap();
    for text in [&b"\xff"[..], b"abcdefghijklmno\xc3", b"\x80bcdefgh", b"abcdefgh\xed\xa0\x80"] {
        // SAFETY: under the GIL; the exception is cleared.
        unsafe {
            let object = api.new_utf8(text.as_ptr(), text.len(), c"strict".as_ptr());
            assert!(object.is_null());
            (api.PyErr_Clear)();
        }
    }
}
