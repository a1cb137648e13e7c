//! [`Outcome`]: where a result comes from.

use super::block::classes;
use super::part::How;
use crate::call::native::{Bank, NativeType};

#[derive(Clone, Copy)]
pub(super) enum Outcome {
    Nothing,
    /// The first integer register, widened from what the type fills of it.
    Integer(How),
    /// The first floating register.
    Float,
    /// A block of one or two words, each from the next register of its class.
    Block {
        size: usize,
        classes: [Bank; 2],
    },
    /// Stored by the callee where the first integer register points.
    Memory,
}

impl Outcome {
    pub(super) fn of(native: &NativeType) -> Option<Outcome> {
        if *native == NativeType::Void {
            return Some(Outcome::Nothing);
        }
        Some(match native.bank() {
            Some(Bank::Integer) => Outcome::Integer(How::of(native)),
            Some(Bank::Float) => Outcome::Float,
            None => match classes(native)? {
                Some(classes) => Outcome::Block { size: native.size(), classes },
                None => Outcome::Memory,
            },
        })
    }

    /// Stores what the registers hold: rax, rdx, xmm0, xmm1.
    #[inline(always)]
    pub(super) unsafe fn store(self, registers: *const u64, to: *mut u8) {
        // SAFETY: the caller made room for the result.
        unsafe {
            match self {
                Outcome::Nothing | Outcome::Memory => {}
                _ if to.is_null() => {}
                Outcome::Integer(how) => {
                    to.cast::<u64>().write(how.read(registers.cast()));
                }
                Outcome::Float => to.cast::<u64>().write(*registers.add(2)),
                Outcome::Block { size, classes } => {
                    let mut next = [0, 2];
                    for index in 0..size.div_ceil(8) {
                        let register = &mut next[usize::from(classes[index] == Bank::Float)];
                        let word = (*registers.add(*register)).to_le_bytes();
                        *register += 1;
                        let count = (size - index * 8).min(8);
                        to.add(index * 8).copy_from_nonoverlapping(word.as_ptr(), count);
                    }
                }
            }
        }
    }
}
