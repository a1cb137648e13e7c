//! Calls by values of functions of scalars: types are compared, and values moved between their tags
//! and the slots of a frame, without looking at anything but one word.

use crate::abi::{METAFFI_OK, metaffi_slot, metaffi_status, metaffi_type, metaffi_value};
use crate::signature::Kind;

use super::function::Place;
use super::values::store;

/// The most arguments whose types fit a shape.
const MOST: usize = 14;

/// Bits for one type in a shape.
const BITS: u32 = 4;

/// A shape: the count of arguments plus one in the lowest bits, the return, then the arguments,
/// each a row of [`ROWS`].
const COUNT_BITS: u32 = 4;

/// How a scalar is kept in a payload: its bits from the lowest, shifted up and down again to
/// extend them by sign or by zeroes.
struct Row {
    kind: Kind,
    number: metaffi_type,
    shift: u32,
    signed: bool,
}

const fn row(kind: Kind, bits: u32, signed: bool) -> Row {
    Row { kind, number: kind as metaffi_type, shift: 64 - bits, signed }
}

/// The kinds of scalars; row 0 stands for no return.
static ROWS: [Row; 16] = [
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

/// The shape of a function that takes nothing and returns nothing.
pub const NOTHING: u64 = 1;

/// The types of a function of scalars in one word; 0 of any other, and if there are too many.
pub(super) fn shape(params: &[Place], returns: &[Place]) -> u64 {
    let number = |place: &Place| {
        ROWS.iter().skip(1).position(|row| row.kind == place.kind).map(|index| index as u64 + 1)
    };
    let returned = match returns {
        [] => Some(0),
        [place] => number(place),
        _ => None,
    };
    let (Some(returned), true) = (returned, params.len() <= MOST) else { return 0 };
    let mut shape = (params.len() as u64 + 1) | (returned << COUNT_BITS);
    for (index, place) in params.iter().enumerate() {
        let Some(number) = number(place) else { return 0 };
        shape |= number << (COUNT_BITS + BITS + index as u32 * BITS);
    }
    shape
}

/// Calls with values of exactly the declared types, by what `call` makes of a frame; anything else
/// is left to the way that converts and reports: then nothing is called and there is no status.
///
/// # Safety
/// `arguments` has `argument_count` values that are what their types say, `returns` room for
/// `return_count`; `shape` is that of the function which `call` calls.
#[inline(always)]
pub unsafe fn call_values(
    shape: u64,
    arguments: *const metaffi_value,
    argument_count: usize,
    returns: *mut metaffi_value,
    return_count: usize,
    call: impl FnOnce(*mut metaffi_slot) -> metaffi_status,
) -> Option<metaffi_status> {
    let returned = (shape >> COUNT_BITS) as usize & 0xf;
    let fits = argument_count as u64 + 1 == shape & ((1 << COUNT_BITS) - 1)
        && return_count == usize::from(returned != 0);
    if !fits || arguments.is_null() && argument_count != 0 || returns.is_null() && returned != 0 {
        return None;
    }
    let mut frame = [std::mem::MaybeUninit::<metaffi_slot>::uninit(); MOST + 1];
    let frame: *mut metaffi_slot = frame.as_mut_ptr().cast();
    let mut types = shape >> (COUNT_BITS + BITS);
    // SAFETY: there are at most MOST arguments, of scalar types as the shape was made from; the
    // result is stored in the slot after them.
    unsafe {
        for index in 0..argument_count {
            let row = ROWS.get_unchecked((types & 0xf) as usize);
            types >>= BITS;
            let value = &*arguments.add(index);
            if value.r#type != row.number {
                return None;
            }
            let bits = value.data.uint64 << row.shift;
            let slot = match row.signed {
                true => (bits.cast_signed() >> row.shift).cast_unsigned(),
                false => bits >> row.shift,
            };
            *frame.add(index) = if row.number == Kind::Bool as u64 { slot.min(1) } else { slot };
        }
        let status = call(frame);
        if returned != 0 && status == METAFFI_OK {
            let row = ROWS.get_unchecked(returned);
            let place = Place { kind: Kind::Int64, slot: 0, number: row.number };
            store(frame.add(argument_count), &place, returns);
        }
        Some(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Type;

    fn places(names: &[&str]) -> Vec<Place> {
        names.iter().map(|name| Place::of(Type::parse(name).unwrap())).collect()
    }

    #[test]
    fn shapes_tell_signatures_apart() {
        let shape_of = |params: &[&str], returns: &[&str]| shape(&places(params), &places(returns));
        let shapes = [
            shape_of(&[], &[]),
            shape_of(&[], &["int8"]),
            shape_of(&["int8"], &[]),
            shape_of(&["int8", "float64"], &["bool"]),
            shape_of(&["float64", "int8"], &["bool"]),
            shape_of(&["char32"; 14], &["size"]),
        ];
        for (index, one) in shapes.iter().enumerate() {
            assert_ne!(*one, 0);
            assert!(shapes[index + 1..].iter().all(|other| other != one));
        }
        assert_eq!(shape_of(&["int8"; 15], &[]), 0);
        assert_eq!(shape_of(&["string8"], &[]), 0);
        assert_eq!(shape_of(&[], &["int8", "int8"]), 0);
    }
}
