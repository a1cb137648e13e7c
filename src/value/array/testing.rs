//! What the tests of arrays share.

use super::{OwnedArray, View, load, store};
use crate::abi::metaffi_value;
use crate::signature::{Kind, Type};
use crate::value::{kind_of, number, text};

/// An int32_array.
pub(in crate::value) fn numbers(numbers: &[i32]) -> OwnedArray {
    let array = OwnedArray::new(Kind::Int32.into(), &[numbers.len()]).unwrap();
    for (address, number) in array.view().addresses().zip(numbers) {
        // SAFETY: an address of an i32.
        unsafe { address.cast::<i32>().write(*number) };
    }
    array
}

/// A ragged int32_array.
pub(in crate::value) fn ragged(rows: &[&[i32]]) -> OwnedArray {
    let element = Type::parse("int32_array").unwrap();
    let array = OwnedArray::new(element, &[rows.len()]).unwrap();
    for (address, row) in array.view().addresses().zip(rows) {
        // SAFETY: an element of that type, handed over.
        unsafe { store(address, element, numbers(row).into_value().into_raw()) };
    }
    array
}

/// A live value in the brackets of its dimensions.
pub(in crate::value) fn read(value: &metaffi_value) -> String {
    let kind = kind_of(value).unwrap();
    // SAFETY: the type says which member; the tests pass live values.
    unsafe {
        match kind {
            Kind::Array => read_array(&View::new(value.data.array).unwrap()),
            Kind::String8 if value.data.string.data.is_null() => "NULL".to_owned(),
            Kind::String8 => format!("{:?}", text::decode(&value.data.string, kind).unwrap()),
            Kind::Null => "null".to_owned(),
            _ => number::read(value, kind).unwrap().to_string(),
        }
    }
}

fn read_array(view: &View<'_>) -> String {
    let Some(extent) = view.shape().first() else {
        // SAFETY: an element's address.
        return read(&unsafe { load(view.data(), view.element()) });
    };
    let parts = (0..*extent).map(|index| read_array(&view.at(&[index]).unwrap()));
    format!("[{}]", parts.collect::<Vec<_>>().join(", "))
}
