//! Which registers a value travels in by System V x86-64 (ABI section 3.2.3), as GCC classifies it.

use std::collections::{HashMap, HashSet};

use super::{Member, Primitive, TypeId, TypeKind, store::Store};

/// The class of eight bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum EightbyteClass {
    /// Padding only.
    None,
    /// A general register.
    Integer,
    /// A vector register.
    Sse,
    /// The second half of the vector register before.
    SseUp,
    /// The first half of a `long double`.
    X87,
    /// The second half of a `long double`.
    X87Up,
}

/// The most bytes whose eightbytes are looked at one by one.
const MOST: usize = 64;

/// The classes of a value's eightbytes.
pub(super) type Classes = Vec<EightbyteClass>;

/// Those of the records met on the way: members may share them.
type KnownClasses = HashMap<(TypeId, usize), Option<Classes>>;

impl EightbyteClass {
    /// The class of bytes that members of both classes share; `None` for memory.
    fn merge(self, other: EightbyteClass) -> Option<EightbyteClass> {
        match (self, other) {
            _ if self == other => Some(self),
            (EightbyteClass::None, class) | (class, EightbyteClass::None) => Some(class),
            (EightbyteClass::Integer, _) | (_, EightbyteClass::Integer) => {
                Some(EightbyteClass::Integer)
            }
            (EightbyteClass::X87 | EightbyteClass::X87Up, _)
            | (_, EightbyteClass::X87 | EightbyteClass::X87Up) => None,
            _ => Some(EightbyteClass::Sse),
        }
    }
}

impl Store {
    /// The classes of a complete type at an offset in bytes, from the eightbyte on in which it
    /// begins; `None` if it travels in memory.
    pub(super) fn sysv(&self, id: TypeId, offset: usize) -> Option<Classes> {
        let mut known = KnownClasses::new();
        // What a record is made of is known before it is asked for: no stack is too small for that.
        for (id, offset) in self.records_within(id, offset) {
            let classes = self.sysv_record(id, offset, &mut known);
            known.insert((id, offset), classes);
        }
        self.sysv_at(id, offset, &mut known)
    }

    /// The records that a type in registers is made of and where they are, the parts of each before
    /// it.
    fn records_within(&self, id: TypeId, offset: usize) -> Vec<(TypeId, usize)> {
        let (mut records, mut seen, mut waiting) = (vec![], HashSet::new(), vec![(id, offset)]);
        while let Some((id, offset)) = waiting.pop() {
            let mut id = self.resolve(id);
            while let TypeKind::Array { element, .. } = *self.kind(id) {
                id = self.resolve(element);
            }
            if let Some(record) = self.record(id)
                && self.eightbytes(id, offset).is_some()
                && seen.insert((id, offset))
            {
                records.push((id, offset));
                let parts = record.members.iter().filter(|member| member.bits.is_none());
                waiting.extend(parts.map(|member| (member.type_id, offset + member.offset)));
            }
        }
        records.sort_by_key(|(id, _)| self.depth(*id));
        records
    }

    fn sysv_at(&self, id: TypeId, offset: usize, known: &mut KnownClasses) -> Option<Classes> {
        let id = self.resolve(id);
        match *self.kind(id) {
            TypeKind::Primitive(primitive) => scalar(primitive, offset),
            TypeKind::Vector { .. } => vector(self.size(id).ok()?, offset),
            TypeKind::Array { .. } => self.sysv_array(id, offset, known),
            TypeKind::Record(_) => match known.get(&(id, offset)) {
                Some(classes) => classes.clone(),
                None => {
                    let classes = self.sysv_record(id, offset, known);
                    known.insert((id, offset), classes.clone());
                    classes
                }
            },
            TypeKind::VaList => None,
            _ => aligned(offset, self.size(id).ok()?, &[EightbyteClass::Integer]),
        }
    }

    /// The number of eightbytes in which an aggregate lies; `None` if there are too many for
    /// registers.
    fn eightbytes(&self, id: TypeId, offset: usize) -> Option<usize> {
        let size = self.size(id).ok().filter(|size| *size <= MOST)?;
        Some((size + offset % 8).div_ceil(8))
    }

