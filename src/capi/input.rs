//! Inputs that come as pointers.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::slice;

use crate::abi::{METAFFI_UNSPECIFIED, metaffi_option};
use crate::error::{Error, Result};
use crate::value::text;

/// What `pointer` points to.
///
/// # Safety
/// `pointer` is NULL or points to a `T` that lives for `'a`.
pub(crate) unsafe fn one<'a, T>(pointer: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: `pointer` is NULL or points to a `T` that lives for `'a`.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// A copy of a structure that begins with its own size: members that its maker did not know of are
/// zero, and what only its maker knows of must be.
///
/// # Safety
/// `pointer` is NULL or points to as many bytes as the `usize` there says; `T` is plain data that
/// begins with such a size, and all zeroes are one.
pub(crate) unsafe fn sized<T: Copy>(pointer: *const T, name: &str) -> Result<T> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: as many bytes as it says; what is copied is not more than there is room for.
    unsafe {
        let size = pointer.cast::<usize>().read();
        if size < size_of::<usize>() * 2 || size > 1 << 16 {
            let right = size_of::<T>();
            return Err(Error::invalid(format!(
                "{name}.size is {size}, but the structure has {right} bytes; set it to its sizeof"
            )));
        }
        let bytes = slice::from_raw_parts(pointer.cast::<u8>(), size);
        if bytes.iter().skip(size_of::<T>()).any(|byte| *byte != 0) {
            return Err(Error::unsupported(format!(
                "{name} has members that this version of metaffi does not know"
            )));
        }
        let mut copy = MaybeUninit::<T>::zeroed();
        let known = size.min(size_of::<T>());
        copy.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), known);
        Ok(copy.assume_init())
    }
}

/// A function, which is not NULL.
pub(crate) fn function<T>(function: Option<T>, name: &str) -> Result<T> {
    function.ok_or_else(|| null(name))
}

/// `length` of what `pointer` points to; NULL is right for none.
///
/// # Safety
/// `pointer` is NULL or points to `length` of them that live for `'a`.
#[inline]
pub(crate) unsafe fn many<'a, T>(pointer: *const T, length: usize, name: &str) -> Result<&'a [T]> {
    match (pointer.is_null(), length) {
        (_, 0) => Ok(&[]),
        (true, _) => {
            Err(Error::invalid(format!("{name} is NULL, but its length is given as {length}")))
        }
        (false, _) if length > isize::MAX as usize / size_of::<T>().max(1) => Err(Error::invalid(
            format!("{name} cannot have {length} elements: they would not fit into memory"),
        )),
        // SAFETY: `pointer` is NULL or points to `length` of them that live for `'a`.
        (false, _) => Ok(unsafe { slice::from_raw_parts(pointer, length) }),
    }
}

/// The same of places that are written.
///
/// # Safety
/// `pointer` is NULL or points to `length` of them that nobody else uses for `'a`.
pub(crate) unsafe fn many_mut<'a, T>(
    pointer: *mut T,
    length: usize,
    name: &str,
) -> Result<&'a mut [T]> {
    // SAFETY: `pointer` is NULL or points to `length` of them.
    unsafe {
        many(pointer.cast_const(), length, name)?;
        match length {
            0 => Ok(&mut []),
            _ => Ok(slice::from_raw_parts_mut(pointer, length)),
        }
    }
}

/// As [`many`], of what describes something: parameters, fields, options. There are not so many of
/// these that what is made of them matters.
///
/// # Safety
/// As for [`many`].
pub(crate) unsafe fn list<'a, T>(pointer: *const T, length: usize, name: &str) -> Result<&'a [T]> {
    const MOST: usize = 1 << 16;
    // SAFETY: `pointer` is NULL or points to `length` of them that live for `'a`.
    let list = unsafe { many(pointer, length, name) }?;
    match list.len() > MOST {
        true => {
            Err(Error::out_of_range(format!("{name} has {length} elements; the most is {MOST}")))
        }
        false => Ok(list),
    }
}

/// Whether a pointer and a count say nothing, instead of how many there are.
pub(crate) fn unspecified<T>(pointer: *const T, count: usize) -> bool {
    count == METAFFI_UNSPECIFIED || pointer.is_null() && count == 0
}

