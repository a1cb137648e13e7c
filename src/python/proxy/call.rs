//! Calls, with arguments by position and by name.

use super::{ProxyFields, slot};
use crate::error::Result;
use crate::object::Capabilities;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::binder::VectorcallArguments;
use crate::python::upcall::lent_arguments;

/// The vectorcall of a proxy.
pub(super) unsafe extern "C-unwind" fn call(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let arguments = VectorcallArguments::new(objects, count, names);
    // SAFETY: Python calls this with a proxy and its arguments, holding the GIL.
    unsafe { slot(object, |gil, fields| run(gil, fields, arguments)) }
}

/// Calls what a proxy stands for.
///
/// # Safety
/// The arguments are those of a call, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn run(
    gil: &Gil,
    fields: &ProxyFields,
    arguments: VectorcallArguments,
) -> Result<PyRef> {
    let makes = !fields.capabilities.has(Capabilities::CALL);
    // SAFETY: as the caller says.
    unsafe {
        lent_arguments::with(gil, arguments, |arguments, to| {
            fields.use_object(gil, |key, protocol| match makes {
                false => protocol.call(key, arguments, to),
                true => protocol.construct(key, arguments, to),
            })
        })
    }
}
