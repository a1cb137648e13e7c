//! Texts about objects.

use super::{ProxyFields, slot};
use crate::error::Result;
use crate::object::TextKind;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// `Py_tp_repr`.
pub(super) unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe { slot(object, |gil, fields| text(gil, fields, TextKind::Debug)) }
}

/// `Py_tp_str`.
pub(super) unsafe extern "C-unwind" fn str(object: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe { slot(object, |gil, fields| text(gil, fields, TextKind::Display)) }
}

fn text(gil: &Gil, fields: &ProxyFields, kind: TextKind) -> Result<PyRef> {
    if fields.protocol.is_some() && !fields.is_released() {
        return support::text(gil, &fields.use_object(gil, |key, of| of.text(key, kind))?);
    }
    let said = fields.ask(|object| {
        let (name, identity) = (object.type_name(), object.identity());
        format!("<MetaFFIHandle of runtime {}: {name} {identity:#x}>", object.runtime())
    });
    support::text(gil, said.as_deref().unwrap_or("<MetaFFIHandle, released>"))
}
