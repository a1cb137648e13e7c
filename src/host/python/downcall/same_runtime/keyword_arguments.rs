//! Arguments by name.

use super::{Passed, SameRuntimePlan, pass};
use crate::error::Result;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::error::quietly;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
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
    let positional = count & !PY_VECTORCALL_ARGUMENTS_OFFSET;
    // SAFETY: the caller's promise; keyword names are a tuple of `str`.
    unsafe {
        let gil = Gil::assume(api);
        let named = (api.PyTuple_Size)(names).cast_unsigned();
        let mut given = vec![false; plan.params.len()];
        for index in 0..positional + named {
            let place = match index.checked_sub(positional) {
                None => Some(index),
                Some(at) => {
                    let name = (api.PyTuple_GetItem)(names, at.cast_signed());
                    let name = text_of(&gil, &PyRef::new_reference(&gil, name)).ok()?;
                    let place =
                        plan.names.iter().position(|known| known.as_deref() == Some(&*name));
                    if place.is_none() && !plan.takes_more_names {
                        return None;
                    }
                    place
                }
            };
            let kind = match place {
                Some(place) => *plan.params.get(place)?,
                None => Kind::Any,
            };
            if place.is_some_and(|place| std::mem::replace(&mut given[place], true)) {
                return None;
            }
            match pass(api, *objects.add(index), kind) {
                Passed::Same => {}
                Passed::Copy(copy) => {
                    (api.Py_DecRef)(copy);
                    return None;
                }
                Passed::Converted => return None,
            }
        }
        match given[..plan.required].iter().all(|given| *given) {
            true => plan.target.call_named(api, objects, count, names),
            false => None,
        }
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
