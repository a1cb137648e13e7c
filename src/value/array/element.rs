//! Elements in memory.

use std::ptr;

use crate::abi::{metaffi_string, metaffi_value};
use crate::signature::{Kind, Type};
use crate::value::{null, zero};

/// The size of an element of each kind, by the number of its bit.
const SIZES: [u8; 64] = {
    const STRING: usize = size_of::<metaffi_string>();
    // A pointer, to neutral values too.
    let mut sizes = [size_of::<*mut ()>() as u8; 64];
    let others = [
        (0, Kind::Null as u64),
        (1, Kind::Int8 as u64 | Kind::Uint8 as u64 | Kind::Char8 as u64 | Kind::Bool as u64),
        (2, Kind::Int16 as u64 | Kind::Uint16 as u64 | Kind::Char16 as u64),
        (4, Kind::Int32 as u64 | Kind::Uint32 as u64 | Kind::Char32 as u64 | Kind::Float32 as u64),
        (8, Kind::Int64 as u64 | Kind::Uint64 as u64 | Kind::Float64 as u64),
        (size_of::<usize>(), Kind::Size as u64),
        (STRING, Kind::String8 as u64 | Kind::String16 as u64 | Kind::String32 as u64),
        (size_of::<metaffi_value>(), Kind::Any as u64),
    ];
    let mut bit = 0;
    while bit < 64 * others.len() {
        let (size, kinds) = others[bit / 64];
        if kinds >> (bit % 64) & 1 != 0 {
            sizes[bit % 64] = size as u8;
        }
        bit += 1;
    }
    sizes
};

/// How many bytes an element of the type takes in an array; 0 if there are no arrays of it.
#[inline(always)]
pub fn size_of_element(element: Type) -> usize {
    SIZES[(element.kind() as u64).trailing_zeros() as usize % SIZES.len()].into()
}

/// What the address of an element of the type is a multiple of where C code uses it.
pub fn align_of_element(element: Type) -> usize {
    match element.kind() {
        Kind::String8 | Kind::String16 | Kind::String32 => align_of::<metaffi_string>(),
        Kind::Any => align_of::<metaffi_value>(),
        _ => size_of_element(element).max(1),
    }
}

/// The element at an address, aligned or not, as a value that borrows from it.
///
/// # Safety
/// `address` points to an element of that type.
pub unsafe fn load(address: *const u8, element: Type) -> metaffi_value {
    if element.kind() == Kind::Any {
        // SAFETY: `address` points to an element of that type.
        return unsafe { address.cast::<metaffi_value>().read_unaligned() };
    }
    let mut value = zero(element);
    let payload = (&raw mut value.data).cast::<u8>();
    // SAFETY: a payload holds any element; every member begins at its first byte.
    unsafe {
        ptr::copy_nonoverlapping(address, payload, size_of_element(element));
        if element.is_array() && value.data.array.is_null() { null() } else { value }
    }
}

/// Writes a value over the element at an address, aligned or not; what it holds is the element's.
///
/// # Safety
/// `address` points to memory of an element of that type, and the value is of that type, or null.
pub(in crate::value) unsafe fn store(address: *mut u8, element: Type, value: metaffi_value) {
    let payload = (&raw const value.data).cast::<u8>();
    // SAFETY: `address` points to memory of an element of that type, and the value is of that type,
    // or null; every member begins at the payload's first byte.
    unsafe {
        if element.kind() == Kind::Any {
            address.cast::<metaffi_value>().write_unaligned(value);
        } else {
            ptr::copy_nonoverlapping(payload, address, size_of_element(element));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{number, type_of};

    #[test]
    fn elements_have_the_size_they_have_in_c() {
        let sizes = [
            ("int8", 1),
            ("char8", 1),
            ("bool", size_of::<bool>()),
            ("uint16", 2),
            ("char32", 4),
            ("float32", 4),
            ("float64", 8),
            ("size", size_of::<usize>()),
            ("string16", 16),
            ("any", 24),
            ("handle", 8),
            ("callable", 8),
            ("int8_array", 8),
            ("array", 8),
            ("null", 0),
        ];
        for (name, size) in sizes {
            assert_eq!(size_of_element(Type::parse(name).unwrap()), size, "{name}");
        }
    }

    #[test]
    fn scalars_round_trip_through_unaligned_memory() {
        let mut memory = [0_u8; 32];
        for kind in Kind::elements().filter(|kind| kind.is_scalar()) {
            let mut value = zero(kind.into());
            value.data.uint64 = if kind == Kind::Bool { 1 } else { 0x3ff0_3f80_1234_5671 };
            // SAFETY: 31 bytes; a payload's first bytes are the element.
            unsafe {
                store(memory.as_mut_ptr().add(1), kind.into(), value);
                let back = load(memory.as_ptr().add(1), kind.into());
                assert_eq!(type_of(&back).unwrap().kind(), kind);
                assert_eq!(number::read(&back, kind), number::read(&value, kind), "{kind}");
            }
        }
    }

    #[test]
    fn an_any_element_keeps_its_type() {
        let mut memory = [0_u8; 32];
        // SAFETY: 31 bytes hold a value.
        let back = unsafe {
            store(memory.as_mut_ptr().add(1), Kind::Any.into(), 5_i16.into());
            load(memory.as_ptr().add(1), Kind::Any.into())
        };
        assert_eq!(back.r#type, Type::from(Kind::Int16).number());
    }

    #[test]
    fn a_row_that_is_not_there_is_null() {
        // SAFETY: a NULL array pointer.
        let row = unsafe { load([0_u8; 8].as_ptr(), Type::ARRAY) };
        assert_eq!(type_of(&row).unwrap().kind(), Kind::Null);
    }
}
