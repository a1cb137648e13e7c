use super::neutral::{BigInt, Neutral};
use super::{array::View, number, text, type_of};
use crate::abi::{metaffi_string, metaffi_value};
use crate::signature::Kind;

/// How many characters of a text are shown.
const SHOWN: usize = 40;

/// A value as messages name it: `int64 5000000000`, `string8 "text"`, `float64_array [2, 3]`.
///
/// # Safety
/// What the value holds is valid for the call.
pub unsafe fn describe(value: &metaffi_value) -> String {
    let Ok(found) = type_of(value) else {
        return format!("a value of no known type ({})", value.r#type);
    };
    let kind = found.kind();
    if let Some(number) = number::read(value, kind) {
        return format!("{found} {number}");
    }
    // SAFETY: what the value holds is valid for the call; the type says which member.
    unsafe {
        match kind {
            Kind::String8 | Kind::String16 | Kind::String32 => {
                describe_text(&value.data.string, kind)
            }
            Kind::Array => match View::new(value.data.array) {
                Ok(view) => format!("{} {:?}", view.array_type(), view.shape()),
                Err(_) => format!("{found} that is not valid"),
            },
            _ if !kind.is_scalar() && kind != Kind::Null && value.data.object.is_null() => {
                format!("{found} NULL")
            }
            kind if kind.is_neutral() => match Neutral::read(value, kind) {
                Ok(Some(found)) => neutral(&found),
                _ => format!("{found} that is not valid"),
            },
            kind if kind.is_collection() => match super::neutral::check(value.data.array, kind) {
                Ok(view) => format!("{found} of {}", view.shape()[0]),
                Err(_) => format!("{found} that is not valid"),
            },
            _ => found.to_string(),
        }
    }
}

/// A neutral value as messages name it.
pub(super) fn neutral(neutral: &Neutral<'_>) -> String {
    let kind = neutral.kind();
    match neutral {
        Neutral::BigInt(integer) => format!("{kind} {}", bigint(integer)),
        _ => format!("{kind} {}", shortened(&neutral.to_string())),
    }
}

/// The digits of a big integer, unless there are too many to show.
pub(super) fn bigint(bigint: &BigInt<'_>) -> String {
    match bigint.bits() {
        0..=256 => bigint.to_string(),
        bits => format!("of {bits} bits"),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A number, a truth value or a character alone; nothing of anything else.
pub fn show(value: &metaffi_value) -> String {
    let number = type_of(value).ok().and_then(|found| number::read(value, found.kind()));
    number.map_or_else(String::new, |number| number.to_string())
}

/// # Safety
/// As for [`text::decode`].
unsafe fn describe_text(string: &metaffi_string, kind: Kind) -> String {
    if string.data.is_null() {
        return format!("{kind} NULL");
    }
    // SAFETY: the text has as many units of the kind as it says.
    match unsafe { text::decode(string, kind) } {
        Ok(text) => match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{kind} {:?}…", &text[..end]),
            None => format!("{kind} {text:?}"),
        },
        Err(error) => format!("{kind} ({error})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{array::OwnedArray, char8, char32, null, object, string, string8, zero};

    fn of(value: &metaffi_value) -> String {
        // SAFETY: the tests pass live values.
        unsafe { describe(value) }
    }

    #[test]
    fn scalars_show_their_value() {
        assert_eq!(of(&5_000_000_000_i64.into()), "int64 5000000000");
        assert_eq!(of(&2.0.into()), "float64 2.0");
        assert_eq!(of(&true.into()), "bool true");
        assert_eq!(of(&char8(b'a')), "char8 'a'");
        assert_eq!(of(&char32(7)), "char32 0x7");
        assert_eq!(of(&null()), "null");
    }

    #[test]
    fn strings_show_their_beginning() {
        assert_eq!(of(&string8("a\n\"é").unwrap()), "string8 \"a\\n\\\"é\"");
        let long = of(&string8(&"é".repeat(41)).unwrap());
        assert_eq!(long, format!("string8 \"{}\"…", "é".repeat(40)));
        assert_eq!(of(&zero(Kind::String32.into())), "string32 NULL");
        let bad = metaffi_string { data: b"a\xff".as_ptr().cast(), length: 2 };
        assert_eq!(of(&string(bad, Kind::String8)), "string8 (invalid UTF-8 at byte 1 (0xff))");
    }

    #[test]
    fn everything_else_shows_its_type() {
        let array = OwnedArray::new(Kind::Float64.into(), &[2, 3]).unwrap();
        assert_eq!(of(&array.into_value()), "float64_array [2, 3]");
        let none = zero(Kind::Int8.into());
        let invalid = metaffi_value { r#type: crate::abi::metaffi_int8_array_type, ..none };
        assert_eq!(of(&invalid), "int8_array that is not valid");
        assert_eq!(of(&object(std::ptr::null_mut())), "handle NULL");
        assert_eq!(of(&metaffi_value { r#type: 3, ..none }), "a value of no known type (3)");
    }
}
