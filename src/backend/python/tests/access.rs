//! Attributes, items and methods of whatever object is given.

use super::*;
use crate::error::Status;
use crate::value::array::OwnedArray;

/// What an expression is, as a handle.
fn made(source: &str) -> OwnedValue {
    let path = EntityPath::new().with("eval", source);
    let module = module("builtins");
    one(&module.load_entity(&path, Some(&[]), Some(&types(&["handle"]))).unwrap(), &[])
}

fn said(of: &metaffi_value) -> String {
    text(&one(&typed(&module("builtins"), "callable=repr", &["handle"], &["string8"]), &[*of]))
}

const ROOM: &str = "__import__('types').SimpleNamespace(height=3, name='cellar')";

#[test]
fn attributes_of_any_object_are_read_written_and_deleted() {
    let module = module("builtins");
    let room = made(ROOM);
    let get = inferred(&module, "attribute=height,instance_required");
    assert_eq!(get.signature().to_string(), "(handle) -> (any)");
    assert_eq!(int(&one(&get, &[*room])), 3);
    let set = inferred(&module, "attribute=height,instance_required,setter");
    assert_eq!(set.signature().to_string(), "(handle, any) -> ()");
    call(&set, &[*room, float64(2.5)]).unwrap();
    let real = typed(&module, "attribute=height,instance_required", &["handle"], &["float64"]);
    assert_eq!(float(&one(&real, &[*room])), 2.5);
    let small =
        typed(&module, "attribute=height,instance_required,setter", &["handle", "uint8"], &[]);
    call(&small, &[*room, int64(200)]).unwrap();
    assert_eq!(int(&one(&get, &[*room])), 200);
    let delete = inferred(&module, "attribute=height,instance_required,deleter");
    assert_eq!(delete.signature().to_string(), "(handle) -> ()");
    call(&delete, &[*room]).unwrap();
    assert_eq!(said(&room), "namespace(name='cellar')");
    assert_eq!(failure(&delete, &[*room]).status(), Status::NotFound);
    // What travels as a value has attributes, too.
    let real = typed(&module, "attribute=imag,instance_required", &["int64"], &["int64"]);
    assert_eq!(int(&one(&real, &[int64(7)])), 0);
}

#[test]
fn what_an_attribute_keeps_of_an_array_is_a_list() {
    let module = module("builtins");
    let (room, path) = (made(ROOM), "attribute=sizes,instance_required,setter");
    let array = OwnedArray::new(Type::parse("int64").unwrap(), &[2]).unwrap();
    let params = ["handle", "int64_array"];
    call(&typed(&module, path, &params, &[]), &[*room, *array.into_value()]).unwrap();
    assert_eq!(said(&room), "namespace(height=3, name='cellar', sizes=[0, 0])");
}

#[test]
fn items_are_found_by_index_by_text_and_by_any_key() {
    let module = module("builtins");
    let list = made("[10, 20, 30]");
    let at = typed(&module, "item,getter", &["handle", "int64"], &["int64"]);
    assert_eq!(int(&one(&at, &[*list, int64(1)])), 20);
    assert_eq!(int(&one(&at, &[*list, int64(-1)])), 30);
    let any = inferred(&module, "item");
    assert_eq!(any.signature().to_string(), "(handle, any) -> (any)");
    assert_eq!(int(&one(&any, &[*list, int64(0)])), 10);
    let put = inferred(&module, "item,setter");
    assert_eq!(put.signature().to_string(), "(handle, any, any) -> ()");
    call(&put, &[*list, int64(0), string("ten")]).unwrap();
    call(&typed(&module, "item,deleter", &["handle", "int64"], &[]), &[*list, int64(1)]).unwrap();
    assert_eq!(said(&list), "['ten', 30]");

    let dict = made("{'alpha': 1, 2: 'two', (0, 0): 'origin'}");
    let text_of = typed(&module, "item", &["handle", "string8"], &["int64"]);
    assert_eq!(int(&one(&text_of, &[*dict, string("alpha")])), 1);
    assert_eq!(text(&one(&any, &[*dict, int64(2)])), "two");
    // A key of several parts is a tuple of them.
    let origin = OwnedArray::new(Type::parse("int64").unwrap(), &[2]).unwrap().into_value();
    assert_eq!(text(&one(&any, &[*dict, *origin])), "origin");

    let alpha = inferred(&module, "item=alpha");
    assert_eq!(alpha.signature().to_string(), "(handle) -> (any)");
    assert_eq!(int(&one(&alpha, &[*dict])), 1);
    let set = typed(&module, "item=alpha,setter", &["handle", "int64"], &[]);
    call(&set, &[*dict, int64(5)]).unwrap();
    assert_eq!(int(&one(&alpha, &[*dict])), 5);
    call(&inferred(&module, "item=alpha,deleter"), &[*dict]).unwrap();
    assert_eq!(failure(&alpha, &[*dict]).status(), Status::NotFound);
}

