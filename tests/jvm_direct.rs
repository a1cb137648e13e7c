//! Members of Java that take and give numbers, which are used by the native interface where that is quicker:
//! what comes is the same either way.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use metaffi::backend::{Backend, Module, Options, jvm};
use metaffi::call::Function;
use metaffi::capi::error::{metaffi_error_free, metaffi_error_status};
use metaffi::entity_path::EntityPath;
use metaffi::error::{Error, Status};
use metaffi::handle;
use metaffi::signature::{Kind, TypeInfo};

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

struct Guest {
    module: Arc<dyn Module>,
    /// The same classes once more.
    again: Arc<dyn Module>,
}

/// The guest's classes, compiled by the JDK that is used; `None` without one.
fn guest() -> Option<&'static Guest> {
    static GUEST: OnceLock<Option<Guest>> = OnceLock::new();
    let load = || {
        let home = jdk()?;
        let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jvm_direct");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/Direct.java");
        let compiler = home.join("bin/javac");
        assert!(Command::new(compiler).arg("-d").arg(&to).arg(source).status().unwrap().success());
        let options = [("home".to_owned(), home.display().to_string())];
        let options = Options::new("runtime jvm", jvm::Backend.options(), options).unwrap();
        let runtime = jvm::Backend.load(&options).unwrap();
        let load = || runtime.load_module(&to.display().to_string(), &Options::default()).unwrap();
        Some(Guest { module: load(), again: load() })
    };
    GUEST.get_or_init(load).as_ref()
}

impl Guest {
    fn entity(&self, path: &str) -> Arc<Function> {
        self.declared(path, None)
    }

    fn declared(&self, path: &str, params: Option<&[Kind]>) -> Arc<Function> {
        let path = EntityPath::parse(path).unwrap();
        let params: Option<Vec<TypeInfo>> =
            params.map(|kinds| kinds.iter().map(|kind| (*kind).into()).collect());
        self.module.load_entity(&path, params.as_deref(), None).unwrap()
    }

    fn object(&self, make: &str) -> Object {
        Object(call(&self.entity(&format!("class=Direct,callable={make}")), &[]).unwrap())
    }
}

/// A handle.
struct Object(u64);

impl Drop for Object {
    fn drop(&mut self) {
        handle::free(self.0 as usize, handle::HandleKind::Object).unwrap();
    }
}

/// Calls with a frame: the slot behind the arguments.
fn call(function: &Function, arguments: &[u64]) -> Result<u64, Error> {
    let mut frame = arguments.to_vec();
    frame.push(0);
    // SAFETY: the arguments are those of the function, with room behind them.
    let called =
        handle::using(|scope| unsafe { function.callee().call(scope, frame.as_mut_ptr()) });
    assert_eq!(&frame[..arguments.len()], arguments);
    called.map(|()| frame[arguments.len()])
}

const KINDS: [(&str, &[u64]); 8] = [
    ("Boolean", &[1, 0]),
    ("Byte", &[-128_i64 as u64, 127]),
    ("Short", &[-32768_i64 as u64, 32767]),
    ("Char", &[0xffff, 0x41]),
    ("Int", &[i32::MIN as i64 as u64, 5]),
    ("Long", &[i64::MIN as u64, 1 << 40]),
    ("Float", &[0x7f80_0000, 0x3dcc_cccd]),
    ("Double", &[0x7ff8_0000_0000_0000, 0x3fb9_9999_9999_999a]),
];

#[test]
fn numbers_of_all_kinds_come_as_they_are() {
    let Some(guest) = guest() else { return };
    let object = guest.object("make");
    for (kind, values) in KINDS {
        let load = |path: &str| guest.entity(&path.replace('?', kind));
        let same = load("class=Direct,callable=same?");
        let echo = load("class=Direct,callable=echo?,instance_required");
        let get = load("class=Direct,field=static?,getter");
        let set = load("class=Direct,field=static?,setter");
        let get_own = load("class=Direct,field=own?,instance_required,getter");
        let set_own = load("class=Direct,field=own?,instance_required,setter");
        // More calls than are counted before there may be another way.
        for value in values.iter().cycle().copied().take(50) {
            assert_eq!(call(&same, &[value]).unwrap(), value, "{kind}");
            assert_eq!(call(&echo, &[object.0, value]).unwrap(), value, "{kind}");
            assert_eq!(call(&get_own, &[object.0]).unwrap(), value, "{kind}");
            call(&set, &[value]).unwrap();
            call(&set_own, &[object.0, value ^ 1]).unwrap();
            assert_eq!(call(&get, &[]).unwrap(), value, "{kind}");
            assert_eq!(call(&get_own, &[object.0]).unwrap(), value ^ 1, "{kind}");
        }
        // What is above a number in its slot is nothing.
        let high = if matches!(kind, "Long" | "Double") { 0 } else { 0xabcd_ef00_0000_0000 };
        assert_eq!(call(&same, &[values[0] ^ high]).unwrap(), values[0], "{kind}");
    }
}

