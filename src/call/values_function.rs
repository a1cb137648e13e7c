//! [`ValuesFunction`]: a function of a host that takes any values, and names of the last ones.

use std::any::Any;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::slice;
use std::sync::Arc;

use super::errors::failure;
use super::function::{Callee, Function};
use super::userdata::Userdata;
use crate::abi::{
    METAFFI_OK, metaffi_error, metaffi_name, metaffi_slot, metaffi_status, metaffi_value,
};
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::handle::pin::CallScope;
use crate::signature::{self, Kind, Parameter, Signature};
use crate::value;

/// What something is called with.
#[derive(Clone, Copy)]
pub struct CallArguments<'a> {
    /// The values: those that are given by position, then those that are given by name.
    pub values: &'a [metaffi_value],
    /// Handles of the names of the last ones: at most as many, and each once.
    pub names: &'a [Key],
}

/// A `metaffi_values_callback` that is there.
pub type ValuesCode = unsafe extern "C-unwind" fn(
    userdata: *mut c_void,
    arguments: *const metaffi_value,
    count: usize,
    names: *const *const metaffi_name,
    named: usize,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status;

impl CallArguments<'_> {
    /// Calls a function of a host with them.
    ///
    /// # Safety
    /// They are what their types say; the function is called as its contract says.
    #[inline(always)]
    pub unsafe fn call(
        self,
        code: ValuesCode,
        userdata: *mut c_void,
        to: *mut metaffi_value,
        error: *mut *mut metaffi_error,
    ) -> metaffi_status {
        let CallArguments { values, names } = self;
        let (arguments, count) = (values.as_ptr(), values.len());
        // A key is the address of the name, as C has it.
        let (names, named) = (names.as_ptr().cast(), names.len());
        // SAFETY: as the caller says.
        unsafe { code(userdata, arguments, count, names, named, to, error) }
    }
}

/// A parameter that such a function says it has.
pub struct NamedParameter {
    /// What it is called.
    pub name: Box<str>,
    /// The interned name.
    pub key: Key,
}

/// A function of a host that takes any values. As a function of a signature it takes so many, each of
/// any type; it is called with as many as there are.
pub struct ValuesFunction {
    host: Arc<HostValues>,
    count: usize,
}

/// What all of them share that take other numbers.
struct HostValues {
    code: ValuesCode,
    userdata: Arc<Userdata>,
    params: Box<[NamedParameter]>,
    required: usize,
}

// SAFETY: whoever gives us the function and its userdata promises that any thread may use them.
unsafe impl Send for HostValues {}
// SAFETY: as above.
unsafe impl Sync for HostValues {}

impl ValuesFunction {
    /// A function of the host's, with the parameters that it says it has, of which the first
    /// `required` are given in each call.
    pub fn create(
        code: ValuesCode,
        userdata: &Arc<Userdata>,
        params: Box<[NamedParameter]>,
        required: usize,
    ) -> Result<Arc<Function>> {
        let (userdata, count) = (userdata.clone(), params.len());
        HostValues::of_count(Arc::new(HostValues { code, userdata, params, required }), count)
    }

    /// The one of a function, if that is one of a host that takes any values.
    #[inline(always)]
    pub fn of(function: &Function) -> Option<&ValuesFunction> {
        let callee: &dyn Any = function.callee();
        callee.downcast_ref()
    }

    /// What it was made with.
    pub fn userdata(&self) -> *mut c_void {
        self.host.userdata.pointer()
    }

    /// The address of its code.
    pub fn code(&self) -> *const () {
        self.host.code as *const ()
    }

    /// The names of its parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.host.params.iter().map(|param| &*param.name)
    }

    /// Calls it; what it fails with leaves nothing written.
    ///
    /// # Safety
    /// The arguments are what their types say.
    #[inline(always)]
    pub unsafe fn run(
        &self,
        arguments: CallArguments<'_>,
        to: &mut MaybeUninit<metaffi_value>,
    ) -> Result<()> {
        let host = &*self.host;
        if arguments.values.len() - arguments.names.len() < host.required {
            host.check_given(arguments)?;
        }
        let (to, mut error) = (to.write(value::null()), std::ptr::null_mut());
        // SAFETY: the arguments are what their types say; the function is called as its contract says.
        let status =
            unsafe { arguments.call(host.code, host.userdata.pointer(), to, &raw mut error) };
        match status == METAFFI_OK && error.is_null() {
            true => Ok(()),
            false => Err(failed(status, error)),
        }
    }
}

/// What it failed with, whatever its status, if there is an error.
#[cold]
fn failed(status: metaffi_status, error: *mut metaffi_error) -> Error {
    let status = if status == METAFFI_OK { failure::status_of(error) } else { status };
    failure::from_c(status, error)
}

impl HostValues {
    /// It as a function of so many values.
    fn of_count(host: Arc<HostValues>, count: usize) -> Result<Arc<Function>> {
        let params = (0..count).map(|_| Parameter::from(Kind::Any)).collect();
        let returns = vec![Kind::Any.into()];
        let signature = Signature { params, returns, variadic: true };
        Function::new(signature, ValuesFunction { host, count }).map(Arc::new)
    }

    /// Refuses a call in which a parameter that is required is given neither by position nor by name.
    #[cold]
    fn check_given(&self, CallArguments { values, names }: CallArguments<'_>) -> Result<()> {
        let required = &self.params[..self.required];
        let others = required.iter().enumerate().skip(values.len() - names.len());
        match { others }.find(|(_, param)| !names.contains(&param.key)) {
            None => Ok(()),
            Some((index, param)) => {
                let argument = signature::argument(index, Some(&param.name));
                Err(Error::invalid(format!("{argument} is not given")))
            }
        }
    }
}

impl Callee for ValuesFunction {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame has so many values, and room for one behind them.
        unsafe {
            let values = slice::from_raw_parts(frame.cast::<metaffi_value>(), self.count);
            let to = frame.cast::<MaybeUninit<metaffi_value>>().add(self.count);
            self.run(CallArguments { values, names: &[] }, &mut *to)
        }
    }

    fn name(&self, argument: usize) -> Option<&str> {
        self.host.params.get(argument).map(|param| &*param.name)
    }

    fn required(&self) -> Option<usize> {
        Some(self.host.required)
    }

    fn takes_names(&self) -> bool {
        true
    }

    fn with_variadic(&self, extra: &[signature::Type]) -> Result<Arc<Function>> {
        HostValues::of_count(self.host.clone(), self.count + extra.len())
    }

    fn with_fewer(&self, count: usize) -> Result<Option<Arc<Function>>> {
        (count >= self.host.required)
            .then(|| HostValues::of_count(self.host.clone(), count))
            .transpose()
    }
}

const _: () = assert!(size_of::<metaffi_value>() == 3 * size_of::<metaffi_slot>());
