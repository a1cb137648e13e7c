//! A type with a value for it.

use std::ffi::c_void;

use metaffi::backend::c::types::{Primitive, TypeId, TypeKind, Types};

use crate::common::random::Random;

/// Storage for any value, with room for libffi to read and write whole registers.
#[derive(Clone)]
#[repr(C, align(64))]
pub(crate) struct Slot(pub(crate) [u8; 640]);

impl Slot {
    pub(crate) fn zero() -> Slot {
        Slot([0; 640])
    }

    pub(crate) fn of(bytes: &[u8]) -> Slot {
        let mut slot = Slot::zero();
        slot.0[..bytes.len()].copy_from_slice(bytes);
        slot
    }

    pub(crate) fn address(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}

/// A type with a value for it.
pub(crate) struct Subject {
    pub(crate) id: TypeId,
    pub(crate) spelling: String,
    pub(crate) value: Vec<u8>,
    /// The bits of `value` that are not padding.
    pub(crate) mask: Vec<u8>,
}

impl Subject {
    pub(crate) fn new(types: &Types, id: TypeId, spelling: String, random: &mut Random) -> Subject {
        let size = types.size(id).unwrap();
        let mut value: Vec<_> = (0..size).map(|_| random.next() as u8).collect();
        let mut mask = vec![0; size];
        cover(types, id, 0, &mut value, &mut mask);
        Subject { id, spelling, value, mask }
    }

    pub(crate) fn check(&self, bytes: &[u8], what: &str) {
        let significant = |bytes: &[u8]| -> Vec<u8> {
            self.mask.iter().zip(bytes).map(|(mask, byte)| mask & byte).collect()
        };
        assert_eq!(significant(bytes), significant(&self.value), "{what} of {}", self.spelling);
    }
}

/// Marks the bits of `id` in `mask`, and makes its truth values true or false.
pub(crate) fn cover(types: &Types, id: TypeId, offset: usize, value: &mut [u8], mask: &mut [u8]) {
    let size = types.size(id).unwrap_or(0);
    match types.resolved(id) {
        TypeKind::Array { element, length } => {
            let stride = types.size(element).unwrap();
            for index in 0..length.unwrap_or(0) {
                cover(types, element, offset + index * stride, value, mask);
            }
        }
        TypeKind::Record(_) => {
            for member in &types.record(id).unwrap().members {
                let offset = offset + member.offset;
                let Some(bits) = member.bits else {
                    cover(types, member.type_id, offset, value, mask);
                    continue;
                };
                for bit in bits.shift..bits.shift + bits.width {
                    mask[offset + bit as usize / 8] |= 1 << (bit % 8);
                }
            }
        }
        TypeKind::Primitive(Primitive::LongDouble) => mask[offset..offset + 10].fill(0xFF),
        TypeKind::Primitive(Primitive::ComplexLongDouble) => {
            mask[offset..offset + 10].fill(0xFF);
            mask[offset + 16..offset + 26].fill(0xFF);
        }
        kind => {
            mask[offset..offset + size].fill(0xFF);
            if kind == TypeKind::Primitive(Primitive::Bool) {
                value[offset] &= 1;
            }
        }
    }
}
