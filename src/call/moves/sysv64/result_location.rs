//! [`ResultLocation`]: where a result comes from.

use super::argument_move::MoveKind;
use super::block_passing::BlockPassing;
use crate::call::plan::native_type::{NativeType, RegisterClass};

/// Words that the assembly stores after a call: rax, rdx, and xmm0 and xmm1 with both halves.
pub(in crate::call) const RESULTS: usize = 6;

#[derive(Clone, Copy)]
pub(super) enum ResultLocation {
    Nothing,
    /// The first integer register, widened from what the type fills of it.
    Integer(MoveKind),
    /// The first floating register.
    Float,
    /// A block of one or two words, each from the next register of its class, if it has one.
    Block {
        size: usize,
        classes: [Option<RegisterClass>; 2],
    },
    /// Both halves of the first floating register.
    Wide,
    /// So many `long double`s.
    X87(usize),
    /// Stored by the callee where the first integer register points.
    Memory,
}

impl ResultLocation {
    pub(super) fn of(native: &NativeType) -> ResultLocation {
        match native.register_class() {
            _ if native.size() == 0 => ResultLocation::Nothing,
            Some(RegisterClass::Integer) => ResultLocation::Integer(MoveKind::of(native)),
            Some(RegisterClass::Float) => ResultLocation::Float,
            None => match BlockPassing::of(native) {
                BlockPassing::Registers(classes) => {
                    ResultLocation::Block { size: native.size(), classes }
                }
                BlockPassing::Wide => ResultLocation::Wide,
                BlockPassing::X87(count) => ResultLocation::X87(count),
                BlockPassing::Memory => ResultLocation::Memory,
            },
        }
    }

    /// Stores what the registers hold.
    #[inline(always)]
    pub(super) unsafe fn store(self, registers: *const u64, to: *mut u8) {
        // SAFETY: the caller made room for the result.
        unsafe {
            match self {
                ResultLocation::Nothing | ResultLocation::Memory => {}
                ResultLocation::Integer(how) => {
                    to.cast::<u64>().write(how.read(registers.cast()));
                }
                ResultLocation::Float => to.cast::<u64>().write(*registers.add(2)),
                ResultLocation::Block { size, classes } => {
                    let mut next = [0, 2];
                    for (index, class) in classes.iter().enumerate() {
                        let Some(class) = class else { continue };
                        let register = match class {
                            RegisterClass::Integer => &mut next[0],
                            RegisterClass::Float => &mut next[1],
                        };
                        let word = (*registers.add(*register)).to_le_bytes();
                        *register += if *class == RegisterClass::Float { 2 } else { 1 };
                        let count = (size - index * 8).min(8);
                        to.add(index * 8).copy_from_nonoverlapping(word.as_ptr(), count);
                    }
                }
                ResultLocation::Wide => to.copy_from_nonoverlapping(registers.add(2).cast(), 16),
                ResultLocation::X87(count) => {
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