#[test]
fn truth_is_whatever_is_not_zero() {
    let Some(guest) = guest() else { return };
    let object = guest.object("make");
    let same = guest.entity("class=Direct,callable=sameBoolean");
    let echo = guest.entity("class=Direct,callable=echoBoolean,instance_required");
    let get = guest.entity("class=Direct,field=staticBoolean,getter");
    let set = guest.entity("class=Direct,field=staticBoolean,setter");
    let get_own = guest.entity("class=Direct,field=ownBoolean,instance_required,getter");
    let set_own = guest.entity("class=Direct,field=ownBoolean,instance_required,setter");
    for (given, is) in [2, 0, 0xfe, 0x100, 1].into_iter().zip([1, 0, 1, 0, 1]).cycle().take(500) {
        assert_eq!(call(&same, &[given]).unwrap(), is, "{given}");
        assert_eq!(call(&echo, &[object.0, given]).unwrap(), is, "{given}");
        call(&set, &[given]).unwrap();
        assert_eq!(call(&get, &[]).unwrap(), is, "{given}");
        call(&set_own, &[object.0, given]).unwrap();
        assert_eq!(call(&get_own, &[object.0]).unwrap(), is, "{given}");
    }
}

#[test]
fn nothing_is_an_optional_without_anything() {
    let Some(guest) = guest() else { return };
    let given = guest.declared("class=Direct,callable=given", Some(&[Kind::Handle]));
    for _ in 0..3 {
        assert_eq!(call(&given, &[0]).unwrap(), 0);
    }
}

#[test]
fn objects_are_of_the_class_that_is_declared() {
    let Some(guest) = guest() else { return };
    let [base, derived, other, counter] =
        ["base", "derived", "other", "counter"].map(|one| guest.object(one));
    let number = guest.entity("class=Direct$Base,callable=number,instance_required");
    let of_derived = guest.entity("class=Direct$Derived,callable=number,instance_required");
    let counted = guest.entity("class=Direct$Counted,callable=number,instance_required");
    let field = guest.entity("class=Direct$Base,field=number,instance_required,getter");
    let of = guest.entity("class=Direct,callable=of");
    let handles = [Kind::Int32, Kind::Handle, Kind::Int64, Kind::Handle, Kind::Int16];
    let many = guest.declared("class=Direct,callable=many", Some(&handles));
    for _ in 0..3 {
        assert_eq!(call(&number, &[base.0]).unwrap(), 1);
        assert_eq!(call(&number, &[derived.0]).unwrap(), 101);
        assert_eq!(call(&of_derived, &[derived.0]).unwrap(), 101);
        assert_eq!(call(&counted, &[counter.0]).unwrap(), 9);
        assert_eq!(call(&field, &[derived.0]).unwrap(), 1);
        assert_eq!(call(&of, &[derived.0]).unwrap(), 101);
        assert_eq!(call(&of, &[0]).unwrap(), -1_i64 as u64);
        let minus = -5_i64 as u64;
        assert_eq!(call(&many, &[1, derived.0, 2, other.0, minus]).unwrap(), 2998);
        assert_eq!(call(&many, &[1, 0, 2, 0, minus]).unwrap(), -2_i64 as u64);
        let refused = |function: &Function, arguments: &[u64]| {
            let error = call(function, arguments).unwrap_err();
            assert_eq!(error.status(), Status::TypeMismatch);
            error.message().to_owned()
        };
        let class = "Direct$Other does not become Direct$Base";
        assert_eq!(refused(&number, &[other.0]), format!("argument 0 (self): {class}"));
        assert!(refused(&field, &[other.0]).contains(class));
        assert!(refused(&of, &[other.0]).ends_with(class));
        assert!(refused(&many, &[1, other.0, 2, 0, 0]).starts_with("argument 1"));
        assert!(refused(&of_derived, &[base.0]).contains("does not become Direct$Derived"));
        assert!(refused(&number, &[0]).contains("argument 0 (self) is NULL"));
    }
}

