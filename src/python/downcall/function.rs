//! [`PyFunction`]: a Python callable behind a signature.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::argument_names::ArgumentNames;
use super::arguments::release;
use super::marshallers::Marshallers;
use super::registers::{self, CalledByRegisters};
use super::spread::{Spread, SpreadArrays};
use crate::abi::metaffi_slot;
use crate::call::upcall::{Closure, LockedCall, LockedEntry};
use crate::call::{Callee, Function, FunctionPointerType, HostCall, Lifetime, Plan, with_stack};
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::handle::Fast;
use crate::handle::pin::{self, CallScope};
use crate::process::stack;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::convert::Loans;
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::lifecycle::lock_guarded::{CalledUnderLock, LockGuarded, On};
use crate::python::object::{PyRef, from_handle};
use crate::signature::{Kind, Parameter, Signature, Type};
use crate::thread::ThreadWords;

/// Makes a function pointer of a type for a function that takes what C gives; `None` if it does not.
pub type MakeClosure = fn(&PyFunction, &Arc<FunctionPointerType>) -> Result<Option<Closure>>;

static MAKE_CLOSURE: Once<MakeClosure> = Once::new();

/// Says how a host does that. The first one to say so does.
pub fn set_make_closure(make: MakeClosure) {
    let _ = MAKE_CLOSURE.set(make);
}

/// The most arguments that a [`Fixed`] call has.
const FEW: usize = 3;

/// More arguments than registers have room for.
const MOST_NUMBERS: usize = 15;

/// A number of returns that is not known beforehand.
const ANY: usize = usize::MAX;

/// What is called.
#[derive(Clone)]
pub enum CallTarget {
    /// A callable.
    Callable(Arc<PyRef>),
    /// A function of Python's own, whose layout is known.
    Function(Arc<PyRef>),
    /// The method of that name (an interned `str`) of the first argument.
    Method(Arc<PyRef>),
    /// A callable or method whose last arguments hold further ones.
    Spread(Arc<Spread>),
    /// Another target, whose last arguments have names.
    Keywords(Arc<KeywordTarget>),
}

/// A callable or method whose last arguments have names.
pub struct KeywordTarget {
    target: CallTarget,
    /// A tuple of `str`.
    names: PyRef,
    count: usize,
}

impl CallTarget {
    /// Whether it is called with arguments by name and so many by position.
    pub fn takes_keywords(&self, positional: usize) -> bool {
        match self {
            CallTarget::Callable(_) | CallTarget::Function(_) => true,
            CallTarget::Method(_) => positional > 0,
            CallTarget::Spread(_) | CallTarget::Keywords(_) => false,
        }
    }

    /// Calls with the arguments of a vectorcall, of which those after the positional ones have
    /// `names`. A new reference, or NULL with an exception set.
    ///
    /// # Safety
    /// It [takes such arguments](CallTarget::takes_keywords), which are as a vectorcall has them; the
    /// GIL is held.
    pub unsafe fn call_named(
        &self,
        api: &Api,
        objects: *const Object,
        count: usize,
        names: Object,
    ) -> Object {
        // SAFETY: the GIL is held, and the arguments are as a vectorcall has them.
        unsafe {
            match self {
                CallTarget::Function(callable) | CallTarget::Callable(callable) => {
                    (api.vectorcall)(callable.as_ptr(), objects, count, names)
                }
                CallTarget::Method(name) => {
                    (api.PyObject_VectorcallMethod)(name.as_ptr(), objects, count, names)
                }
                CallTarget::Spread(_) | CallTarget::Keywords(_) => ptr::null_mut(),
            }
        }
    }

