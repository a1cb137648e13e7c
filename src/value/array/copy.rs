use std::ptr::NonNull;

use super::{OwnedArray, View};
use crate::abi::metaffi_array;
use crate::error::{Error, Result, Status};
use crate::value::convert::copy_view;

/// A deep copy, contiguous.
///
/// # Safety
/// As for [`View::new`], and what the elements hold is valid.
pub unsafe fn copy(array: *const metaffi_array) -> Result<OwnedArray> {
    // SAFETY: the array and what its elements hold are valid.
    unsafe { copy_of(&View::new(array)?) }
}

/// The same of a view.
///
/// # Safety
/// What the elements hold is valid.
pub unsafe fn copy_of(view: &View<'_>) -> Result<OwnedArray> {
    // SAFETY: what the elements hold is valid; the new array is the value's alone.
    unsafe {
        let value = copy_view(*view, 1)?.into_raw();
        let array = NonNull::new(value.data.array);
        let array = array.ok_or_else(|| Error::new(Status::Internal, "a copy is no array"))?;
        Ok(OwnedArray::from_raw(array))
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;
    use crate::abi;
    use crate::signature::{Kind, Type};
    use crate::value::array::store;
    use crate::value::array::testing::{numbers, ragged, read};
    use crate::value::{MAX_DEPTH, string8};

    fn copied(array: &OwnedArray) -> Result<OwnedArray> {
        // SAFETY: a live array.
        unsafe { copy(array.as_ptr()) }
    }

    #[test]
    fn a_copy_is_another_array_with_the_same_elements() {
        let original = numbers(&[1, 2, 3]);
        let copy = copied(&original).unwrap();
        assert_ne!(copy.data, original.data);
        assert_eq!(read(&copy.into_value()), "[1, 2, 3]");
        let empty = OwnedArray::new(Kind::Float64.into(), &[0, 5]).unwrap();
        assert_eq!(copied(&empty).unwrap().view().shape(), [0, 5]);
    }

    #[test]
    fn a_copy_is_contiguous_whatever_the_original() {
        let data: [i32; 6] = [1, 2, 3, 4, 5, 6];
        let transposed = metaffi_array {
            data: data.as_ptr().cast_mut().cast(),
            element: abi::metaffi_int32_type,
            rank: 2,
            shape: [3, 2].as_ptr(),
            strides: [4, 12].as_ptr(),
            release: None,
            owner: ptr::null_mut(),
        };
        // SAFETY: a valid array.
        let copy = unsafe { copy(&transposed) }.unwrap();
        assert!(copy.strides.is_null());
        assert_eq!(read(&copy.into_value()), "[[1, 4], [2, 5], [3, 6]]");
    }

    #[test]
    fn rows_and_strings_are_copied_too() {
        let original = ragged(&[&[1], &[2, 3]]);
        let copy = copied(&original).unwrap();
        drop(original);
        assert_eq!(read(&copy.into_value()), "[[1], [2, 3]]");
        let texts = OwnedArray::new(Kind::String8.into(), &[2]).unwrap();
        // SAFETY: an element of that type, handed over.
        unsafe {
            store(texts.data.cast(), Kind::String8.into(), string8("é").unwrap().into_raw());
        }
        let copy = copied(&texts).unwrap();
        drop(texts);
        assert_eq!(read(&copy.into_value()), "[\"é\", NULL]");
    }

    #[test]
    fn as_much_depth_as_is_walked_fits_a_small_stack() {
        let body = || {
            let nested = (1..MAX_DEPTH).fold(numbers(&[1, 2]), |inner, _| {
                let outer = OwnedArray::new(Type::ARRAY, &[2]).unwrap();
                // SAFETY: an element of that type, handed over.
                unsafe { store(outer.data.cast(), Type::ARRAY, inner.into_value().into_raw()) };
                outer
            });
            let copy = copied(&nested).unwrap();
            let declared = "array".parse::<crate::signature::TypeInfo>().unwrap();
            // SAFETY: live arrays and values.
            unsafe {
                let refused = crate::value::array::check(copy.as_ptr(), &declared).unwrap_err();
                assert!(refused.message().contains("row 1 is NULL"), "{refused}");
                let to = Type::parse("float64_array").unwrap();
                let value = nested.into_value();
                let converted = crate::value::convert(&value, to).unwrap();
                assert_eq!(crate::value::describe(&converted), "float64_array [2]");
                drop(crate::value::copy(&converted).unwrap());
            }
        };
        std::thread::Builder::new().stack_size(64 << 10).spawn(body).unwrap().join().unwrap();
    }

    #[test]
    fn only_so_much_depth_is_walked() {
        let nested = |depth: usize| {
            (1..depth).fold(numbers(&[1]), |inner, _| {
                let outer = OwnedArray::new(Type::ARRAY, &[1]).unwrap();
                // SAFETY: an element of that type, handed over.
                unsafe { store(outer.data.cast(), Type::ARRAY, inner.into_value().into_raw()) };
                outer
            })
        };
        assert!(copied(&nested(MAX_DEPTH)).is_ok());
        let error = copied(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert!(error.message().contains("nested more than 64 deep"), "{error}");
    }

    #[test]
    fn an_array_that_contains_itself_is_refused() {
        let mut row: *mut metaffi_array = ptr::null_mut();
        let mut array = metaffi_array {
            data: (&raw mut row).cast(),
            element: abi::metaffi_array_type,
            rank: 1,
            shape: &1,
            strides: ptr::null(),
            release: None,
            owner: ptr::null_mut(),
        };
        row = &raw mut array;
        // SAFETY: a valid array.
        assert!(unsafe { copy(row) }.is_err());
    }
}