#[test]
fn an_index_that_is_used_again_is_another_object() {
    let Some(guest) = guest() else { return };
    let number = guest.entity("class=Direct$Base,callable=number,instance_required");
    let other = guest.entity("class=Direct$Other,callable=number,instance_required");
    let rounds = |make: &str, function: &Function, wrong: &Function, wanted: u64| {
        for _ in 0..100 {
            let object = guest.object(make);
            assert_eq!(call(function, &[object.0]).unwrap(), wanted);
            assert!(call(wrong, &[object.0]).is_err());
        }
    };
    for _ in 0..5 {
        rounds("base", &number, &other, 1);
        rounds("other", &other, &number, 7);
        // Where nobody was attached, they are given back by whoever is next.
        let objects: Vec<Object> = (0..50).map(|_| guest.object("derived")).collect();
        for object in &objects {
            assert_eq!(call(&number, &[object.0]).unwrap(), 101);
        }
        thread::Builder::new()
            .stack_size(128 << 10)
            .spawn(move || drop(objects))
            .unwrap()
            .join()
            .unwrap();
    }
    let object = guest.object("base");
    let same = handle::clone(object.0 as usize, handle::HandleKind::Object).unwrap();
    let handle = object.0;
    assert_eq!(call(&number, &[handle]).unwrap(), 1);
    drop(object);
    assert_eq!(call(&number, &[same as u64]).unwrap(), 1);
    assert_eq!(call(&number, &[handle]).unwrap_err().status(), Status::InvalidHandle);
    drop(Object(same as u64));
    assert_eq!(call(&number, &[same as u64]).unwrap_err().status(), Status::InvalidHandle);
}

#[test]
fn what_is_thrown_is_an_error() {
    let Some(guest) = guest() else { return };
    let fail = guest.entity("class=Direct,callable=fail");
    let object = guest.object("make");
    let failing = guest.entity("class=Direct,callable=failing,instance_required");
    for _ in 0..3 {
        let thrown = |function: &Function, arguments: &[u64]| {
            let error = call(function, arguments).unwrap_err();
            let name = error.foreign_error().unwrap().type_name();
            let frame = error.foreign_error().unwrap().frames().pop().unwrap();
            (name, error.message().to_owned(), frame.function)
        };
        let (name, message, function) = thrown(&fail, &[1]);
        assert_eq!(name, "java.lang.IllegalArgumentException");
        assert_eq!((&*message, &*function), ("number one", "Direct.fail"));
        assert_eq!(thrown(&fail, &[2]).0, "java.lang.StackOverflowError");
        assert_eq!(call(&fail, &[5]).unwrap(), 5);
        assert_eq!(thrown(&failing, &[object.0]).1, "by an object");
    }
    let deep = guest.entity("class=Direct,callable=deep");
    let error = call(&deep, &[0]).unwrap_err();
    assert_eq!(error.foreign_error().unwrap().type_name(), "java.lang.StackOverflowError");
}

#[test]
fn what_is_called_often_does_what_it_did() {
    let Some(guest) = guest() else { return };
    let [base, other] = ["base", "other"].map(|one| guest.object(one));
    let fail = guest.entity("class=Direct,callable=fail");
    let number = guest.entity("class=Direct$Base,callable=number,instance_required");
    let path = EntityPath::parse("class=Direct,callable=isHere").unwrap();
    let load = || {
        let modules = [&guest.module, &guest.again];
        modules.map(|module| module.load_entity(&path, None, None).unwrap())
    };
    let asked = load();
    let text = |function: &Function, arguments: &[u64]| {
        let error = call(function, arguments).unwrap_err();
        error.foreign_error().map_or_else(|| error.message().to_owned(), |one| one.type_name())
    };
    // What is quicker is prepared beside the calls.
    for _ in 0..6 {
        for given in 0..3000 {
            assert_eq!(call(&fail, &[given << 3 | 5]).unwrap(), given << 3 | 5);
            assert_eq!(call(&number, &[base.0]).unwrap(), 1);
            for one in &asked {
                assert_eq!(call(one, &[]).unwrap(), 1);
            }
        }
        assert_eq!(text(&fail, &[1]), "java.lang.IllegalArgumentException");
        assert_eq!(text(&fail, &[2]), "java.lang.StackOverflowError");
        let refused = text(&number, &[other.0]);
        assert_eq!(refused, "argument 0 (self): Direct$Other does not become Direct$Base");
        assert!(text(&number, &[0]).contains("argument 0 (self) is NULL"));
        // Between those that are called seldom, of either module.
        let seldom = load();
        for i in 0..16 {
            assert_eq!(call(&asked[i & 1], &[]).unwrap(), 1);
            assert_eq!(call(&seldom[i >> 1 & 1], &[]).unwrap(), 1);
            assert_eq!(call(&asked[i >> 2 & 1], &[]).unwrap(), 1);
            assert_eq!(call(&seldom[i >> 3 & 1], &[]).unwrap(), 1);
        }
        thread::sleep(Duration::from_millis(50));
    }
    let fast = number.fast().unwrap();
    drop(number);
    let (mut frame, mut error) = ([base.0, 0], ptr::null_mut());
    // SAFETY: the frame is that of the entity, which is refused.
    let status = unsafe { (fast.invoke)(fast.code, frame.as_mut_ptr(), fast.map, &mut error, 0) };
    assert_eq!(status, metaffi::abi::METAFFI_STATUS_INVALID_HANDLE);
    metaffi_error_free(error);
}

