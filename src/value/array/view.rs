use std::slice;

use super::borrow::is_read_only;
use super::{align_of_element, shape, size_of_element};
use crate::abi::metaffi_array;
use crate::error::{Error, Result};
use crate::signature::Type;

/// An array that has been checked: its shape is possible, and its pointers are there.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    data: *mut u8,
    element: Type,
    shape: &'a [usize],
    strides: Option<&'a [isize]>,
    length: usize,
    read_only: bool,
}

impl<'a> View<'a> {
    /// The view of an array from C; what can be seen to be wrong is refused.
    ///
    /// # Safety
    /// `array` is NULL or points to an array whose `shape` and `strides` have `rank` elements,
    /// and whose elements are where they say, alive for `'a`.
    #[inline]
    pub unsafe fn new(array: *const metaffi_array) -> Result<View<'a>> {
        // SAFETY: as above.
        unsafe { View::of_call(array) }
    }

    /// The same where calls look at their arrays: what is seen stays in registers.
    ///
    /// # Safety
    /// As for [`new`](View::new).
    #[inline(always)]
    pub unsafe fn of_call(array: *const metaffi_array) -> Result<View<'a>> {
        // SAFETY: `array` is NULL or points to an array whose `shape` and `strides` have `rank`
        // elements, and whose elements are where they say, alive for `'a`.
        let Some(array) = (unsafe { array.as_ref() }) else {
            return Err(invalid("the array is NULL"));
        };
        let element = Type::new(array.element).map_err(|error| error.context("element"))?;
        shape::rank(array.rank)?;
        if array.shape.is_null() {
            return Err(invalid("shape is NULL; it has one extent per dimension"));
        }
        // SAFETY: not NULL, and as long as the caller promises.
        let (shape, strides) = unsafe {
            let strides = (!array.strides.is_null())
                .then(|| slice::from_raw_parts(array.strides, array.rank));
            (slice::from_raw_parts(array.shape, array.rank), strides)
        };
        let length = shape::length(shape, element)?;
        if array.data.is_null() && length != 0 {
            return Err(no_data(length));
        }
        let read_only = is_read_only(array);
        Ok(View { data: array.data.cast(), element, shape, strides, length, read_only })
    }

    /// The address of the first element.
    pub fn data(&self) -> *mut u8 {
        self.data
    }

    /// The type of the elements; an array type where the array is ragged.
    pub fn element(&self) -> Type {
        self.element
    }

    /// The type of the array itself.
    pub fn array_type(&self) -> Type {
        self.element.array().unwrap_or(Type::ARRAY)
    }

    /// The extents.
    pub fn shape(&self) -> &'a [usize] {
        self.shape
    }

    /// Whether the elements must not be written.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The number of elements.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The distance in bytes between neighbours in a dimension below the rank.
    #[inline]
    pub fn stride(&self, dimension: usize) -> isize {
        match self.strides {
            Some(strides) => strides[dimension],
            None => self.contiguous_stride(dimension),
        }
    }

    /// The stride that C order without gaps would have. It may wrap only where an array has no
    /// elements at all, and then nobody uses it.
    #[inline]
    fn contiguous_stride(&self, dimension: usize) -> isize {
        let size = size_of_element(self.element);
        let inner = self.shape[dimension + 1..].iter();
        inner.fold(size, |size, extent| size.wrapping_mul(*extent)) as isize
    }

    /// Whether the elements lie where code that is compiled for them may read them; they are read
    /// anywhere here.
    pub fn is_aligned(&self) -> bool {
        self.length == 0 || self.data.addr().is_multiple_of(align_of_element(self.element))
    }

    /// Whether the elements follow each other in C order without gaps.
    #[inline]
    pub fn is_contiguous(&self) -> bool {
        let follows = |dimension| {
            self.shape[dimension] == 1
                || self.stride(dimension) == self.contiguous_stride(dimension)
        };
        self.strides.is_none() || self.length == 0 || (0..self.shape.len()).all(follows)
    }

    /// What the indices of the first dimensions select: an element (a view without dimensions) if
    /// there is one for each, else the array of the remaining dimensions.
    pub fn at(&self, indices: &[usize]) -> Result<View<'a>> {
        let mut data = self.data;
        for (dimension, (&index, &extent)) in indices.iter().zip(self.shape).enumerate() {
            if index >= extent {
                return Err(out_of_bounds(index, dimension, extent));
            }
            // Wrapping: an array without elements may have any strides.
            data = data.wrapping_offset((index as isize).wrapping_mul(self.stride(dimension)));
        }
        let shape = &self.shape[indices.len()..];
        let strides = self.strides.map(|strides| &strides[indices.len()..]);
        let length = if shape.contains(&0) { 0 } else { shape.iter().product() };
        Ok(View { data, shape, strides, length, ..*self })
    }

    /// The address of every element, in C order.
    #[inline]
    pub fn addresses(&self) -> ElementAddresses<'a> {
        // Without strides all of it is one row.
        let (in_row, step) = match (self.strides, self.shape) {
            (Some([.., step]), [.., in_row]) => (*in_row, *step),
            _ => (self.length, size_of_element(self.element) as isize),
        };
        ElementAddresses { next: self.data, left: self.length, in_row, step, row: 0, view: *self }
    }
}

#[cold]
fn invalid(message: &str) -> Error {
    Error::invalid(message)
}

#[cold]
fn no_data(length: usize) -> Error {
    Error::invalid(format!("data is NULL, but the array has {length} elements"))
}

#[cold]
fn out_of_bounds(index: usize, dimension: usize, extent: usize) -> Error {
    let bounds = match extent {
        0 => "which is empty".to_owned(),
        _ => format!("0 to {}", extent - 1),
    };
    Error::out_of_range(format!(
        "index {index} is out of bounds of dimension {dimension} ({bounds})"
    ))
}

/// The addresses of an array's elements; see [`View::addresses`].
#[derive(Debug)]
pub struct ElementAddresses<'a> {
    next: *mut u8,
    left: usize,
    /// How many are left of a row of the last dimension, and how far apart they are.
    in_row: usize,
    step: isize,
    /// Which row it is.
    row: usize,
    view: View<'a>,
}

impl ElementAddresses<'_> {
    /// Goes on with the first element of the next row.
    fn begin_row(&mut self) {
        let View { data, shape, .. } = self.view;
        let Some((in_row, outer)) = shape.split_last() else { return };
        self.row += 1;
        self.in_row = *in_row;
        (self.next, _) = outer.iter().enumerate().rev().fold(
            (data, self.row),
            |(address, rest), (dimension, extent)| {
                let walked = self.view.stride(dimension).wrapping_mul((rest % extent) as isize);
                (address.wrapping_offset(walked), rest / extent)
            },
        );
    }
}

impl Iterator for ElementAddresses<'_> {
    type Item = *mut u8;

    #[inline]
    fn next(&mut self) -> Option<*mut u8> {
        self.left = self.left.checked_sub(1)?;
        let address = self.next;
        self.in_row -= 1;
        match self.in_row == 0 && self.left != 0 {
            true => self.begin_row(),
            false => self.next = address.wrapping_offset(self.step),
        }
        Some(address)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for ElementAddresses<'_> {}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