#[test]
fn the_method_is_that_of_the_first_argument() {
    let module = module("builtins");
    let upper = typed(&module, "callable=upper,instance_required", &["string8"], &["string8"]);
    assert_eq!(text(&one(&upper, &[string("loud")])), "LOUD");
    let count = inferred(&module, "callable=count,instance_required");
    assert_eq!(count.signature().to_string(), "(handle, ...) -> (any)");
    assert_eq!(int(&one(&count, &[*made("[1, 2, 1]"), int64(1)])), 2);
    assert_eq!(int(&one(&count, &[*made("(1, 2)"), int64(3)])), 0);
    let path = "callable=format,instance_required,named_args";
    let params = ["string8", "string8_array", "any_array"];
    let names = OwnedArray::new(Type::parse("string8").unwrap(), &[1]).unwrap();
    let values = OwnedArray::new(Type::parse("any").unwrap(), &[1]).unwrap();
    // SAFETY: the arrays are the test's own, and have one element.
    unsafe {
        crate::value::array::set(names.as_ptr(), &[0], &string("who")).unwrap();
        crate::value::array::set(values.as_ptr(), &[0], &int64(6)).unwrap();
    }
    let (names, values) = (names.into_value(), values.into_value());
    let given = [string("<{who}>"), *names, *values];
    assert_eq!(text(&one(&typed(&module, path, &params, &["string8"]), &given)), "<6>");
    let none = EntityPath::parse("callable=count,instance_required").unwrap();
    assert!(module.load_entity(&none, Some(&[]), None).is_err());
}

