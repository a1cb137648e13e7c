//! What Python's objects can do.

use crate::error::Result;
use crate::object::Capabilities;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;

/// What an object can do: what its type has slots for.
pub(super) fn of(gil: &Gil, object: Object) -> Result<Capabilities> {
    let attributes = Capabilities::READ_ATTRIBUTES
        | Capabilities::WRITE_ATTRIBUTES
        | Capabilities::DELETE_ATTRIBUTES
        | Capabilities::LIST_MEMBERS;
    // SAFETY: alive, under the GIL.
    let callable = unsafe { (gil.api.PyCallable_Check)(object) } != 0;
    Ok(attributes | Capabilities::CALL.when(callable))
}
