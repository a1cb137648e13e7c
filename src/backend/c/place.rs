//! [`Place`]: a part of C data, found by a path.

use std::sync::Arc;

use super::bits;
use super::cdata::CData;
use super::ctype::{CType, Class};
use super::layouts::is_constant;
use super::memory::Region;
use super::step::{Step, steps};
use super::types::{BitField, Kind, Primitive, TypeId};
use crate::error::{Error, Result, Status};
use crate::handle::pin::Use;

/// Where a value is, of what type, and what is known of the memory around it.
pub struct Place {
    /// Its type.
    pub ctype: CType,
    /// Its first byte, or the byte of a bit-field's first bit.
    pub address: *mut u8,
    /// Its bits, if it is a bit-field.
    pub bits: Option<BitField>,
    /// Where accesses may go.
    pub region: Region,
    /// The object whose memory it is, if it is one's.
    pub owner: Option<Arc<CData>>,
    /// Whether it must not be written.
    pub constant: bool,
}

impl Place {
    /// The part of an object at a path.
    pub fn find(span: Use, object: &Arc<CData>, path: &str) -> Result<Place> {
        let mut place = Place::whole(span, object)?;
        let mut walk = || -> Result<()> {
            let mut pointer = Some(object.clone());
            for step in steps(path) {
                let kept = match pointer.take() {
                    Some(object) => object.kept(span)?,
                    None => None,
                };
                place.step(span, step?, kept)?;
            }
            Ok(())
        };
        walk().map_err(|error| error.context(format_args!("path `{path}`")))?;
        Ok(place)
    }

    /// The object itself.
    pub fn whole(span: Use, object: &Arc<CData>) -> Result<Place> {
        let memory = object.memory(span)?;
        let ctype = object.ctype().refreshed();
        Ok(Place {
            address: memory.address(),
            bits: None,
            region: object.root()?.memory(span)?.region(),
            owner: Some(object.clone()),
            constant: is_constant(&ctype, ctype.id),
            ctype,
        })
    }

    /// Refuses a place that is not inside its object.
    pub fn check(&self) -> Result<()> {
        let size = match self.bits {
            Some(bits) => bits::bytes(bits),
            None => self.ctype.size,
        };
        if self.region.contains(self.address, size) {
            return Ok(());
        }
        Err(Error::new(
            Status::OutOfRange,
            format!("this {} lies outside of the object's memory", self.ctype.spell()),
        ))
    }

    fn step(&mut self, span: Use, step: Step, kept: Option<Arc<CData>>) -> Result<()> {
        if self.bits.is_some() {
            return Err(mismatch("a bit-field has no parts".to_owned()));
        }
        match (step, self.ctype.class) {
            (Step::Follow, _) => self.follow(span, kept),
            (Step::Index(index), Class::Pointer(_)) => {
                self.follow(span, kept)?;
                self.skip(index)
            }
            (Step::Index(index), _) => self.element(index),
            (Step::Member(name), Class::Pointer(_)) => Err(mismatch(format!(
                "`{}` is a pointer; write `->{name}` to follow it",
                self.ctype.spell()
            ))),
            (Step::Member(name), _) => self.member(name),
        }
    }

    fn member(&mut self, name: &str) -> Result<()> {
        let member = self.ctype.types.path(self.ctype.id, name)?;
        self.bits = member.bits;
        self.enter(member.type_id, member.offset as isize);
        Ok(())
    }

    fn element(&mut self, index: isize) -> Result<()> {
        let (element, length) = self.elements()?;
        let ctype = CType::new(&self.ctype.types, element);
        let inside = usize::try_from(index).is_ok_and(|index| length.is_none_or(|n| index < n));
        if !inside {
            let length = length.map_or(String::new(), |n| format!(" of {n} elements"));
            return Err(Error::new(
                Status::OutOfRange,
                format!("index [{index}] is outside of `{}`{length}", self.ctype.spell()),
            ));
        }
        self.enter(element, 0);
        self.ctype = ctype;
        self.skip(index)
    }

    /// What an array, a vector or a complex number consists of, and of how many if that is known.
    pub fn elements(&self) -> Result<(TypeId, Option<usize>)> {
        let types = &self.ctype.types;
        match types.resolved(self.ctype.id) {
            Kind::Array { element, length: Some(length) } => Ok((element, Some(length))),
            Kind::Array { element, length: None } => {
                let size = types.size(element)?;
                Ok((element, self.room().and_then(|room| room.checked_div(size))))
            }
            Kind::Vector { element, lanes } => Ok((element, Some(lanes))),
            Kind::Primitive(Primitive::ComplexFloat) => {
                Ok((types.primitive(Primitive::Float), Some(2)))
            }
            Kind::Primitive(Primitive::ComplexDouble) => {
                Ok((types.primitive(Primitive::Double), Some(2)))
            }
            Kind::Primitive(Primitive::ComplexLongDouble) => {
                Ok((types.primitive(Primitive::LongDouble), Some(2)))
            }
            _ => Err(mismatch(format!("`{}` has no elements", self.ctype.spell()))),
        }
    }

    /// How many bytes there are from here on, if that is known.
    pub fn room(&self) -> Option<usize> {
        self.region.rest(self.address).map(Option::unwrap_or_default)
    }

    /// Steps over so many values of this type.
    fn skip(&mut self, index: isize) -> Result<()> {
        self.ctype.require_complete()?;
        let bytes = index.checked_mul(self.ctype.size as isize);
        let address = bytes.map(|bytes| self.address.wrapping_offset(bytes));
        match address {
            Some(address) if self.region.contains(address, self.ctype.size) => {
                self.address = address;
                Ok(())
            }
            _ => Err(Error::new(
                Status::OutOfRange,
                format!(
                    "index [{index}]: that `{}` lies outside of the memory it points into",
                    self.ctype.spell()
                ),
            )),
        }
    }

    /// Goes to what the pointer here points to; into `kept`, if it keeps that alive.
    fn follow(&mut self, span: Use, kept: Option<Arc<CData>>) -> Result<()> {
        let Class::Pointer(pointee) = self.ctype.class else {
            return Err(mismatch(format!("`{}` is not a pointer", self.ctype.spell())));
        };
        self.check()?;
        // SAFETY: a pointer is there, aligned or not.
        let address = unsafe { self.address.cast::<*mut u8>().read_unaligned() };
        if address.is_null() {
            return Err(Error::new(
                Status::InvalidArgument,
                format!("this `{}` is NULL", self.ctype.spell()),
            ));
        }
        let kept = match (kept, &self.owner) {
            (None, Some(owner)) => owner.root()?.held_at(span, self.address, address)?,
            (kept, _) => kept,
        };
        self.region = match &kept {
            Some(kept) => kept.root()?.memory(span)?.region(),
            None => Region::unknown(address),
        };
        self.address = address;
        self.owner = kept;
        self.constant = false;
        self.enter(pointee.id, 0);
        Ok(())
    }

    fn enter(&mut self, id: TypeId, offset: isize) {
        self.address = self.address.wrapping_offset(offset);
        self.ctype = CType::new(&self.ctype.types, id);
        self.constant |= is_constant(&self.ctype, id);
    }
}

fn mismatch(message: String) -> Error {
    Error::new(Status::TypeMismatch, message)
}
