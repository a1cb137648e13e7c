//! Values that are given, and what those are that come back.

use metaffi::abi::{metaffi_array, metaffi_value};
use metaffi::signature::{Kind, Type};
use metaffi::value::array::{OwnedArray, View, load, set};
use metaffi::value::neutral::{Neutral, of_values};
use metaffi::value::{self, OwnedValue, type_of};

/// A value that owns what it has.
pub fn any(plain: impl Into<metaffi_value>) -> OwnedValue {
    // SAFETY: plain data, of which nothing is owned.
    unsafe { OwnedValue::from_raw(plain.into()) }
}

pub fn null() -> OwnedValue {
    any(value::null())
}

pub fn char8(unit: u8) -> OwnedValue {
    any(value::char8(unit))
}

pub fn char16(unit: u16) -> OwnedValue {
    any(value::char16(unit))
}

pub fn char32(point: char) -> OwnedValue {
    any(value::char32(point.into()))
}

/// A text of a width.
pub fn string(text: &str, kind: Kind) -> OwnedValue {
    let made = value::text::encode(text, kind).unwrap();
    any(value::string(made, kind))
}

/// A neutral value by its text.
pub fn neutral(text: &str, kind: Kind) -> OwnedValue {
    Neutral::parse(text, kind).unwrap().to_value().unwrap()
}

/// Anything in an array of any.
pub fn list(items: Vec<OwnedValue>) -> OwnedValue {
    of_values(items, Kind::Array).unwrap()
}

/// Keys and values in turn.
pub fn map(items: Vec<OwnedValue>) -> OwnedValue {
    of_values(items, Kind::Map).unwrap()
}

/// An array of a shape with elements that are of its kind, or become that.
pub fn array(kind: Kind, shape: &[usize], items: Vec<OwnedValue>) -> OwnedValue {
    let made = OwnedArray::new(kind.into(), shape).unwrap();
    for (index, item) in items.iter().enumerate() {
        let mut rest = index;
        let mut indices = vec![0; shape.len()];
        for (at, extent) in indices.iter_mut().zip(shape).rev() {
            (*at, rest) = (rest % extent, rest / extent);
        }
        // SAFETY: a live array.
        unsafe { set(made.as_ptr(), &indices, item) }.unwrap();
    }
    made.into_value()
}

/// A copy of a value, which is another handle of an object.
pub fn copy(given: &metaffi_value) -> OwnedValue {
    // SAFETY: a live value.
    unsafe { value::copy(given) }.unwrap()
}

/// So many elements that stay where they are, from one of them on, at a distance in bytes.
pub fn lent<T>(
    elements: &'static [T],
    kind: Kind,
    (from, count): (usize, usize),
    step: isize,
) -> metaffi_array {
    metaffi_array {
        data: elements[from..].as_ptr().cast_mut().cast(),
        element: Type::from(kind).number(),
        rank: 1,
        shape: Box::leak(Box::new(count)),
        strides: Box::leak(Box::new(step)),
        release: None,
        owner: std::ptr::null_mut(),
    }
}

/// The type and all that is in a value; of an object only that it is one.
pub fn spelled(given: &metaffi_value) -> String {
    let found = type_of(given).unwrap();
    match found.kind() {
        // SAFETY: the type says which member; a live array.
        Kind::Array | Kind::Map | Kind::Set | Kind::Tuple => unsafe {
            match given.data.array.is_null() {
                true => format!("{found} NULL"),
                false => format!("{found} {}", elements(&View::new(given.data.array).unwrap())),
            }
        },
        // SAFETY: a handle, as its type says.
        Kind::Handle if !unsafe { given.data.object }.is_null() => "handle".to_owned(),
        // SAFETY: a live value.
        _ => unsafe { value::describe(given) },
    }
}

fn elements(view: &View<'_>) -> String {
    let all: Vec<String> = match view.shape() {
        // SAFETY: the addresses of a live array.
        [_] => view.addresses().map(|at| unsafe { element(at, view.element()) }).collect(),
        [rows, ..] => (0..*rows).map(|row| elements(&view.at(&[row]).unwrap())).collect(),
        [] => Vec::new(),
    };
    format!("[{}]", all.join(", "))
}

/// An element without its type, unless that is its own.
unsafe fn element(at: *const u8, r#type: Type) -> String {
    // SAFETY: as the caller says.
    let loaded = unsafe { load(at, r#type) };
    let text = spelled(&loaded);
    match r#type.kind() {
        Kind::Any | Kind::Handle | Kind::Array => text,
        _ => text.split_once(' ').map_or(text.clone(), |(_, rest)| rest.to_owned()),
    }
}