    /// Calls with positional arguments, as a vectorcall counts them. A new reference, or NULL with
    /// an exception set.
    ///
    /// # Safety
    /// The GIL is held, and there are so many arguments; with the flag in the count, one writable
    /// place before them as well.
    #[inline(always)]
    pub unsafe fn call(&self, api: &Api, objects: *const Object, count: usize) -> Object {
        // SAFETY: the GIL is held, and there are so many arguments; with the flag in the count, one
        // writable place before them as well.
        unsafe {
            // One comparison for the commonest.
            match self {
                CallTarget::Function(function) => {
                    api.call_function(function.as_ptr(), objects, count)
                }
                other => other.call_other(api, objects, count),
            }
        }
    }

    /// The same of what is not a function of Python's own: apart, or all would be told apart at once.
    #[inline(never)]
    unsafe fn call_other(&self, api: &Api, objects: *const Object, count: usize) -> Object {
        let names = ptr::null_mut();
        // SAFETY: as above.
        unsafe {
            match self {
                CallTarget::Callable(callable) | CallTarget::Function(callable) => {
                    (api.vectorcall)(callable.as_ptr(), objects, count, names)
                }
                CallTarget::Method(name) => api.call_method(name.as_ptr(), objects, count),
                CallTarget::Spread(spread) => {
                    spread.call(api, objects, count & !PY_VECTORCALL_ARGUMENTS_OFFSET)
                }
                CallTarget::Keywords(keywords) => {
                    let (names, positional) = (keywords.names.as_ptr(), count - keywords.count);
                    keywords.target.call_named(api, objects, positional, names)
                }
            }
        }
    }
}

/// A Python callable behind a signature.
pub struct PyFunction {
    call: LockGuarded<Call>,
    /// The same with fewer arguments, down to those that have no default.
    fewer: Box<[Once<Arc<Function>>]>,
    /// How many function pointers have a reference to the target of their own.
    pointers: AtomicUsize,
}

/// A Python callable with converters for its signature.
struct Call {
    api: &'static Api,
    target: CallTarget,
    marshallers: Arc<Marshallers>,
    names: ArgumentNames,
    /// A reference for each function that was made of one target, once there are several.
    family: Once<Arc<()>>,
}

impl PyFunction {
    /// A function of that signature, of which the first `required` parameters have no default.
    pub fn bind(
        api: &'static Api,
        target: CallTarget,
        signature: Signature,
        required: usize,
    ) -> Result<Arc<Function>> {
        PyFunction::bind_of(api, target, signature, required, Once::new())
    }

    fn bind_of(
        api: &'static Api,
        target: CallTarget,
        signature: Signature,
        required: usize,
        family: Once<Arc<()>>,
    ) -> Result<Arc<Function>> {
        let optional = signature.params.len().saturating_sub(required);
        let names = ArgumentNames::new(&signature.params);
        let plan = Plan::of(signature)?;
        let marshallers = Marshallers::of(&plan)?;
        let target = match target {
            CallTarget::Callable(callable) if callable.is_plain_function(api) => {
                CallTarget::Function(callable)
            }
            target => target,
        };
        let function = PyFunction {
            call: LockGuarded::new(Call { api, target, marshallers, names, family }),
            fewer: (0..optional).map(|_| Once::new()).collect(),
            pointers: AtomicUsize::new(0),
        };
        Ok(Arc::new(Function::planned(plan, function)))
    }

    /// What is called.
    pub fn target(&self) -> &CallTarget {
        &self.call.target
    }

    /// How many of its parameters have no default.
    pub fn required(&self) -> usize {
        self.call.marshallers.arguments.count() - self.fewer.len()
    }

    /// The object that is called, if it is not looked up.
    pub fn callable(&self) -> Option<&PyRef> {
        match &self.call.target {
            CallTarget::Callable(callable) | CallTarget::Function(callable) => Some(callable),
            CallTarget::Method(_) | CallTarget::Spread(_) | CallTarget::Keywords(_) => None,
        }
    }

    /// The types that it declares.
    pub fn signature(&self) -> Signature {
        let plan = self.call.marshallers.plan();
        let name = |index| self.call.names.get(index).map(Box::from);
        let params = plan.param_types().iter().cloned().enumerate();
        let params = params.map(|(index, info)| Parameter { name: name(index), info }).collect();
        Signature { params, returns: plan.return_types().to_vec(), variadic: plan.is_variadic() }
    }

