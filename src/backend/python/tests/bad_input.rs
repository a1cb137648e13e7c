use super::*;
use crate::error::Status;
use crate::value::array::OwnedArray;

#[test]
fn a_missing_attribute_suggests_close_names() {
    let (_directory, module) = sample("missing");
    let error = refused(&module, "callable=gret");
    assert_eq!(error.status(), Status::NotFound);
    assert_eq!(
        error.message(),
        "module \"sample_missing\" has no attribute \"gret\" (did you mean \"greet\"?)"
    );
    let error = refused(&module, "callable=Account.depossit,instance_required");
    assert!(error.message().contains("class \"Account\" has no attribute"), "{error}");
    assert!(error.message().contains("\"deposit\"?"), "{error}");
    assert_eq!(refused(&module, "attribute=countr").status(), Status::NotFound);
    assert_eq!(refused(&module, "attribute=Acount.x,setter").status(), Status::NotFound);
}

#[test]
fn an_attribute_error_knows_of_what_and_of_what_name() {
    if !testing::api().version.at_least(3, 10) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing_of.py");
    write(
        &path,
        "class Full:\n x = 1\nclass Bare:\n pass\nclass Silent:\n @property\n def x(self):\n  \
         raise AttributeError('hidden')\ndef told(error):\n \
         return f'{error.name} of {type(error.obj).__name__}: {error}'\n",
    );
    let module = module(path.to_str().unwrap());
    let get = typed(&module, "attribute=Full.x,instance_required,getter", &["handle"], &["int64"]);
    let told = typed(&module, "callable=told", &["handle"], &["string8"]);
    for (class, expected) in [
        ("Bare", "x of Bare: 'Bare' object has no attribute 'x'"),
        ("Silent", "x of Silent: hidden"),
    ] {
        let made = one(&typed(&module, &format!("callable={class}"), &[], &["handle"]), &[]);
        let error = failure(&get, &[object(&made)]);
        let key = error.foreign_error().unwrap().original().unwrap();
        let exception = value::object(std::ptr::without_provenance_mut(key));
        assert_eq!(text(&one(&told, &[exception])), expected);
        handle::free(key, handle::HandleKind::Object).unwrap();
    }
}

#[test]
fn what_cannot_be_called_is_refused_when_it_is_loaded() {
    let (_directory, module) = sample("uncallable");
    let error = refused(&module, "callable=counter");
    assert_eq!(error.status(), Status::TypeMismatch);
    assert!(error.message().contains("load it as attribute=counter"), "{error}");
}

#[test]
fn paths_that_make_no_sense_are_refused() {
    let module = module("math");
    for path in [
        "callable=sqrt,getter",
        "attribute=pi,getter,setter",
        "attribute=pi,varargs",
        "eval=1,instance_required",
        "callable=sqrt,attribute=pi",
        "class=sqrt",
    ] {
        assert_eq!(refused(&module, path).status(), Status::Syntax, "{path}");
    }
    let of_no_class = refused(&module, "attribute=pi.real,instance_required");
    assert_eq!(of_no_class.status(), Status::TypeMismatch);
}

#[test]
fn a_wrong_number_of_arguments_is_pythons_own_error() {
    let (_directory, module) = sample("arity");
    let add = typed(&module, "callable=add", &["int64"], &["int64"]);
    let error = failure(&add, &[int64(1)]);
    assert_eq!(error.status(), Status::Foreign);
    assert_eq!(error.foreign_error().unwrap().type_name(), "TypeError");
    assert!(error.message().contains("missing 1 required positional argument"), "{error}");
    let declared = typed(&module, "callable=add", &["int64", "int64"], &["int64"]);
    assert_eq!(failure(&declared, &[int64(1)]).status(), Status::InvalidArgument);
}

#[test]
fn an_exception_has_type_message_and_frames() {
    let (_directory, module) = sample("raises");
    let error = failure(&inferred(&module, "callable=fail"), &[string("no good")]);
    let foreign = error.foreign_error().unwrap();
    assert_eq!(foreign.type_name(), "sample_raises.SampleError");
    assert!(error.message().contains("no good"), "{error}");
    let frames = foreign.frames();
    assert_eq!(frames.last().unwrap().function, "fail");
    assert!(foreign.trace().contains("raise SampleError(message)"), "{}", foreign.trace());
}

#[test]
fn an_argument_that_python_cannot_take_is_named() {
    let (_directory, module) = sample("unfit");
    let greet = typed(&module, "callable=greet", &["string8"], &["string8"]);
    let bytes = [b'a', 0xff];
    let mut frame = [bytes.as_ptr().expose_provenance() as u64, 2, 0, 0];
    // SAFETY: a string of two bytes, and room for the return.
    let outcome = handle::using(|scope| unsafe { greet.call(scope, frame.as_mut_ptr()) });
    let error = outcome.unwrap_err();
    assert_eq!(error.status(), Status::InvalidText);
    assert!(error.message().starts_with("argument 0 (name)"), "{error}");
}

