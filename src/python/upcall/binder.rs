//! The keyword binder: which parameter each argument of a call from Python is for.

use crate::call::Function;
use crate::error::{Error, Result};
use crate::python::api::{Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};

/// The arguments of a vectorcall: `count` positional ones, and after them those of the keyword
/// `names`, a tuple or NULL.
#[derive(Clone, Copy)]
pub struct VectorcallArguments {
    pub objects: *const Object,
    pub count: usize,
    pub names: Object,
}

impl VectorcallArguments {
    /// What Python gives to a vectorcall.
    #[inline(always)]
    pub fn new(objects: *const Object, count: usize, names: Object) -> VectorcallArguments {
        VectorcallArguments { objects, count: count & !PY_VECTORCALL_ARGUMENTS_OFFSET, names }
    }

    /// How many have a name.
    ///
    /// # Safety
    /// They are those of a call, and the GIL is held.
    pub unsafe fn named(&self, gil: &Gil) -> usize {
        match self.names.is_null() {
            true => 0,
            // SAFETY: they are those of a call, and the GIL is held; a tuple.
            false => unsafe { (gil.api.PyTuple_Size)(self.names) }.cast_unsigned(),
        }
    }
}

/// Puts arguments where their parameters are in `bound`, whose other places stay NULL, and says
/// behind which place nothing is given. `position` finds a place by a name; `repeated` is the failure
/// of an argument that is given twice.
///
/// # Safety
/// The arguments are those of a call, and the GIL is held; `bound` has NULLs, and room for the
/// positional ones.
pub unsafe fn bind(
    gil: &Gil,
    arguments: VectorcallArguments,
    bound: &mut [Object],
    mut position: impl FnMut(&str) -> Result<usize>,
    repeated: impl Fn(&str) -> Error,
) -> Result<usize> {
    let VectorcallArguments { objects, count, names } = arguments;
    let mut end = count;
    // SAFETY: the arguments are those of a call, and the GIL is held; `bound` has NULLs, and room
    // for the positional ones; keyword names are a tuple of `str`.
    unsafe {
        for (index, place) in bound[..count].iter_mut().enumerate() {
            *place = *objects.add(index);
        }
        for index in 0..arguments.named(gil) {
            let name = (gil.api.PyTuple_GetItem)(names, index.cast_signed());
            let name = text_of(gil, &PyRef::new_reference(gil, name))?;
            let place = position(&name)?;
            if !bound[place].is_null() {
                return Err(repeated(&name));
            }
            bound[place] = *objects.add(count + index);
            end = end.max(place + 1);
        }
    }
    Ok(end)
}

/// Which parameter has a name.
pub fn position(function: &Function, name: &str) -> Result<usize> {
    let mut params = 0..function.params().len();
    params.clone().find(|index| function.name(*index) == Some(name)).ok_or_else(|| {
        let names = params.by_ref().filter_map(|index| function.name(index));
        let hint = crate::suggest::hint(name, names);
        Error::invalid(format!("there is no parameter named {name}{hint}"))
    })
}