    /// The object that is called, if it is not looked up, for a function pointer of it, which ends
    /// before this does.
    pub fn shared_callable(&self) -> Option<Arc<PyRef>> {
        match &self.call.target {
            CallTarget::Callable(callable) | CallTarget::Function(callable) => {
                self.pointers.fetch_add(1, Ordering::Relaxed);
                Some(callable.clone())
            }
            CallTarget::Method(_) | CallTarget::Spread(_) | CallTarget::Keywords(_) => None,
        }
    }

    /// The object that is called, if nothing else here refers to it but the same function for other
    /// parameters.
    pub fn sole_callable(&self) -> Option<&PyRef> {
        let family = self.call.family.get().map_or(1, Arc::strong_count);
        match &self.call.target {
            CallTarget::Callable(callable) | CallTarget::Function(callable) => {
                let pointers = self.pointers.load(Ordering::Relaxed);
                (Arc::strong_count(callable) == family + pointers).then_some(&**callable)
            }
            CallTarget::Method(_) | CallTarget::Spread(_) | CallTarget::Keywords(_) => None,
        }
    }

    /// The same function for a call in which the last parameters are given by `names`, a tuple of
    /// `str`.
    pub fn with_keywords(
        &self,
        params: Vec<Parameter>,
        (names, count): (PyRef, usize),
    ) -> Result<Arc<Function>> {
        let target = self.target().clone();
        match &target {
            CallTarget::Spread(spread) => return Err(spread.no_keywords()),
            CallTarget::Method(_) if params.len() == count => return Err(no_receiver()),
            _ => {}
        }
        self.rebind(CallTarget::Keywords(Arc::new(KeywordTarget { target, names, count })), params)
    }

    /// The same function for other parameters.
    fn rebind(&self, target: CallTarget, params: Vec<Parameter>) -> Result<Arc<Function>> {
        let required = params.len();
        let returns = self.call.marshallers.plan().return_types().to_vec();
        let signature = Signature { params, returns, variadic: false };
        let family = Once::new();
        family.get_or_init(|| self.call.family.get_or_init(Arc::default).clone());
        PyFunction::bind_of(self.call.api, target, signature, required, family)
    }
}

#[cold]
fn no_receiver() -> Error {
    Error::invalid("the object whose method is called is the first argument, and given by position")
}

/// Raises RecursionError: CPython counts calls, and its limit may be set higher than the stack lasts.
#[cold]
pub fn too_deep(api: &Api) -> Object {
    let message = c"this thread's stack is nearly used up by calls between Python and other \
        languages: recurse less deeply, lower sys.setrecursionlimit, or call on a thread with a \
        larger stack (threading.stack_size)";
    // SAFETY: whoever calls Python holds the GIL.
    unsafe { (api.PyErr_SetString)(api.PyExc_RecursionError, message.as_ptr()) };
    ptr::null_mut()
}

impl Call {
    #[inline(always)]
    unsafe fn run(&self, words: ThreadWords, objects: *const Object, count: usize) -> Object {
        let count = count | PY_VECTORCALL_ARGUMENTS_OFFSET;
        // SAFETY: the caller has so many arguments, one place before them, and the GIL.
        self.run_as(words, || unsafe { self.target.call(self.api, objects, count) })
    }

    #[inline(always)]
    fn run_as(&self, words: ThreadWords, call: impl FnOnce() -> Object) -> Object {
        if stack::is_low_on(words) {
            return too_deep(self.api);
        }
        let paused = HostCall::pause(words);
        let result = call();
        drop(paused);
        result
    }