    /// An array is as its elements are, over and over: also the one that `[0]` does not have, if it
    /// would begin within an eightbyte that holds other members.
    fn sysv_array(&self, id: TypeId, offset: usize, known: &mut KnownClasses) -> Option<Classes> {
        let mut levels = vec![];
        let mut element = id;
        while let TypeKind::Array { element: next, .. } = *self.kind(element) {
            levels.push(self.eightbytes(element, offset)?);
            element = self.resolve(next);
        }
        let mut classes = vec![EightbyteClass::None];
        if levels.iter().any(|count| *count > 0) {
            classes = self.sysv_at(element, offset, known)?;
        }
        for count in levels.into_iter().rev() {
            classes = match count {
                0 => vec![EightbyteClass::None],
                _ => finished((0..count).map(|at| classes[at % classes.len()]).collect())?,
            };
        }
        Some(classes)
    }

    fn sysv_record(&self, id: TypeId, offset: usize, known: &mut KnownClasses) -> Option<Classes> {
        let count = self.eightbytes(id, offset)?;
        if count == 0 {
            return Some(vec![EightbyteClass::None]);
        }
        let record = self.record(id)?;
        let mut classes = vec![EightbyteClass::None; count];
        // GCC counts padding bit-fields as integers, too, and in a union also those of no bits.
        for member in record.members.iter().chain(&record.padding) {
            let part = self.sysv_member(member, offset, known)?;
            let first = (member.offset + offset % 8) / 8;
            for (class, part) in classes.iter_mut().skip(first).zip(part) {
                *class = class.merge(part)?;
            }
        }
        finished(classes)
    }

    fn sysv_member(
        &self,
        member: &Member,
        offset: usize,
        known: &mut KnownClasses,
    ) -> Option<Classes> {
        let start = offset + member.offset;
        let Some(bits) = member.bits else {
            let flexible =
                matches!(self.resolved(member.type_id), TypeKind::Array { length: None, .. });
            return match flexible {
                true => Some(vec![]),
                false => self.sysv_at(member.type_id, start, known),
            };
        };
        let size = (bits.shift + bits.width).div_ceil(8) as usize;
        match member.ordinary {
            true => aligned(start, size, &[EightbyteClass::Integer]),
            false => Some(vec![EightbyteClass::Integer; (size + start % 8).div_ceil(8)]),
        }
    }

    /// Whether a GNU vector lies in the type that has no register of its own everywhere: a small
    /// one, a large one, or one of one `double`.
    pub(super) fn has_odd_vector(&self, id: TypeId) -> bool {
        let id = self.resolve(id);
        match *self.kind(id) {
            TypeKind::Vector { element, .. } => match self.size(id).unwrap_or(0) {
                8 => self.resolved(element) == &TypeKind::Primitive(Primitive::Double),
                size => size != 16,
            },
            TypeKind::Array { element, .. } => self.has_odd_vector(element),
            TypeKind::Record(_) => self.record(id).is_some_and(|record| record.has_odd_vector),
            _ => false,
        }
    }
}

/// What is left to decide when all members have been merged.
fn finished(mut classes: Classes) -> Option<Classes> {
    for index in 0..classes.len() {
        let before = index.checked_sub(1).map(|before| classes[before]);
        match classes[index] {
            EightbyteClass::SseUp
                if !matches!(before, Some(EightbyteClass::Sse | EightbyteClass::SseUp)) =>
            {
                classes[index] = EightbyteClass::Sse;
            }
            EightbyteClass::X87Up if before != Some(EightbyteClass::X87) => return None,
            _ => {}
        }
    }
    (classes.len() <= 2).then_some(classes)
}

/// The classes of what lies where its alignment asks; what does not travels in memory.
fn aligned(offset: usize, align: usize, classes: &[EightbyteClass]) -> Option<Classes> {
    offset.is_multiple_of(align.max(1)).then(|| classes.to_vec())
}

fn vector(size: usize, offset: usize) -> Option<Classes> {
    match size {
        8 => aligned(offset, 8, &[EightbyteClass::Sse]),
        16 => aligned(offset, 16, &[EightbyteClass::Sse, EightbyteClass::SseUp]),
        _ => None,
    }
}

fn scalar(primitive: Primitive, offset: usize) -> Option<Classes> {
    use EightbyteClass::{Integer, Sse, SseUp, X87, X87Up};
    let size = primitive.size()?;
    match primitive {
        Primitive::Float16 | Primitive::Float | Primitive::Double => aligned(offset, size, &[Sse]),
        Primitive::ComplexFloat if !offset.is_multiple_of(8) => aligned(offset, 4, &[Sse, Sse]),
        Primitive::ComplexFloat => Some(vec![Sse]),
        Primitive::ComplexDouble => aligned(offset, 8, &[Sse, Sse]),
        Primitive::LongDouble => aligned(offset, 16, &[X87, X87Up]),
        Primitive::Float128 => aligned(offset, 16, &[Sse, SseUp]),
        Primitive::ComplexLongDouble => None,
        _ if size == 16 => aligned(offset, 16, &[Integer, Integer]),
        _ => aligned(offset, size, &[Integer]),
    }
}

