//! [`Leaf`]: the scalars an aggregate is made of, which decide its registers.

use std::collections::HashSet;

use super::{Primitive, TypeId, TypeKind, store::Store};

/// What kind of register a scalar belongs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LeafKind {
    Integer,
    Half,
    Single,
    Double,
    LongDouble,
    /// `_Float128` and GNU vectors: a register of their own size, which libffi cannot fill.
    Wide,
}

/// One scalar inside an aggregate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Leaf {
    pub(super) kind: LeafKind,
    /// Bytes from the start of the aggregate.
    pub(super) offset: usize,
    /// Bytes; of a bit-field, all those its bits touch.
    pub(super) size: usize,
}

impl Store {
    /// The scalars of a complete type, in any order. For aggregates of a few registers: one leaf per
    /// scalar, and those of records that lie at the same place in a union only once.
    pub(super) fn leaves(&self, id: TypeId) -> Vec<Leaf> {
        let (mut leaves, mut seen, mut waiting) = (vec![], HashSet::new(), vec![(id, 0)]);
        while let Some((id, offset)) = waiting.pop() {
            let id = self.resolve(id);
            match *self.kind(id) {
                TypeKind::Primitive(primitive) => add_primitive(primitive, offset, &mut leaves),
                TypeKind::Array { element, length } => match (self.size(element), length) {
                    (Ok(0) | Err(_), _) | (_, None) => {}
                    (Ok(stride), Some(length)) => {
                        waiting.extend((0..length).map(|i| (element, offset + i * stride)));
                    }
                },
                TypeKind::Record(_) => {
                    if let Some(record) = self.record(id).filter(|_| seen.insert((id, offset))) {
                        let padding = record.padding.iter().filter(|part| !part.is_empty_bits());
                        for member in record.members.iter().chain(padding) {
                            let offset = offset + member.offset;
                            match member.bits {
                                None => waiting.push((member.type_id, offset)),
                                Some(bits) => {
                                    let size = (bits.shift + bits.width).div_ceil(8) as usize;
                                    leaves.push(Leaf { kind: LeafKind::Integer, offset, size });
                                }
                            }
                        }
                    }
                }
                _ => {
                    let wide = matches!(self.kind(id), TypeKind::Vector { .. });
                    let kind = if wide { LeafKind::Wide } else { LeafKind::Integer };
                    let size = self.size(id).unwrap_or(0).max(1);
                    leaves.push(Leaf { kind, offset, size });
                }
            }
        }
        leaves
    }

    /// Whether a type has anything in it but padding.
    pub(super) fn has_values(&self, id: TypeId) -> bool {
        let id = self.resolve(id);
        match *self.kind(id) {
            TypeKind::Array { element, length } => {
                length.is_some_and(|length| length > 0) && self.has_values(element)
            }
            TypeKind::Record(_) => self.record(id).is_some_and(|record| record.has_values),
            _ => true,
        }
    }
}

fn add_primitive(primitive: Primitive, offset: usize, leaves: &mut Vec<Leaf>) {
    let Some(size) = primitive.size() else { return };
    let (kind, parts) = match primitive {
        Primitive::Float16 => (LeafKind::Half, 1),
        Primitive::Float => (LeafKind::Single, 1),
        Primitive::Double => (LeafKind::Double, 1),
        Primitive::LongDouble => (LeafKind::LongDouble, 1),
        Primitive::Float128 => (LeafKind::Wide, 1),
        Primitive::ComplexFloat => (LeafKind::Single, 2),
        Primitive::ComplexDouble => (LeafKind::Double, 2),
        Primitive::ComplexLongDouble => (LeafKind::LongDouble, 2),
        _ => (LeafKind::Integer, 1),
    };
    let size = size / parts;
    for part in 0..parts {
        leaves.push(Leaf { kind, offset: offset + part * size, size });
    }
}
