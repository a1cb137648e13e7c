//! Arrays as lists of Python.

use super::number;
use super::slot::{load, load_number, pointer};
use super::text::Surrogates;
use super::to_python::leaf;
use crate::abi::metaffi_array;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::{Kind, Type};
use crate::value::MAX_DEPTH;
use crate::value::array::{View, size_of_element};

/// The list of an array, with a list for each further dimension; `depth` lists are around it.
///
/// # Safety
/// What the elements hold is valid.
pub(super) unsafe fn list(
    gil: &Gil,
    scope: &CallScope,
    surrogates: Surrogates,
    view: &View<'_>,
    depth: usize,
) -> Result<PyRef> {
    // SAFETY: what the elements hold is valid.
    unsafe { Rows { gil, scope, surrogates, view, depth }.dimension(view.data(), 0) }
}

/// The list of a row of a ragged array; None for a row that is not there.
///
/// # Safety
/// `array` is NULL or valid.
pub(super) unsafe fn row(
    gil: &Gil,
    scope: &CallScope,
    surrogates: Surrogates,
    array: *mut metaffi_array,
    depth: usize,
) -> Result<PyRef> {
    if depth > MAX_DEPTH {
        return Err(Error::invalid(format!("arrays are nested more than {MAX_DEPTH} deep")));
    }
    // SAFETY: `array` is NULL or valid.
    unsafe {
        if array.is_null() {
            return Ok(PyRef::new_reference(gil, gil.api._Py_NoneStruct));
        }
        list(gil, scope, surrogates, &View::new(array)?, depth)
    }
}

/// An array whose rows become lists.
struct Rows<'a> {
    gil: &'a Gil,
    scope: &'a CallScope,
    surrogates: Surrogates,
    view: &'a View<'a>,
    depth: usize,
}

impl Rows<'_> {
    /// The list of a row, whose first element is at an address.
    unsafe fn dimension(&self, data: *const u8, dimension: usize) -> Result<PyRef> {
        let Rows { gil, view, .. } = *self;
        let (length, stride) = (view.shape()[dimension], view.stride(dimension));
        let innermost = dimension + 1 == view.shape().len();
        let element = view.element();
        // SAFETY: the elements are where the view says; the list is not seen by Python before it
        // is full.
        unsafe {
            let list = PyRef::owned(gil, (gil.api.PyList_New)(length as isize))?;
            if innermost && number::is_number(element.kind()) {
                numbers(gil, element, data, stride, length, &list)?;
                return Ok(list);
            }
            for index in 0..length {
                let address = data.wrapping_offset((index as isize).wrapping_mul(stride));
                let item = match innermost {
                    true => self.item(address),
                    false => self.dimension(address, dimension + 1),
                };
                let item = item.map_err(|error| error.at(format_args!("[{index}]")))?;
                (gil.api.PyList_SetItem)(list.as_ptr(), index as isize, item.into_ptr());
            }
            Ok(list)
        }
    }

    unsafe fn item(&self, address: *const u8) -> Result<PyRef> {
        let Rows { gil, scope, surrogates, view, depth } = *self;
        let element = view.element();
        // SAFETY: an element is at the address.
        unsafe {
            let slots = load(address, element);
            match element.is_array() {
                true => row(gil, scope, surrogates, pointer(slots[0]), depth + 1),
                false => leaf(gil, scope, element, surrogates, slots.as_ptr()),
            }
        }
    }
}

/// Fills a new list with numbers.
unsafe fn numbers(
    gil: &Gil,
    element: Type,
    data: *const u8,
    stride: isize,
    length: usize,
    list: &PyRef,
) -> Result<()> {
    let (api, size) = (gil.api, size_of_element(element));
    let items = items(api, list.as_ptr());
    // SAFETY: an element of that size is at each address.
    let number =
        |address, size, kind| unsafe { number::new(api, kind, load_number(address, size)) };
    // SAFETY: the list has `length` items, each NULL until now. A loop of its own for those of
    // most arrays, which asks for the kind only once.
    let full = unsafe {
        match element.kind() {
            Kind::Int64 => fill(items, length, data, stride, |at| number(at, 8, Kind::Int64)),
            Kind::Float64 => fill(items, length, data, stride, |at| number(at, 8, Kind::Float64)),
            kind => fill(items, length, data, stride, |at| number(at, size, kind)),
        }
    };
    match full {
        true => Ok(()),
        false => Err(crate::python::error::fetch(gil)),
    }
}

/// Whether `new` made an object of each element.
///
/// # Safety
/// There is room for `length` items.
#[inline(always)]
unsafe fn fill(
    items: *mut Object,
    length: usize,
    data: *const u8,
    stride: isize,
    new: impl Fn(*const u8) -> Object,
) -> bool {
    let mut address = data;
    for index in 0..length {
        let object = new(address);
        if object.is_null() {
            return false;
        }
        // SAFETY: there is room for `length` items.
        unsafe { items.add(index).write(object) };
        address = address.wrapping_offset(stride);
    }
    true
}

/// The items of a list, where every version since 3.9 has them: behind the head and the length.
/// Others must not change the list while they are used.
pub(super) fn items(api: &Api, list: Object) -> *mut Object {
    let after_head = api.type_offset + 2 * size_of::<usize>();
    // SAFETY: a list has the pointer to its items there.
    unsafe { list.byte_add(after_head).cast::<*mut Object>().read() }
}
