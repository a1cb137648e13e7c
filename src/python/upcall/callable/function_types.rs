//! [`FunctionTypes`]: what a Python function takes and returns, as it declares itself or whoever wrapped
//! it says.

use crate::error::Result;
use crate::python::convert::declared;
use crate::python::convert::inferred::{self, Inferred};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;
use crate::signature::Signature;

/// What a function takes and returns.
#[derive(Clone)]
pub struct FunctionTypes {
    /// The types.
    pub signature: Signature,
    /// How many of its parameters have no default.
    pub required: usize,
}

impl FunctionTypes {
    /// Those that a callable object's annotations declare, and `any` where there is none: Python is
    /// asked.
    pub fn inferred(gil: &Gil, function: &PyRef) -> Result<FunctionTypes> {
        if let Some((signature, required)) = declared(gil, function, None)? {
            return Ok(FunctionTypes { signature, required });
        }
        let support = support::signatures(gil)?;
        let none = support::none(gil);
        let text = support::text_of_call(gil, &support.function_json, &[function, &none])?;
        let (signature, required) = inferred::parse::<Inferred>(&text)?.signature()?;
        Ok(FunctionTypes { signature, required })
    }
}
