use super::array::{self, OwnedArray, View};
use super::copy::copy_at;
use super::{Kind, OwnedValue, deeper, number, string, text, type_of, unconvertible, zero};
use crate::abi::metaffi_value;
use crate::error::{Error, Result, Status};
use crate::signature::Type;

/// A new value of the type, if that loses nothing: numbers as [`number::convert`] has it, text in
/// another width, null as a null reference, arrays element by element; otherwise a copy.
///
/// # Safety
/// What the value holds is valid for the call.
pub unsafe fn convert(value: &metaffi_value, to: Type) -> Result<OwnedValue> {
    // SAFETY: the caller's promise.
    unsafe { convert_at(value, to, 0) }
}

/// # Safety
/// As for [`convert`].
pub(super) unsafe fn convert_at(
    value: &metaffi_value,
    to: Type,
    depth: usize,
) -> Result<OwnedValue> {
    use Kind::{Any, Array, Callable, Handle, Null, String8, String16, String32};

    let from = type_of(value)?;
    // SAFETY: the caller's promise; the type says which member. What is new is nobody else's.
    unsafe {
        let new = match (from.kind(), to.kind()) {
            (_, Any) | (Null, Null) | (Handle, Handle) | (Callable, Callable) => {
                return copy_at(value, depth);
            }
            (Null, Handle | Callable | String8 | String16 | String32) => zero(to),
            (old @ (String8 | String16 | String32), new @ (String8 | String16 | String32)) => {
                string(text::convert(&value.data.string, old, new)?, new)
            }
            (Array, Array) => return convert_array(value, to, deeper(depth)?),
            _ if number::read(value, from.kind()).is_some() => number::convert(value, to)?,
            _ => return Err(unconvertible(from, to)),
        };
        Ok(OwnedValue::from_raw(new))
    }
}

/// # Safety
/// As for [`convert`], of an array.
unsafe fn convert_array(value: &metaffi_value, to: Type, depth: usize) -> Result<OwnedValue> {
    // SAFETY: the caller's promise; what is new is nobody else's, and of the type it is given.
    unsafe {
        let view = View::new(value.data.array)?;
        if to.is_packed() && view.element().is_array() {
            let message = format!("a ragged array given for {to}: its rows are not contiguous");
            return Err(Error::new(Status::TypeMismatch, message));
        }
        let Some(element) = to.element() else {
            return Ok(array::copy_view(&view, depth)?.into_value());
        };
        let new = if element == view.element() {
            array::copy_view(&view, depth)?
        } else {
            convert_elements(&view, element, depth)?
        };
        Ok(OwnedValue::from_raw(metaffi_value {
            r#type: to.number(),
            ..new.into_value().into_raw()
        }))
    }
}

/// # Safety
/// What the elements hold is valid for the call.
unsafe fn convert_elements(view: &View<'_>, to: Type, depth: usize) -> Result<OwnedArray> {
    let from = view.element();
    let to = if from.is_array() { to.array().unwrap_or(to) } else { to };
    let new = OwnedArray::new(to, view.shape())?;
    for (index, (source, target)) in view.addresses().zip(new.view().addresses()).enumerate() {
        // SAFETY: both are addresses of elements of those types; what is stored is handed over.
        unsafe {
            let element = array::load(source, from);
            if from.is_array() && element.data.array.is_null() {
                continue;
            }
            let converted = convert_at(&element, to, depth)
                .map_err(|error| error.context(format_args!("element {index}")))?;
            array::store(target, to, converted.into_raw());
        }
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::array::testing::{numbers, ragged, read};
    use crate::value::{null, object, string8};

    fn refused(value: &metaffi_value, to: &str) -> String {
        // SAFETY: the tests pass live values.
        let error = unsafe { convert(value, Type::parse(to).unwrap()) }.unwrap_err();
        assert_eq!(error.status(), Status::TypeMismatch, "{error}");
        error.message().to_owned()
    }

    fn converted(value: &metaffi_value, to: &str) -> OwnedValue {
        // SAFETY: the tests pass live values.
        unsafe { convert(value, Type::parse(to).unwrap()) }.unwrap()
    }

    #[test]
    fn text_changes_its_width() {
        let wide = converted(&string8("é😀").unwrap(), "string16");
        // SAFETY: a string16.
        unsafe {
            assert_eq!(wide.data.string.length, 3);
            assert_eq!(text::decode(&wide.data.string, Kind::String16).unwrap(), "é😀");
        }
        assert_eq!(refused(&string8("1").unwrap(), "int32"), "string8 given for int32");
    }

    #[test]
    fn anything_fits_any_and_keeps_its_type() {
        assert_eq!(format!("{:?}", converted(&7_i8.into(), "any")), "int8 7");
        assert_eq!(format!("{:?}", converted(&null(), "any")), "null");
    }

    #[test]
    fn null_is_a_null_reference_but_no_number_and_no_array() {
        assert_eq!(format!("{:?}", converted(&null(), "handle")), "handle NULL");
        assert_eq!(format!("{:?}", converted(&null(), "string32")), "string32 NULL");
        assert_eq!(refused(&null(), "int64"), "null given for int64");
        assert_eq!(refused(&null(), "int64_array"), "null given for int64_array");
    }

    #[test]
    fn handles_stay_what_they_are() {
        let none = object(std::ptr::null_mut());
        assert_eq!(format!("{:?}", converted(&none, "handle")), "handle NULL");
        assert_eq!(refused(&none, "callable"), "handle given for callable");
        assert_eq!(refused(&1_i8.into(), "handle"), "int8 given for handle");
    }

    #[test]
    fn arrays_convert_element_by_element() {
        let ints = numbers(&[1, -2, 300]).into_value();
        let floats = converted(&ints, "float64_packed_array");
        assert_eq!(format!("{floats:?}"), "float64_array [3]");
        assert_eq!(floats.r#type, crate::abi::metaffi_float64_packed_array_type);
        assert_eq!(read(&floats), "[1.0, -2.0, 300.0]");
        // SAFETY: a live array.
        let error = unsafe { convert(&ints, Type::parse("int8_array").unwrap()) }.unwrap_err();
        assert_eq!(error.message(), "element 2: 300 does not fit int8 (-128 to 127)");
        assert_eq!(read(&converted(&ints, "any_array")), "[1, -2, 300]");
        assert_eq!(read(&converted(&converted(&ints, "any_array"), "int16_array")), "[1, -2, 300]");
        assert_eq!(read(&converted(&ints, "int32_array")), "[1, -2, 300]");
        assert!(refused(&ints, "int32").contains("int32_array given for int32"));
        assert!(refused(&1_i32.into(), "int32_array").contains("int32"));
    }

    #[test]
    fn rows_of_a_ragged_array_convert_too() {
        let rows = ragged(&[&[1, 2], &[], &[3]]).into_value();
        assert_eq!(read(&converted(&rows, "float32_array")), "[[1.0, 2.0], [], [3.0]]");
        assert_eq!(read(&converted(&rows, "int32_array")), "[[1, 2], [], [3]]");
        assert_eq!(read(&converted(&rows, "array")), "[[1, 2], [], [3]]");
        assert!(refused(&rows, "int32_packed_array").contains("not contiguous"));
        let unset = OwnedArray::new(Type::parse("int32_array").unwrap(), &[2]).unwrap();
        assert_eq!(read(&converted(&unset.into_value(), "int64_array")), "[null, null]");
    }
}
