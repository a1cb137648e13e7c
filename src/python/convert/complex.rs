//! Complex numbers: arrays of floating point numbers whose last dimension is the real and the
//! imaginary part.

use super::buffer::Buffer;
use super::text::Surrogates;
use super::{list, repeated};
use crate::abi::metaffi_slot;
use crate::error::{Error, Result};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::{Kind, MAX_RANK, Type};
use crate::value::array::View;

/// The alias that asks for them.
pub(super) const ALIAS: &str = "complex";

/// The complex number of an array of two parts; lists of them for each further dimension.
pub(super) fn to_python(gil: &Gil, view: &View<'_>) -> Result<PyRef> {
    let kind = view.element().kind();
    if view.shape().last() != Some(&2) || !matches!(kind, Kind::Float64 | Kind::Float32) {
        let message = format!(
            "an array of {:?} {} given for complex: its last dimension is the real and the \
             imaginary part, as float64 or float32",
            view.shape(),
            view.element()
        );
        return Err(Error::mismatch(message));
    }
    let mut parts = view.addresses().map(|address| {
        // SAFETY: an element of that type, aligned or not.
        unsafe {
            match kind {
                Kind::Float32 => address.cast::<f32>().read_unaligned().into(),
                _ => address.cast::<f64>().read_unaligned(),
            }
        }
    });
    let outer = &view.shape()[..view.shape().len() - 1];
    nested(gil, outer, &mut || (parts.next().unwrap_or(0.0), parts.next().unwrap_or(0.0)))
}

fn nested(gil: &Gil, shape: &[usize], next: &mut dyn FnMut() -> (f64, f64)) -> Result<PyRef> {
    let api = gil.api;
    let Some((extent, rest)) = shape.split_first() else {
        let (real, imaginary) = next();
        // SAFETY: under the GIL.
        return unsafe { PyRef::owned(gil, (api.PyComplex_FromDoubles)(real, imaginary)) };
    };
    // SAFETY: a list of that length, which takes over each item.
    unsafe {
        let list = PyRef::owned(gil, (api.PyList_New)(extent.cast_signed()))?;
        for index in 0..*extent {
            let item = nested(gil, rest, next)?.into_ptr();
            (api.PyList_SetItem)(list.as_ptr(), index.cast_signed(), item);
        }
        Ok(list)
    }
}

/// The parts of a complex number, of lists of them, or of memory that has them, which is not
/// copied; anything else is taken as any array.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn from_python(
    gil: &Gil,
    object: Object,
    r#type: Type,
    dimensions: usize,
) -> Result<metaffi_slot> {
    // SAFETY: `object` is alive.
    unsafe {
        if (gil.api.PyObject_CheckBuffer)(object) != 0
            && let Some(buffer) = Buffer::new(gil, object)
            && let Some(kind) = buffer.complex_parts()
        {
            if r#type.element().is_none_or(|element| element.kind() == kind) {
                return buffer.into_parts(gil, kind, r#type, dimensions);
            }
            // Of another precision: by the numbers themselves.
            let items = PyRef::new_reference(gil, object).attribute(gil, c"tolist")?.call0(gil)?;
            let parts = parts(gil, items.as_ptr(), 0)?;
            return list::array(gil, parts.as_ptr(), r#type, dimensions, Surrogates::Strict);
        }
        if list::is_list(gil, object) {
            repeated::check(gil, object, Kind::Float64, 0)?;
        }
        let parts = parts(gil, object, 0)?;
        list::array(gil, parts.as_ptr(), r#type, dimensions, Surrogates::Strict)
    }
}

/// Two numbers in place of each complex one, also in lists.
unsafe fn parts(gil: &Gil, object: Object, depth: usize) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: live objects under the GIL; a snapshot keeps the items.
    unsafe {
        if (api.PyType_IsSubtype)(api.type_of(object), api.PyComplex_Type) != 0 {
            let pair = PyRef::owned(gil, (api.PyTuple_New)(2))?;
            let numbers =
                [(api.PyComplex_RealAsDouble)(object), (api.PyComplex_ImagAsDouble)(object)];
            for (index, number) in (0..).zip(numbers) {
                let number = PyRef::owned(gil, (api.PyFloat_FromDouble)(number))?;
                (api.PyTuple_SetItem)(pair.as_ptr(), index, number.into_ptr());
            }
            return Ok(pair);
        }
        if !list::is_list(gil, object) || depth == MAX_RANK {
            return Ok(PyRef::new_reference(gil, object));
        }
        let items = PyRef::owned(gil, (api.PySequence_Tuple)(object))?;
        let length = (api.PyTuple_Size)(items.as_ptr());
        let all = PyRef::owned(gil, (api.PyTuple_New)(length))?;
        for index in 0..length {
            let item = parts(gil, (api.PyTuple_GetItem)(items.as_ptr(), index), depth + 1)?;
            (api.PyTuple_SetItem)(all.as_ptr(), index, item.into_ptr());
        }
        Ok(all)
    }
}
