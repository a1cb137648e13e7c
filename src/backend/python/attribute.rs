//! Getters and setters of attributes, of one object or of each argument.

use std::ptr;
use std::sync::Arc;

use crate::abi::metaffi_slot;
use crate::call::{Callee, Function, Lifetime, with_stack};
use crate::error::{Error, Result};
use crate::handle::Fast;
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object};
use crate::python::convert::Loans;
use crate::python::downcall::arguments::ArgumentMarshaller;
use crate::python::downcall::returns::ReturnMarshaller;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{PyRef, from_handle};
use crate::python::{CalledUnderLock, LockGuarded, On, error};
use crate::signature::{Parameter, Signature, TypeInfo};
use crate::thread::ThreadWords;

/// An attribute: whose, and its name, an interned `str`.
pub(super) struct Attribute {
    /// The interpreter's API.
    pub api: &'static Api,
    /// The object, unless it is the first argument.
    pub owner: Option<PyRef>,
    /// The name.
    pub name: PyRef,
}

/// A function that reads an attribute.
pub(super) fn getter(
    attribute: Attribute,
    params: Vec<Parameter>,
    returns: Vec<TypeInfo>,
) -> Result<Arc<Function>> {
    let signature = Signature { params, returns, variadic: false };
    let (arguments, returns) =
        (ArgumentMarshaller::new(&signature)?, ReturnMarshaller::new(&signature));
    let getter = AttributeGetter(LockGuarded::new(Get { attribute, arguments, returns }));
    Ok(Arc::new(Function::new(signature, getter)?))
}

/// A function that writes an attribute; its last parameter is the value.
pub(super) fn setter(attribute: Attribute, params: Vec<Parameter>) -> Result<Arc<Function>> {
    let signature = Signature { params, returns: vec![], variadic: false };
    let arguments = ArgumentMarshaller::new(&signature)?;
    Ok(Arc::new(Function::new(signature, AttributeSetter { attribute, arguments })?))
}

struct AttributeGetter(LockGuarded<Get>);

struct Get {
    attribute: Attribute,
    arguments: ArgumentMarshaller,
    returns: ReturnMarshaller,
}

struct AttributeSetter {
    attribute: Attribute,
    arguments: ArgumentMarshaller,
}

impl Get {
    /// Reads the attribute of the owner, or of the one argument.
    #[inline(always)]
    unsafe fn get(
        &self,
        gil: &Gil,
        scope: &CallScope,
        frame: *mut metaffi_slot,
        owner: Option<&PyRef>,
    ) -> Result<()> {
        let Attribute { name, .. } = &self.attribute;
        let (api, count) = (gil.api, usize::from(owner.is_none()));
        let mut object = ptr::null_mut();
        // SAFETY: the frame has the function's layout, so many arguments and one return, and the
        // GIL is held.
        unsafe {
            let loans = Loans::new();
            self.arguments.load(gil, scope, &loans, frame, &raw mut object, count)?;
            let of = owner.map_or(object, PyRef::as_ptr);
            let value = api.attribute(of, name.as_ptr());
            if value.is_null() {
                let missing = self.missing(gil, of);
                self.arguments.release(api, &raw const object, count);
                return loans.end(gil).and(Err(missing));
            }
            self.arguments.release(api, &raw const object, count);
            let stored = self.returns.store_one(gil, value, frame);
            api.decref(value);
            let ended = loans.end(gil);
            stored?;
            ended.inspect_err(|_| self.returns.clear(frame, 1))
        }
    }
}

impl Get {
    /// The exception that reading the attribute raised. An `AttributeError` knows of what and of
    /// what name, as `PyObject_GetAttr` sees to.
    #[cold]
    unsafe fn missing(&self, gil: &Gil, of: Object) -> Error {
        let Some(exception) = error::take(gil) else { return error::fetch(gil) };
        // SAFETY: live objects under the GIL; what fails here leaves the exception as it is.
        unsafe {
            let of = PyRef::new_reference(gil, of);
            let name = &self.attribute.name;
            let known = [(c"name", name), (c"obj", &of)];
            let is_missing = (gil.api.PyErr_GivenExceptionMatches)(
                exception.as_ptr(),
                gil.api.PyExc_AttributeError,
            ) != 0;
            let says_nothing = known.iter().all(|(field, _)| {
                let said = error::quietly(gil, || exception.attribute(gil, field));
                said.is_some_and(|said| said.as_ptr() == gil.api._Py_NoneStruct)
            });
            for (field, value) in known.iter().filter(|_| is_missing && says_nothing) {
                let set = gil.api.PyObject_SetAttrString;
                if set(exception.as_ptr(), field.as_ptr(), value.as_ptr()) != 0 {
                    (gil.api.PyErr_Clear)();
                }
            }
        }
        error::from_exception(gil, exception)
    }
}

