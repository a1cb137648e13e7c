//! Calls of a host's function that takes any values.

use super::class;
use crate::call::ValuesFunction;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::upcall::binder::VectorcallArguments;
use crate::python::upcall::lent_arguments;
use crate::python::{NATURE, error};

/// What Python calls an instance by whose callable has a [`ValuesFunction`].
pub(super) unsafe extern "C-unwind" fn call(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let Some(api) = Api::get() else { return std::ptr::null_mut() };
    let arguments = VectorcallArguments::new(objects, count, names);
    // SAFETY: Python calls this with such an instance and its arguments, holding the GIL; while it has
    // a reference to the instance, the callable lives, and what it calls.
    unsafe {
        let gil = Gil::assume(api);
        let callable = class::callable(object).unwrap_unchecked();
        let host = ValuesFunction::of(callable.function()).unwrap_unchecked();
        let given = lent_arguments::with(&gil, arguments, |arguments, to| {
            // SAFETY: what was lent is what its type says; what is thrown leaves nothing behind that
            // C++'s own `catch` would not.
            let mut go = || NATURE.go_out(|| host.run(arguments, to));
            if callable.keeps_lock() { go() } else { gil::release(&gil, go) }
        });
        given.map_or_else(
            |error| {
                error::raise(&gil, &error);
                std::ptr::null_mut()
            },
            |given| given.into_ptr(),
        )
    }
}
