//! [`ScalarArgument`]: a number in the C type that stands for its kind.

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
        let (bytes, signed) = match kind {
            Kind::Int8 => (1, true),
            Kind::Int16 => (2, true),
            Kind::Int32 => (4, true),
            Kind::Uint8 | Kind::Bool | Kind::Char8 => (1, false),
            Kind::Uint16 | Kind::Char16 => (2, false),
            Kind::Uint32 | Kind::Char32 | Kind::Float32 => (4, false),
            Kind::Int64 | Kind::Uint64 | Kind::Float64 => (8, false),
            Kind::Size => (size_of::<usize>() as u8, false),
            _ => return None,
        };
        Some(ScalarArgument { shift: 64 - 8 * bytes, signed })
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
