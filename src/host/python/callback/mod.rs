//! Python's functions as C function pointers: each is called by what was compiled once for the
//! pointer's type.

mod fitness;
mod known_declaration;
mod lease;
mod seen_object;
mod shape;
mod shapes;
mod signature_source;
mod type_table;

use std::cell::Cell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use known_declaration::KnownDeclaration;
pub(super) use lease::FunctionArgument;
use shape::CallbackShape;
use shapes::CallbackShapes;
use signature_source::SignatureSource;
pub(super) use type_table::TypeTable;

use crate::call::upcall::{Closure, Handler, IncomingArguments, LockedCall, freed};
use crate::call::{FunctionPointerType, HostCall, with_stack};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::process::stack;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::downcall::function::{PyFunction, set_make_closure, too_deep};
use crate::python::downcall::registers::{self, CalledByRegisters};
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::lifecycle::lock_guarded::LockGuarded;
use crate::python::object::PyRef;
use crate::python::support;
use crate::python::upcall::callable::{self, FunctionTypes};
use crate::thread::ThreadWords;

/// As many arguments have their objects on the stack.
const FEW: usize = 15;

/// Makes functions that take what C gives C function pointers.
pub(super) fn install() {
    set_make_closure(closure);
}

/// A callable of a function that declares no types, or types that are known; `None` of Python's for
/// one that has to be asked.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn made(gil: &Gil, object: Object) -> Result<PyRef> {
    // SAFETY: `object` is alive, and the GIL is held.
    let (source, function) =
        unsafe { (SignatureSource::of(gil, object), PyRef::new_reference(gil, object)) };
    let Some(source) = source else { return Ok(support::none(gil)) };
    if source.declares_nothing(gil) {
        return callable::of_function(gil, &function, None);
    }
    match KnownDeclaration::find(gil, &source, true) {
        Some(known) => callable::of_function(gil, &function, Some(known.types().clone())),
        None => Ok(support::none(gil)),
    }
}

/// A callable of a function that has declared types; `table` is what they were found in.
pub(super) fn made_as(
    gil: &Gil,
    function: &PyRef,
    types: FunctionTypes,
    table: Option<TypeTable>,
) -> Result<PyRef> {
    let types = Arc::new(types);
    if table.is_some()
        // SAFETY: a live object under the GIL.
        && let Some(source) = unsafe { SignatureSource::of(gil, function.as_ptr()) }
    {
        KnownDeclaration::remember(gil, &source, table, types.clone());
    }
    callable::of_function(gil, function, Some(types))
}

/// A function pointer of a type for a function, which it keeps; `None` if the function declares
/// other types than C does.
fn closure(function: &PyFunction, of: &Arc<FunctionPointerType>) -> Result<Option<Closure>> {
    let shapes = CallbackShapes::of(of);
    let types = FunctionTypes { signature: function.signature(), required: function.required() };
    let Some(shape) = shapes.declared(of, &types) else { return Ok(None) };
    let Some(shared) = function.shared_callable() else { return Ok(None) };
    let callback = Callback::new(of, shape, shared.as_ptr(), Some(shared));
    Ok(Some(callback.closure(of)?.0))
}

/// A Python function behind a C function pointer.
struct Callback {
    /// Kept by the type.
    shape: NonNull<CallbackShape>,
    /// A reference of its own, unless it shares one; NULL while nobody lends one. Touched under the
    /// GIL only.
    function: Cell<Object>,
    /// Keeps the shape.
    _type: Arc<FunctionPointerType>,
    /// The reference to the function that its callable has as well.
    shared: Option<Arc<PyRef>>,
}

// SAFETY: the cells are used under the GIL only; a shape may be used on any thread.
unsafe impl Send for Callback {}
// SAFETY: as above.
unsafe impl Sync for Callback {}

/// What a closure runs.
struct CallbackHandler(LockGuarded<Callback>);

impl Callback {
    fn new(
        of: &Arc<FunctionPointerType>,
        shape: &CallbackShape,
        function: Object,
        shared: Option<Arc<PyRef>>,
    ) -> Callback {
        let (shape, function) = (NonNull::from(shape), Cell::new(function));
        Callback { shape, function, _type: of.clone(), shared }
    }

    /// The function pointer, and where the callback is as long as that is not dropped and the GIL
    /// is held.
    fn closure(self, of: &FunctionPointerType) -> Result<(Closure, *const Callback)> {
        let handler = Arc::new(CallbackHandler(LockGuarded::new(self)));
        let locked = registers::locked(&handler.0);
        let callback = ptr::from_ref(&*handler.0);
        let native = &of.native;
        let closure =
            Closure::new(&native.parameters, &native.returns, native.convention, handler)?;
        closure.handle_locked(locked);
        Ok((closure, callback))
    }

