//! Objects of Java do what they say they can.

#[path = "conformance/objects.rs"]
mod objects;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metaffi::abi::{metaffi_int32_type, metaffi_int64_type, metaffi_string, metaffi_string8_type};
use metaffi::backend::{Backend, Module, Options, jvm};
use metaffi::call::{Function, call_owned};
use metaffi::entity_path::EntityPath;
use metaffi::handle::{self, HandleKind, Key};
use metaffi::signature::{Kind, TypeInfo};
use metaffi::value::{self, OwnedValue};
use objects::Used;

/// The JDK that is asked for, or the first that would be taken.
fn jdk() -> Option<PathBuf> {
    let named = std::env::var_os("METAFFI_TEST_JVM").map(PathBuf::from);
    let found = || jvm::Backend.doctor().into_iter().filter(|one| one.usable);
    let homes = || found().filter_map(|one| one.path.map(PathBuf::from));
    let home = named.or_else(|| homes().find(|home| home.join("bin/javac").is_file()));
    if home.is_none() {
        assert!(std::env::var_os("METAFFI_TEST_JVM").is_none(), "there is no JDK");
        eprintln!("skipped: no JDK of Java 11 or newer is found");
    }
    home
}

/// The guest's classes, compiled by the JDK that is used; `None` without one. One test at a time has it.
fn guest() -> Option<(Arc<dyn Module>, MutexGuard<'static, ()>)> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let home = jdk()?;
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jvm_objects");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/Objects.java");
    let compiler = home.join("bin/javac");
    assert!(Command::new(compiler).arg("-d").arg(&to).arg(source).status().unwrap().success());
    let options = [("home".to_owned(), home.display().to_string())];
    let options = Options::new("runtime jvm", jvm::Backend.options(), options).unwrap();
    let runtime = jvm::Backend.load(&options).unwrap();
    let module = runtime.load_module(&to.display().to_string(), &Options::default()).unwrap();
    Some((module, turn))
}

fn function(module: &Arc<dyn Module>, path: &str, takes: &[Kind], gives: &[Kind]) -> Arc<Function> {
    let path = EntityPath::parse(path).unwrap();
    let infos = |kinds: &[Kind]| kinds.iter().map(|kind| (*kind).into()).collect::<Vec<TypeInfo>>();
    module.load_entity(&path, Some(&infos(takes)), Some(&infos(gives))).unwrap()
}

fn call(function: &Function, arguments: &[OwnedValue]) -> OwnedValue {
    // SAFETY: the arguments are what they say.
    let returned = unsafe { call_owned(function, OwnedValue::as_raw(arguments)) };
    // SAFETY: null.
    returned.unwrap().pop().unwrap_or_else(|| unsafe { OwnedValue::from_raw(value::null()) })
}

unsafe fn text_of(text: metaffi_string) -> String {
    // SAFETY: UTF-8 of that length.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.length) };
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn objects_of_java_do_what_they_say_they_can() {
    let Some((module, _turn)) = guest() else { return };
    let of = |name: &str| format!("class=Objects,callable={name}");
    let make = Rc::new(function(&module, &of("make"), &[Kind::String8], &[Kind::Handle]));
    let position = function(&module, &of("position"), &[Kind::String8], &[Kind::Any]);
    let key = function(&module, &of("key"), &[Kind::String8], &[Kind::Any]);
    let names = call(&function(&module, &of("names"), &[], &[Kind::String8]), &[]);
    // SAFETY: a text.
    let names = unsafe { text_of(names.data.string) };
    for name in names.lines() {
        let given = [value::string8(name).unwrap()];
        let (position, key) = (call(&position, &given), call(&key, &given));
        let made = make.clone();
        let make = move || {
            // SAFETY: a handle.
            unsafe { call(&made, &given).into_raw().data.object.addr() }
        };
        // SAFETY: the types say so.
        let (position, key) = unsafe {
            let is_number = [metaffi_int64_type, metaffi_int32_type].contains(&position.r#type);
            let is_text = key.r#type == metaffi_string8_type;
            (is_number.then_some(1), is_text.then(|| text_of(key.data.string)))
        };
        let (attribute, method) = ("hashCode", "toString");
        Used { name: name.to_owned(), make: Box::new(make), position, key, attribute, method }
            .check();
    }
    assert!(names.lines().count() > 50);
}

/// How many rounds a test that counts makes.
fn rounds(few: usize) -> usize {
    std::env::var("METAFFI_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(few)
}

#[test]
fn a_million_objects_leave_none_behind() {
    let Some((module, _turn)) = guest() else { return };
    let make = function(&module, "class=java.lang.Object,callable=<init>", &[], &[Kind::Handle]);
    let object = |made: OwnedValue| -> Key {
        // SAFETY: a handle.
        unsafe { made.into_raw().data.object.addr() }
    };
    let count = function(&module, "class=metaffi.guest.Objects,callable=live", &[], &[Kind::Int32]);
    // SAFETY: a number.
    let live = || unsafe { call(&count, &[]).data.int32 };
    let before = live();
    for _ in 0..rounds(1_000_000) {
        handle::free(object(call(&make, &[])), HandleKind::Object).unwrap();
    }
    let kept: Vec<Key> = (0..1000).map(|_| object(call(&make, &[]))).collect();
    assert_eq!(live(), before + 1000);
    kept.into_iter().for_each(|key| handle::free(key, HandleKind::Object).unwrap());
    assert_eq!(live(), before);
}
