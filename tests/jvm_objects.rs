//! Objects of Java do what they say they can.

#[path = "conformance/objects.rs"]
mod objects;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use metaffi::abi::{metaffi_int32_type, metaffi_int64_type, metaffi_string, metaffi_string8_type};
use metaffi::backend::{Backend, Module, Options, jvm};
use metaffi::call::{Function, call_owned};
use metaffi::entity_path::EntityPath;
use metaffi::error::Status;
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

#[test]
fn an_object_that_is_freed_by_another_thread_is_used_or_refused() {
    let Some((module, _turn)) = guest() else { return };
    let of = |name: &str| format!("class=java.lang.Long,callable={name}");
    let make = function(&module, &of("<init>(long)"), &[Kind::Int64], &[Kind::Handle]);
    let path = of("longValue,instance_required");
    let value = function(&module, &path, &[Kind::Handle], &[Kind::Int64]);
    let (latest, is_done) = (Mutex::new((0, 0)), AtomicBool::new(false));
    let refused = thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..=rounds(100_000) as i64 {
                // SAFETY: a number, and a handle.
                let key = unsafe {
                    let given = [OwnedValue::from_raw(number.into())];
                    call(&make, &given).into_raw().data.object.addr()
                };
                let (before, _) = std::mem::replace(&mut *latest.lock().unwrap(), (key, number));
                handle::free(before, HandleKind::Object).unwrap();
            }
            is_done.store(true, Ordering::Relaxed);
        });
        let mut refused = 0;
        while !is_done.load(Ordering::Relaxed) {
            let (key, number) = *latest.lock().unwrap();
            // SAFETY: of the type that it says.
            match unsafe { call_owned(&value, &[value::object(ptr::without_provenance_mut(key))]) }
            {
                // SAFETY: a number.
                Ok(found) => assert_eq!(unsafe { found[0].data.int64 }, number),
                Err(_) if key == 0 => {}
                Err(error) => {
                    assert_eq!(error.status(), Status::InvalidHandle, "{error}");
                    assert!(error.message().contains("freed"), "{error}");
                    refused += 1;
                }
            }
        }
        refused
    });
    eprintln!("{refused} times it was freed first");
    handle::free(latest.into_inner().unwrap().0, HandleKind::Object).unwrap();
}

#[test]
fn what_is_called_often_is_what_it_is_until_it_is_freed() {
    let Some((module, _turn)) = guest() else { return };
    let number = |number: i64| {
        // SAFETY: a number.
        unsafe { OwnedValue::from_raw(number.into()) }
    };
    for round in 0..3 {
        // Each has the place of the one before.
        let path = "class=java.lang.Math,callable=abs(long)";
        let abs = function(&module, path, &[Kind::Int64], &[Kind::Int64]);
        let path = "class=java.lang.Math,callable=toIntExact(long)";
        let narrow = function(&module, path, &[Kind::Int64], &[Kind::Int32]);
        let functions = if round % 2 == 0 { [abs, narrow] } else { [narrow, abs] };
        let [odd, even] = &functions;
        for i in 0..rounds(10_000) as i64 {
            if i % 1000 == 0 {
                // So that what is made beside is made.
                thread::sleep(Duration::from_millis(1));
            }
            // SAFETY: a number; of the narrower one only its own bytes.
            let found = unsafe { [odd, even].map(|one| call(one, &[number(i)]).data.int32) };
            assert_eq!(found, [i as i32; 2]);
        }
        let narrow = &functions[usize::from(round % 2 == 0)];
        // SAFETY: a number.
        let failed = unsafe { call_owned(narrow, &[i64::MAX.into()]) };
        let failed = failed.map(drop).unwrap_err();
        assert_eq!((failed.status(), failed.message()), (Status::Foreign, "integer overflow"));
        assert_eq!(failed.foreign_error().unwrap().frames().len(), 1);
    }
}
