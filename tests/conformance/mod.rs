//! What every runtime must do alike, as a suite that each one's tests run.
//!
//! A [`Subject`] says how a backend's test module names the functions below; [`run`] calls them in
//! every way there is and panics at the first thing that is not as it should be.
//!
//! | function | signature | does |
//! |---|---|---|
//! | `nop` | () → () | nothing |
//! | `add` | (int64, int64) → int64 | adds |
//! | `multiply` | (float64, float64) → float64 | multiplies |
//! | `negate` | (bool) → bool | says the opposite |
//! | `echo` | (string8) → string8 | gives its argument back |
//! | `total` | (float64_array, size) → float64 | sums so many elements |
//! | `apply` | (callable, int64, int64) → int64 | calls with two int64, gives back the result |
//! | `make` | (int64) → handle | a new object that holds the number |
//! | `read` | (handle) → int64 | the number in the object |
//!
//! An object has an attribute `number`, and `list`, of the items 1, 2 and 3; where there are methods, also a
//! method `plus`, which adds to the number, and `map`, with 1 for "one".

mod nature;
mod parts;

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use metaffi::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status, metaffi_value};
use metaffi::backend::{Backend, Module, Options, Runtime};
use metaffi::call::errors::pending;
use metaffi::call::{Callable, Function, HostCode, Plan, Userdata, c_mapping, call_owned};
use metaffi::entity_path::EntityPath;
use metaffi::error::{Error, Result, Status};
use metaffi::handle::{self, HandleKind, pin};
use metaffi::signature::{Kind, Parameter, Signature, Type, TypeInfo};
use metaffi::value::{self, OwnedValue};

/// A backend, and the module of its tests.
pub struct Subject<'a> {
    /// The backend.
    pub backend: &'a dyn Backend,
    /// The options to load it with.
    pub options: Options,
    /// The path of the module.
    pub module: String,
    /// What to declare of it, for backends that take declarations.
    pub declarations: Option<String>,
    /// Whether objects have methods, and items by key.
    pub has_methods: bool,
    /// The entity path of what makes the guest let go of what nobody uses, if it does so only now and then.
    pub collect: Option<&'a str>,
    /// The entity path of a function of the table above.
    pub path: fn(name: &str) -> String,
}

struct Suite<'a> {
    subject: &'a Subject<'a>,
    runtime: Arc<dyn Runtime>,
    module: Arc<dyn Module>,
}

/// Runs the suite.
///
/// # Panics
/// If the backend does not do what every backend must.
pub fn run(subject: &Subject<'_>) {
    let runtime = subject.backend.load(&subject.options).expect("the runtime loads");
    let module =
        runtime.load_module(&subject.module, &Options::default()).expect("the module loads");
    if let Some(declarations) = &subject.declarations {
        module.declare(declarations).expect("the declarations are right");
    }
    let suite = Suite { subject, runtime, module };
    suite.what_is_missing_is_said();
    suite.numbers_travel_in_every_way();
    suite.text_travels_whole();
    suite.arrays_are_lent();
    suite.wrong_arguments_are_named();
    suite.callbacks_are_called_and_may_fail();
    suite.objects_are_kept_and_freed();
    suite.parts_of_objects_are_reached_without_a_class();
    suite.types_are_inferred_and_described();
    suite.entities_outlive_their_module();
    suite.any_thread_may_call();
    suite.scopes_end_in_any_order();
    suite.arithmetic_is_as_its_nature_says();
    suite.exceptions_go_as_its_nature_says();
    #[cfg(unix)]
    suite.forks_go_as_its_nature_says();
}