#[test]
fn what_initialising_a_class_throws_is_the_failure_of_the_call() {
    let Some(guest) = guest() else { return };
    let get = guest.entity("class=Direct$Broken,callable=get");
    let value = guest.entity("class=Direct$Broken,field=value,getter");
    let thrown =
        |function: &Function| call(function, &[]).unwrap_err().foreign_error().unwrap().type_name();
    assert_eq!(thrown(&get), "java.lang.ExceptionInInitializerError");
    for function in [&get, &value, &get] {
        assert_eq!(thrown(function), "java.lang.NoClassDefFoundError");
    }
}

#[test]
fn a_thread_has_the_class_loader_of_the_module_that_is_called() {
    let Some(guest) = guest() else { return };
    let path = |path: &str| EntityPath::parse(&format!("class=Direct,callable={path}")).unwrap();
    let load =
        |module: &Arc<dyn Module>, name| module.load_entity(&path(name), None, None).unwrap();
    let asked = [&guest.module, &guest.again].map(|module| load(module, "isHere"));
    let leave = load(&guest.module, "leave");
    let run = move || {
        for one in asked.iter().cycle().take(6) {
            assert_eq!(call(one, &[]).unwrap(), 1);
            assert_eq!(call(one, &[]).unwrap(), 1);
        }
        // A loader that Java's own code has set stays.
        call(&leave, &[1]).unwrap();
        for one in &asked {
            assert_eq!(call(one, &[]).unwrap(), 0);
        }
    };
    thread::spawn(run).join().unwrap();
}

#[test]
fn a_class_loader_that_is_set_back_often_is_found_again() {
    let Some(guest) = guest() else { return };
    let run = || {
        let of = |path: &str| Object(call(&guest.entity(path), &[]).unwrap());
        let thread = of("class=java.lang.Thread,callable=currentThread");
        let system = of("class=java.lang.ClassLoader,callable=getSystemClassLoader");
        let path = "class=java.lang.Thread,callable=setContextClassLoader,instance_required";
        let set = guest.entity(path);
        for _ in 0..4 {
            for _ in 0..2000 {
                call(&set, &[thread.0, system.0]).unwrap();
            }
            thread::sleep(Duration::from_millis(50));
            let is_here = guest.entity("class=Direct,callable=isHere");
            for _ in 0..4 {
                assert_eq!(call(&is_here, &[]).unwrap(), 1);
                call(&set, &[thread.0, system.0]).unwrap();
            }
        }
    };
    thread::scope(|scope| scope.spawn(run).join().unwrap());
}

/// What an invoker calls.
struct Code(*const ());

// SAFETY: invokers are called on every thread.
unsafe impl Sync for Code {}

#[test]
fn an_entity_is_freed_while_it_is_called() {
    let Some(guest) = guest() else { return };
    let object = guest.object("base");
    for round in 0..200 {
        let path = match round % 2 {
            0 => "class=Direct$Base,callable=number,instance_required",
            _ => "class=Direct,callable=sameLong",
        };
        let function = guest.entity(path);
        let fast = function.fast().unwrap();
        let (code, map, invoke) = (Code(fast.code), fast.map, fast.invoke);
        let given = if round % 2 == 0 { object.0 } else { 1 };
        let has_begun = AtomicBool::new(false);
        let caller = || {
            let (mut freed, code) = (false, &code);
            while !freed {
                let mut frame = [given, 0];
                let mut error = ptr::null_mut();
                // SAFETY: the frame is that of the entity, which is refused when it has been freed.
                let status = unsafe { invoke(code.0, frame.as_mut_ptr(), map, &raw mut error, 0) };
                freed = status != 0;
                match freed {
                    false => assert_eq!(frame[1], 1),
                    true => {
                        assert_eq!(
                            metaffi_error_status(error),
                            metaffi::abi::METAFFI_STATUS_INVALID_HANDLE
                        );
                        metaffi_error_free(error);
                    }
                }
                has_begun.store(true, Ordering::Release);
            }
        };
        thread::scope(|scope| {
            scope.spawn(caller);
            while !has_begun.load(Ordering::Acquire) {
                thread::yield_now();
            }
            drop(function);
            // Its place is another's at once.
            let next = guest.entity("class=Direct,callable=sameInt");
            assert_eq!(call(&next, &[3]).unwrap(), 3);
        });
    }
}
