//! Arguments by name for functions of Python's own, which know best what their names mean.

use std::any::Any;
use std::sync::Arc;

use super::binder::VectorcallArguments;
use super::count;
use crate::call::{Function, MAX_SLOTS};
use crate::error::{Error, Result};
use crate::python::downcall::function::PyFunction;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::signature::{Kind, Parameter};

/// The function as it takes the arguments of a call, those with names last: of the types that it
/// declares, and any of what it does not. `None` if it is none of Python's.
///
/// # Safety
/// The arguments are those of a call with names, and the GIL is held.
pub(super) unsafe fn function_for(
    gil: &Gil,
    function: &Function,
    arguments: VectorcallArguments,
) -> Result<Option<Arc<Function>>> {
    let callee: &dyn Any = function.callee();
    let Some(own) = callee.downcast_ref::<PyFunction>() else { return Ok(None) };
    let (count, mut params) = (arguments.count, function.signature().params);
    // SAFETY: keyword names are a tuple of `str`; the arguments are alive, and the GIL is held.
    unsafe {
        let named = arguments.named(gil);
        if count + named >= MAX_SLOTS {
            let given = count + named;
            let message = format!("{given} arguments given; at most {} can be", MAX_SLOTS - 1);
            return Err(Error::invalid(message));
        }
        if count > params.len() && !function.is_variadic() {
            return Err(count::wrong(function, count));
        }
        for index in params.len()..count {
            params.push(count::type_of(gil, *arguments.objects.add(index)).into());
        }
        let others = params.split_off(count);
        for index in 0..named {
            let name = (gil.api.PyTuple_GetItem)(arguments.names, index.cast_signed());
            let name = text_of(gil, &PyRef::new_reference(gil, name))?;
            let known = others.iter().find(|param| param.name.as_deref() == Some(&*name));
            let any = || Parameter { name: Some(name.as_str().into()), info: Kind::Any.into() };
            params.push(known.cloned().unwrap_or_else(any));
        }
        let names = PyRef::new_reference(gil, arguments.names);
        own.with_keywords(params, (names, named)).map(Some)
    }
}
