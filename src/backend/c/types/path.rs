//! Finding members: by name, and by a path such as `a.b[2].c`.

use std::collections::HashSet;

use super::{BitField, Member, TypeId, TypeKind, Types, store::Store};
use crate::error::{Error, Result, Status};

/// A part of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemberLocation {
    /// Bytes from the start of the object; for a bit-field, the byte of its first bit.
    pub offset: usize,
    /// The type of the part.
    pub type_id: TypeId,
    /// The bits, if the part is a bit-field.
    pub bits: Option<BitField>,
}

impl Types {
    /// The member `name` of a record, also through anonymous structs and unions.
    pub fn member(&self, id: TypeId, name: &str) -> Option<MemberLocation> {
        self.read().member(id, name)
    }

    /// The part of `id` at a path of names and indexes: `a.b[2].c`, `[1].x`.
    ///
    /// Macros that stand for members are found, too.
    ///
    /// # Errors
    /// `SYNTAX` if the path is malformed; `NOT_FOUND` if a record has no such member;
    /// `TYPE_MISMATCH` if a step meets a type without members or elements; `OUT_OF_RANGE` if an
    /// index is past the end of an array.
    pub fn path(&self, id: TypeId, path: &str) -> Result<MemberLocation> {
        let store = self.read();
        let start = MemberLocation { offset: 0, type_id: id, bits: None };
        store.walk(start, path, &|location, name| {
            let path = match store.member(location.type_id, name) {
                Some(_) => None,
                None => self.member_macros.get(name),
            };
            match path
                .map(|path| store.walk(location, &path, &|at, name| store.step_member(at, name)))
            {
                Some(Ok(found)) => Ok(found),
                _ => store.step_member(location, name),
            }
        })
    }
}

enum PathStep<'a> {
    Member(&'a str),
    Index(usize),
}

fn next_step<'a>(path: &'a str, rest: &'a str) -> Result<(PathStep<'a>, &'a str)> {
    let position = path.len() - rest.len();
    let malformed = |expected: &str| {
        let message = format!("path `{path}`: expected {expected} at position {position}");
        Error::new(Status::Syntax, message)
    };
    if let Some(inside) = rest.strip_prefix('[') {
        let (digits, rest) = inside.split_once(']').ok_or_else(|| malformed("`[index]`"))?;
        let index = digits.trim().parse().map_err(|_| malformed("`[index]`"))?;
        return Ok((PathStep::Index(index), rest));
    }
    let name = match rest.strip_prefix('.') {
        Some(name) => name,
        None if position == 0 => rest,
        None => return Err(malformed("`.` or `[`")),
    };
    let end = name.find(['.', '[']).unwrap_or(name.len());
    if end == 0 {
        return Err(malformed("a member name"));
    }
    Ok((PathStep::Member(&name[..end]), &name[end..]))
}

impl Store {
    /// The part at a path, where `step` finds members.
    fn walk(
        &self,
        mut location: MemberLocation,
        path: &str,
        step: &dyn Fn(MemberLocation, &str) -> Result<MemberLocation>,
    ) -> Result<MemberLocation> {
        let mut rest = path;
        while !rest.is_empty() {
            let next;
            (next, rest) = next_step(path, rest)?;
            location = match next {
                PathStep::Member(name) => step(location, name)?,
                PathStep::Index(index) => self.step_index(location, index)?,
            };
        }
        Ok(location)
    }

    pub(super) fn member(&self, id: TypeId, name: &str) -> Option<MemberLocation> {
        let (mut seen, mut waiting) = (HashSet::new(), vec![(self.resolve(id), 0)]);
        while let Some((id, offset)) = waiting.pop() {
            let Some(record) = self.record(id) else { continue };
            let name_of = |index: usize| record.members[index].name.as_deref().unwrap_or_default();
            if let Some(index) = record.names.find(name, name_of) {
                let Member { type_id, bits, .. } = record.members[index];
                let offset = offset + record.members[index].offset;
                return Some(MemberLocation { offset, type_id, bits });
            }
            for member in record.names.unnamed().map(|index| &record.members[index]) {
                let inner = self.resolve(member.type_id);
                if seen.insert(inner) {
                    waiting.push((inner, offset + member.offset));
                }
            }
        }
        None
    }