    /// What a call has failed with, whose exception is pending: also that there is no such method.
    ///
    /// # Safety
    /// The frame has the function's layout.
    #[cold]
    unsafe fn failed(&self, gil: &Gil, frame: *const metaffi_slot) -> Error {
        let receiver = match self.marshallers.plan().param_types() {
            [first, ..] if first.r#type.kind() == Kind::Handle => {
                // SAFETY: the first argument is in the first slot.
                from_handle(gil, unsafe { frame.read() } as usize)
            }
            _ => None,
        };
        match (&self.target, receiver) {
            (CallTarget::Method(name), Some(receiver)) => {
                // SAFETY: alive while the GIL is held, and from then on by a reference.
                let receiver = unsafe { PyRef::new_reference(gil, receiver) };
                // SAFETY: live objects under the GIL.
                unsafe { error::no_method(gil, receiver.as_ptr(), name.as_ptr()) }
            }
            _ => error::fetch(gil),
        }
    }

    /// Stores what was returned, which is given up; NULL is a failure.
    ///
    /// # Safety
    /// As for [`call_on`](Call::call_on).
    #[inline(always)]
    unsafe fn finish<const RETURNS: usize>(
        &self,
        gil: &Gil,
        result: Object,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        if result.is_null() {
            // SAFETY: the frame has the function's layout.
            return Err(unsafe { self.failed(gil, frame) });
        }
        // SAFETY: the frame has the function's layout, and the reference is ours.
        unsafe {
            let stored = match RETURNS {
                0 => Ok(()),
                1 => self.marshallers.returns.store_one(gil, result, frame),
                _ => self.marshallers.returns.store(gil, result, frame),
            };
            gil.api.decref(result);
            stored
        }
    }

    /// Calls with the arguments of the frame, and stores the result there.
    ///
    /// # Safety
    /// The frame has the function's layout; `objects` has room for the arguments, of which there
    /// are `count`, and there is a place before them; there are `RETURNS` returns, unless that is
    /// [`ANY`].
    #[inline(always)]
    unsafe fn call_on<const RETURNS: usize>(
        &self,
        On { gil, words }: On,
        loans: &Loans,
        frame: *mut metaffi_slot,
        objects: *mut Object,
        count: usize,
    ) -> Result<()> {
        let (arguments, scope) = (&self.marshallers.arguments, pin::enter());
        // SAFETY: the frame has the function's layout; `objects` has room for the arguments, of
        // which there are `count`, and for a place before them; there are `RETURNS` returns, unless
        // that is `ANY`; the GIL is held.
        unsafe {
            arguments.load(gil, &scope, loans, &self.names, frame, (objects, count))?;
            let result = self.run(words, objects, count);
            arguments.release(gil.api, objects, count);
            scope.leave();
            self.finish::<RETURNS>(gil, result, frame)
        }
    }

    /// Calls with further arguments that are in arrays.
    ///
    /// # Safety
    /// The frame has the function's layout; `objects` has room for all arguments.
    unsafe fn call_spread(
        &self,
        On { gil, words }: On,
        loans: &Loans,
        frame: *mut metaffi_slot,
        (spread, arrays): (&Spread, &SpreadArrays<'_>),
        objects: *mut Object,
    ) -> Result<()> {
        let (api, scope) = (gil.api, &pin::enter());
        let SpreadArrays { own, positional, named, names } = arrays;
        let (own, last) = (*own, self.marshallers.arguments.count() - 1);
        let names = names.as_ref().map_or(ptr::null_mut(), PyRef::as_ptr);
        // SAFETY: as above; the objects that were made are given back once.
        unsafe {
            self.marshallers.arguments.load(
                gil,
                scope,
                loans,
                &self.names,
                frame,
                (objects, own),
            )?;
            let (mut made, mut loaded) = (own, Ok(()));
            for (items, holder) in [(positional, own), (named, last)] {
                if loaded.is_ok() {
                    loaded = items
                        .to_python(gil, scope, objects.add(made))
                        .map_err(|error| error.at(self.names.argument(holder)));
                    made += if loaded.is_ok() { items.length() } else { 0 };
                }
            }
            let result = loaded.map(|()| {
                let count = made - named.length();
                self.run_as(words, || spread.call_vector(api, objects, count, names))
            });
            self.marshallers.arguments.release(api, objects, own);
            release(api, objects.add(own), made - own);
            self.finish::<ANY>(gil, result?, frame)
        }
    }

    /// The same; what is lent to Python for the call ends with it.
    #[inline(never)]
    unsafe fn call_lending<const RETURNS: usize>(
        &self,
        on: On,
        frame: *mut metaffi_slot,
        objects: *mut Object,
        count: usize,
    ) -> Result<()> {
        let loans = Loans::new();
        // SAFETY: as for `call_on`.
        let called = unsafe { self.call_on::<RETURNS>(on, &loans, frame, objects, count) };
        self.end(on.gil, loans, called, frame)
    }

    /// What a call came to, once its loans have ended.
    #[inline(always)]
    fn end(
        &self,
        gil: &Gil,
        loans: Loans,
        called: Result<()>,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        match loans.is_any() {
            false => called,
            true => self.end_loans(gil, loans, called, frame),
        }
    }

    #[inline(never)]
    fn end_loans(
        &self,
        gil: &Gil,
        loans: Loans,
        called: Result<()>,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        let ended = loans.end(gil);
        called?;
        // SAFETY: the returns were stored, and nobody has seen them.
        ended.inspect_err(|_| unsafe {
            self.marshallers.returns.clear(frame, self.marshallers.returns.count())
        })
    }

    /// The same, for any number of arguments.
    #[inline(never)]
    unsafe fn call_any(&self, on: On, frame: *mut metaffi_slot) -> Result<()> {
        if let CallTarget::Spread(spread) = &self.target
            // SAFETY: the frame has the layout of the signature.
            && let Some(arrays) = unsafe { spread.arrays(on.gil, &self.marshallers.arguments, frame) }
        {
            // SAFETY: as above; the stack has the room.
            let called = with_stack(arrays.count() + 1, |objects: *mut Object| unsafe {
                let loans = Loans::new();
                let called = self.call_spread(on, &loans, frame, (spread, &arrays), objects.add(1));
                self.end(on.gil, loans, called, frame)
            });
            if let Some(names) = arrays.names {
                spread.names.keep(on.gil, names);
            }
            return called;
        }
        let count = self.marshallers.arguments.count();
        // SAFETY: the frame has the layout of the signature; the stack has the room.
        with_stack(count + 1, |objects: *mut Object| unsafe {
            self.call_lending::<ANY>(on, frame, objects.add(1), count)
        })
    }
}

