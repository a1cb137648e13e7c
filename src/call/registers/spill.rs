//! Calls of scalars that do not all fit into registers: the others follow on the stack, in order.

use std::mem::MaybeUninit;

use super::ret::{Register, ThunkReturn};
use super::{FLOATS, INTEGERS};
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::call::moves::{RESULTS, call_image};
use crate::handle::Key;

/// Registers of both kinds: their image begins with the integers.
const REGISTERS: usize = INTEGERS + FLOATS;

/// The most arguments: those that are floats have a bit each in a map, whose highest bits are
/// their number.
const MOST: usize = 48;
const COUNT_SHIFT: u32 = 48;

/// The map of so many arguments, of which some are floats.
pub(super) fn map(floats: impl Iterator<Item = u64>, count: usize) -> Option<u64> {
    let count_bits = (count as u64) << COUNT_SHIFT;
    (count <= MOST).then(|| floats.fold(count_bits, |map, index| map | 1 << index))
}

pub(super) unsafe extern "C-unwind" fn spilled<R: ThunkReturn>(
    code: *const (),
    frame: *mut metaffi_slot,
    map: u64,
    _: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    let mut image = [const { MaybeUninit::<u64>::uninit() }; REGISTERS + MOST + 1];
    let image: *mut u64 = image.as_mut_ptr().cast();
    let mut result = [0; RESULTS];
    let count = (map >> COUNT_SHIFT) as usize;
    let (mut integers, mut floats, mut stack) = (0, 0, REGISTERS);
    // SAFETY: `map` made a map of so many slots; the image has room for all of them, and for a word
    // that keeps the stack aligned.
    unsafe {
        for index in 0..count {
            let (used, most, first) = match map >> index & 1 {
                0 => (&mut integers, INTEGERS, 0),
                _ => (&mut floats, FLOATS, INTEGERS),
            };
            let place = if *used < most { (used, first) } else { (&mut stack, 0) };
            *image.add(place.1 + *place.0) = *frame.add(index);
            *place.0 += 1;
        }
        *image.add(stack) = 0;
        let words = (stack - REGISTERS).next_multiple_of(2);
        let (code, on_stack) = (code.cast(), image.add(REGISTERS));
        call_image(code, image, on_stack, words, result.as_mut_ptr(), floats);
        R::store(R::Register::of(&result), frame.wrapping_add(count));
    }
    METAFFI_OK
}