    fn step_member(&self, location: MemberLocation, name: &str) -> Result<MemberLocation> {
        let id = location.type_id;
        if let Some(member) = self.member(id, name) {
            return Ok(MemberLocation { offset: location.offset + member.offset, ..member });
        }
        let spelling = self.spell(id);
        if self.record(self.resolve(id)).is_some() {
            return Err(Error::not_found(format!("`{spelling}` has no member `{name}`")));
        }
        let why = match self.resolved(id) {
            TypeKind::Record(_) => "is declared but not defined",
            TypeKind::Pointer(_) => {
                "is a pointer; a path stays inside one object, so follow it first"
            }
            _ => "has no members",
        };
        Err(Error::mismatch(format!("member `{name}`: `{spelling}` {why}")))
    }

    fn step_index(&self, location: MemberLocation, index: usize) -> Result<MemberLocation> {
        let spelling = || self.spell(location.type_id);
        let (element, length) = match *self.resolved(location.type_id) {
            TypeKind::Array { element, length } => (element, length),
            TypeKind::Vector { element, lanes } => (element, Some(lanes)),
            _ => {
                let message = format!("index [{index}]: `{}` has no elements", spelling());
                return Err(Error::mismatch(message));
            }
        };
        let offset = self.size(element)?.checked_mul(index);
        let offset = offset.and_then(|bytes| bytes.checked_add(location.offset));
        match offset {
            Some(offset) if length.is_none_or(|length| index < length) => {
                Ok(MemberLocation { offset, type_id: element, bits: None })
            }
            _ => {
                let message = format!("index [{index}] is past the end of `{}`", spelling());
                Err(Error::out_of_range(message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::types::{DeclaredMember, Primitive, RecordKind, RecordOptions};

    /// `struct { char c; union { int i; struct { short s[3]; } in[2]; }; unsigned b : 3; }`
    fn nested(types: &Types) -> TypeId {
        let record = |kind, fields| {
            let id = types.declare_record(kind, None).unwrap();
            types.complete_record(id, fields, RecordOptions::default()).unwrap();
            id
        };
        let primitive = |p| types.primitive(p);
        let shorts = types.array(primitive(Primitive::Short), Some(3)).unwrap();
        let inner = record(RecordKind::Struct, vec![DeclaredMember::new("s", shorts)]);
        let pair = types.array(inner, Some(2)).unwrap();
        let int = primitive(Primitive::Int);
        let either = vec![DeclaredMember::new("i", int), DeclaredMember::new("in", pair)];
        let either = record(RecordKind::Union, either);
        let fields = vec![
            DeclaredMember::new("c", primitive(Primitive::Char)),
            DeclaredMember::anonymous(either),
            DeclaredMember::bits(Some("b"), primitive(Primitive::UnsignedInt), 3),
            DeclaredMember::new("p", types.pointer(int)),
        ];
        record(RecordKind::Struct, fields)
    }

    #[test]
    fn paths_lead_through_members_and_elements() {
        let types = Types::new();
        let id = nested(&types);
        let offset = |path| types.path(id, path).unwrap().offset;
        assert_eq!((offset(""), offset("i"), offset("in[1]")), (0, 4, 10));
        assert_eq!(offset("in[1].s[2]"), 14);
        let array = types.array(id, Some(2)).unwrap();
        assert_eq!(types.path(array, "[1].i").unwrap().offset, types.size(id).unwrap() + 4);
        let bits = types.path(id, "b").unwrap().bits;
        assert_eq!(bits, Some(BitField { shift: 0, width: 3 }));
        assert_eq!(types.member(id, "nothing"), None);
    }

    #[test]
    fn a_step_that_leads_nowhere_says_why() {
        let types = Types::new();
        let id = nested(&types);
        let error = |path| types.path(id, path).unwrap_err();
        for (path, status, text) in [
            ("x", Status::NotFound, "has no member `x`"),
            ("i.x", Status::TypeMismatch, "`int` has no members"),
            ("c[0]", Status::TypeMismatch, "`char` has no elements"),
            ("p.x", Status::TypeMismatch, "`int *` is a pointer"),
            ("in[2]", Status::OutOfRange, "past the end"),
            ("in[x]", Status::Syntax, "expected `[index]` at position 2"),
            ("in[1]s", Status::Syntax, "expected `.` or `[` at position 5"),
            ("in[1].", Status::Syntax, "expected a member name at position 5"),
        ] {
            let error = error(path);
            assert_eq!(error.status(), status, "{path}");
            assert!(error.message().contains(text), "{path}: {error}");
        }
    }
}
