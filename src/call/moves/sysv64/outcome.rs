//! [`Outcome`]: where a result comes from.

use super::block::Passing;
use super::part::How;
use crate::call::plan::native::{Bank, NativeType};

/// Words that the assembly stores after a call: rax, rdx, and xmm0 and xmm1 with both halves.
pub(in crate::call) const RESULTS: usize = 6;

#[derive(Clone, Copy)]
pub(super) enum Outcome {
    Nothing,
    /// The first integer register, widened from what the type fills of it.
    Integer(How),
    /// The first floating register.
    Float,
    /// A block of one or two words, each from the next register of its class, if it has one.
    Block {
        size: usize,
        classes: [Option<Bank>; 2],
    },
    /// Both halves of the first floating register.
    Wide,
    /// So many `long double`s.
    X87(usize),
    /// Stored by the callee where the first integer register points.
    Memory,
}

impl Outcome {
    pub(super) fn of(native: &NativeType) -> Outcome {
        match native.bank() {
            _ if native.size() == 0 => Outcome::Nothing,
            Some(Bank::Integer) => Outcome::Integer(How::of(native)),
            Some(Bank::Float) => Outcome::Float,
            None => match Passing::of(native) {
                Passing::Registers(classes) => Outcome::Block { size: native.size(), classes },
                Passing::Wide => Outcome::Wide,
                Passing::X87(count) => Outcome::X87(count),
                Passing::Memory => Outcome::Memory,
            },
        }
    }

    /// Stores what the registers hold.
    #[inline(always)]
    pub(super) unsafe fn store(self, registers: *const u64, to: *mut u8) {
        // SAFETY: the caller made room for the result.
        unsafe {
            match self {
                Outcome::Nothing | Outcome::Memory => {}
                Outcome::Integer(how) => {
                    to.cast::<u64>().write(how.read(registers.cast()));
                }
                Outcome::Float => to.cast::<u64>().write(*registers.add(2)),
                Outcome::Block { size, classes } => {
                    let mut next = [0, 2];
                    for (index, class) in classes.iter().enumerate() {
                        let Some(class) = class else { continue };
                        let register = match class {
                            Bank::Integer => &mut next[0],
                            Bank::Float => &mut next[1],
                        };
                        let word = (*registers.add(*register)).to_le_bytes();
                        *register += if *class == Bank::Float { 2 } else { 1 };
                        let count = (size - index * 8).min(8);
                        to.add(index * 8).copy_from_nonoverlapping(word.as_ptr(), count);
                    }
                }
                Outcome::Wide => to.copy_from_nonoverlapping(registers.add(2).cast(), 16),
                Outcome::X87(count) => {
                    for index in 0..count {
                        let to = to.add(index * 16);
                        to.write_bytes(0, 16);
                        to.copy_from_nonoverlapping(registers.add(index * 2).cast(), 10);
                    }
                }
            }
        }
    }
}
