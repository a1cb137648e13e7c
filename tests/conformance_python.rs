//! The runtime python3 passes the suite that every runtime passes.

mod conformance;
#[path = "conformance/objects.rs"]
mod objects;

use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conformance::{Subject, run};
use metaffi::backend::{Backend, Module, Options, python};
use metaffi::call::{Function, call_owned};
use metaffi::entity_path::EntityPath;
use metaffi::signature::{Kind, TypeInfo};
use metaffi::value::{self, OwnedValue};
use objects::Used;

fn options() -> Options {
    let interpreter = std::env::var("METAFFI_TEST_PYTHON").ok();
    let options = interpreter.map(|path| ("interpreter".to_owned(), path));
    Options::new("runtime python3", python::Backend.options(), options).unwrap()
}

fn guest(name: &str) -> String {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests").join(name);
    module.to_str().unwrap().to_owned()
}

/// A runtime is loaded once at a time: the tests take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn python_conforms() {
    let _turn = turn();
    run(&Subject {
        backend: &python::Backend,
        options: options(),
        module: guest("conformance.py"),
        declarations: None,
        has_methods: true,
        collect: None,
        path: |name| format!("callable={name}"),
    });
}

/// A function of the objects' module that takes a name, or nothing.
fn function(module: &Arc<dyn Module>, name: &str, takes: &[Kind], gives: Kind) -> Arc<Function> {
    let path = EntityPath::parse(&format!("callable={name}")).unwrap();
    let infos = |kinds: &[Kind]| kinds.iter().map(|kind| (*kind).into()).collect::<Vec<TypeInfo>>();
    module.load_entity(&path, Some(&infos(takes)), Some(&infos(&[gives]))).unwrap()
}

fn call(function: &Function, arguments: &[OwnedValue]) -> OwnedValue {
    // SAFETY: the arguments are what they say.
    unsafe { call_owned(function, OwnedValue::as_raw(arguments)) }.unwrap().pop().unwrap()
}

#[test]
fn objects_of_python_do_what_they_say_they_can() {
    let _turn = turn();
    let runtime = python::Backend.load(&options()).unwrap();
    let module = runtime.load_module(&guest("objects.py"), &Options::default()).unwrap();
    let make = Rc::new(function(&module, "make", &[Kind::String8], Kind::Handle));
    let position = function(&module, "position", &[Kind::String8], Kind::Any);
    let key = function(&module, "key", &[Kind::String8], Kind::Any);
    let names = call(&function(&module, "names", &[], Kind::String8), &[]);
    // SAFETY: a text.
    let names = unsafe { text_of(names.data.string) };
    let mut checked = 0;
    for name in names.lines() {
        let given = [value::string8(name).unwrap()];
        let (position, key) = (call(&position, &given), call(&key, &given));
        let made = make.clone();
        let make = move || {
            let made = call(&made, &given).into_raw();
            // SAFETY: a handle, or none.
            unsafe { made.data.object.addr() }
        };
        if make() == 0 {
            continue;
        }
        // SAFETY: the types say so.
        let (position, key) = unsafe {
            let is_number = position.r#type == metaffi::abi::metaffi_int64_type;
            let is_text = key.r#type == metaffi::abi::metaffi_string8_type;
            (is_number.then(|| position.data.int64), is_text.then(|| text_of(key.data.string)))
        };
        let (attribute, method) = ("__doc__", "__repr__");
        Used { name: name.to_owned(), make: Box::new(make), position, key, attribute, method }
            .check();
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

unsafe fn text_of(text: metaffi::abi::metaffi_string) -> String {
    // SAFETY: UTF-8 of that length.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.length) };
    String::from_utf8(bytes.to_vec()).unwrap()
}