/// A NUL-terminated text that is so short that every copy of it, and what is said of it, is small.
///
/// # Safety
/// `pointer` is NULL or NUL-terminated, and lives for `'a`.
pub(crate) unsafe fn name<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    const LONGEST: usize = 1 << 20;
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: `pointer` is NULL or NUL-terminated, and lives for `'a`.
    let bytes = unsafe { CStr::from_ptr(pointer) }.to_bytes();
    if bytes.len() > LONGEST {
        let length = bytes.len();
        return Err(Error::out_of_range(format!(
            "{name} is {length} bytes long; the most is {LONGEST}"
        )));
    }
    text::utf8(bytes).map_err(|error| error.context(name))
}

/// Text of a length, which may be long and have zeroes in it.
///
/// # Safety
/// `pointer` is NULL or has `length` bytes, and lives for `'a`.
pub(super) unsafe fn utf8<'a>(
    pointer: *const c_char,
    length: usize,
    name: &str,
) -> Result<&'a str> {
    // SAFETY: `pointer` is NULL or has `length` bytes that live for `'a`.
    let bytes = unsafe { many(pointer.cast::<u8>(), length, name) }?;
    text::utf8(bytes).map_err(|error| error.context(name))
}

/// The options of a load.
///
/// # Safety
/// `options` has `count` of them, whose texts are NUL-terminated.
pub(super) unsafe fn options(
    options: *const metaffi_option,
    count: usize,
) -> Result<Vec<(String, String)>> {
    let pair = |(index, option): (usize, &metaffi_option)| {
        // SAFETY: their texts are NUL-terminated.
        unsafe {
            let key = name(option.key, &format!("options[{index}].key"))?;
            let value = name(option.value, &format!("options[{index}].value"))?;
            Ok((key.to_owned(), value.to_owned()))
        }
    };
    // SAFETY: `options` has `count` of them.
    unsafe { list(options, count, "options") }?.iter().enumerate().map(pair).collect()
}

#[cold]
fn null(name: &str) -> Error {
    Error::invalid(format!("{name} is NULL"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn null_is_refused_by_name_unless_nothing_is_asked_of_it() {
        let none = std::ptr::null::<u32>();
        // SAFETY: NULL.
        unsafe {
            assert_eq!(one(none, "value").unwrap_err().message(), "value is NULL");
            assert_eq!(name(none.cast(), "name").unwrap_err().message(), "name is NULL");
            let error = many(none, 3, "indices").unwrap_err();
            assert_eq!(error.message(), "indices is NULL, but its length is given as 3");
            let error = many(&5_u32, usize::MAX / 2, "indices").unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument, "{error}");
            assert!(many(none, 0, "indices").unwrap().is_empty());
            let infos = vec![0_u8; 65_537];
            assert_eq!(list(infos.as_ptr(), 65_536, "infos").unwrap().len(), 65_536);
            let error = list(infos.as_ptr(), infos.len(), "infos").unwrap_err();
            assert_eq!(error.message(), "infos has 65537 elements; the most is 65536");
        }
    }

    #[test]
    fn what_is_there_is_passed_on() {
        // SAFETY: live data.
        unsafe {
            assert_eq!(*one(&5, "value").unwrap(), 5);
            assert_eq!(many([1, 2].as_ptr(), 2, "indices").unwrap(), [1, 2]);
            assert_eq!(name(c"int64".as_ptr(), "name").unwrap(), "int64");
            let error = name(c"a\xff".as_ptr(), "name").unwrap_err();
            assert_eq!(error.message(), "name: invalid UTF-8 at byte 1 (0xff)");
            let long = std::ffi::CString::new("n".repeat(1_048_577)).unwrap();
            assert_eq!(name(long.as_ptr().add(1), "name").unwrap().len(), 1_048_576);
            let error = name(long.as_ptr(), "name").unwrap_err();
            assert_eq!(error.message(), "name is 1048577 bytes long; the most is 1048576");
            assert_eq!(error.status(), Status::OutOfRange);
        }
    }
}