    fn shape(&self) -> &CallbackShape {
        // SAFETY: the type keeps it, which this or its user keeps.
        unsafe { self.shape.as_ref() }
    }

    /// Calls the function with the arguments that C gives, and gives C the result.
    ///
    /// # Safety
    /// They are those of a call through the pointer, as is the room for the result; the GIL is
    /// held, on the thread of `words`.
    #[inline(always)]
    unsafe fn run(
        &self,
        gil: &Gil,
        words: ThreadWords,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> Result<()> {
        let function = self.function.get();
        if function.is_null() {
            return Err(freed());
        }
        let count = self.shape().count();
        // SAFETY: the caller's promises; there is a place before the arguments.
        unsafe {
            if count > FEW {
                return with_stack(count + 1, |objects: *mut Object| {
                    self.run_on(gil, words, function, arguments, objects.add(1), result)
                });
            }
            let mut objects = [const { MaybeUninit::<Object>::uninit() }; FEW + 1];
            let objects = objects.as_mut_ptr().cast::<Object>().add(1);
            self.run_on(gil, words, function, arguments, objects, result)
        }
    }

    /// The same, with room for the objects of the arguments and a place before them.
    #[inline(always)]
    unsafe fn run_on(
        &self,
        gil: &Gil,
        words: ThreadWords,
        function: Object,
        arguments: impl IncomingArguments,
        objects: *mut Object,
        result: *mut c_void,
    ) -> Result<()> {
        let (api, shape) = (gil.api, self.shape());
        let count = shape.count();
        // SAFETY: as for `run`.
        unsafe {
            for index in 0..count {
                match shape.load(gil, index, arguments) {
                    Ok(object) => *objects.add(index) = object,
                    Err(failure) => {
                        release(api, objects, index);
                        return Err(failure);
                    }
                }
            }
            let returned = self.call(api, words, function, objects, count);
            release(api, objects, count);
            if returned.is_null() {
                return Err(error::fetch(gil));
            }
            let stored = shape.store(gil, returned, result);
            api.decref(returned);
            stored
        }
    }

    #[inline(always)]
    unsafe fn call(
        &self,
        api: &Api,
        words: ThreadWords,
        function: Object,
        objects: *const Object,
        count: usize,
    ) -> Object {
        if stack::is_low_on(words) {
            return too_deep(api);
        }
        let count = count | PY_VECTORCALL_ARGUMENTS_OFFSET;
        // SAFETY: the caller has so many arguments, a place before them, and the GIL; the function
        // is kept while it runs, whoever else lets it go.
        unsafe {
            api.incref(function);
            let paused = HostCall::pause(words);
            let is_plain = api.layout.known && api.type_of(function) == api.PyFunction_Type;
            let result = match is_plain {
                true => api.call_function(function, objects, count),
                false => (api.vectorcall)(function, objects, count, ptr::null_mut()),
            };
            drop(paused);
            api.decref(function);
            result
        }
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        if self.shared.is_none()
            && let Some(function) = NonNull::new(self.function.get())
        {
            gil::drop_ref(function);
        }
    }
}

impl CalledByRegisters for Callback {
    #[inline(always)]
    unsafe fn call_registers(
        &self,
        gil: &Gil,
        words: ThreadWords,
        incoming: &LockedCall,
    ) -> Result<()> {
        // SAFETY: a closure's code made the call.
        unsafe { self.run(gil, words, incoming.arguments(), incoming.result()) }
    }
}

impl Handler for CallbackHandler {
    unsafe fn call(
        &self,
        _: &CallScope,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> Result<()> {
        let gil = gil::enter(Api::get().ok_or_else(freed)?)?;
        // SAFETY: a closure of this type was called.
        unsafe { self.0.run(&gil, ThreadWords::here(), arguments, result) }
    }

    fn report(&self, failure: &Error) {
        if let Some(api) = Api::get() {
            error::report(api, failure, None);
        }
    }
}

/// Gives up the first `count` arguments.
#[inline(always)]
unsafe fn release(api: &Api, objects: *const Object, count: usize) {
    for index in 0..count {
        // SAFETY: the caller owns so many references, and holds the GIL.
        unsafe { api.decref(*objects.add(index)) };
    }
}
