//! What the module has: its types and functions.

use std::ffi::{CStr, c_int, c_void};

use super::argument_parser::ArgumentParser;
use super::error::{self, detail};
use super::trampoline::{trampoline, trampoline_status};
use super::{
    callable, callback as own_callback, conversion, data, entity, fork, inspection, module, runtime,
};
use crate::backend::{Finding, registry};
use crate::errno;
use crate::error::{Error, Result, Status};
use crate::python::api::{
    Api, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Object, PyMethodDef,
};
use crate::python::error::{fetch, set_raise};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{method, methods};
use crate::python::protocol;
use crate::python::proxy;
use crate::python::support;
use crate::python::upcall::callback;

/// The functions of the module.
pub(super) fn functions() -> *mut PyMethodDef {
    const KEYWORDS: c_int = METH_VARARGS | METH_KEYWORDS;
    let mut all = vec![
        method(
            c"callable",
            make_callable as *const c_void,
            KEYWORDS,
            c"callable(function, params, returns, names=None)\n--\n\nA Python function with declared \
                types; those that were looked up by `names` are known the next time.",
        ),
        method(
            c"plain_callable",
            make_plain as *const c_void,
            METH_O,
            c"plain_callable(function, /)\n--\n\nA function that declares no types, or types that are \
                known, as a callable; None for one that has to be asked.",
        ),
        method(
            c"set_error",
            set_error as *const c_void,
            KEYWORDS,
            c"set_error(cls, memory, timeout, foreign, classes, make)\n--\n\nRegisters the class that \
                every failure is raised as, those of failures for want of memory and of time, the type \
                of those for classes of other languages, where these are, and what makes one.",
        ),
        method(
            c"error_detail",
            error_detail as *const c_void,
            KEYWORDS,
            c"error_detail(exception, name)\n--\n\nWhat is known of a failure; None if nothing.",
        ),
        method(
            c"errno",
            last_errno as *const c_void,
            METH_NOARGS,
            c"errno()\n--\n\nWhat the last C function that this thread called left in errno.",
        ),
        method(
            c"doctor",
            doctor as *const c_void,
            METH_NOARGS,
            c"doctor()\n--\n\nWhat each runtime needs and finds on this machine, as JSON.",
        ),
    ];
    all.extend(data::range::functions());
    all.extend(inspection::functions());
    all.push(conversion::function());
    methods(all)
}

/// Fills a new module: `Py_mod_exec`.
pub(super) unsafe extern "C-unwind" fn fill(object: Object) -> c_int {
    // SAFETY: Python calls this with the new module, holding the GIL.
    unsafe {
        trampoline_status(|gil| {
            let module = PyRef::new_reference(gil, object);
            fork::register(gil)?;
            set_raise(error::raise_from_foreign);
            callback::install();
            protocol::install();
            proxy::install();
            own_callback::install();
            data::install(gil)?;
            add(gil, &module, c"MetaFFIRuntime", runtime::class(gil)?.object())?;
            add(gil, &module, c"MetaFFIModule", module::class(gil)?.object())?;
            add(gil, &module, c"MetaFFIEntity", entity::class(gil)?.object())?;
            add(gil, &module, c"Refusal", error::refusal::class(gil)?.object())?;
            add(gil, &module, c"MetaFFIHandle", proxy::base(gil)?.object())?;
            add(gil, &module, c"version", &support::text(gil, env!("CARGO_PKG_VERSION"))?)
        })
    }
}

fn add(gil: &Gil, module: &PyRef, name: &CStr, value: &PyRef) -> Result<()> {
    let set = gil.api.PyObject_SetAttrString;
    // SAFETY: live objects under the GIL.
    match unsafe { set(module.as_ptr(), name.as_ptr(), value.as_ptr()) } {
        0 => Ok(()),
        _ => Err(fetch(gil)),
    }
}

unsafe extern "C-unwind" fn make_callable(_: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let names = ["function", "params", "returns", "names"];
            let given = ArgumentParser::new(gil, names, 1, given, keywords)?;
            let function = given.get(gil, 0).ok_or_else(|| Error::invalid("function is None"))?;
            let [params, returns, names] = [1, 2, 3].map(|index| given.get(gil, index));
            callable::new(gil, &function, params, returns, names)
        })
    }
}

unsafe extern "C-unwind" fn make_plain(_: Object, function: Object) -> Object {
    // SAFETY: Python calls this with a live object, holding the GIL.
    unsafe { trampoline(|gil| own_callback::made(gil, function)) }
}

unsafe extern "C-unwind" fn set_error(_: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let names = ["cls", "memory", "timeout", "foreign", "classes", "make"];
            let given = ArgumentParser::new(gil, names, names.len(), given, keywords)?;
            error::set_classes(
                gil,
                std::array::from_fn(|index| {
                    given.get(gil, index).unwrap_or_else(|| support::none(gil))
                }),
            )?;
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn error_detail(_: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let given = ArgumentParser::new(gil, ["exception", "name"], 2, given, keywords)?;
            let exception = given.get(gil, 0).ok_or_else(|| Error::invalid("exception is None"))?;
            detail::get(gil, &exception, &given.text(gil, 1)?)
        })
    }
}

unsafe extern "C-unwind" fn last_errno(_: Object, _: Object) -> Object {
    let value = errno::get();
    let Some(api) = Api::get() else { return std::ptr::null_mut() };
    // SAFETY: Python calls this holding the GIL.
    unsafe { (api.PyLong_FromLongLong)(value.into()) }
}

unsafe extern "C-unwind" fn doctor(_: Object, _: Object) -> Object {
    #[derive(serde::Serialize)]
    struct Examination {
        runtime: &'static str,
        findings: Vec<Finding>,
    }
    // SAFETY: Python calls this holding the GIL.
    unsafe {
        trampoline(|gil| {
            let examine = || {
                let examination = |backend: &&dyn crate::backend::Backend| Examination {
                    runtime: backend.name(),
                    findings: backend.doctor(),
                };
                registry::all().iter().map(examination).collect::<Vec<_>>()
            };
            // What it asks may take its time.
            let examinations = crate::python::lifecycle::gil::release(gil, examine);
            let json = serde_json::to_string(&examinations)
                .map_err(|error| Error::new(Status::Internal, error.to_string()))?;
            support::text(gil, &json)
        })
    }
}