impl Suite<'_> {
    fn load(&self, name: &str, params: &[Kind], returns: &[Kind]) -> Arc<Function> {
        self.try_load(&(self.subject.path)(name), params, returns)
            .unwrap_or_else(|error| panic!("{name} loads: {error}"))
    }

    fn try_load(&self, path: &str, params: &[Kind], returns: &[Kind]) -> Result<Arc<Function>> {
        let infos = |kinds: &[Kind]| kinds.iter().map(|kind| (*kind).into()).collect::<Vec<_>>();
        let (params, returns): (Vec<TypeInfo>, Vec<TypeInfo>) = (infos(params), infos(returns));
        self.module.load_entity(&EntityPath::parse(path)?, Some(&params), Some(&returns))
    }

    fn add(&self) -> Arc<Function> {
        self.load("add", &[Kind::Int64, Kind::Int64], &[Kind::Int64])
    }

    fn still_works(&self) {
        let sum = call_one(&self.add(), &[2_i64.into(), 3_i64.into()]).expect("add still works");
        assert_eq!(int64(&sum), 5);
    }

    fn what_is_missing_is_said(&self) {
        let error = self.runtime.load_module("there/is/no.such module", &Options::default()).err();
        let error = error.expect("a module that is not there does not load");
        assert!(error.message().contains("no.such module"), "{error}");
        let missing = (self.subject.path)("there_is_no_such_function");
        let error = self.try_load(&missing, &[], &[]).err().expect("no such function");
        assert_eq!(error.status(), Status::NotFound, "{error}");
        assert!(error.message().contains("there_is_no_such_function"), "{error}");
        let error = self.try_load("no_such_key=x", &[], &[]).err().expect("no such key");
        assert_eq!(error.status(), Status::Syntax, "{error}");
        self.still_works();
    }

    fn numbers_travel_in_every_way(&self) {
        let nop = self.load("nop", &[], &[]);
        call(&nop, &[]).expect("nop");
        frame_call(&nop, &mut []).expect("nop by frame");
        let add = self.add();
        for (a, b) in [(0, 0), (-1, 1), (i64::MAX, -1), (i64::MIN, 1), (1 << 53, 1)] {
            let sum = call_one(&add, &[a.into(), b.into()]).expect("add");
            assert_eq!(int64(&sum), a + b);
            let mut frame = [a as u64, b as u64, 0];
            frame_call(&add, &mut frame).expect("add by frame");
            assert_eq!(frame[2] as i64, a + b);
            assert_eq!(call_native(&add, a, b), a + b);
        }
        let multiply = self.load("multiply", &[Kind::Float64, Kind::Float64], &[Kind::Float64]);
        let product = call_one(&multiply, &[1.5.into(), (-4.0).into()]).expect("multiply");
        assert_eq!(float64(&product), -6.0);
        let exact = call_one(&multiply, &[3_i64.into(), 0.5.into()]).expect("an int for a float");
        assert_eq!(float64(&exact), 1.5);
        let infinite = call_one(&multiply, &[f64::MAX.into(), 2.0.into()]).expect("multiply");
        assert_eq!(float64(&infinite), f64::INFINITY);
        let negate = self.load("negate", &[Kind::Bool], &[Kind::Bool]);
        for truth in [false, true] {
            let opposite = call_one(&negate, &[truth.into()]).expect("negate");
            // SAFETY: the return is a bool.
            assert_eq!(unsafe { opposite.data.boolean }, !truth);
        }
    }

    fn text_travels_whole(&self) {
        let echo = self.load("echo", &[Kind::String8], &[Kind::String8]);
        let long = "x".repeat(100_000);
        for text in ["", "plain", "größer", "\u{10348}\u{1f600}", &long] {
            let given = value::string8(text).expect("memory");
            let back = call_one(&echo, &[*given]).expect("echo");
            // SAFETY: the return is a string8.
            let back = unsafe { value::text::decode(&back.data.string, Kind::String8) };
            assert_eq!(back.expect("UTF-8"), text);
        }
        let broken = value::string(
            metaffi::abi::metaffi_string { data: c"a\xff".as_ptr().cast(), length: 2 },
            Kind::String8,
        );
        let error = call_one(&echo, &[broken]).expect_err("malformed text is refused");
        assert_eq!(error.status(), Status::InvalidText, "{error}");
        self.still_works();
    }

    fn arrays_are_lent(&self) {
        let array = TypeInfo::new(Type::from(Kind::Float64).array().expect("an array type"));
        let total = self.module.load_entity(
            &EntityPath::parse(&(self.subject.path)("total")).expect("a path"),
            Some(&[array, Kind::Size.into()]),
            Some(&[Kind::Float64.into()]),
        );
        let total = total.expect("total loads");
        let numbers: Vec<f64> = (0..1000).map(f64::from).collect();
        let shape = numbers.len();
        let mut descriptor = metaffi::abi::metaffi_array {
            data: numbers.as_ptr().cast_mut().cast(),
            element: metaffi::abi::metaffi_float64_type,
            rank: 1,
            shape: &raw const shape,
            strides: ptr::null(),
            release: None,
            owner: ptr::null_mut(),
        };
        // SAFETY: the array is valid as long as `descriptor`.
        let value = unsafe { value::array(&raw mut descriptor) }.expect("a value");
        let sum = call_one(&total, &[value, shape.into()]).expect("total");
        assert_eq!(float64(&sum), 499_500.0);
    }

    fn wrong_arguments_are_named(&self) {
        let add = self.add();
        let refused = |arguments: &[metaffi_value]| call_one(&add, arguments).expect_err("refused");
        let error = refused(&[1_i64.into()]);
        assert!(error.message().contains("1 argument given"), "{error}");
        let error = refused(&[1_i64.into(), 0.5.into()]);
        assert!(error.message().contains("argument 1"), "{error}");
        let error = refused(&[1_i64.into(), u64::MAX.into()]);
        assert_eq!(error.status(), Status::OutOfRange, "{error}");
        let error = refused(&[true.into(), 1_i64.into()]);
        assert_eq!(error.status(), Status::TypeMismatch, "{error}");
        self.still_works();
    }

    fn callbacks_are_called_and_may_fail(&self) {
        let apply = self.load("apply", &[Kind::Callable, Kind::Int64, Kind::Int64], &[Kind::Int64]);
        let times = Arc::new(AtomicI64::new(0));
        let callable = host_callable(&times);
        let give = |a: i64, b: i64| {
            let callable = value::callable(ptr::without_provenance_mut(callable));
            call_one(&apply, &[callable, a.into(), b.into()])
        };
        assert_eq!(int64(&give(20, 22).expect("apply")), 42);
        assert_eq!(times.load(Ordering::SeqCst), 1);
        // A callback that fails: the guest either passes the failure on or is given zero.
        match give(-1, 0) {
            Ok(zero) => assert_eq!(int64(&zero), 0),
            Err(error) => assert!(error.message().contains("negative"), "{error}"),
        }
        assert_eq!(int64(&give(1, 2).expect("apply again")), 3);
        handle::free(callable, HandleKind::Callable).expect("the callable is ours");
        assert!(give(1, 1).is_err(), "a freed callable is refused");
        self.let_go_of(&times);
        self.still_works();
    }

    /// The finalizer of a callable runs: at once, or when the guest looks for what nobody uses.
    fn let_go_of(&self, times: &Arc<AtomicI64>) {
        if let Some(path) = self.subject.collect {
            let collect = self.try_load(path, &[], &[]).expect("what collects loads");
            for _ in 0..500 {
                if Arc::strong_count(times) == 1 {
                    break;
                }
                call(&collect, &[]).expect("it collects");
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        }
        assert_eq!(Arc::strong_count(times), 1, "the finalizer has run");
    }

    fn objects_are_kept_and_freed(&self) {
        let make = self.load("make", &[Kind::Int64], &[Kind::Handle]);
        let read = self.load("read", &[Kind::Handle], &[Kind::Int64]);
        let objects: Vec<OwnedValue> =
            (0..100_i64).map(|number| call_one(&make, &[number.into()]).expect("make")).collect();
        for (number, object) in objects.iter().enumerate() {
            let found = call_one(&read, &[**object]).expect("read");
            assert_eq!(int64(&found), number as i64);
        }
        let key = key(&objects[7]);
        let clone = handle::clone(key, HandleKind::Object).expect("a clone");
        let identity = |key| handle::describe_object(key, |object| object.identity());
        assert_eq!(identity(key).expect("alive"), identity(clone).expect("alive"));
        handle::free(clone, HandleKind::Object).expect("the clone is ours");
        assert!(identity(clone).is_err(), "a freed handle is refused");
        let stale = value::object(ptr::without_provenance_mut(clone));
        let error = call_one(&read, &[stale]).expect_err("a freed handle is refused");
        assert_eq!(error.status(), Status::InvalidHandle, "{error}");
        self.still_works();
    }

    fn types_are_inferred_and_described(&self) {
        let path = EntityPath::parse(&(self.subject.path)("add")).expect("a path");
        let add = self.module.load_entity(&path, None, None).expect("add loads without types");
        assert_eq!(add.signature().params.len(), 2);
        let description = self.module.describe().expect("a description");
        assert_eq!(description.runtime, self.subject.backend.name());
        let printed = path.to_string();
        assert!(description.entities.iter().any(|entry| entry.path == printed), "{printed}");
        serde_json::to_string(&description).expect("it is JSON");
    }

    fn entities_outlive_their_module(&self) {
        let module = self
            .runtime
            .load_module(&self.subject.module, &Options::default())
            .expect("a second load");
        if let Some(declarations) = &self.subject.declarations {
            module.declare(declarations).expect("the declarations are right");
        }
        let path = EntityPath::parse(&(self.subject.path)("add")).expect("a path");
        let two = [Kind::Int64.into(), Kind::Int64.into()];
        let add = module.load_entity(&path, Some(&two), Some(&two[..1])).expect("add loads");
        drop(module);
        assert_eq!(int64(&call_one(&add, &[1_i64.into(), 2_i64.into()]).expect("add")), 3);
    }

    fn any_thread_may_call(&self) {
        let add = self.add();
        std::thread::scope(|scope| {
            for thread in 0..4_i64 {
                let add = &add;
                scope.spawn(move || {
                    for number in 0..500_i64 {
                        let sum = call_one(add, &[thread.into(), number.into()]).expect("add");
                        assert_eq!(int64(&sum), thread + number);
                    }
                });
            }
        });
    }

    fn scopes_end_in_any_order(&self) {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let entered = [(); 3].map(|()| self.runtime.enter().expect("a scope"));
            for index in order {
                self.still_works();
                self.runtime.leave(entered[index]);
            }
            self.still_works();
        }
    }
}

