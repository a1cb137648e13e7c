//! Calls of scalars that do not all fit into registers: the others follow on the stack, in order.

use super::ret::ReturnClass;
use crate::handle::Fast;

#[cfg(all(target_arch = "x86_64", unix))]
pub(super) use sysv64::fast;

/// There is nothing for them on this platform.
#[cfg(not(all(target_arch = "x86_64", unix)))]
pub(super) fn fast(
    _: *const (),
    _: impl Iterator<Item = u64>,
    _: usize,
    _: ReturnClass,
) -> Option<Fast> {
    None
}

#[cfg(all(target_arch = "x86_64", unix))]
mod sysv64 {
    use std::mem::MaybeUninit;

    use super::{Fast, ReturnClass};
    use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
    use crate::call::image::{RESULTS, call_image};
    use crate::call::register::ret::{self, Register, Return};
    use crate::handle::{Invoke, Key};

    /// Registers of each kind, and of both: their image begins with the integers.
    const INTEGERS: usize = 6;
    const FLOATS: usize = 8;
    const REGISTERS: usize = INTEGERS + FLOATS;

    /// The most arguments: those that are floats have a bit each in a map, whose highest bits are
    /// their number.
    const MOST: usize = 48;
    const COUNT_SHIFT: u32 = 48;

    pub(in crate::call::register) fn fast(
        code: *const (),
        floats: impl Iterator<Item = u64>,
        count: usize,
        returns: ReturnClass,
    ) -> Option<Fast> {
        if count > MOST {
            return None;
        }
        let floats = floats.fold(0, |map, index| map | 1 << index);
        let map = floats | (count as u64) << COUNT_SHIFT;
        Some(Fast { invoke: select(returns), code, map })
    }

    fn select(returns: ReturnClass) -> Invoke {
        match returns {
            ReturnClass::Void => spilled::<ret::Void>,
            ReturnClass::I8 => spilled::<ret::I8>,
            ReturnClass::I16 => spilled::<ret::I16>,
            ReturnClass::I32 => spilled::<ret::I32>,
            ReturnClass::U8 => spilled::<ret::U8>,
            ReturnClass::U16 => spilled::<ret::U16>,
            ReturnClass::U32 => spilled::<ret::U32>,
            ReturnClass::Word => spilled::<ret::Word>,
            ReturnClass::F32 => spilled::<ret::F32>,
            ReturnClass::F64 => spilled::<ret::F64>,
        }
    }

    unsafe extern "C-unwind" fn spilled<R: Return>(
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
        // SAFETY: `fast` made a map of so many slots; the image has room for all of them, and for
        // a word that keeps the stack aligned.
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
            if R::STORED {
                *frame.add(count) = R::slot(R::Register::of(&result));
            }
        }
        METAFFI_OK
    }
}
