//! Thunks: calls of scalars that all fit into registers, one compiled for each number of integers and
//! floats. The map says from which slot each register is loaded.

use super::ret::ThunkReturn;
use super::{FLOATS, INTEGERS};
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::handle::{Invoke, Key};

/// Bits per entry of an order: sixteen slots can be named.
const ORDER_BITS: u32 = 4;

/// Where each register of a mixed call is loaded from: six integers, then eight floats, then the
/// slot of the result. Registers the call does not use load slot 0, which exists in any mix.
pub(super) fn order(
    integers: impl Iterator<Item = u64>,
    floats: impl Iterator<Item = u64>,
    result: usize,
) -> u64 {
    let place = |base: usize, slots: &mut dyn Iterator<Item = u64>| {
        slots
            .enumerate()
            .fold(0, |order, (index, slot)| order | slot << ((base + index) as u32 * ORDER_BITS))
    };
    place(0, &mut { integers })
        | place(INTEGERS, &mut { floats })
        | (result as u64) << ((INTEGERS + FLOATS) as u32 * ORDER_BITS)
}

/// The thunk for so many integers and floats.
pub(super) fn of<R: ThunkReturn>(integers: usize, floats: usize) -> Invoke {
    match (integers, floats) {
        (0, 0) => integers0::<R>,
        (1, 0) => integers1::<R>,
        (2, 0) => integers2::<R>,
        (3, 0) => integers3::<R>,
        (4, 0) => integers4::<R>,
        (5, 0) => integers5::<R>,
        (6, 0) => integers6::<R>,
        (0, 1) => floats1::<R>,
        (0, 2) => floats2::<R>,
        (0, 3) => floats3::<R>,
        (0, 4) => floats4::<R>,
        _ => mixed::<R>,
    }
}

/// The thunk for so many integers, of which the map says which are characters in a signed byte.
pub(super) fn of_chars<R: ThunkReturn>(integers: usize) -> Invoke {
    match integers {
        0 | 1 => chars1::<R>,
        2 => chars2::<R>,
        3 => chars3::<R>,
        4 => chars4::<R>,
        5 => chars5::<R>,
        _ => chars6::<R>,
    }
}

#[inline(always)]
fn integer(slot: u64, _: u64, _: u32) -> u64 {
    slot
}

#[inline(always)]
fn float(slot: u64, _: u64, _: u32) -> f64 {
    f64::from_bits(slot)
}

/// A byte keeps its sign in the register, where some compilers look for it.
#[inline(always)]
fn char(slot: u64, map: u64, index: u32) -> u64 {
    if map >> index & 1 == 1 { slot as i8 as i64 as u64 } else { slot }
}

/// A thunk for arguments of one kind: argument `i` is slot `i`, the result follows.
macro_rules! uniform {
    ($name:ident, $type:ty, $from:path, $count:literal: $($slot:literal)*) => {
        unsafe extern "C-unwind" fn $name<R: ThunkReturn>(
            code: *const (),
            frame: *mut metaffi_slot,
            map: u64,
            _: *mut *mut metaffi_error,
            _: Key,
        ) -> metaffi_status {
            type Code<T> = unsafe extern "C-unwind" fn($(uniform!(@type $type, $slot)),*) -> T;
            // SAFETY: `fast` chose this thunk for a function with so many arguments of this
            // kind of register; reading the result register whole is right for narrower results.
            unsafe {
                let _ = map;
                let code = std::mem::transmute::<*const (), Code<R::Register>>(code);
                let result = code($($from(*frame.add($slot), map, $slot)),*);
                R::store(result, frame.wrapping_add($count));
            }
            METAFFI_OK
        }
    };
    (@type $type:ty, $slot:literal) => { $type };
}

uniform!(integers0, u64, integer, 0:);
uniform!(integers1, u64, integer, 1: 0);
uniform!(integers2, u64, integer, 2: 0 1);
uniform!(integers3, u64, integer, 3: 0 1 2);
uniform!(integers4, u64, integer, 4: 0 1 2 3);
uniform!(integers5, u64, integer, 5: 0 1 2 3 4);
uniform!(integers6, u64, integer, 6: 0 1 2 3 4 5);
uniform!(chars1, u64, char, 1: 0);
uniform!(chars2, u64, char, 2: 0 1);
uniform!(chars3, u64, char, 3: 0 1 2);
uniform!(chars4, u64, char, 4: 0 1 2 3);
uniform!(chars5, u64, char, 5: 0 1 2 3 4);
uniform!(chars6, u64, char, 6: 0 1 2 3 4 5);
uniform!(floats1, f64, float, 1: 0);
uniform!(floats2, f64, float, 2: 0 1);
uniform!(floats3, f64, float, 3: 0 1 2);
uniform!(floats4, f64, float, 4: 0 1 2 3);

/// A thunk for any mix: loads every argument register.
unsafe extern "C-unwind" fn mixed<R: ThunkReturn>(
    code: *const (),
    frame: *mut metaffi_slot,
    order: u64,
    _: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    type Code<T> = unsafe extern "C-unwind" fn(
        u64,
        u64,
        u64,
        u64,
        u64,
        u64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
    ) -> T;
    let slot = |index: u32| (order >> (index * ORDER_BITS) & 0xf) as usize;
    // SAFETY: `fast` made an order whose slots all lie in the frame; the callee looks only at
    // the registers of its own arguments.
    unsafe {
        let integer = |index: u32| *frame.add(slot(index));
        let float = |index: u32| f64::from_bits(*frame.add(slot(INTEGERS as u32 + index)));
        let code = std::mem::transmute::<*const (), Code<R::Register>>(code);
        let result = code(
            integer(0),
            integer(1),
            integer(2),
            integer(3),
            integer(4),
            integer(5),
            float(0),
            float(1),
            float(2),
            float(3),
            float(4),
            float(5),
            float(6),
            float(7),
        );
        R::store(result, frame.wrapping_add(slot((INTEGERS + FLOATS) as u32)));
    }
    METAFFI_OK
}
