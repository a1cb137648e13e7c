use super::*;
use crate::backend::python::testing;

struct Shared(NonNull<PyObject>);

// SAFETY: only a number to the thread that it is given to.
unsafe impl Send for Shared {}

/// The number of references to an object.
fn references(gil: &Gil, object: NonNull<PyObject>) -> i64 {
    // SAFETY: the object is alive, and the GIL held.
    unsafe {
        let count = (gil.api.PySys_GetObject)(c"getrefcount".as_ptr());
        let arguments = [ptr::null_mut(), object.as_ptr()];
        let count = gil.api.vectorcall(count, arguments.as_ptr().add(1), 1, ptr::null_mut());
        let references = (gil.api.PyLong_AsLongLong)(count);
        (gil.api.Py_DecRef)(count);
        references
    }
}

#[test]
fn threads_attach_nest_and_release() {
    let api = testing::api();
    let outside = is_held(api);
    {
        let gil = enter(api).unwrap();
        assert!(is_held(api));
        drop(enter(api).unwrap());
        assert!(is_held(api), "leaving the inner one keeps the outer one");
        release(&gil, || {
            assert!(!is_held(api));
            let inside = enter(api).unwrap();
            assert!(is_held(api));
            drop(inside);
        });
        assert!(is_held(api));
    }
    assert_eq!(is_held(api), outside);
}

#[test]
fn a_thread_keeps_its_state_until_it_ends() {
    let api = testing::api();
    for _ in 0..3 {
        std::thread::spawn(move || {
            drop(enter(api).unwrap());
            let kept = Word::Python.get();
            assert!(!kept.is_null());
            drop(enter(api).unwrap());
            assert_eq!(Word::Python.get(), kept);
        })
        .join()
        .unwrap();
    }
}

#[test]
fn a_reference_given_up_outside_is_dropped_by_the_next_inside() {
    let api = testing::api();
    let list = {
        let gil = enter(api).unwrap();
        // SAFETY: the GIL is held.
        let list = NonNull::new(unsafe { (api.PyList_New)(0) }).unwrap();
        // SAFETY: as above.
        unsafe { (api.Py_IncRef)(list.as_ptr()) };
        assert_eq!(references(&gil, list), 2);
        list
    };
    let given = Shared(list);
    std::thread::spawn(move || {
        let given = given;
        drop_ref(given.0);
    })
    .join()
    .unwrap();
    let gil = enter(api).unwrap();
    testing::settle(&gil);
    assert_eq!(references(&gil, list), 1);
    // SAFETY: the last reference; the GIL is held.
    unsafe { (api.Py_DecRef)(list.as_ptr()) };
}

#[test]
fn the_attached_thread_is_known_without_a_call() {
    let api = testing::api();
    std::thread::spawn(move || {
        // SAFETY: needs no GIL.
        let called = |state| unsafe { (api.current_thread)() == state };
        // SAFETY: this thread's own state, which lives as long as it.
        let read = |state| unsafe { api.is_attached(state) };
        drop(enter(api).unwrap());
        let state = own(api);
        assert!(!read(state) && !called(state));
        let gil = enter(api).unwrap();
        assert!(read(state) && called(state));
        release(&gil, || {
            assert!(!read(state) && !called(state));
            std::thread::spawn(move || {
                let _gil = enter(api).unwrap();
                assert!(is_held(api));
            })
            .join()
            .unwrap();
            assert!(!read(state) && !called(state));
        });
        assert!(read(state) && called(state));
    })
    .join()
    .unwrap();
    assert!(api.knows_attached() || api.version.at_least(3, 14));
}
