//! [`PyFunction`]: a Python callable behind a signature.

use std::ptr;
use std::sync::{Arc, OnceLock};

use super::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use super::arguments::Arguments;
use super::convert::Loans;
use super::error;
use super::gil::{self, Gil};
use super::object::PyRef;
use super::returns::Returns;
use crate::abi::metaffi_slot;
use crate::call::{Callee, Function, with_stack};
use crate::error::Result;
use crate::handle::pin::Use;
use crate::signature::{Parameter, Signature, Type};

/// What is called.
#[derive(Clone)]
pub enum Target {
    /// A callable.
    Callable(Arc<PyRef>),
    /// The method of that name (an interned `str`) of the first argument.
    Method(Arc<PyRef>),
}

/// A Python callable with converters for its signature.
pub struct PyFunction {
    api: &'static Api,
    target: Target,
    arguments: Arguments,
    returns: Returns,
    signature: Signature,
    /// The same with fewer arguments, down to those that have no default.
    fewer: Box<[OnceLock<Arc<Function>>]>,
}

impl PyFunction {
    /// A function of that signature, of which the first `required` parameters have no default.
    pub fn bind(
        api: &'static Api,
        target: Target,
        signature: Signature,
        required: usize,
    ) -> Result<Arc<Function>> {
        let optional = signature.params.len().saturating_sub(required);
        let function = PyFunction {
            api,
            target,
            arguments: Arguments::new(&signature)?,
            returns: Returns::new(&signature),
            signature: signature.clone(),
            fewer: (0..optional).map(|_| OnceLock::new()).collect(),
        };
        Ok(Arc::new(Function::new(signature, function)?))
    }

    /// What is called.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The object that is called, if it is not looked up.
    pub fn callable(&self) -> Option<&PyRef> {
        match &self.target {
            Target::Callable(callable) => Some(callable),
            Target::Method(_) => None,
        }
    }

    /// The same function for other parameters.
    fn rebind(&self, params: Vec<Parameter>) -> Result<Arc<Function>> {
        let (required, returns) = (params.len(), self.signature.returns.clone());
        let signature = Signature { params, returns, variadic: false };
        PyFunction::bind(self.api, self.target.clone(), signature, required)
    }

    #[inline(always)]
    unsafe fn run(&self, objects: *const Object) -> Object {
        let (api, count) = (self.api, self.arguments.count());
        // SAFETY: the caller has so many arguments, one place before them, and the GIL.
        unsafe {
            match &self.target {
                Target::Callable(callable) => {
                    api.vectorcall(callable.as_ptr(), objects, count, ptr::null_mut())
                }
                Target::Method(name) => (api.PyObject_VectorcallMethod)(
                    name.as_ptr(),
                    objects,
                    count | PY_VECTORCALL_ARGUMENTS_OFFSET,
                    ptr::null_mut(),
                ),
            }
        }
    }
}

impl PyFunction {
    /// Calls with the arguments of the frame, and stores the result there.
    #[inline(always)]
    unsafe fn call_frame(&self, gil: &Gil, span: Use, frame: *mut metaffi_slot) -> Result<()> {
        let api = self.api;
        with_stack(self.arguments.count() + 1, |objects: *mut Object| {
            // SAFETY: the frame has the function's layout, the stack has room for the arguments
            // and for the place before them, and the GIL is held.
            unsafe {
                let objects = objects.add(1);
                self.arguments.load(gil, span, frame, objects)?;
                let result = self.run(objects);
                self.arguments.release(api, objects);
                if result.is_null() {
                    return Err(error::fetch(gil));
                }
                let stored = self.returns.store(gil, result, frame);
                (api.Py_DecRef)(result);
                stored
            }
        })
    }

    /// The same for arguments that may be arrays, which are lent to Python for the call.
    #[inline(never)]
    unsafe fn call_lending(&self, gil: &Gil, span: Use, frame: *mut metaffi_slot) -> Result<()> {
        let loans = Loans::begin();
        // SAFETY: the caller's promise.
        unsafe {
            let called = self.call_frame(gil, span, frame);
            let ended = loans.end(gil);
            called?;
            ended.inspect_err(|_| self.returns.clear(frame, self.returns.count()))
        }
    }
}

impl Callee for PyFunction {
    unsafe fn call(&self, span: Use, frame: *mut metaffi_slot) -> Result<()> {
        let gil = gil::enter(self.api)?;
        // SAFETY: the caller's promise; the GIL is held.
        unsafe {
            match self.arguments.lend() {
                false => self.call_frame(&gil, span, frame),
                true => self.call_lending(&gil, span, frame),
            }
        }
    }

    fn with_variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let mut params = self.signature.params.clone();
        params.extend(extra.iter().map(|r#type| Parameter::from(*r#type)));
        self.rebind(params)
    }

    fn with_fewer(&self, count: usize) -> Result<Option<Arc<Function>>> {
        let required = self.signature.params.len() - self.fewer.len();
        let Some(place) = count.checked_sub(required).and_then(|index| self.fewer.get(index))
        else {
            return Ok(None);
        };
        if let Some(function) = place.get() {
            return Ok(Some(function.clone()));
        }
        let function = self.rebind(self.signature.params[..count].to_vec())?;
        Ok(Some(place.get_or_init(|| function).clone()))
    }
}
