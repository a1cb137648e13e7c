//! [`ScalarArgument`]: a number in the C type that stands for its kind.

use super::type_word::{ROWS, ScalarRow, row_of};
use crate::signature::Kind;

/// A number as C has it: what its slot has of the bytes that it is in.
#[derive(Clone, Copy)]
pub struct ScalarArgument {
    /// Bits of a slot that it does not have.
    pub(in crate::call) shift: u8,
    signed: bool,
}

impl ScalarArgument {
    /// What a number of the kind is in its natural C type; `None` of other kinds.
    pub fn of(kind: Kind) -> Option<ScalarArgument> {
        let ScalarRow { mask, sign, .. } = ROWS[row_of(kind)?];
        Some(ScalarArgument { shift: mask.leading_zeros() as u8, signed: sign != 0 })
    }

    /// The slot of a word whose lowest bytes it is.
    #[inline(always)]
    pub(in crate::call) fn slot(self, word: u64) -> u64 {
        let bits = word << self.shift;
        match self.signed {
            true => (bits.cast_signed() >> self.shift).cast_unsigned(),
            false => bits >> self.shift,
        }
    }
}