#[test]
fn what_is_missing_is_told_from_what_fails() {
    let module = module("builtins");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("failing_access.py");
    write(
        &path,
        "class Failing:\n height = 1\n \
         @property\n def inner(self):\n  return self.hieght_of_it\n \
         @property\n def fixed(self):\n  return 1\n \
         @property\n def broken(self):\n  raise ValueError('broken')\n \
         @property\n def ended(self):\n  raise SystemExit(3)\n \
         @property\n def stopped(self):\n  raise KeyboardInterrupt\n \
         def __getitem__(self, key):\n  raise KeyboardInterrupt('item')\n \
         def __setitem__(self, key, value):\n  raise SystemExit('set')\n \
         def __delitem__(self, key):\n  raise ZeroDivisionError('deleted')\n \
         def __len__(self):\n  raise ValueError\n",
    );
    let own = self::module(path.to_str().unwrap());
    let object = one(&typed(&own, "callable=Failing", &[], &["handle"]), &[]);
    let read = |name: &str| {
        let path = format!("attribute={name},instance_required");
        failure(&inferred(&module, &path), &[*object])
    };
    let error = read("heigt");
    assert_eq!(error.status(), Status::NotFound);
    assert_eq!(
        error.message(),
        "'Failing' object has no attribute 'heigt' (did you mean \"height\"?)"
    );
    assert_eq!(error.foreign_error().unwrap().type_name(), "AttributeError");
    if testing::api().version.at_least(3, 10) {
        // It has the attribute, which lacks another on the way.
        assert_eq!(read("inner").status(), Status::Foreign);
    }
    for (name, exception) in
        [("broken", "ValueError"), ("ended", "SystemExit"), ("stopped", "KeyboardInterrupt")]
    {
        let error = read(name);
        assert_eq!(error.status(), Status::Foreign);
        assert_eq!(error.foreign_error().unwrap().type_name(), exception);
    }
    let write = |name: &str, of: &metaffi_value| {
        let path = format!("attribute={name},instance_required,setter");
        failure(&inferred(&module, &path), &[*of, int64(1)]).status()
    };
    assert_eq!(write("fixed", &object), Status::Foreign);
    assert_eq!(write("anything", &made("object()")), Status::NotFound);
    let delete = inferred(&module, "attribute=fixed,instance_required,deleter");
    assert_eq!(failure(&delete, &[*object]).status(), Status::Foreign);

    let item = |of: &str, key: metaffi_value| {
        let error = failure(&inferred(&module, "item"), &[*made(of), key]);
        (error.status(), error.message().to_owned())
    };
    let missing = |message: &str| (Status::NotFound, message.to_owned());
    let beyond = missing("list index out of range; it has 2 items");
    assert_eq!(item("[1, 2]", int64(2)), beyond);
    assert_eq!(item("[1, 2]", int64(-3)), beyond);
    assert_eq!(item("[1, 2]", int64(i64::MIN)), beyond);
    assert_eq!(item("[1, 2]", int64(i64::MAX)), beyond);
    let huge = item("[1, 2]", u64::MAX.into());
    assert_eq!(huge.0, Status::NotFound);
    assert!(huge.1.contains("cannot fit 'int' into an index-sized integer"), "{huge:?}");
    let close = "there is no item 'alphaa' (did you mean \"alpha\"?)";
    assert_eq!(item("{'alpha': 1, 3: 4}", string("alphaa")), missing(close));
    assert_eq!(item("{'alpha': 1}", int64(5)), missing("there is no item 5"));
    let unhashable = item("{}", *made("[]"));
    assert_eq!(unhashable.0, Status::Foreign);
    assert!(unhashable.1.contains("unhashable type"), "{unhashable:?}");
    let (status, message) = item("7", int64(0));
    assert_eq!(status, Status::Foreign);
    assert!(message.contains("not subscriptable"), "{message}");
    for (path, rest, exception) in [
        ("item", vec![int64(0)], "KeyboardInterrupt"),
        ("item,setter", vec![int64(0), int64(1)], "SystemExit"),
        ("item,deleter", vec![int64(0)], "ZeroDivisionError"),
    ] {
        let arguments = [vec![*object], rest].concat();
        let error = failure(&inferred(&module, path), &arguments);
        assert_eq!(error.status(), Status::Foreign);
        assert_eq!(error.foreign_error().unwrap().type_name(), exception);
    }
}

#[test]
fn handles_that_are_stale_or_of_another_runtime_are_refused() {
    let module = module("builtins");
    let object = made("[1]");
    // SAFETY: a handle.
    let key = unsafe { object.data.object };
    let stale = *object;
    drop(object);
    assert!(!key.is_null());
    for path in ["item=x", "attribute=x,instance_required"] {
        let error = failure(&inferred(&module, path), &[stale]);
        assert_eq!(error.status(), Status::InvalidHandle, "{error}");
    }
}

#[test]
fn paths_of_parts_that_make_no_sense_are_refused() {
    let module = module("builtins");
    for path in [
        "item,instance_required",
        "item,getter,setter",
        "attribute=x,instance_required,setter,deleter",
        "item,callable=f",
        "item,varargs",
        "getter",
        "callable=f,deleter",
    ] {
        assert_eq!(refused(&module, path).status(), Status::Syntax, "{path}");
    }
    let path = EntityPath::parse("item,setter").unwrap();
    let few = module.load_entity(&path, Some(&types(&["handle", "int64"])), None).err().unwrap();
    assert!(few.message().starts_with("2 parameters declared; this entity has 3"), "{few}");
}