impl CalledByRegisters for Call {
    #[inline(always)]
    unsafe fn call_registers(
        &self,
        gil: &Gil,
        words: ThreadWords,
        incoming: &LockedCall,
    ) -> Result<()> {
        let (api, count) = (gil.api, self.marshallers.arguments.count());
        let mut objects = [const { MaybeUninit::<Object>::uninit() }; MOST_NUMBERS + 1];
        // SAFETY: all are numbers, as the C mapping has them; there are so many arguments, and a
        // place before them.
        unsafe {
            let objects: *mut Object = objects.as_mut_ptr().cast::<Object>().add(1);
            for index in 0..count {
                let object = self.marshallers.arguments.number(api, index, incoming);
                if object.is_null() {
                    release(api, objects, index);
                    return Err(error::fetch(gil));
                }
                *objects.add(index) = object;
            }
            let result = self.run(words, objects, count);
            release(api, objects, count);
            if result.is_null() {
                return Err(error::fetch(gil));
            }
            let returned = match self.marshallers.returns.count() {
                0 => Ok(()),
                _ => self
                    .marshallers
                    .returns
                    .number(gil, result)
                    .map(|word| incoming.set_result(word)),
            };
            api.decref(result);
            returned
        }
    }
}

impl CalledUnderLock for Call {
    unsafe fn call(&self, on: On, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame has the layout of the signature.
        unsafe { self.call_any(on, frame) }
    }
}

