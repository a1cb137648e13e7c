//! The types of a function of scalars in one word, for calls by values.

use super::SlotLayout;
use super::scalar::{ROWS, ScalarRow};

/// The most arguments whose types fit a type word.
pub(in crate::call) const MOST: usize = 14;

/// Bits for one type in a type word.
pub(in crate::call) const BITS: u32 = 4;

/// A type word: the count of arguments plus one in the lowest bits, the return, then the arguments,
/// each a row of [`ROWS`].
pub(in crate::call) const COUNT_BITS: u32 = 4;

/// The type word of a function that takes nothing and returns nothing.
pub(in crate::call) const NOTHING: u64 = 1;

/// The types of a function of scalars in one word; 0 of any other, and if there are too many.
pub(in crate::call) fn type_word(params: &[SlotLayout], returns: &[SlotLayout]) -> u64 {
    let number = |place: &SlotLayout| ScalarRow::index(place.kind).map(|index| index as u64);
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

/// How many arguments a function takes that has such a word.
#[inline(always)]
pub(in crate::call) fn count(type_word: u64) -> usize {
    (type_word & ((1 << COUNT_BITS) - 1)) as usize - 1
}

/// The rows of its arguments.
#[inline(always)]
pub(in crate::call) fn arguments(type_word: u64) -> impl Iterator<Item = &'static ScalarRow> {
    let types = type_word >> (COUNT_BITS + BITS);
    let row = move |index| &ROWS[(types >> (index as u32 * BITS) & 0xf) as usize];
    (0..count(type_word)).map(row)
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
