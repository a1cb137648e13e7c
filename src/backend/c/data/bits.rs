//! The bits of a bit-field, byte by byte: it may start and end inside bytes of its neighbours.

use crate::backend::c::types::BitField;

/// How many bytes a bit-field touches.
pub fn bytes(bits: BitField) -> usize {
    (bits.shift + bits.width).div_ceil(8) as usize
}

/// The bit-field's value.
///
/// # Safety
/// [`bytes`] of it can be read at `from`.
pub unsafe fn load(bits: BitField, signed: bool, from: *const u8) -> i128 {
    let mut value = 0_u128;
    for piece in pieces(bits) {
        // SAFETY: `bytes` of it can be read at `from`.
        let byte = unsafe { from.add(piece.byte).read() };
        value |= u128::from(byte >> piece.shift & piece.mask()) << piece.at;
    }
    let unused = u128::BITS - bits.width;
    match signed {
        true => (value << unused) as i128 >> unused,
        false => value as i128,
    }
}

/// Writes the low bits of `value`; the bits around them stay as they are.
///
/// # Safety
/// [`bytes`] of it can be written at `to`.
pub unsafe fn store(bits: BitField, value: i128, to: *mut u8) {
    for piece in pieces(bits) {
        let mask = piece.mask() << piece.shift;
        let new = ((value as u128 >> piece.at) as u8) << piece.shift;
        // SAFETY: `bytes` of it can be written at `to`.
        unsafe {
            let byte = to.add(piece.byte);
            byte.write(byte.read() & !mask | new & mask);
        }
    }
}

/// The part of a bit-field that lies in one byte.
struct Piece {
    byte: usize,
    /// Its lowest bit in the byte.
    shift: u32,
    width: u32,
    /// Its lowest bit in the value.
    at: u32,
}

impl Piece {
    fn mask(&self) -> u8 {
        (0xff_u16 >> (8 - self.width)) as u8
    }
}

fn pieces(bits: BitField) -> impl Iterator<Item = Piece> {
    let end = bits.shift + bits.width;
    (0..bytes(bits)).map(move |byte| {
        let first = 8 * byte as u32;
        let shift = bits.shift.saturating_sub(first);
        let width = (end - first).min(8) - shift;
        Piece { byte, shift, width, at: first + shift - bits.shift }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_at_every_shift_round_trips_and_leaves_its_neighbours() {
        for (shift, width) in (0..8).flat_map(|shift| (1..=128).map(move |width| (shift, width))) {
            let bits = BitField { shift, width };
            let limit = (u128::MAX >> (128 - width)) as i128;
            for value in [0, 1, limit, limit & 0x5555_5555_5555_5555, 1 << (width - 1)] {
                for ground in [0_u8, 0xff] {
                    let mut memory = [ground; 20];
                    // SAFETY: a bit-field touches at most 17 bytes.
                    unsafe {
                        store(bits, value, memory.as_mut_ptr());
                        assert_eq!(load(bits, false, memory.as_ptr()), value, "{shift} {width}");
                        store(bits, if ground == 0 { 0 } else { -1 }, memory.as_mut_ptr());
                    }
                    assert_eq!(memory, [ground; 20], "{shift} {width}");
                }
            }
        }
    }

    #[test]
    fn a_signed_field_extends_its_sign() {
        let bits = BitField { shift: 5, width: 7 };
        let mut memory = [0_u8; 2];
        // SAFETY: it touches two bytes.
        unsafe {
            store(bits, -3, memory.as_mut_ptr());
            assert_eq!(load(bits, true, memory.as_ptr()), -3);
            assert_eq!(load(bits, false, memory.as_ptr()), 125);
        }
    }
}
