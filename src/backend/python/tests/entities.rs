use super::*;
use crate::error::Status;
use crate::value::null;

#[test]
fn functions_are_called_with_declared_types() {
    let (_directory, module) = sample("declared");
    let add = typed(&module, "callable=add", &["int64", "int64"], &["int64"]);
    assert_eq!(int(&one(&add, &[int64(20), int64(22)])), 42);
    let add = typed(&module, "callable=add", &["float64", "int64"], &["float64"]);
    assert_eq!(float(&one(&add, &[float64(0.5), int64(1)])), 1.5);
    let greet = typed(&module, "callable=greet", &["string8"], &["string8"]);
    assert_eq!(text(&one(&greet, &[string("wörld \u{1f30d}")])), "hello, wörld \u{1f30d}");
    let nothing = typed(&module, "callable=add", &["int64", "int64"], &[]);
    assert!(call(&nothing, &[int64(1), int64(2)]).unwrap().is_empty());
}

#[test]
fn types_left_out_are_those_of_the_annotations() {
    let (_directory, module) = sample("inferred");
    let signature = |path: &str| inferred(&module, path).signature().to_string();
    assert_eq!(signature("callable=add"), "(a: int64, b: int64) -> (int64)");
    assert_eq!(signature("callable=greet"), "(name: string8) -> (string8)");
    assert_eq!(signature("callable=divmod_of"), "(a: int64, b: int64) -> (int64, int64)");
    assert_eq!(signature("callable=untyped"), "(a: any, b: any) -> (any)");
    assert_eq!(signature("callable=fail"), "(message: string8) -> ()");
    assert_eq!(signature("callable=names"), "() -> (string8_array rank 1)");
    assert_eq!(signature("callable=spread"), "(first: int64, ...) -> (int64)");
    assert_eq!(signature("callable=keep"), "(function: callable) -> ()");
    assert_eq!(signature("attribute=counter"), "() -> (int64)");
    let account = "handle<sample_inferred.Account>";
    assert_eq!(
        signature("callable=Account"),
        format!("(owner: string8, balance: int64) -> ({account})")
    );
    assert_eq!(
        signature("callable=Account.deposit,instance_required"),
        format!("(self: {account}, amount: int64) -> (int64)")
    );
    assert_eq!(signature("callable=Account.open"), format!("(owner: string8) -> ({account})"));
}

#[test]
fn defaults_fill_in_what_is_not_given() {
    let (_directory, module) = sample("defaults");
    let defaults = inferred(&module, "callable=defaults");
    assert_eq!(int(&one(&defaults, &[int64(1)])), 111);
    assert_eq!(int(&one(&defaults, &[int64(1), int64(2)])), 103);
    assert_eq!(int(&one(&defaults, &[int64(1), int64(2), int64(3)])), 6);
    let error = failure(&defaults, &[]);
    assert_eq!(error.status(), Status::InvalidArgument, "{error}");
    let fewer = typed(&module, "callable=defaults", &["int64"], &["int64"]);
    assert_eq!(int(&one(&fewer, &[int64(5)])), 115);
    let positional = inferred(&module, "callable=only_positional");
    assert_eq!(int(&one(&positional, &[int64(5)])), 3);
    assert_eq!(int(&one(&positional, &[int64(5), int64(5)])), 0);
}

#[test]
fn more_arguments_than_declared_go_to_args() {
    let (_directory, module) = sample("more");
    let spread = inferred(&module, "callable=spread");
    assert_eq!(int(&one(&spread, &[int64(1)])), 1);
    assert_eq!(int(&one(&spread, &[int64(1), int64(2), int64(3)])), 6);
    let gather = inferred(&module, "callable=gather");
    assert_eq!(text(&one(&gather, &[int64(1), string("b"), float64(0.5)])), "1,b,0.5");
}

#[test]
fn several_returns_are_the_items_of_a_tuple() {
    let (_directory, module) = sample("several");
    let divide = inferred(&module, "callable=divmod_of");
    let returns = call(&divide, &[int64(17), int64(5)]).unwrap();
    assert_eq!((int(&returns[0]), int(&returns[1])), (3, 2));
    let three =
        typed(&module, "callable=divmod_of", &["int64", "int64"], &["int64", "int64", "int64"]);
    let error = failure(&three, &[int64(17), int64(5)]);
    assert_eq!(error.status(), Status::TypeMismatch);
    assert!(error.message().contains("3 return values"), "{error}");
    let add = typed(&module, "callable=add", &["int64", "int64"], &["int64", "int64"]);
    assert!(failure(&add, &[int64(1), int64(1)]).message().contains("no tuple"));
}

