use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::{self, NonNull};

use super::free::{OURS, release};
use super::{View, free, shape, size_of_element};
use crate::abi::{metaffi_array, metaffi_array_type, metaffi_packed_type};
use crate::error::Result;
use crate::signature::Type;
use crate::value::{OwnedValue, memory, null};

/// The alignment of an array's elements: enough for any of them, as that of all memory.
const ALIGNMENT: usize = 16;

/// An array that is freed when dropped.
pub struct OwnedArray(NonNull<metaffi_array>);

impl OwnedArray {
    /// A contiguous array of zeroes, null references and strings that are not there. Descriptor,
    /// shape and elements are one allocation.
    pub fn new(element: Type, shape: &[usize]) -> Result<OwnedArray> {
        let length = shape::length(shape, element)?;
        let (size, offsets) = layout(shape.len(), length * size_of_element(element))?;
        let memory = memory::alloc_zeroed(size)?;
        // SAFETY: the layout has room for each part at its offset.
        Ok(unsafe { OwnedArray::at(memory, &offsets, element, shape) })
    }

    /// The same of one dimension, of elements that are not there yet.
    ///
    /// # Safety
    /// They are scalars, and written before anything reads them.
    #[inline(always)]
    pub unsafe fn unwritten(element: Type, length: usize) -> Result<OwnedArray> {
        let shape = [shape::length(&[length], element)?];
        let (size, offsets) = layout(1, length * size_of_element(element))?;
        let memory = memory::alloc(size)?;
        // SAFETY: as above.
        Ok(unsafe { OwnedArray::at(memory, &offsets, element, &shape) })
    }

    /// The array in memory that has room for its parts.
    #[inline(always)]
    unsafe fn at(memory: *mut u8, offsets: &Offsets, element: Type, shape: &[usize]) -> OwnedArray {
        let array: *mut metaffi_array = memory.cast();
        // SAFETY: the memory has room for each part at its offset.
        unsafe {
            let extents: *mut usize = memory.add(offsets.shape).cast();
            ptr::copy_nonoverlapping(shape.as_ptr(), extents, shape.len());
            array.write(metaffi_array {
                data: memory.add(offsets.data).cast(),
                element: element.number(),
                rank: shape.len(),
                shape: extents,
                strides: ptr::null(),
                release: Some(release),
                owner: (&raw const OURS).cast_mut().cast(),
            });
            OwnedArray(NonNull::new_unchecked(array))
        }
    }

    /// Takes over an array.
    ///
    /// # Safety
    /// `array` is valid (see [`View::new`]) and belongs to nobody else.
    pub unsafe fn from_raw(array: NonNull<metaffi_array>) -> OwnedArray {
        OwnedArray(array)
    }

    /// The array, for somebody else to free.
    pub fn into_raw(self) -> *mut metaffi_array {
        ManuallyDrop::new(self).0.as_ptr()
    }

    /// The array, still owned by this.
    pub fn as_ptr(&self) -> *mut metaffi_array {
        self.0.as_ptr()
    }

    /// The array as a value that owns it.
    pub fn into_value(self) -> OwnedValue {
        let mut value = null();
        // That of an array of an array's elements, which is valid.
        value.r#type = self.element & !metaffi_packed_type | metaffi_array_type;
        value.data.array = self.into_raw();
        // SAFETY: the array was ours, and is now the value's.
        unsafe { OwnedValue::from_raw(value) }
    }

    /// The view of it.
    pub fn view(&self) -> View<'_> {
        // SAFETY: the array is valid as long as `self`.
        unsafe { View::new(self.0.as_ptr()) }.expect("an owned array is valid")
    }
}

struct Offsets {
    shape: usize,
    data: usize,
}

/// The size of an array's memory and where its parts are.
#[inline]
fn layout(rank: usize, bytes: usize) -> Result<(usize, Offsets)> {
    let shape = size_of::<metaffi_array>();
    let data = (shape + rank * size_of::<usize>()).next_multiple_of(ALIGNMENT);
    match data.checked_add(bytes).filter(|size| isize::try_from(*size).is_ok()) {
        Some(size) => Ok((size, Offsets { shape, data })),
        None => Err(memory::exhausted(bytes)),
    }
}

impl Deref for OwnedArray {
    type Target = metaffi_array;

    fn deref(&self) -> &metaffi_array {
        // SAFETY: the array is valid as long as `self`.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for OwnedArray {
    fn drop(&mut self) {
        // SAFETY: the array is ours alone.
        unsafe { free(self.0.as_ptr()) }
    }
}

impl fmt::Debug for OwnedArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = self.view();
        write!(f, "{} {:?}", view.array_type(), view.shape())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;
    use crate::signature::Kind;

    #[test]
    fn a_new_array_is_zeroed_and_aligned_whatever_its_type() {
        for kind in Kind::elements() {
            for element in [Type::from(kind), Type::from(kind).array().unwrap()] {
                let array = OwnedArray::new(element, &[3, 2]).unwrap();
                let bytes = 6 * size_of_element(element);
                assert!(array.data.addr().is_multiple_of(ALIGNMENT));
                // SAFETY: the array has that many bytes.
                let data = unsafe { std::slice::from_raw_parts(array.data.cast::<u8>(), bytes) };
                assert!(data.iter().all(|byte| *byte == 0), "{element}");
                assert_eq!(array.view().shape(), [3, 2]);
                assert_eq!(array.view().array_type(), Type::from(kind).array().unwrap());
            }
        }
    }

    #[test]
    fn an_array_may_be_empty() {
        let array = OwnedArray::new(Kind::String8.into(), &[4, 0]).unwrap();
        assert!(!array.data.is_null());
        assert_eq!(array.view().length(), 0);
        assert_eq!(format!("{array:?}"), "string8_array [4, 0]");
    }

    #[test]
    fn impossible_arrays_are_errors() {
        let error = OwnedArray::new(Kind::Int8.into(), &[]).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        let error = OwnedArray::new(Kind::Null.into(), &[1]).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        for length in [isize::MAX as usize, isize::MAX as usize - 200] {
            let error = OwnedArray::new(Kind::Int8.into(), &[length]).unwrap_err();
            assert_eq!(error.status(), Status::OutOfMemory);
        }
    }

    #[test]
    fn ownership_passes_through_raw() {
        let raw = OwnedArray::new(Kind::Int8.into(), &[1]).unwrap().into_raw();
        // SAFETY: just given up.
        let array = unsafe { OwnedArray::from_raw(NonNull::new(raw).unwrap()) };
        assert_eq!(array.as_ptr(), raw);
    }
}
