use super::*;
use crate::error::Status;
use crate::value::array::OwnedArray;
use crate::value::null;

const GATHER: &str = "callable=Gatherer.gather,instance_required";

/// A module whose functions and methods say what they were given.
fn gatherer(name: &str) -> (tempfile::TempDir, Module) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(format!("gatherer_{name}.py"));
    write(
        &path,
        "import types\n\
         def gather(*args, **kwargs):\n    return repr((args, kwargs))\n\
         def keep(**kwargs):\n    kwargs.clear()\n\
         class Gatherer:\n    gather = lambda self, *args, **kwargs: gather(*args, **kwargs)\n\
         class Derived(Gatherer):\n    gather = lambda self, *args: 'derived' + repr(args)\n\
         frozen = types.MappingProxyType({'a': 1})\nwrong = {1: 2}\nplain = {'b': 2}\n\
         def fails():\n    yield 1\n    raise OSError('while iterating')\n",
    );
    let module = module(path.to_str().unwrap());
    (directory, module)
}

fn object_of(module: &Module, expression: &str) -> OwnedValue {
    let path = EntityPath::new().with("eval", expression);
    let entity = module.load_entity(&path, Some(&[]), Some(&types(&["handle"]))).unwrap();
    one(&entity, &[])
}

/// An array of the module's own, as an argument.
fn array(element: &str, items: &[metaffi_value]) -> OwnedValue {
    let array = OwnedArray::new(Type::parse(element).unwrap(), &[items.len()]).unwrap();
    for (index, item) in items.iter().enumerate() {
        // SAFETY: the array is the test's own.
        unsafe { crate::value::array::set(array.as_ptr(), &[index], item) }.unwrap();
    }
    array.into_value()
}

#[test]
fn methods_take_further_arguments_and_are_those_of_the_objects_class() {
    let (_directory, module) = gatherer("methods");
    let (base, derived) = (object_of(&module, "Gatherer()"), object_of(&module, "Derived()"));
    let numbers = array("int64", &[int64(1), int64(2)]);
    let path = format!("{GATHER},varargs");
    let gather = typed(&module, &path, &["handle", "string8", "int64_array"], &["string8"]);
    assert_eq!(text(&one(&gather, &[object(&base), string("a"), *numbers])), "(('a', 1, 2), {})");
    let given = [object(&derived), string("a"), *numbers];
    assert_eq!(text(&one(&gather, &given)), "derived('a', 1, 2)");
    let path = format!("{GATHER},varargs,named_args");
    let both = typed(&module, &path, &["handle", "any_array", "handle"], &["string8"]);
    let mapping = object_of(&module, "frozen");
    let given = [object(&base), null(), object(&mapping)];
    assert_eq!(text(&one(&both, &given)), "((), {'a': 1})");
}

#[test]
fn a_mapping_is_copied_and_may_be_none() {
    let (_directory, module) = gatherer("mapping");
    let gather = typed(&module, "callable=gather,named_args", &["any"], &["string8"]);
    assert_eq!(text(&one(&gather, &[null()])), "((), {})");
    let plain = object_of(&module, "plain");
    assert_eq!(text(&one(&gather, &[*plain])), "((), {'b': 2})");
    call(&typed(&module, "callable=keep,named_args", &["any"], &[]), &[*plain]).unwrap();
    assert_eq!(text(&one(&gather, &[*plain])), "((), {'b': 2})");
    let wrong = object_of(&module, "wrong");
    let error = failure(&gather, &[*wrong]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "TypeError");
    assert!(error.message().contains("keywords must be strings"), "{error}");
    let error = failure(&gather, &[int64(1)]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "TypeError");
}

#[test]
fn names_and_values_go_in_pairs() {
    let (_directory, module) = gatherer("pairs");
    let types = ["int64_array", "string8_array", "float64_array"];
    let gather = typed(&module, "callable=gather,varargs,named_args", &types, &["string8"]);
    let args = array("int64", &[int64(7)]);
    let names = array("string8", &[string("x"), string("y")]);
    let values = array("float64", &[float64(0.5), float64(1.5)]);
    let given = [*args, *names, *values];
    assert_eq!(text(&one(&gather, &given)), "((7,), {'x': 0.5, 'y': 1.5})");
    assert_eq!(text(&one(&gather, &[null(), null(), null()])), "((), {})");
    let twice = array("string8", &[string("x"), string("x")]);
    let error = failure(&gather, &[*args, *twice, *values]);
    assert!(error.message().contains("given twice"), "{error}");
    let error = failure(&gather, &[*args, *names, null()]);
    assert!(error.message().contains("2 argument names given for 0 values"), "{error}");
}

#[test]
fn names_are_those_of_each_call() {
    let (_directory, module) = gatherer("names");
    let types = ["any_array", "string8_array", "any_array"];
    let gather = typed(&module, "callable=gather,varargs,named_args", &types, &["string8"]);
    let args = array("any", &[null(), string("a")]);
    let values = array("any", &[int64(1), float64(0.5)]);
    for _ in 0..2 {
        for (first, second) in [("x", "y"), ("y", "x"), ("x", "yy"), ("\u{e9}", "\u{20ac}")] {
            let names = array("string8", &[string(first), string(second)]);
            let expected = format!("((None, 'a'), {{'{first}': 1, '{second}': 0.5}})");
            assert_eq!(text(&one(&gather, &[*args, *names, *values])), expected);
        }
    }
    let names = array("string8", &[string("x")]);
    let error = failure(&gather, &[*args, *names, *values]);
    assert!(error.message().contains("1 argument names given for 2 values"), "{error}");
}

#[test]
fn there_may_be_many() {
    let items: Vec<metaffi_value> = (0..5000).map(int64).collect();
    let items = array("int64", &items);
    let largest =
        typed(&self::module("builtins"), "callable=max,varargs", &["int64_array"], &["int64"]);
    assert_eq!(int(&one(&largest, &[*items])), 4999);
}

#[test]
fn what_fails_while_it_is_spread_is_the_error() {
    let (_directory, module) = gatherer("fails");
    let gather = typed(&module, "callable=gather,varargs", &["handle"], &["string8"]);
    let error = failure(&gather, &[*object_of(&module, "fails()")]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "OSError");
    let error = failure(&gather, &[*object_of(&module, "5")]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "TypeError");
    let path = EntityPath::parse(&format!("{GATHER},varargs")).unwrap();
    let error = module.load_entity(&path, Some(&types(&["handle"])), None).err().unwrap();
    assert_eq!(error.status(), Status::TypeMismatch);
}