#[test]
fn classes_construct_and_their_methods_are_called_on_the_object() {
    let (_directory, module) = sample("classes");
    let account = one(&inferred(&module, "callable=Account"), &[string("ada"), int64(10)]);
    let deposit = inferred(&module, "callable=Account.deposit,instance_required");
    assert_eq!(int(&one(&deposit, &[object(&account), int64(5)])), 15);
    let init = typed(
        &module,
        "callable=Account.__init__,instance_required",
        &["handle", "string8", "int64"],
        &[],
    );
    call(&init, &[object(&account), string("bob"), int64(100)]).unwrap();
    assert_eq!(int(&one(&deposit, &[object(&account), int64(1)])), 101);
    let open = inferred(&module, "callable=Account.open");
    let opened = one(&open, &[string("eve")]);
    assert_eq!(int(&one(&deposit, &[object(&opened), int64(1)])), 2);
    let limit = inferred(&module, "callable=Account.limit");
    assert_eq!(int(&one(&limit, &[int64(3)])), 3000);
    let called = typed(&module, "callable=instance", &["int64"], &["int64"]);
    assert_eq!(int(&one(&called, &[int64(1)])), 6);
}

#[test]
fn new_takes_the_class_and_makes_an_object_that_is_not_initialised() {
    let (_directory, module) = sample("new");
    let class = one(&typed(&module, "attribute=Account", &[], &["handle"]), &[]);
    let new = typed(&module, "callable=Account.__new__", &["handle"], &["handle"]);
    let made = one(&new, &[object(&class)]);
    let get = "attribute=Account.made_by_new,instance_required,getter";
    let flag = typed(&module, get, &["handle"], &["bool"]);
    // SAFETY: a bool.
    assert!(unsafe { one(&flag, &[object(&made)]).data.boolean });
    let required = "callable=Account.__new__,instance_required";
    let new = typed(&module, required, &["handle"], &["handle"]);
    assert_ne!(one(&new, &[object(&class)]).r#type, null().r#type);
}

#[test]
fn a_method_is_that_of_the_objects_own_class() {
    let (_directory, module) = sample("dispatch");
    let name = inferred(&module, "callable=Base.name,instance_required");
    let derived = one(&inferred(&module, "callable=Derived"), &[]);
    assert_eq!(text(&one(&name, &[object(&derived)])), "derived");
}

#[test]
fn attributes_are_read_and_written() {
    let (_directory, module) = sample("attributes");
    let counter = inferred(&module, "attribute=counter");
    assert_eq!(int(&one(&counter, &[])), 7);
    call(&inferred(&module, "attribute=counter,setter"), &[int64(9)]).unwrap();
    assert_eq!(int(&one(&counter, &[])), 9);
    let currency = typed(&module, "attribute=Account.currency,getter", &[], &["string8"]);
    assert_eq!(text(&one(&currency, &[])), "EUR");
    call(&typed(&module, "attribute=Account.currency,setter", &["string8"], &[]), &[string("CHF")])
        .unwrap();
    assert_eq!(text(&one(&currency, &[])), "CHF");
    let fresh = typed(&module, "attribute=fresh,setter", &["int64"], &[]);
    call(&fresh, &[int64(3)]).unwrap();
    assert_eq!(int(&one(&typed(&module, "attribute=fresh", &[], &["int64"]), &[])), 3);
    let nested = typed(&module, "attribute=instance.owner", &[], &["string8"]);
    assert_eq!(text(&one(&nested, &[])), "shared");
}

#[test]
fn properties_are_fields_and_functions() {
    let (_directory, module) = sample("properties");
    let account = one(&inferred(&module, "callable=Account"), &[string("ada"), int64(10)]);
    let get = inferred(&module, "attribute=Account.balance,instance_required,getter");
    assert_eq!(get.signature().to_string(), "(handle) -> (int64)");
    let set = inferred(&module, "attribute=Account.balance,instance_required,setter");
    call(&set, &[object(&account), int64(55)]).unwrap();
    assert_eq!(int(&one(&get, &[object(&account)])), 55);
    let fset = "callable=Account.balance.fset,instance_required";
    call(&typed(&module, fset, &["handle", "int64"], &[]), &[object(&account), int64(7)]).unwrap();
    let fget = typed(&module, "callable=Account.balance.fget", &["handle"], &["int64"]);
    assert_eq!(int(&one(&fget, &[object(&account)])), 7);
    let owner = inferred(&module, "attribute=Account.owner,instance_required,getter");
    assert_eq!(text(&one(&owner, &[object(&account)])), "ada");
}

#[test]
fn lambdas_and_inner_modules_are_found() {
    let (_directory, module) = sample("inner");
    let square = typed(&module, "callable=square", &["int64"], &["int64"]);
    assert_eq!(int(&one(&square, &[int64(12)])), 144);
    let twice = inferred(&module, "callable=inner.twice");
    assert_eq!(int(&one(&twice, &[int64(21)])), 42);
}

#[test]
fn an_array_becomes_args_and_names_with_values_kwargs() {
    let (_directory, module) = sample("tags");
    let range = one(
        &typed(&self::module("builtins"), "callable=range", &["int64"], &["handle"]),
        &[int64(3)],
    );
    let gather = typed(&module, "callable=gather,varargs", &["string8", "handle"], &["string8"]);
    assert_eq!(text(&one(&gather, &[string("a"), object(&range)])), "a,0,1,2");
    let dict = typed(&module, "eval={'x': 1\\, 'y': 'z'}", &[], &["handle"]);
    let dict = one(&dict, &[]);
    let named = typed(&module, "callable=gather,named_args", &["int64", "any"], &["string8"]);
    assert_eq!(text(&one(&named, &[int64(5), *dict])), "5,x=1,y=z");
    let both = "callable=gather,varargs,named_args";
    let both = typed(&module, both, &["handle", "handle"], &["string8"]);
    assert_eq!(text(&one(&both, &[object(&range), object(&dict)])), "0,1,2,x=1,y=z");
    let keywords = "callable=only_keywords,named_args";
    let keywords = typed(&module, keywords, &["int64", "any"], &["int64"]);
    let scale = one(&typed(&module, "eval={'scale': 3}", &[], &["handle"]), &[]);
    assert_eq!(int(&one(&keywords, &[int64(5), *scale])), 15);
    let path = EntityPath::parse("callable=gather,named_args").unwrap();
    let error = module.load_entity(&path, Some(&types(&["int64"])), None).err().unwrap();
    assert_eq!(error.status(), Status::TypeMismatch);
}

#[test]
fn source_text_is_evaluated_in_the_modules_namespace_or_its_own() {
    let (_directory, module) = sample("source");
    let sum = typed(&module, "eval=add(counter\\, args[0])", &["int64"], &["int64"]);
    assert_eq!(int(&one(&sum, &[int64(1)])), 8);
    call(&inferred(&module, "exec=counter \\= 70"), &[]).unwrap();
    assert_eq!(int(&one(&sum, &[int64(1)])), 71);
    let own = inferred(&module, "eval=counter,own_namespace");
    let error = failure(&own, &[]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "NameError");
    let error = refused(&module, "eval=1 +");
    assert_eq!(error.status(), Status::Syntax);
    assert!(error.message().contains("line 1"), "{error}");
}

#[test]
fn the_same_object_comes_back() {
    let (_directory, module) = sample("identity");
    let account = one(&inferred(&module, "callable=Account"), &[]);
    let identity = typed(&module, "callable=identity", &["handle"], &["handle"]);
    let again = one(&identity, &[object(&account)]);
    let id = |value: &metaffi_value| {
        // SAFETY: an object.
        let key = unsafe { value.data.object }.addr();
        handle::describe_object(key, |object| (object.identity(), object.type_name())).unwrap()
    };
    assert_eq!(id(&account), id(&again));
    assert_eq!(id(&account).1, "sample_identity.Account");
}

fn array(element: &str, items: &[metaffi_value]) -> crate::value::array::OwnedArray {
    let element = Type::parse(element).unwrap();
    let array = crate::value::array::OwnedArray::new(element, &[items.len()]).unwrap();
    for (index, item) in items.iter().enumerate() {
        // SAFETY: the array is the test's own.
        unsafe { crate::value::array::set(array.as_ptr(), &[index], item) }.unwrap();
    }
    array
}

#[test]
fn arrays_are_spread_too() {
    let (_directory, module) = sample("arrays");
    let numbers = array("int64", &[int64(1), int64(2), int64(3)]);
    // SAFETY: a live array.
    let numbers = unsafe { value::array(numbers.as_ptr()).map(|value| (value, numbers)) }.unwrap();
    let spread = typed(&module, "callable=spread,varargs", &["int64", "int64_array"], &["int64"]);
    assert_eq!(int(&one(&spread, &[int64(10), numbers.0])), 16);
    let names = array("string8", &[string("scale"), string("offset")]);
    let values = array("any", &[int64(4), int64(1)]);
    let keywords = typed(
        &module,
        "callable=only_keywords,named_args",
        &["int64", "string8_array", "any_array"],
        &["int64"],
    );
    // SAFETY: live arrays.
    let (names, values) = unsafe {
        (
            value::array(names.as_ptr()).map(|value| (value, names)).unwrap(),
            value::array(values.as_ptr()).map(|value| (value, values)).unwrap(),
        )
    };
    assert_eq!(int(&one(&keywords, &[int64(5), names.0, values.0])), 21);
    let error = failure(&keywords, &[int64(5), names.0, numbers.0]);
    assert!(error.message().contains("2 argument names given for 3 values"), "{error}");
}

#[test]
fn an_array_that_an_attribute_keeps_is_copied() {
    let (_directory, module) = sample("keeps");
    let numbers = array("int64", &[int64(4), int64(5)]);
    // SAFETY: a live array.
    let value = unsafe { value::array(numbers.as_ptr()) }.unwrap();
    call(&typed(&module, "attribute=numbers,setter", &["int64_array"], &[]), &[value]).unwrap();
    drop(numbers);
    let sum = typed(&module, "eval=sum(numbers)", &[], &["int64"]);
    assert_eq!(int(&one(&sum, &[])), 9);
}

#[test]
fn an_alias_is_honoured_for_scalars_too() {
    let (_directory, module) = sample("alias");
    let info = TypeInfo { alias: Some("decimal.Decimal".into()), ..types(&["string8"])[0].clone() };
    let path = EntityPath::parse("eval=type(args[0]).__name__").unwrap();
    let named = module.load_entity(&path, Some(&[info]), Some(&types(&["string8"]))).unwrap();
    assert_eq!(text(&one(&named, &[string("0.10")])), "Decimal");
}
