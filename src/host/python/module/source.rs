//! Source text that a module runs.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use super::loaded;
use crate::backend::SourceText;
use crate::error::{Error, Result};
use crate::handle::{OwnedHandle, pin};
use crate::host::python::argument_parser::{ArgumentParser, text};
use crate::host::python::trampoline::trampoline_of_guest;
use crate::python::api::{METH_KEYWORDS, METH_NOARGS, METH_VARARGS, Object, PyMethodDef};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::class::method;
use crate::python::object::{PyRef, to_handle};
use crate::python::protocol::give_value;
use crate::python::{convert, support};
use crate::value::{self, OwnedValue};

/// The methods of `libmetaffi.Module` about source text.
pub(super) fn methods() -> Vec<PyMethodDef> {
    vec![
        method(
            c"run",
            run as *const c_void,
            METH_VARARGS | METH_KEYWORDS,
            c"run($self, source, values=None, namespace=None, file=None)\n--\n\n\
              Runs source text of the guest's language; the value of its last expression.\n\n\
              It runs in the module's namespace or in another one, finds `values` by name first, and \
              is called `file` in traces.",
        ),
        method(
            c"new_namespace",
            new_namespace as *const c_void,
            METH_NOARGS,
            c"new_namespace($self, /)\n--\n\nAn empty namespace for source text.",
        ),
    ]
}

unsafe extern "C-unwind" fn run(object: Object, arguments: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let names = ["source", "values", "namespace", "file"];
            let given = ArgumentParser::new(gil, names, 1, arguments, keywords)?;
            let source = given.text(gil, 0)?;
            let file = given.get(gil, 3).map(|file| text(gil, &file, "file")).transpose()?;
            let namespace = given.get(gil, 2);
            let namespace = namespace.map(|object| to_handle(gil, &object)).transpose()?;
            let namespace = namespace.map(|handle| OwnedHandle::new(handle.addr()));
            let values = given.get(gil, 1).map(|values| items(gil, &values)).transpose()?;
            let values = values.unwrap_or_default();
            let locals: Vec<_> = values.iter().map(|(name, value)| (&**name, &**value)).collect();
            let source = SourceText {
                text: &source,
                file: file.as_deref(),
                namespace: namespace.as_ref().map(OwnedHandle::key),
                locals: &locals,
                asks_value: true,
            };
            let value = loaded(gil, object)?.run(&source)?;
            let scope = pin::enter();
            convert::copy_to_python(gil, &scope, &value)
        })
    }
}

/// The items of a mapping of names: numbers, text and the like as values, everything else as itself.
fn items(gil: &Gil, mapping: &PyRef) -> Result<Vec<(String, OwnedValue)>> {
    let pairs = support::items(gil, &mapping.attribute(gil, c"items")?.call0(gil)?)?;
    let item = |pair: PyRef| {
        let pair = support::items(gil, &pair)?;
        let [name, object] = &pair[..] else {
            return Err(Error::mismatch("values is a mapping of names to values"));
        };
        let name = text(gil, name, "the name of a value")?;
        let mut value = MaybeUninit::new(value::null());
        // SAFETY: a live object under the GIL; what is written is nobody else's.
        let value = unsafe {
            give_value(gil, object.as_ptr(), &mut value)?;
            OwnedValue::from_raw(value.assume_init())
        };
        Ok((name, value))
    };
    pairs.into_iter().map(item).collect()
}

unsafe extern "C-unwind" fn new_namespace(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let made = value::object(std::ptr::without_provenance_mut(
                loaded(gil, object)?.new_namespace()?,
            ));
            let made = OwnedValue::from_raw(made);
            let scope = pin::enter();
            convert::copy_to_python(gil, &scope, &made)
        })
    }
}