#[cfg(test)]
mod tests {
    use super::EightbyteClass::{Integer, None as Empty, Sse, X87Up};
    use super::*;
    use crate::backend::c::types::{DeclaredMember, RecordKind, RecordOptions, Types};

    /// The classes of a struct of fields.
    fn classes(types: &Types, fields: &[TypeId], packed: bool) -> Option<Classes> {
        let id = types.declare_record(RecordKind::Struct, None).unwrap();
        let named = fields.iter().enumerate();
        let fields = named.map(|(at, id)| DeclaredMember::new(format!("f{at}"), *id)).collect();
        let options = RecordOptions { packed, ..RecordOptions::default() };
        types.complete_record(id, fields, options).unwrap();
        types.read().sysv(id, 0)
    }

    #[test]
    fn one_integer_makes_its_eightbyte_integer() {
        let types = Types::new();
        let [float, int, double, long] =
            [Primitive::Float, Primitive::Int, Primitive::Double, Primitive::Long]
                .map(|primitive| types.primitive(primitive));
        assert_eq!(classes(&types, &[float, int, double], false), Some(vec![Integer, Sse]));
        assert_eq!(classes(&types, &[float, float, float], false), Some(vec![Sse, Sse]));
        assert_eq!(classes(&types, &[double, double, double], false), None);
        let char = types.primitive(Primitive::Char);
        assert_eq!(classes(&types, &[char, int], true), None);
        assert_eq!(classes(&types, &[int, char], true), Some(vec![Integer]));
        let aligned = types.alias("aligned", long, Some(16)).unwrap();
        assert_eq!(classes(&types, &[aligned], false), Some(vec![Integer, Empty]));
    }

    #[test]
    fn what_an_array_of_none_would_hold_counts_within_an_eightbyte() {
        let types = Types::new();
        let [float, int, double] = [Primitive::Float, Primitive::Int, Primitive::Double]
            .map(|primitive| types.primitive(primitive));
        let array = |id, length| types.array(id, Some(length)).unwrap();
        let absent = array(int, 0);
        assert_eq!(classes(&types, &[float, absent], false), Some(vec![Integer]));
        assert_eq!(classes(&types, &[double, absent], false), Some(vec![Sse]));
        let rows = array(array(int, 4), 0);
        assert_eq!(classes(&types, &[float, rows], false), None);
        let flexible = types.array(int, None).unwrap();
        assert_eq!(classes(&types, &[float, flexible], false), Some(vec![Sse]));
    }

    #[test]
    fn a_bit_field_of_no_bits_makes_the_beginning_of_a_union_integer() {
        let types = Types::new();
        let [int, complex, double] = [Primitive::Int, Primitive::ComplexDouble, Primitive::Double]
            .map(|primitive| types.primitive(primitive));
        let record = |kind, fields: Vec<DeclaredMember>| {
            let id = types.declare_record(kind, None).unwrap();
            types.complete_record(id, fields, RecordOptions::default()).unwrap();
            id
        };
        let fields =
            |part| vec![DeclaredMember::bits(None, int, 0), DeclaredMember::new("part", part)];
        let union = record(RecordKind::Union, fields(complex));
        assert_eq!(types.read().sysv(union, 0), Some(vec![Integer, Sse]));
        let inside = record(RecordKind::Struct, vec![DeclaredMember::new("u", union)]);
        assert_eq!(types.read().sysv(inside, 0), Some(vec![Integer, Sse]));
        let apart = record(RecordKind::Struct, fields(double));
        assert_eq!(types.read().sysv(apart, 0), Some(vec![Sse]));
    }

    #[test]
    fn integers_outweigh_what_they_share_bytes_with() {
        assert_eq!(Integer.merge(EightbyteClass::X87), Some(Integer));
        assert_eq!(Sse.merge(Integer), Some(Integer));
        assert_eq!(Empty.merge(X87Up), Some(X87Up));
        assert_eq!(Sse.merge(EightbyteClass::X87), None);
        assert_eq!(Sse.merge(EightbyteClass::SseUp), Some(Sse));
    }
}
