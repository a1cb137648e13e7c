//! Arguments by name.

use super::{Passed, Plan, pass};
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::gil::Gil;
use crate::python::object::{PyRef, text_of};

/// Calls with arguments by name, if each is passed as it is and none is missing; else nothing is
/// called. The defaults of those not given are Python's own.
///
/// # Safety
/// The arguments are those of a vectorcall, under the GIL.
#[cold]
pub(super) unsafe fn call(
    api: &'static Api,
    plan: &Plan,
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
                None => index,
                Some(at) => {
                    let name = (api.PyTuple_GetItem)(names, at.cast_signed());
                    let name = text_of(&gil, &PyRef::borrowed(&gil, name)).ok()?;
                    plan.names.iter().position(|known| known.as_deref() == Some(&*name))?
                }
            };
            let kind = *plan.params.get(place)?;
            if std::mem::replace(&mut given[place], true) {
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
