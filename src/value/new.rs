//! Values from what Rust has.

use std::mem::MaybeUninit;

use super::{OwnedValue, array::View, text};
use crate::abi::{
    metaffi_array, metaffi_callable, metaffi_object, metaffi_payload, metaffi_string, metaffi_value,
};
use crate::error::Result;
use crate::signature::{Kind, Type};

/// No value.
#[inline]
pub fn null() -> metaffi_value {
    zero(Kind::Null.into())
}

/// A value of the type with a payload of zeroes: 0, false, a null reference.
#[inline]
pub fn zero(r#type: Type) -> metaffi_value {
    // SAFETY: all zeroes is a valid payload whatever the member.
    let data = unsafe { MaybeUninit::<metaffi_payload>::zeroed().assume_init() };
    metaffi_value { r#type: r#type.number(), data }
}

macro_rules! from_number {
    ($($rust:ty, $kind:ident, $member:ident;)*) => {$(
        impl From<$rust> for metaffi_value {
            #[inline(always)]
            fn from(number: $rust) -> metaffi_value {
                let mut value = zero(Kind::$kind.into());
                value.data.$member = number;
                value
            }
        }
    )*};
}

from_number! {
    f64, Float64, float64;
    f32, Float32, float32;
    i8, Int8, int8;
    i16, Int16, int16;
    i32, Int32, int32;
    i64, Int64, int64;
    u8, Uint8, uint8;
    u16, Uint16, uint16;
    u32, Uint32, uint32;
    u64, Uint64, uint64;
    usize, Size, size;
    bool, Bool, boolean;
}

/// A code unit of UTF-8.
pub fn char8(unit: u8) -> metaffi_value {
    metaffi_value { r#type: Type::from(Kind::Char8).number(), ..unit.into() }
}

/// A code unit of UTF-16.
pub fn char16(unit: u16) -> metaffi_value {
    metaffi_value { r#type: Type::from(Kind::Char16).number(), ..unit.into() }
}

/// A code point.
pub fn char32(unit: u32) -> metaffi_value {
    metaffi_value { r#type: Type::from(Kind::Char32).number(), ..unit.into() }
}

/// A string of the kind's width, as it is.
pub fn string(string: metaffi_string, kind: Kind) -> metaffi_value {
    let mut value = zero(kind.into());
    value.data.string = string;
    value
}

/// A new string8 with a copy of the text.
pub fn string8(text: &str) -> Result<OwnedValue> {
    let copy = text::encode(text, Kind::String8)?;
    // SAFETY: the new string is nobody else's.
    Ok(unsafe { OwnedValue::from_raw(string(copy, Kind::String8)) })
}

/// An object's handle, as it is.
pub fn object(object: *mut metaffi_object) -> metaffi_value {
    let mut value = zero(Kind::Handle.into());
    value.data.object = object;
    value
}

/// A callable's handle, as it is.
pub fn callable(callable: *mut metaffi_callable) -> metaffi_value {
    let mut value = zero(Kind::Callable.into());
    value.data.callable = callable;
    value
}

/// An array, as it is; its type is that of its elements.
///
/// # Safety
/// `array` is a live array or anything that [`View::new`] refuses.
pub unsafe fn array(array: *mut metaffi_array) -> Result<metaffi_value> {
    // SAFETY: `array` is a live array or anything that `View::new` refuses.
    let mut value = zero(unsafe { View::new(array) }?.array_type());
    value.data.array = array;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::type_of;

    #[test]
    fn the_type_follows_from_what_is_given() {
        let kind = |value: metaffi_value| type_of(&value).unwrap().kind();
        assert_eq!(kind(1_usize.into()), Kind::Size);
        assert_eq!(kind(1_u64.into()), Kind::Uint64);
        assert_eq!(kind(true.into()), Kind::Bool);
        assert_eq!(kind(char8(1)), Kind::Char8);
        assert_eq!(kind(char16(1)), Kind::Char16);
        assert_eq!(kind(char32(1)), Kind::Char32);
        assert_eq!(kind(object(std::ptr::null_mut())), Kind::Handle);
        assert_eq!(kind(callable(std::ptr::null_mut())), Kind::Callable);
        assert_eq!(kind(null()), Kind::Null);
        assert_eq!(kind(*string8("é").unwrap()), Kind::String8);
    }

    #[test]
    fn unused_bytes_of_a_payload_are_zero() {
        // SAFETY: plain bits.
        assert_eq!(unsafe { metaffi_value::from(-1_i8).data.uint64 }, 0xff);
    }
}
