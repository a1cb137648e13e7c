use std::any::Any;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::abi::metaffi_slot;
use crate::call::{Callable, Callee};
use crate::fork::Lock;
use crate::handle::pin::CallScope;
use crate::signature::{Parameter, Signature};

/// Adds 100, refuses 13, and counts how often it is dropped.
struct Host {
    drops: Arc<AtomicUsize>,
    params: &'static [&'static str],
}

impl Callee for Host {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: one integer, and one back.
        unsafe {
            match *frame {
                13 => Err(Error::out_of_range("13 is unlucky")),
                value => {
                    *frame.add(1) = value + 100;
                    Ok(())
                }
            }
        }
    }

    fn name(&self, argument: usize) -> Option<&str> {
        self.params.get(argument).copied()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::SeqCst);
    }
}

pub(super) fn signature(params: &[(&str, &str)], returns: &[&str]) -> Signature {
    let param = |(name, kind): &(&str, &str)| Parameter {
        name: Some((*name).into()),
        info: Type::parse(kind).unwrap().into(),
    };
    Signature {
        params: params.iter().map(param).collect(),
        returns: types(returns),
        variadic: false,
    }
}

pub(super) fn host() -> (Lent, Arc<AtomicUsize>) {
    let drops = Arc::new(AtomicUsize::new(0));
    let signature = signature(&[("value", "int64")], &["int64"]);
    let host = Host { drops: drops.clone(), params: &["value"] };
    (Lent::new(Arc::new(Function::new(signature, host).unwrap())), drops)
}

