use super::convert::convert_at;
use super::neutral::Neutral;
use super::{Kind, OwnedValue, null, number, object, string, text, type_of, zero};
use crate::abi::metaffi_value;
use crate::error::Result;
use crate::handle;

/// A deep copy: strings and arrays anew, another handle for the same object or callable.
///
/// # Safety
/// What the value holds is valid for the call.
pub unsafe fn copy(value: &metaffi_value) -> Result<OwnedValue> {
    // SAFETY: what the value holds is valid for the call.
    unsafe { convert_at(value, None, 0) }
}

/// The copy of any value that is not held as an array, or is NULL as such.
///
/// # Safety
/// As for [`copy`].
pub(super) unsafe fn copy_leaf(value: &metaffi_value) -> Result<OwnedValue> {
    let r#type = type_of(value)?;
    let kind = r#type.kind();
    // SAFETY: what the value holds is valid for the call; the type says which member. What is new
    // is nobody else's.
    unsafe {
        let copy = match kind {
            Kind::Null => null(),
            Kind::String8 | Kind::String16 | Kind::String32 => {
                string(text::convert(&value.data.string, kind, kind)?, kind)
            }
            Kind::Handle | Kind::Callable => copy_handle(value, kind)?,
            kind if kind.is_neutral() => match Neutral::read(value, kind)? {
                Some(neutral) => return neutral.to_value(),
                None => *value,
            },
            kind if kind.is_collection() => zero(r#type),
            _ => number::convert(value, r#type)?,
        };
        Ok(OwnedValue::from_raw(copy))
    }
}

/// # Safety
/// The value is of that kind.
unsafe fn copy_handle(value: &metaffi_value, kind: Kind) -> Result<metaffi_value> {
    // SAFETY: the value is of that kind; a callable is held like an object.
    let key = unsafe { value.data.object }.addr();
    let noun = if kind == Kind::Handle {
        handle::HandleKind::Object
    } else {
        handle::HandleKind::Callable
    };
    let key = if key == 0 { 0 } else { handle::clone(key, noun)? };
    Ok(metaffi_value { r#type: value.r#type, ..object(std::ptr::without_provenance_mut(key)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;
    use crate::value::{callable, char16, string8, testing};

    #[test]
    fn plain_values_are_copied_bit_by_bit() {
        for value in [1.5.into(), (-3_i8).into(), u64::MAX.into(), true.into(), char16(7), null()] {
            // SAFETY: plain values.
            unsafe {
                let copy = copy(&value).unwrap();
                assert_eq!((copy.r#type, copy.data.uint64), (value.r#type, value.data.uint64));
            }
        }
    }

    #[test]
    fn a_string_is_copied_with_its_text() {
        let original = string8("a\0é").unwrap();
        // SAFETY: live values.
        unsafe {
            let copy = copy(&original).unwrap();
            assert_ne!(copy.data.string.data, original.data.string.data);
            assert_eq!(text::decode(&copy.data.string, Kind::String8).unwrap(), "a\0é");
            let none = super::copy(&zero(Kind::String16.into())).unwrap();
            assert!(none.data.string.data.is_null());
        }
    }

    #[test]
    fn a_handle_is_cloned() {
        let (handle, alive) = testing::object();
        // SAFETY: a live handle.
        unsafe {
            let mut original = object(handle);
            let copy = copy(&original).unwrap();
            assert_ne!(copy.data.object, handle);
            super::super::clear(&mut original);
            assert_eq!(alive(), 1);
            drop(copy);
            assert_eq!(alive(), 0);
            let null = super::copy(&object(std::ptr::null_mut())).unwrap();
            assert!(null.data.object.is_null());
        }
    }

    #[test]
    fn what_is_no_handle_or_no_text_is_refused() {
        // SAFETY: handles are keys, and never dereferenced.
        unsafe {
            let stale = callable(std::ptr::without_provenance_mut(0x10));
            assert_eq!(copy(&stale).unwrap_err().status(), Status::InvalidHandle);
            let bad = crate::abi::metaffi_string { data: b"\xff".as_ptr().cast(), length: 1 };
            let error = copy(&string(bad, Kind::String8)).unwrap_err();
            assert_eq!(error.status(), Status::InvalidText);
        }
    }
}
