//! Finding members: by name, and by a path such as `a.b[2].c`.

use super::{BitField, Kind, TypeId, Types, store::Store};
use crate::error::{Error, Result, Status};

/// A part of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Bytes from the start of the object; for a bit-field, the byte of its first bit.
    pub offset: usize,
    /// The type of the part.
    pub type_id: TypeId,
    /// The bits, if the part is a bit-field.
    pub bits: Option<BitField>,
}

impl Types {
    /// The member `name` of a record, also through anonymous structs and unions.
    pub fn member(&self, id: TypeId, name: &str) -> Option<Place> {
        self.read().member(id, name)
    }

    /// The part of `id` at a path of names and indexes: `a.b[2].c`, `[1].x`.
    ///
    /// # Errors
    /// `SYNTAX` if the path is malformed; `NOT_FOUND` if a record has no such member;
    /// `TYPE_MISMATCH` if a step meets a type without members or elements; `OUT_OF_RANGE` if an
    /// index is past the end of an array.
    pub fn path(&self, id: TypeId, path: &str) -> Result<Place> {
        let store = self.read();
        let mut place = Place { offset: 0, type_id: id, bits: None };
        let mut rest = path;
        while !rest.is_empty() {
            let step;
            (step, rest) = next_step(path, rest)?;
            place = match step {
                Step::Member(name) => store.step_member(place, name)?,
                Step::Index(index) => store.step_index(place, index)?,
            };
        }
        Ok(place)
    }
}

enum Step<'a> {
    Member(&'a str),
    Index(usize),
}

fn next_step<'a>(path: &'a str, rest: &'a str) -> Result<(Step<'a>, &'a str)> {
    let position = path.len() - rest.len();
    let malformed = |expected: &str| {
        let message = format!("path `{path}`: expected {expected} at position {position}");
        Error::new(Status::Syntax, message)
    };
    if let Some(inside) = rest.strip_prefix('[') {
        let (digits, rest) = inside.split_once(']').ok_or_else(|| malformed("`[index]`"))?;
        let index = digits.trim().parse().map_err(|_| malformed("`[index]`"))?;
        return Ok((Step::Index(index), rest));
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
    Ok((Step::Member(&name[..end]), &name[end..]))
}

impl Store {
    pub(super) fn member(&self, id: TypeId, name: &str) -> Option<Place> {
        let record = self.record(self.resolve(id))?;
        record.members.iter().find_map(|member| match &member.name {
            Some(found) if &**found == name => {
                Some(Place { offset: member.offset, type_id: member.type_id, bits: member.bits })
            }
            Some(_) => None,
            None => {
                let inner = self.member(member.type_id, name)?;
                Some(Place { offset: member.offset + inner.offset, ..inner })
            }
        })
    }

    fn step_member(&self, place: Place, name: &str) -> Result<Place> {
        let id = place.type_id;
        if let Some(member) = self.member(id, name) {
            return Ok(Place { offset: place.offset + member.offset, ..member });
        }
        let spelling = self.spell(id);
        if self.record(self.resolve(id)).is_some() {
            let message = format!("`{spelling}` has no member `{name}`");
            return Err(Error::new(Status::NotFound, message));
        }
        let why = match self.resolved(id) {
            Kind::Record(_) => "is declared but not defined",
            Kind::Pointer(_) => "is a pointer; a path stays inside one object, so follow it first",
            _ => "has no members",
        };
        let message = format!("member `{name}`: `{spelling}` {why}");
        Err(Error::new(Status::TypeMismatch, message))
    }

    fn step_index(&self, place: Place, index: usize) -> Result<Place> {
        let spelling = || self.spell(place.type_id);
        let (element, length) = match *self.resolved(place.type_id) {
            Kind::Array { element, length } => (element, length),
            Kind::Vector { element, lanes } => (element, Some(lanes)),
            _ => {
                let message = format!("index [{index}]: `{}` has no elements", spelling());
                return Err(Error::new(Status::TypeMismatch, message));
            }
        };
        let offset = self.size(element)?.checked_mul(index);
        let offset = offset.and_then(|bytes| bytes.checked_add(place.offset));
        match offset {
            Some(offset) if length.is_none_or(|length| index < length) => {
                Ok(Place { offset, type_id: element, bits: None })
            }
            _ => {
                let message = format!("index [{index}] is past the end of `{}`", spelling());
                Err(Error::new(Status::OutOfRange, message))
            }
        }
    }
}