/// Rows of texts, the last of which is malformed at the end.
fn texts(shape: &[usize; 2]) -> value::OwnedValue {
    let array = OwnedArray::new(Type::parse("string8").unwrap(), shape).unwrap();
    // SAFETY: the array is the test's own.
    unsafe {
        for row in 0..shape[0] {
            for column in 0..shape[1] {
                crate::value::array::set(array.as_ptr(), &[row, column], &string("fine")).unwrap();
            }
        }
        let address = array.view().addresses().last().unwrap();
        let text = address.cast::<crate::abi::metaffi_string>().read().data.cast_mut();
        text.cast::<u8>().add(2).write(0xff);
    }
    array.into_value()
}

#[test]
fn an_element_of_an_argument_is_named() {
    let (_directory, module) = sample("element");
    let params = ["int64", "int64", "string8_array"];
    let gather = typed(&module, "callable=gather", &params, &["string8"]);
    let error = failure(&gather, &[int64(0), int64(1), *texts(&[18, 4])]);
    assert_eq!(error.status(), Status::InvalidText);
    assert!(error.message().starts_with("argument 2[17][3]: invalid UTF-8 at byte 2"), "{error}");
}

#[test]
fn an_element_that_python_returns_is_named() {
    let (_directory, module) = sample("returned");
    let rows = "eval=[[0]] * 17 + [[0\\, 0\\, 0\\, 'x']]";
    let error = failure(&typed(&module, rows, &[], &["int64_array"]), &[]);
    assert_eq!(error.status(), Status::TypeMismatch);
    assert!(
        error.message().starts_with("the return[17][3]: str 'x' cannot be given for int64"),
        "{error}"
    );
    let pair = typed(&module, "eval=(1\\, [2\\, 'x'])", &[], &["int64", "int64_array"]);
    let error = failure(&pair, &[]);
    assert!(
        error.message().starts_with("return 1[1]: str 'x' cannot be given for int64"),
        "{error}"
    );
}

#[test]
fn a_buffer_that_is_not_as_it_is_asked_for_is_refused() {
    let (_directory, module) = sample("buffers");
    let bytes = one(&typed(&module, "eval=b'abc'", &[], &["uint8_array"]), &[]);
    let path = "eval=__import__('io').BytesIO(b'xyz').readinto(args[0])";
    let read = typed(&module, path, &["uint8_array"], &["int64"]);
    let error = failure(&read, &[*bytes]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "TypeError");
    assert!(error.message().contains("read-write bytes-like object"), "{error}");
    let view = "eval=memoryview(bytearray(8))[::2]";
    let gaps = one(&typed(&module, view, &[], &["uint8_array"]), &[]);
    let error = failure(&read, &[*gaps]);
    assert!(["BufferError", "TypeError"].contains(&&*error.foreign_error().unwrap().type_name()));
    let error = failure(&typed(&module, "eval=1.5", &[], &["float64_array"]), &[]);
    assert!(error.message().contains("float 1.5 cannot be given for float64_array"), "{error}");
}

#[test]
fn a_result_that_does_not_fit_is_an_error() {
    let (_directory, module) = sample("overflow");
    let add = typed(&module, "callable=add", &["int64", "int64"], &["int8"]);
    assert_eq!(failure(&add, &[int64(100), int64(28)]).status(), Status::OutOfRange);
    let add = typed(&module, "callable=add", &["int64", "int64"], &["int64"]);
    assert_eq!(failure(&add, &[int64(i64::MAX), int64(1)]).status(), Status::OutOfRange);
    let add = typed(&module, "callable=add", &["int64", "int64"], &["uint64"]);
    assert_eq!(failure(&add, &[int64(-1), int64(0)]).status(), Status::OutOfRange);
}

#[test]
fn exits_interrupts_and_recursion_are_errors_of_the_call() {
    let (_directory, module) = sample("exits");
    let raised = |source: &str| {
        let path = EntityPath::new().with("exec", source);
        let entity = module.load_entity(&path, None, None).unwrap();
        failure(&entity, &[]).foreign_error().unwrap().type_name()
    };
    assert_eq!(raised("import sys; sys.exit(3)"), "SystemExit");
    assert_eq!(raised("raise KeyboardInterrupt"), "KeyboardInterrupt");
    assert_eq!(raised("def deep(): deep()\ndeep()"), "RecursionError");
    assert_eq!(int(&one(&inferred(&module, "callable=add"), &[int64(1), int64(2)])), 3);
}

#[test]
fn a_module_that_exits_does_not_end_the_host() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("exiting_module.py");
    write(&path, "import sys\nsys.exit(1)\n");
    let error = Module::load(testing::api(), path.to_str().unwrap()).err().unwrap();
    assert_eq!(error.status(), Status::LoadFailed);
    assert!(error.message().contains("SystemExit"), "{error}");
}
