//! Bit-fields.

use super::DataTable;
use super::scalar::{self, ScalarAccess};
use super::table::Shape;
use crate::error::{Error, Result};
use crate::object::layout::Bits;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::Kind;

/// How many bytes it touches.
pub(super) fn bytes(bits: Bits) -> usize {
    (bits.shift + bits.width).div_ceil(8) as usize
}

/// The number of a bit-field.
///
/// # Safety
/// It is there; the GIL is held.
pub(super) unsafe fn load(api: &Api, table: &DataTable, bits: Bits, at: *const u8) -> Object {
    // SAFETY: as above.
    unsafe {
        let Bits { shift, width, signed } = bits;
        let mut whole = 0_u128;
        for index in 0..bytes(bits).min(16) {
            whole |= u128::from(at.add(index).read()) << (8 * index);
        }
        let unused = 64 - width.min(64);
        let number = (whole >> shift) as u64;
        let is_bool = matches!(table.shape, Shape::Scalar(ScalarAccess::Bool));
        match (is_bool, signed) {
            (true, _) => (api.PyBool_FromLong)((number & 1) as _),
            (_, true) => (api.PyLong_FromLongLong)((number << unused).cast_signed() >> unused),
            (_, false) => (api.PyLong_FromUnsignedLongLong)(number << unused >> unused),
        }
    }
}

/// Writes the number that an object is, which has to fit.
pub(super) fn store(
    gil: &Gil,
    table: &DataTable,
    bits: Bits,
    at: *mut u8,
    given: &PyRef,
) -> Result<()> {
    let Bits { shift, width, signed } = bits;
    let kind = match table.shape {
        Shape::Scalar(access) => access.kind(),
        _ => Kind::Uint64,
    };
    let slot = scalar::slot(gil, table, kind, given)?;
    let fits = match (width >= 64, signed) {
        (true, _) => true,
        (_, true) => {
            let number = slot.cast_signed();
            number >> (width - 1) == 0 || number >> (width - 1) == -1
        }
        (_, false) => slot >> width == 0,
    };
    if !fits {
        let number = if signed { slot.cast_signed().to_string() } else { slot.to_string() };
        let spelled = table.spell();
        return Err(Error::out_of_range(format!("{number} does not fit C's {spelled} : {width}")));
    }
    let mask = (u128::MAX >> (128 - width.min(64))) << shift;
    let new = u128::from(slot) << shift & mask;
    for index in 0..bytes(bits) {
        let (mask, new) = ((mask >> (8 * index)) as u8, (new >> (8 * index)) as u8);
        // SAFETY: the bit-field touches so many bytes.
        unsafe {
            let byte = at.add(index);
            byte.write(byte.read() & !mask | new & mask);
        }
    }
    Ok(())
}
