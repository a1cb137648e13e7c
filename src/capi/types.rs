//! Types by name and by size.

use std::ffi::{CString, c_char};

use super::guard::guard_into;
use super::input;
use crate::abi::{metaffi_error, metaffi_status, metaffi_type};
use crate::fork::Once;
use crate::signature::Type;
use crate::value::array;

/// The number of bytes that one element takes in an array.
///
/// @param element The type of the element: a string is a metaffi_string, any is a metaffi_value,
///        handles, callables and arrays are pointers.
/// @return The size, or 0 if there are no arrays of that type.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_type_size(element: metaffi_type) -> usize {
    Type::new(element).map_or(0, array::size_of_element)
}

/// The name of a type: "int64", "float64_array", "uint8_packed_array".
///
/// @return Static text, never freed; "" for a number that is not a type.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_type_name(r#type: metaffi_type) -> *const c_char {
    static NAMES: Once<Vec<(Type, CString)>> = Once::new();
    let names = NAMES.get_or_init(|| {
        let named = |found: Type| Some((found, CString::new(found.to_string()).ok()?));
        Type::all().filter_map(named).collect()
    });
    let name = names.iter().find(|(known, _)| known.number() == r#type);
    name.map_or(c"".as_ptr(), |(_, name)| name.as_ptr())
}

/// The type of a name.
///
/// @param name NUL-terminated: what metaffi_type_name gives, or a constant's name such as
///        "metaffi_int64_type".
/// @param type The type.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if no type has that name, with what comes
///         closest; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
///         METAFFI_STATUS_INVALID_TEXT.
///
/// # Safety
/// `name` is NULL or NUL-terminated; `type` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_type_parse(
    name: *const c_char,
    r#type: *mut metaffi_type,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, r#type, "type", || {
        // SAFETY: `name` is NULL or NUL-terminated.
        Ok(Type::parse(unsafe { input::name(name, "name") }?)?.number())
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;
    use std::ptr;

    use super::*;
    use crate::abi;

    fn name(number: metaffi_type) -> &'static str {
        // SAFETY: static text.
        unsafe { CStr::from_ptr(metaffi_type_name(number)) }.to_str().unwrap()
    }

    #[test]
    fn sizes_are_those_of_c() {
        assert_eq!(metaffi_type_size(abi::metaffi_float64_type), 8);
        assert_eq!(metaffi_type_size(abi::metaffi_any_type), size_of::<abi::metaffi_value>());
        assert_eq!(metaffi_type_size(abi::metaffi_int8_array_type), size_of::<*mut ()>());
        assert_eq!(metaffi_type_size(abi::metaffi_null_type), 0);
        assert_eq!(metaffi_type_size(3), 0);
    }

    #[test]
    fn every_type_has_a_name_that_parses() {
        for each in Type::all() {
            let name = CString::new(name(each.number())).unwrap();
            let mut number = 0;
            // SAFETY: live arguments.
            let status = unsafe { metaffi_type_parse(name.as_ptr(), &mut number, ptr::null_mut()) };
            assert_eq!((status, number), (abi::METAFFI_OK, each.number()), "{name:?}");
        }
        assert_eq!(name(abi::metaffi_uint8_packed_array_type), "uint8_packed_array");
        assert_eq!(name(3), "");
    }

    #[test]
    fn an_unknown_name_leaves_zero() {
        let mut number = 7;
        // SAFETY: live arguments, or NULL.
        unsafe {
            let none = ptr::null_mut();
            let status = metaffi_type_parse(c"integer".as_ptr(), &mut number, none);
            assert_eq!((status, number), (abi::METAFFI_STATUS_NOT_FOUND, 0));
            let status = metaffi_type_parse(c"int8".as_ptr(), ptr::null_mut(), none);
            assert_eq!(status, abi::METAFFI_STATUS_INVALID_ARGUMENT);
            let status = metaffi_type_parse(ptr::null(), &mut number, none);
            assert_eq!(status, abi::METAFFI_STATUS_INVALID_ARGUMENT);
        }
    }
}
