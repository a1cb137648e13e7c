use std::sync::Arc;

use super::*;
use crate::python::object::{from_handle, take_handle, to_handle};

/// A handle of an expression's object, and the object.
pub(super) fn handle_of(gil: &Gil, source: &str) -> (usize, PyRef) {
    let object = evaluate(gil, source);
    (to_handle(gil, &object).unwrap().addr(), object)
}

fn free(key: usize) {
    handle::free(key, handle::HandleKind::Object).unwrap();
}

#[test]
fn an_object_that_comes_back_is_the_same() {
    let gil = enter();
    let (key, object) = handle_of(&gil, "object()");
    assert_eq!(take_handle(&gil, key).unwrap().as_ptr(), object.as_ptr());
    assert_eq!(from_handle(&gil, key).unwrap(), object.as_ptr());
    let again = to_handle(&gil, &object).unwrap().addr();
    let identity = |key| handle::describe_object(key, |object| object.identity()).unwrap();
    assert_ne!(again, key);
    assert_eq!(identity(again), identity(key));
    let (other, _object) = handle_of(&gil, "object()");
    assert_ne!(identity(other), identity(key));
    [key, again, other].into_iter().for_each(free);
}

#[test]
fn an_object_knows_its_type_and_runtime() {
    let gil = enter();
    let cells = [
        ("{}", "dict"),
        ("import decimal;;decimal.Decimal(1)", "decimal.Decimal"),
        ("import collections;;collections.OrderedDict", "type"),
        ("import collections;;collections.OrderedDict()", "collections.OrderedDict"),
    ];
    for (source, expected) in cells {
        let (key, _object) = handle_of(&gil, source);
        let name = handle::describe_object(key, |object| {
            (object.runtime().to_owned(), object.type_name())
        });
        assert_eq!(name.unwrap(), ("python3".to_owned(), expected.to_owned()));
        free(key);
    }
}

#[test]
fn a_function_that_comes_back_is_the_same() {
    let gil = enter();
    for declared in ["callable", "any", "handle"] {
        let function = evaluate(&gil, "lambda: 1");
        let value = taken(&gil, &function, declared).unwrap();
        let back = python_of(&gil, &Loans::new(), &value, declared).unwrap();
        assert_eq!(back.as_ptr(), function.as_ptr(), "{declared}");
    }
}

struct Foreign;

impl handle::ObjectType for Foreign {}

impl handle::ForeignObject for Foreign {
    fn runtime(&self) -> &str {
        "test"
    }
    fn type_name(&self) -> String {
        "Foreign".to_owned()
    }
    fn identity(&self) -> u64 {
        42
    }
}

#[test]
fn an_object_of_another_runtime_is_carried_through_python() {
    let gil = enter();
    let foreign = Arc::new(Foreign);
    let key = handle::insert_object(foreign.clone()).unwrap();
    let carried = take_handle(&gil, key).unwrap();
    free(key);
    let list = evaluate(&gil, "lambda carried: [carried]").call1(&gil, &carried).unwrap();
    drop(carried);
    let value = taken(&gil, &list, "handle_array").unwrap();
    drop(list);
    // SAFETY: the live array of one handle.
    let back = unsafe { (*value.data.array).data.cast::<usize>().read() };
    assert!(Arc::ptr_eq(&handle::get::<Foreign>(back).unwrap(), &foreign));
    drop(value);
    assert_eq!(Arc::strong_count(&foreign), 1);
}

#[test]
fn references_are_released_from_threads_without_the_gil() {
    let gil = enter();
    let object = evaluate(&gil, "class A: pass;;A()");
    let died = "import weakref;;lambda object: weakref.ref(object)";
    let weak = evaluate(&gil, died).call1(&gil, &object).unwrap();
    let key = to_handle(&gil, &object).unwrap().addr();
    drop(object);
    gil::release(&gil, || std::thread::spawn(move || free(key)).join().unwrap());
    drop(gil);
    let gil = enter();
    testing::settle(&gil);
    assert_eq!(weak.call0(&gil).unwrap().as_ptr(), gil.api._Py_NoneStruct);
}

#[test]
fn a_million_objects_leave_nothing() {
    let mut gil = enter();
    let object = evaluate(&gil, "object()");
    let count = evaluate(&gil, "import sys;;sys.getrefcount");
    let references = |gil: &Gil| repr(gil, &count.call1(gil, &object).unwrap());
    let before = references(&gil);
    for _ in 0..1_000_000 {
        free(to_handle(&gil, &object).unwrap().addr());
    }
    // A thread of another test may have the last of them in hand: it queues what it cannot drop.
    for _ in 0..1000 {
        if references(&gil) == before {
            break;
        }
        drop(gil);
        std::thread::sleep(std::time::Duration::from_millis(1));
        gil = enter();
        testing::settle(&gil);
    }
    assert_eq!(references(&gil), before);
}

#[test]
fn an_error_in_the_middle_of_a_list_frees_what_was_made() {
    let gil = enter();
    let object = evaluate(&gil, "object()");
    let list = evaluate(&gil, "lambda o: [[o, o], [o, [o]]]").call1(&gil, &object).unwrap();
    let count = evaluate(&gil, "import sys;;sys.getrefcount");
    let references = |gil: &Gil| repr(gil, &count.call1(gil, &object).unwrap());
    let before = references(&gil);
    assert!(taken(&gil, &list, "callable_array").is_err());
    drop(taken(&gil, &list, "handle_array rank 2").unwrap());
    assert_eq!(references(&gil), before);
}
