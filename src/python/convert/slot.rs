//! Slots and elements in memory. An element is the first bytes of its slots, as everywhere on a
//! little-endian machine.

use std::ptr;

use crate::abi::{metaffi_slot, metaffi_value};
use crate::call::{SlotLayout, store};
use crate::signature::{Kind, Type};
use crate::value::array::size_of_element;

/// Room for the slots of any one value.
pub(super) type Slots = [metaffi_slot; 3];

/// The word of a pointer.
pub(super) fn word<T>(pointer: *const T) -> metaffi_slot {
    if pointer.is_null() { 0 } else { pointer.expose_provenance() as metaffi_slot }
}

/// The pointer of a word.
pub(super) fn pointer<T>(word: metaffi_slot) -> *mut T {
    ptr::with_exposed_provenance_mut(word as usize)
}

/// The slots of the element at an address.
///
/// # Safety
/// An element of the type is there.
#[inline(always)]
pub(super) unsafe fn load(address: *const u8, element: Type) -> Slots {
    let mut slots = [0; 3];
    // SAFETY: an element of the type is there; no element is larger than three slots.
    unsafe {
        ptr::copy_nonoverlapping(address, slots.as_mut_ptr().cast(), size_of_element(element));
    }
    slots
}

/// Writes slots over the element at an address; what they hold is then the element's.
///
/// # Safety
/// There is memory for an element of the type, and the slots hold one.
#[inline(always)]
pub(super) unsafe fn save(address: *mut u8, element: Type, slots: &Slots) {
    // SAFETY: there is memory for an element of the type, and the slots hold one.
    unsafe { ptr::copy_nonoverlapping(slots.as_ptr().cast(), address, size_of_element(element)) }
}

/// The slot of a number of `size` bytes at an address, with zeroes above it.
///
/// # Safety
/// So many bytes, 1, 2, 4 or 8, are there.
#[inline(always)]
pub(super) unsafe fn load_number(address: *const u8, size: usize) -> metaffi_slot {
    // SAFETY: so many bytes, 1, 2, 4 or 8, are there.
    unsafe {
        match size {
            8 => address.cast::<u64>().read_unaligned(),
            4 => address.cast::<u32>().read_unaligned().into(),
            2 => address.cast::<u16>().read_unaligned().into(),
            _ => address.read().into(),
        }
    }
}

/// Writes the low `size` bytes of a slot to an address.
///
/// # Safety
/// There is room for so many bytes, 1, 2, 4 or 8.
#[inline(always)]
pub(super) unsafe fn save_number(address: *mut u8, size: usize, slot: metaffi_slot) {
    // SAFETY: there is room for so many bytes, 1, 2, 4 or 8.
    unsafe {
        match size {
            8 => address.cast::<u64>().write_unaligned(slot),
            4 => address.cast::<u32>().write_unaligned(slot as u32),
            2 => address.cast::<u16>().write_unaligned(slot as u16),
            _ => address.write(slot as u8),
        }
    }
}

/// Frees what the slots own, as after a call that they were arguments of.
///
/// # Safety
/// The slots hold a value of the type that belongs to nobody else, and are not used again.
pub unsafe fn clear(r#type: Type, slots: *const metaffi_slot) {
    if r#type.kind().is_scalar() || r#type.kind() == Kind::Null {
        return;
    }
    let mut value: metaffi_value = crate::value::null();
    // SAFETY: the slots hold a value of the type that belongs to nobody else, and are not used
    // again.
    unsafe {
        store(slots, &SlotLayout::of(r#type), &raw mut value);
        crate::value::clear(&mut value);
    }
}