#[test]
fn python_calls_the_host() {
    let (_directory, module) = sample("host");
    let (host, drops) = host();
    let apply = typed(&module, "callable=apply", &["callable", "int64"], &["int64"]);
    assert_eq!(int(&one(&apply, &[host.value(), int64(1)])), 101);
    let total = inferred(&module, "callable=total");
    assert_eq!(int(&one(&total, &[host.value(), int64(5)])), 510);
    drop(host);
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[test]
fn a_callable_that_python_keeps_stays_callable() {
    let (_directory, module) = sample("kept");
    let (host, drops) = host();
    call(&inferred(&module, "callable=keep"), &[host.value()]).unwrap();
    drop(host);
    assert_eq!(drops.load(Ordering::SeqCst), 0);
    let call_kept = typed(&module, "callable=call_kept", &["int64"], &["int64"]);
    assert_eq!(int(&one(&call_kept, &[int64(2)])), 102);
    call(&inferred(&module, "exec=kept.clear()"), &[]).unwrap();
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[test]
fn it_has_a_signature_and_takes_keywords() {
    let (_directory, module) = sample("looks");
    let (host, _) = host();
    let shown = |expression: &str| {
        let path = EntityPath::new().with("eval", expression);
        let entity =
            module.load_entity(&path, Some(&types(&["callable"])), Some(&types(&["string8"])));
        text(&one(&entity.unwrap(), &[host.value()]))
    };
    assert_eq!(shown("repr(args[0])"), "<metaffi.callable (value: int64) -> (int64)>");
    assert_eq!(shown("args[0].__name__"), "callable");
    assert_eq!(
        shown("str(__import__('inspect').signature(args[0]))"),
        "(value: 'int64') -> 'int64'"
    );
    assert_eq!(shown("str(args[0](value=5))"), "105");
    assert_eq!(shown("str(callable(args[0]))"), "True");
    let failed = |expression: &str| {
        let path = EntityPath::new().with("eval", expression);
        let entity = module.load_entity(&path, Some(&types(&["callable"])), None).unwrap();
        failure(&entity, &[host.value()]).message().to_owned()
    };
    assert!(failed("args[0](valve=5)").contains("did you mean \"value\""));
    assert!(failed("args[0](1, value=5)").contains("2 arguments given"));
    assert!(failed("args[0]()").contains("0 arguments given, but it takes 1"));
    assert!(failed("type(args[0])()").contains("made by metaffi"));
    assert!(failed("args[0]('text')").contains("argument 0 (value)"));
}

#[test]
fn an_element_that_python_passes_is_named() {
    let (_directory, module) = sample("elements");
    let params = [("a", "int64"), ("b", "int64"), ("rows", "int64_array")];
    let host = Host { drops: Arc::default(), params: &["a", "b", "rows"] };
    let host = Function::new(signature(&params, &["int64"]), host).unwrap();
    let host = Lent::new(Arc::new(host));
    let path = EntityPath::new().with("eval", "args[0](0, 1, [[0]] * 17 + [[0, 0, 0, 'x']])");
    let eval =
        module.load_entity(&path, Some(&types(&["callable"])), Some(&types(&["int64"]))).unwrap();
    let error = failure(&eval, &[host.value()]);
    assert!(
        error.message().starts_with("argument 2 (rows)[17][3]: str 'x' cannot be given for int64"),
        "{error}"
    );
}

#[test]
fn a_failing_callback_is_an_exception_and_then_that_error_again() {
    let (_directory, module) = sample("fails");
    let (host, _) = host();
    let catch = inferred(&module, "callable=catch");
    assert_eq!(text(&one(&catch, &[host.value()])), "nothing");
    let apply = typed(&module, "callable=apply", &["callable", "int64"], &["int64"]);
    let error = failure(&apply, &[host.value(), int64(13)]);
    assert!(error.message().contains("13 is unlucky"), "{error}");
    let caught = typed(&module, "callable=catch", &["callable"], &["string8"]);
    let raises = "eval=lambda ignored: fail('from Python')";
    let raises = one(&typed(&module, raises, &[], &["callable"]), &[]);
    assert_eq!(text(&one(&caught, &[*raises])), "SampleError: from Python");
}

/// Calls Python, which calls it again, with one less, and fails at 0; and what came out of each of
/// these calls, the innermost first.
struct Descending {
    apply: Arc<Function>,
    itself: Lock<Option<handle::Key>>,
    seen: Lock<Vec<Error>>,
}

impl Callee for Descending {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: one integer.
        let level = unsafe { *frame }.cast_signed();
        if level == 0 {
            return Err(Error::out_of_range("too deep"));
        }
        let itself = value::callable(ptr::without_provenance_mut(self.itself.lock().unwrap()));
        let outcome = call(&self.apply, &[itself, int64(level - 1)]);
        outcome.map(|_| ()).inspect_err(|error| self.seen.lock().push(error.clone()))
    }
}

#[test]
fn a_failure_that_passes_through_both_sides_is_one_failure() {
    let (_directory, module) = sample("levels");
    let apply = typed(&module, "callable=apply", &["callable", "int64"], &["int64"]);
    let (itself, seen) = (Lock::new(None), Lock::new(Vec::new()));
    let signature = signature(&[("value", "int64")], &["int64"]);
    let function = Function::new(signature, Descending { apply, itself, seen }).unwrap();
    let function = Arc::new(function);
    let callee: &dyn Any = function.callee();
    let descending = callee.downcast_ref::<Descending>().unwrap();
    let lent = Lent::new(function.clone());
    // SAFETY: a callable.
    *descending.itself.lock() = Some(unsafe { lent.value().data.callable }.addr());
    failure(&function, &[int64(20)]);
    let seen = descending.seen.lock();
    assert_eq!(seen.len(), 20);
    for error in &*seen {
        let foreign = error.foreign_error().unwrap();
        assert_eq!((error.message(), &*foreign.type_name()), ("too deep", "OverflowError"));
    }
    let identity = |error: &Error| {
        let key = error.foreign_error().unwrap().original().unwrap();
        let identity = handle::describe_object(key, |object| object.identity()).unwrap();
        handle::free(key, handle::HandleKind::Object).unwrap();
        identity
    };
    let first = identity(&seen[0]);
    assert!(seen.iter().all(|error| identity(error) == first));
}

#[test]
fn a_python_function_is_a_callable_and_comes_back_as_itself() {
    let (_directory, module) = sample("returned");
    let adder = one(&inferred(&module, "callable=make_adder"), &[int64(5)]);
    // SAFETY: a callable.
    let callable = handle::get::<Callable>(unsafe { adder.data.callable }.addr()).unwrap();
    assert_eq!(callable.function().signature().to_string(), "(a: int64) -> (int64)");
    assert_eq!(int(&one(callable.function(), &[int64(2)])), 7);
    let same = typed(&module, "eval=args[0].__qualname__", &["callable"], &["string8"]);
    assert_eq!(text(&one(&same, &[*adder])), "make_adder.<locals>.adder");
}

#[test]
fn a_host_callable_that_python_only_carries_is_that_callable() {
    let (_directory, module) = sample("carried");
    let (host, _) = host();
    let identity = typed(&module, "callable=identity", &["callable"], &["callable"]);
    let back = one(&identity, &[host.value()]);
    // SAFETY: a callable.
    let back = handle::get::<Callable>(unsafe { back.data.callable }.addr()).unwrap();
    assert!(Arc::ptr_eq(&back, &handle::get::<Callable>(host.0).unwrap()));
}

#[test]
fn a_python_comparator_sorts_through_qsort() {
    type Compare = unsafe extern "C-unwind" fn(*const c_void, *const c_void) -> c_int;
    unsafe extern "C-unwind" {
        fn qsort(base: *mut c_void, count: usize, size: usize, compare: Compare);
    }
    let (_directory, module) = sample("qsort");
    call(
        &inferred(
            &module,
            "exec=import ctypes\ndef compare(a\\, b):\n    x\\, y \\= (ctypes.c_int.from_address(p).value for p in (a\\, b))\n    return (x > y) - (x < y)",
        ),
        &[],
    )
    .unwrap();
    let compare = typed(&module, "callable=compare", &["size", "size"], &["int32"]);
    let callable = Callable::new(compare);
    let code = callable.native().unwrap();
    let mut numbers = [5, -3, 9, 0, 2, 2, -100, 77];
    // SAFETY: the pointer has the natural C signature of two sizes to an int.
    unsafe {
        let compare = std::mem::transmute::<*const (), Compare>(code);
        qsort(numbers.as_mut_ptr().cast(), numbers.len(), size_of::<c_int>(), compare);
    }
    assert_eq!(numbers, [-100, -3, 0, 2, 2, 5, 9, 77]);
}

#[test]
fn a_callback_runs_on_threads_of_pythons_own() {
    let (_directory, module) = sample("pool");
    let (host, _) = host();
    let path = EntityPath::new().with(
        "eval",
        "sum(__import__('concurrent.futures').futures.ThreadPoolExecutor(4).map(args[0], range(100)))",
    );
    // 13 would be refused.
    let path = EntityPath::new()
        .with("eval", &path.get("eval").unwrap().replace("range(100)", "range(20, 120)"));
    let sum =
        module.load_entity(&path, Some(&types(&["callable"])), Some(&types(&["int64"]))).unwrap();
    assert_eq!(int(&one(&sum, &[host.value()])), (20..120).sum::<i64>() + 100 * 100);
}