/// Calls by values, as the C API does.
fn call(function: &Function, arguments: &[metaffi_value]) -> Result<Vec<OwnedValue>> {
    // SAFETY: the arguments are what they say.
    unsafe { call_owned(function, arguments) }
}

fn call_one(function: &Function, arguments: &[metaffi_value]) -> Result<OwnedValue> {
    let mut returns = call(function, arguments)?;
    returns.pop().ok_or_else(|| Error::new(Status::Internal, "nothing was returned"))
}

fn frame_call(function: &Function, frame: &mut [metaffi_slot]) -> Result<()> {
    assert_eq!(frame.len(), function.frame_size());
    // SAFETY: the frame has the layout's size and its arguments.
    unsafe { function.call(&pin::enter(), frame.as_mut_ptr()) }
}

/// Calls `add` through its native C function pointer.
fn call_native(function: &Arc<Function>, a: i64, b: i64) -> i64 {
    type Add = unsafe extern "C-unwind" fn(i64, i64) -> i64;
    let callee = function.callee();
    let own = callee.symbol().or_else(|| callee.made_symbol());
    let closure = match own {
        Some(_) => None,
        None => {
            let closure = c_mapping::export(function).expect("a native pointer");
            closure.set_sink(Some(pending::sink()));
            Some(closure)
        }
    };
    let code = closure.as_ref().map_or(own, |made| Some(made.code()));
    // SAFETY: the natural C signature of (int64, int64) -> int64.
    let code = unsafe { std::mem::transmute::<*const (), Add>(code.expect("a pointer")) };
    // SAFETY: as above.
    let sum = unsafe { code(a, b) };
    assert!(pending::take().is_none());
    sum
}

