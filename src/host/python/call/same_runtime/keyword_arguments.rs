//! Arguments by name.

use std::{iter, ptr};

use super::{PassMode, SameRuntimePlan, pass_mode};
use crate::error::{Error, Result};
use crate::python::api::{Api, Object};
use crate::python::error::quietly;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::binder::{VectorcallArguments, bind};
use crate::signature::Kind;

/// Calls with arguments by name, if each is passed as it is and none is missing; else nothing is
/// called. The defaults of those not given are Python's own, and so are the parameters that can be
/// given by name only.
///
/// # Safety
/// The arguments are those of a vectorcall, under the GIL.
#[cold]
pub(super) unsafe fn call(
    api: &'static Api,
    plan: &SameRuntimePlan,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Option<Object> {
    let arguments = VectorcallArguments::new(objects, count, names);
    let declared = plan.params.len();
    if arguments.count > declared {
        return None;
    }
    // SAFETY: the arguments are those of a vectorcall, under the GIL.
    unsafe {
        let gil = Gil::assume(api);
        let mut bound = vec![ptr::null_mut(); declared + arguments.named(&gil)];
        let mut others = declared..;
        let position = |name: &str| {
            let known = plan.names.iter().position(|known| known.as_deref() == Some(name));
            let other = || others.next().filter(|_| plan.takes_more_names);
            known.or_else(other).ok_or_else(|| Error::invalid(name))
        };
        bind(&gil, arguments, &mut bound, position, |name| Error::invalid(name)).ok()?;
        if bound[..plan.required].iter().any(|object| object.is_null()) {
            return None;
        }
        let kinds = plan.params.iter().copied().chain(iter::repeat(Kind::Any));
        for (object, kind) in bound.into_iter().zip(kinds).filter(|(object, _)| !object.is_null()) {
            match pass_mode(api, object, kind) {
                PassMode::Same => {}
                PassMode::Copy(copy) => {
                    (api.Py_DecRef)(copy);
                    return None;
                }
                PassMode::Converted => return None,
            }
        }
        plan.target.call_named(api, objects, count, names)
    }
}

/// Whether a function has parameters that can be given by name only, or takes any name.
pub(super) fn takes_more(gil: &Gil, function: &PyRef) -> bool {
    const VARKEYWORDS: i64 = 8;
    let number = |code: &PyRef, name| -> Result<i64> {
        let number = code.attribute(gil, name)?;
        // SAFETY: an int under the GIL.
        Ok(unsafe { (gil.api.PyLong_AsLongLong)(number.as_ptr()) })
    };
    let asked = quietly(gil, || {
        let code = function.attribute(gil, c"__code__")?;
        let flags = number(&code, c"co_flags")?;
        Ok(number(&code, c"co_kwonlyargcount")? > 0 || flags & VARKEYWORDS != 0)
    });
    asked.unwrap_or(false)
}
