//! [`ScalarRow`]: a number in the C type that stands for its kind.

use crate::abi::metaffi_type;
use crate::signature::Kind;

/// What a slot, or a payload, has of a scalar.
pub struct ScalarRow {
    pub(in crate::call) number: metaffi_type,
    /// The bits that it has.
    pub(in crate::call) mask: u64,
    /// The one of its sign; 0 if it has none.
    sign: u64,
    /// Those that are set in nothing that needs no look.
    pub(in crate::call) never: u64,
}

impl ScalarRow {
    const fn of_bits(kind: Kind, bits: u32, signed: bool) -> ScalarRow {
        let (mask, sign) = (u64::MAX >> (64 - bits), if signed { 1 << (bits - 1) } else { 0 });
        // Only 0 and 1 are a bool.
        let never = if matches!(kind, Kind::Bool) { mask - 1 } else { 0 };
        ScalarRow { number: kind as metaffi_type, mask, sign, never }
    }

    /// Which of the rows is of a kind; `None` if it is none of a scalar.
    pub(super) fn index(kind: Kind) -> Option<usize> {
        (1..ROWS.len()).find(|index| ROWS[*index].number == kind as metaffi_type)
    }

    /// That of a kind of scalars.
    pub fn of(kind: Kind) -> Option<&'static ScalarRow> {
        ScalarRow::index(kind).map(|index| &ROWS[index])
    }

    /// The slot of a word whose lowest bytes it is.
    #[inline(always)]
    pub(in crate::call) fn slot(&self, word: u64) -> u64 {
        ((word & self.mask) ^ self.sign).wrapping_sub(self.sign)
    }
}

/// The kinds of scalars; row 0 stands for no return.
pub(in crate::call) static ROWS: [ScalarRow; 16] = [
    ScalarRow::of_bits(Kind::Null, 64, false),
    ScalarRow::of_bits(Kind::Float64, 64, false),
    ScalarRow::of_bits(Kind::Float32, 32, false),
    ScalarRow::of_bits(Kind::Int8, 8, true),
    ScalarRow::of_bits(Kind::Int16, 16, true),
    ScalarRow::of_bits(Kind::Int32, 32, true),
    ScalarRow::of_bits(Kind::Int64, 64, true),
    ScalarRow::of_bits(Kind::Uint8, 8, false),
    ScalarRow::of_bits(Kind::Uint16, 16, false),
    ScalarRow::of_bits(Kind::Uint32, 32, false),
    ScalarRow::of_bits(Kind::Uint64, 64, false),
    ScalarRow::of_bits(Kind::Bool, 8, false),
    ScalarRow::of_bits(Kind::Size, usize::BITS, false),
    ScalarRow::of_bits(Kind::Char8, 8, false),
    ScalarRow::of_bits(Kind::Char16, 16, false),
    ScalarRow::of_bits(Kind::Char32, 32, false),
];
