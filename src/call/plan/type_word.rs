//! The types of a function of scalars in one word, for calls by values.

use super::SlotLayout;
use crate::abi::metaffi_type;
use crate::signature::Kind;

/// The most arguments whose types fit a type word.
pub(in crate::call) const MOST: usize = 14;

/// Bits for one type in a type word.
pub(in crate::call) const BITS: u32 = 4;

/// A type word: the count of arguments plus one in the lowest bits, the return, then the arguments,
/// each a row of [`ROWS`].
pub(in crate::call) const COUNT_BITS: u32 = 4;

/// The type word of a function that takes nothing and returns nothing.
pub(in crate::call) const NOTHING: u64 = 1;

/// How a scalar is kept in a payload.
pub(in crate::call) struct ScalarRow {
    pub(in crate::call) number: metaffi_type,
    /// The bits that it has.
    pub(in crate::call) mask: u64,
    /// The one of its sign; 0 if it has none.
    pub(in crate::call) sign: u64,
    /// Those that are set in nothing that needs no look.
    pub(in crate::call) never: u64,
}

const fn row(kind: Kind, bits: u32, signed: bool) -> ScalarRow {
    let (mask, sign) = (u64::MAX >> (64 - bits), if signed { 1 << (bits - 1) } else { 0 });
    // Only 0 and 1 are a bool.
    let never = if matches!(kind, Kind::Bool) { mask - 1 } else { 0 };
    ScalarRow { number: kind as metaffi_type, mask, sign, never }
}

/// The kinds of scalars; row 0 stands for no return.
pub(in crate::call) static ROWS: [ScalarRow; 16] = [
    row(Kind::Null, 64, false),
    row(Kind::Float64, 64, false),
    row(Kind::Float32, 32, false),
    row(Kind::Int8, 8, true),
    row(Kind::Int16, 16, true),
    row(Kind::Int32, 32, true),
    row(Kind::Int64, 64, true),
    row(Kind::Uint8, 8, false),
    row(Kind::Uint16, 16, false),
    row(Kind::Uint32, 32, false),
    row(Kind::Uint64, 64, false),
    row(Kind::Bool, 8, false),
    row(Kind::Size, usize::BITS, false),
    row(Kind::Char8, 8, false),
    row(Kind::Char16, 16, false),
    row(Kind::Char32, 32, false),
];

/// The row of a kind of scalars.
pub(super) fn row_of(kind: Kind) -> Option<usize> {
    (1..ROWS.len()).find(|index| ROWS[*index].number == kind as metaffi_type)
}

/// The types of a function of scalars in one word; 0 of any other, and if there are too many.
pub(in crate::call) fn type_word(params: &[SlotLayout], returns: &[SlotLayout]) -> u64 {
    let number = |place: &SlotLayout| row_of(place.kind).map(|index| index as u64);
    let returned = match returns {
        [] => Some(0),
        [place] => number(place),
        _ => None,
    };
    let (Some(returned), true) = (returned, params.len() <= MOST) else { return 0 };
    let mut type_word = (params.len() as u64 + 1) | (returned << COUNT_BITS);
    for (index, place) in params.iter().enumerate() {
        let Some(number) = number(place) else { return 0 };
        type_word |= number << (COUNT_BITS + BITS + index as u32 * BITS);
    }
    type_word
}

/// The row of what is returned.
#[inline(always)]
pub(in crate::call) fn returned(type_word: u64) -> usize {
    (type_word >> COUNT_BITS) as usize & 0xf
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Type;

    fn layouts(names: &[&str]) -> Vec<SlotLayout> {
        names.iter().map(|name| SlotLayout::of(Type::parse(name).unwrap())).collect()
    }

    #[test]
    fn type_words_tell_signatures_apart() {
        let type_word_of =
            |params: &[&str], returns: &[&str]| type_word(&layouts(params), &layouts(returns));
        let shapes = [
            type_word_of(&[], &[]),
            type_word_of(&["int8"], &[]),
            type_word_of(&[], &["int8"]),
            type_word_of(&["int8", "float64"], &["bool"]),
            type_word_of(&["float64", "int8"], &["bool"]),
            type_word_of(&["char32"; 14], &["size"]),
        ];
        for (index, one) in shapes.iter().enumerate() {
            assert_ne!(*one, 0);
            assert!(shapes[index + 1..].iter().all(|other| other != one));
        }
        assert_eq!(type_word_of(&["int8"; 15], &[]), 0);
        assert_eq!(type_word_of(&["string8"], &[]), 0);
        assert_eq!(type_word_of(&[], &["int8", "int8"]), 0);
    }
}
