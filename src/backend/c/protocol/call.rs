//! C functions called through pointers to them.

use std::sync::Arc;

use super::part;
use crate::backend::c::call::binding::imported;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::{PointeeKind, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::call::{Function, Values, call_values};
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::handle::pin::{self, CallScope};
use crate::object::{AttributeName, CallArguments, Capabilities, ValuePlace, refuse};
use crate::value;

/// The function that data points to.
pub(super) fn function(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
) -> Result<Arc<Function>> {
    at(&Lvalue::whole(scope, data)?)?.ok_or_else(|| refuse(object, Capabilities::CALL))
}

/// The function that a member points to.
pub(super) fn member(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    name: AttributeName<'_>,
) -> Result<Arc<Function>> {
    if part::record(data.data().ctype().latest()).is_none() {
        return Err(refuse(object, Capabilities::READ_ATTRIBUTES));
    }
    let lvalue = Lvalue::member(scope, data, name.text())?;
    lvalue.check()?;
    let context = |error: Error| error.context(format_args!("member \"{}\"", name.text()));
    at(&lvalue).map_err(context)?.ok_or_else(|| {
        Error::unsupported(format!(
            "member \"{}\" is of type {}, which cannot be called",
            name.text(),
            lvalue.ctype.spell()
        ))
    })
}

/// The function that is at an lvalue, or that the pointer there points to; `None` of anything else.
fn at(lvalue: &Lvalue) -> Result<Option<Arc<Function>>> {
    let (id, code) = match lvalue.ctype.class {
        Representation::Function => (lvalue.ctype.id, lvalue.address.cast_const().cast::<()>()),
        Representation::Pointer(pointee) if pointee.kind == PointeeKind::Function => {
            // SAFETY: a pointer is there, aligned or not.
            (pointee.id, unsafe { lvalue.address.cast::<*const ()>().read_unaligned() })
        }
        _ => return Ok(None),
    };
    if code.is_null() {
        let spelled = lvalue.ctype.spell();
        return Err(Error::invalid(format!("this `{spelled}` is NULL; it cannot be called")));
    }
    imported(&lvalue.ctype.types, id, code, None).map(Some)
}

/// Calls one, which may leave by an exception of C++.
///
/// # Safety
/// The arguments are what their types say.
pub(super) unsafe fn call(
    function: Arc<Function>,
    arguments: CallArguments<'_>,
    to: ValuePlace<'_>,
) -> Result<()> {
    if !arguments.names.is_empty() {
        return Err(Error::unsupported(
            "functions of C take their arguments by position; give them without names",
        ));
    }
    let scope = pin::enter();
    let function = scope.keep(function);
    let mut returned = value::null();
    let values = Values {
        arguments: arguments.values.as_ptr(),
        argument_count: arguments.values.len(),
        returns: &raw mut returned,
        return_count: function.returns().len(),
    };
    // SAFETY: the arguments are what their types say; a function of C returns one value at most; one
    // that leaves by an exception ends the scope.
    unsafe { call_values(function, &scope, &values) }?;
    to.write(returned);
    Ok(())
}
