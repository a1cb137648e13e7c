//! Calls, with arguments by position and by name.

use super::slot;
use crate::object::Capabilities;
use crate::python::api::Object;
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
    unsafe {
        slot(object, |gil, fields| {
            let makes = !fields.capabilities.has(Capabilities::CALL);
            lent_arguments::with(gil, arguments, |arguments, to| {
                fields.use_object(gil, |key, protocol| match makes {
                    false => protocol.call(key, arguments, to),
                    true => protocol.construct(key, arguments, to),
                })
            })
        })
    }
}