/// A callable of the host's that adds, counts its calls, and fails for a negative number.
fn host_callable(times: &Arc<AtomicI64>) -> handle::Key {
    unsafe extern "C-unwind" fn add(
        userdata: *mut c_void,
        frame: *mut metaffi_slot,
        error: *mut *mut metaffi_error,
    ) -> metaffi_status {
        // SAFETY: the userdata is the counter, the frame has two int64 and room for one.
        unsafe {
            (*userdata.cast::<AtomicI64>()).fetch_add(1, Ordering::SeqCst);
            let (a, b) = (*frame as i64, *frame.add(1) as i64);
            if a < 0 {
                let failure = Error::new(Status::Foreign, "a negative number");
                error.write(metaffi::call::errors::failure::to_c(failure));
                return Status::Foreign.code();
            }
            *frame.add(2) = (a + b) as u64;
        }
        METAFFI_OK
    }
    unsafe extern "C-unwind" fn finalize(userdata: *mut c_void) {
        // SAFETY: the reference that `host_callable` gave away.
        drop(unsafe { Arc::from_raw(userdata.cast::<AtomicI64>().cast_const()) });
    }
    let userdata = Arc::into_raw(times.clone()).cast_mut().cast();
    callable_of(add, Userdata::of_host(userdata, Some(finalize)))
}

/// A callable (int64, int64) -> int64 of the host's.
fn callable_of(code: HostCode, userdata: Userdata) -> handle::Key {
    let signature = Signature {
        params: vec![Parameter::from(Kind::Int64), Parameter::from(Kind::Int64)],
        returns: vec![Kind::Int64.into()],
        variadic: false,
    };
    userdata.own();
    let plan = Plan::of(signature).expect("a plan");
    handle::insert(Callable::of_host(code, userdata, plan)).expect("a handle")
}

fn int64(value: &metaffi_value) -> i64 {
    assert_eq!(value.r#type, metaffi::abi::metaffi_int64_type);
    // SAFETY: the type says so.
    unsafe { value.data.int64 }
}

fn float64(value: &metaffi_value) -> f64 {
    assert_eq!(value.r#type, metaffi::abi::metaffi_float64_type);
    // SAFETY: the type says so.
    unsafe { value.data.float64 }
}

fn key(value: &metaffi_value) -> handle::Key {
    assert_eq!(value.r#type, metaffi::abi::metaffi_handle_type);
    // SAFETY: the type says so.
    unsafe { value.data.object.addr() }
}
