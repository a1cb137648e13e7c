//! Source text that a module runs.

use std::mem::MaybeUninit;

use super::module::Module;
use crate::backend::SourceText;
use crate::call::HostCall;
use crate::error::{Error, Result};
use crate::handle::{self, Key, pin};
use crate::process::stack;
use crate::python::api::TPFLAGS_DICT_SUBCLASS;
use crate::python::downcall::function::too_deep;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{PyRef, from_handle, to_handle};
use crate::python::protocol::give_value;
use crate::python::support::{self, SourceFunctions};
use crate::python::{convert, error};
use crate::thread::ThreadWords;
use crate::value::OwnedValue;

/// Runs text, which is compiled the first time.
///
/// # Safety
/// The locals are what their types say.
pub(super) unsafe fn run(module: &Module, source: &SourceText<'_>) -> Result<OwnedValue> {
    let gil = gil::enter(module.api())?;
    let (statements, expression) = compiled(&gil, support::sources(&gil)?, source)?;
    let globals = match source.namespace {
        Some(key) => namespace(&gil, key)?,
        None => own_namespace(&gil, module)?,
    };
    let locals = match source.locals {
        [] => globals.clone_ref(&gil),
        // SAFETY: the locals are what their types say.
        _ => unsafe { locals(&gil, source) }?,
    };
    let words = ThreadWords::here();
    if stack::is_low_on(words) {
        too_deep(gil.api);
        return Err(error::fetch(&gil));
    }
    let paused = HostCall::pause(words);
    let evaluate = |code: PyRef| {
        // SAFETY: code and two mappings, the first a dict, under the GIL.
        unsafe {
            let evaluate = gil.api.PyEval_EvalCode;
            PyRef::owned(&gil, evaluate(code.as_ptr(), globals.as_ptr(), locals.as_ptr()))
        }
    };
    let ran = statements.map(evaluate).transpose();
    let result = ran.and_then(|_| expression.map(evaluate).transpose());
    drop(paused);
    let result = result?.unwrap_or_else(|| support::none(&gil));
    let mut value = MaybeUninit::zeroed();
    // SAFETY: a live object under the GIL; the value is written if that succeeds, and nobody else's.
    unsafe {
        give_value(&gil, result.as_ptr(), &mut value)?;
        Ok(OwnedValue::from_raw(value.assume_init()))
    }
}

/// The code of a text, and that of its last expression if its value is asked for; what there is.
fn compiled(
    gil: &Gil,
    functions: &SourceFunctions,
    source: &SourceText<'_>,
) -> Result<(Option<PyRef>, Option<PyRef>)> {
    let text = support::text(gil, source.text)?;
    let mode = support::text(gil, if source.asks_value { "last" } else { "exec" })?;
    let file = source.file.map_or_else(|| Ok(support::none(gil)), |file| support::text(gil, file));
    let code = support::call(gil, &functions.compiled, &[&text, &mode, &file?])?;
    if !source.asks_value {
        return Ok((Some(code), None));
    }
    let part = |index| -> Result<Option<PyRef>> {
        let code = support::item(gil, &code, index)?;
        Ok((!support::is_none(gil.api, &code)).then_some(code))
    };
    Ok((part(0)?, part(1)?))
}

/// The namespace that a handle stands for.
fn namespace(gil: &Gil, key: Key) -> Result<PyRef> {
    let api = gil.api;
    let of_other = || match handle::describe_object(key, |object| object.runtime().to_owned()) {
        Ok(runtime) => Error::mismatch(format!("an object of runtime {runtime} is no namespace")),
        Err(stale) => stale,
    };
    let object = from_handle(gil, key).ok_or_else(of_other)?;
    // SAFETY: alive while the GIL is held, and a reference from then on.
    unsafe {
        let object = PyRef::new_reference(gil, object);
        if api.flags_of(object.as_ptr()) & TPFLAGS_DICT_SUBCLASS == 0 {
            let found = convert::describe(gil, object.as_ptr());
            let message = format!("{found} is no namespace; give a dict, or make a new namespace");
            return Err(Error::mismatch(message));
        }
        // Text needs the builtins, which `exec` provides likewise.
        let name = c"__builtins__".as_ptr();
        if (api.PyDict_GetItemString)(object.as_ptr(), name).is_null() {
            let builtins = PyRef::import(gil, c"builtins")?;
            if (api.PyDict_SetItemString)(object.as_ptr(), name, builtins.as_ptr()) != 0 {
                return Err(error::fetch(gil));
            }
        }
        Ok(object)
    }
}

fn own_namespace(gil: &Gil, module: &Module) -> Result<PyRef> {
    first(gil, module)?.attribute(gil, c"__dict__")
}

/// The first of the modules that a path names.
fn first(gil: &Gil, module: &Module) -> Result<PyRef> {
    // SAFETY: a live list under the GIL, which nobody changes; what is in it is borrowed.
    unsafe {
        match (gil.api.PyList_GetItem)(module.modules().as_ptr(), 0) {
            first if first.is_null() => Err(error::fetch(gil)),
            first => Ok(PyRef::new_reference(gil, first)),
        }
    }
}

/// The locals as a new dict.
///
/// # Safety
/// They are what their types say.
unsafe fn locals(gil: &Gil, source: &SourceText<'_>) -> Result<PyRef> {
    let api = gil.api;
    let scope = pin::enter();
    // SAFETY: live objects under the GIL; the values are what their types say, and copied where
    // Python keeps them.
    unsafe {
        let dict = PyRef::owned(gil, (api.PyDict_New)())?;
        for (name, value) in source.locals {
            let value = convert::copy_to_python(gil, &scope, value)
                .map_err(|error| error.at(format_args!("the local {name}")))?;
            let name = support::interned(gil, name)?;
            if (api.PyDict_SetItem)(dict.as_ptr(), name.as_ptr(), value.as_ptr()) != 0 {
                return Err(error::fetch(gil));
            }
        }
        Ok(dict)
    }
}

/// A new namespace.
pub(super) fn new_namespace(module: &Module) -> Result<Key> {
    let gil = gil::enter(module.api())?;
    let namespace = support::call(&gil, &support::sources(&gil)?.new_namespace, &[])?;
    to_handle(&gil, &namespace).map(|handle| handle.addr())
}

/// The first of the modules as an object.
pub(super) fn object(module: &Module) -> Result<Key> {
    let gil = gil::enter(module.api())?;
    to_handle(&gil, &first(&gil, module)?).map(|handle| handle.addr())
}
