use super::free::is_ours;
use super::{View, load, store};
use crate::abi::{metaffi_array, metaffi_value};
use crate::error::{Error, Result};
use crate::value::convert::{convert_at, copy_view};
use crate::value::{OwnedValue, clear};

/// A copy of what the indices select: an element; with fewer indices than dimensions, the
/// sub-array; with more, what the rest of them select in that row of a ragged array.
///
/// # Safety
/// As for [`View::new`], and what the elements hold is valid.
pub unsafe fn get(array: *const metaffi_array, indices: &[usize]) -> Result<OwnedValue> {
    // SAFETY: the array is valid, and so are its rows, or `View::new` refuses them; what the
    // elements hold is valid.
    unsafe {
        let (_, view, indices) = find_row(array, indices)?;
        let selected = view.at(indices)?;
        if selected.shape().is_empty() {
            return convert_at(&load(selected.data(), view.element()), None, 0);
        }
        copy_view(selected, 1)
    }
}

/// Replaces an element by a copy of the value, converted to the element's type; with more indices
/// than dimensions, an element of that row of a ragged array.
///
/// # Safety
/// As for [`View::new`]; the elements and the value are valid, and nobody else uses the element.
pub unsafe fn set(
    array: *const metaffi_array,
    indices: &[usize],
    value: &metaffi_value,
) -> Result<()> {
    // SAFETY: the array is valid, and so are its rows, or `View::new` refuses them; elements and
    // value are valid, and nobody else uses the element.
    unsafe {
        let (array, view, indices) = find_row(array, indices)?;
        let element = view.element();
        if indices.len() != view.shape().len() {
            return Err(wrong_count(indices.len(), &view));
        }
        if view.is_read_only() {
            return Err(read_only(&view));
        }
        if !element.kind().is_scalar() && !is_ours(array) {
            return Err(not_ours(&view));
        }
        let target = view.at(indices)?.data();
        let new = convert_at(value, Some(element), 1)?;
        let mut old = load(target, element);
        store(target, element, new.into_raw());
        clear(&mut old);
    }
    Ok(())
}

/// The row of a ragged array that the indices lead to, and those that are left for it.
///
/// # Safety
/// As for [`get`].
unsafe fn find_row<'a>(
    mut array: *const metaffi_array,
    mut indices: &[usize],
) -> Result<(&'a metaffi_array, View<'a>, &[usize])> {
    loop {
        // SAFETY: the array is valid, and then the one among its elements.
        unsafe {
            let view = View::new(array)?;
            let Some((here, rest)) =
                indices.split_at_checked(view.shape().len()).filter(|(_, rest)| !rest.is_empty())
            else {
                return Ok((&*array, view, indices));
            };
            if !view.element().is_array() {
                return Err(wrong_count(indices.len(), &view));
            }
            array = load(view.at(here)?.data(), view.element()).data.array;
            if array.is_null() {
                let message = format!("there is no array at {here:?} yet; set one first");
                return Err(Error::out_of_range(message));
            }
            indices = rest;
        }
    }
}

#[cold]
fn wrong_count(count: usize, view: &View<'_>) -> Error {
    let (array, rank) = (view.array_type(), view.shape().len());
    Error::invalid(format!("indices: {count} given for an element of {array} of {rank} dimensions"))
}

#[cold]
fn read_only(view: &View<'_>) -> Error {
    Error::unsupported(format!(
        "the memory of this {} must not be written; write to a copy (metaffi_array_copy)",
        view.array_type()
    ))
}

#[cold]
fn not_ours(view: &View<'_>) -> Error {
    let element = view.element();
    Error::unsupported(format!(
        "the memory of this {} is borrowed, and who frees its elements is not known; write \
             the {element} elements through data, or copy the array first",
        view.array_type()
    ))
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