/// So many arguments, and so many returns, or [any number](ANY) of them.
struct Fixed<const ARGUMENTS: usize, const RETURNS: usize>;

impl<const ARGUMENTS: usize, const RETURNS: usize> CalledUnderLock<Fixed<ARGUMENTS, RETURNS>>
    for Call
{
    #[inline(always)]
    unsafe fn call(&self, on: On, frame: *mut metaffi_slot) -> Result<()> {
        let mut objects = [MaybeUninit::<Object>::uninit(); FEW + 1];
        // SAFETY: the frame has the layout of the signature; so many arguments and returns there
        // are, and a place before them.
        unsafe {
            let objects = objects.as_mut_ptr().cast::<Object>().add(1);
            if !self.marshallers.arguments.load_at_once(on.gil, frame, (objects, ARGUMENTS)) {
                return self.call_lending::<RETURNS>(on, frame, objects, ARGUMENTS);
            }
            let result = self.run(on.words, objects, ARGUMENTS);
            release(on.gil.api, objects, ARGUMENTS);
            self.finish::<RETURNS>(on.gil, result, frame)
        }
    }
}

impl Callee for PyFunction {
    fn required(&self) -> Option<usize> {
        Some(PyFunction::required(self))
    }

    fn takes_names(&self) -> bool {
        match self.target() {
            CallTarget::Spread(spread) => spread.named.is_some(),
            _ => true,
        }
    }

    fn name(&self, argument: usize) -> Option<&str> {
        self.call.names.get(argument)
    }

    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        let gil = gil::enter(self.call.api)?;
        // SAFETY: the frame has the layout of the signature.
        unsafe { self.call.call_any(On { gil: &gil, words: ThreadWords::here() }, frame) }
    }

    fn fast(&self) -> Option<Fast> {
        let call = &self.call;
        Some(match (call.marshallers.arguments.count(), call.marshallers.returns.count()) {
            _ if matches!(call.target, CallTarget::Spread(_)) => call.fast::<()>(),
            (0, 0) => call.fast::<Fixed<0, 0>>(),
            (0, 1) => call.fast::<Fixed<0, 1>>(),
            (0, _) => call.fast::<Fixed<0, ANY>>(),
            (1, 0) => call.fast::<Fixed<1, 0>>(),
            (1, 1) => call.fast::<Fixed<1, 1>>(),
            (2, 0) => call.fast::<Fixed<2, 0>>(),
            (2, 1) => call.fast::<Fixed<2, 1>>(),
            (3, 0) => call.fast::<Fixed<3, 0>>(),
            (3, 1) => call.fast::<Fixed<3, 1>>(),
            _ => call.fast::<()>(),
        })
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::Locked
    }

    fn locked(&self) -> Option<LockedEntry> {
        let (arguments, returns) =
            (&self.call.marshallers.arguments, &self.call.marshallers.returns);
        let few = arguments.count() <= MOST_NUMBERS;
        let fits = few && arguments.are_numbers() && returns.is_number();
        fits.then(|| registers::locked(&self.call))
    }

    fn closure(&self, r#type: &Arc<FunctionPointerType>) -> Result<Option<Closure>> {
        MAKE_CLOSURE.get().map_or(Ok(None), |make| make(self, r#type))
    }

    fn report(&self, failure: &Error) {
        error::report(self.call.api, failure, self.callable());
    }

    fn with_variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let mut params = self.signature().params;
        params.extend(extra.iter().map(|r#type| Parameter::from(*r#type)));
        self.rebind(self.target().clone(), params)
    }

    fn with_fewer(&self, count: usize) -> Result<Option<Arc<Function>>> {
        let required = self.call.marshallers.arguments.count() - self.fewer.len();
        let Some(place) = count.checked_sub(required).and_then(|index| self.fewer.get(index))
        else {
            return Ok(None);
        };
        let params = || self.signature().params[..count].to_vec();
        place.get_or_make(|| self.rebind(self.target().clone(), params())).cloned().map(Some)
    }
}