impl CalledUnderLock for Get {
    #[inline(always)]
    unsafe fn call(&self, On { gil, scope, .. }: On, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame has the layout of the signature.
        unsafe {
            match &self.attribute.owner {
                None => self.get(gil, scope, frame, None),
                owner => self.get(gil, scope, frame, owner.as_ref()),
            }
        }
    }
}

/// The attribute of an object whose handle is the one argument; the return is one slot.
struct OfHandle;

impl CalledUnderLock<OfHandle> for Get {
    #[inline(always)]
    unsafe fn call(&self, On { gil, scope, .. }: On, frame: *mut metaffi_slot) -> Result<()> {
        let (api, name) = (gil.api, self.attribute.name.as_ptr());
        // SAFETY: the frame has the layout of the signature; the frame has a slot for the handle
        // and one for the return, and the object lives while the GIL is held and, should Python
        // code run, has a reference.
        unsafe {
            let Some(of) = from_handle(gil, *frame as usize) else {
                return self.get(gil, scope, frame, None);
            };
            api.incref(of);
            let value = api.attribute(of, name);
            if value.is_null() {
                let missing = self.missing(gil, of);
                api.decref(of);
                return Err(missing);
            }
            api.decref(of);
            let stored = match self.returns.store_int64(api, value, frame.add(1)) {
                true => Ok(()),
                false => self.returns.store_one(gil, value, frame),
            };
            api.decref(value);
            stored
        }
    }
}

impl Callee for AttributeGetter {
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        let gil = gil::enter(self.0.attribute.api)?;
        // SAFETY: the frame has the layout of the signature.
        unsafe {
            CalledUnderLock::<()>::call(
                &*self.0,
                On { gil: &gil, words: ThreadWords::here(), scope },
                frame,
            )
        }
    }

    fn fast(&self) -> Option<Fast> {
        let Get { attribute, arguments, returns } = &*self.0;
        let of_handle = attribute.owner.is_none() && arguments.is_handle();
        Some(match of_handle && returns.is_scalar() {
            true => self.0.fast::<OfHandle>(),
            false => self.0.fast::<()>(),
        })
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::Locked
    }
}

impl Callee for AttributeSetter {
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        let api = self.attribute.api;
        let gil = gil::enter(api)?;
        with_stack(2, |objects: *mut Object| {
            // SAFETY: as above; the value is the last argument.
            unsafe {
                let count = self.arguments.count();
                let loans = Loans::new();
                let loaded = self.arguments.load(&gil, scope, &loans, frame, objects, count);
                let outcome = loaded.and_then(|()| {
                    let set = self.set(&gil, objects);
                    self.arguments.release(api, objects, count);
                    set
                });
                loans.end(&gil).and(outcome)
            }
        })
    }
}

impl AttributeSetter {
    /// Sets the attribute to the last of the objects.
    unsafe fn set(&self, gil: &Gil, objects: *mut Object) -> Result<()> {
        let Attribute { api, owner, name } = &self.attribute;
        // SAFETY: `objects` are as many live ones as there are arguments, the value last; the GIL
        // is held.
        unsafe {
            let of = owner.as_ref().map_or_else(|| *objects, PyRef::as_ptr);
            let mut value = *objects.add(self.arguments.count() - 1);
            let mut copy = None;
            if self.arguments.make_loans() && api.type_of(value) == api.PyMemoryView_Type {
                // The memory is lent for the call only, and the attribute stays.
                let view = PyRef::new_reference(gil, value);
                let list = view.attribute(gil, c"tolist")?.call0(gil)?;
                value = copy.insert(list).as_ptr();
            }
            match (api.PyObject_SetAttr)(of, name.as_ptr(), value) {
                0 => Ok(()),
                _ => Err(error::fetch(gil)),
            }
        }
    }
}
