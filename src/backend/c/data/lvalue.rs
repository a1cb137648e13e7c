//! [`Lvalue`]: a part of C data, found by a path.

use super::bits;
use super::borrowed::BorrowedCData;
use super::ctype::{CType, Representation};
use super::memory::{MemoryOwner, Region};
use super::named_member::NamedMember;
use crate::backend::c::types::{BitField, Primitive, TypeKind};
use crate::backend::path::{Step, steps};
use crate::error::{Error, Result, Status};
use crate::handle::pin::CallScope;
use crate::{suggest, value};

/// Where a value is, of what type, and what is known of the memory around it.
#[derive(Clone, Copy)]
pub struct Lvalue<'a> {
    /// Its type.
    pub ctype: &'a CType,
    /// Its first byte, or the byte of a bit-field's first bit.
    pub address: *mut u8,
    /// Its bits, if it is a bit-field.
    pub bits: Option<BitField>,
    /// Where accesses may go.
    pub region: Region,
    /// The object whose memory it is, if it is one's.
    pub owner: Option<BorrowedCData<'a>>,
    /// Whether it must not be written.
    pub constant: bool,
}

impl<'a> Lvalue<'a> {
    /// The part of an object at a path.
    #[inline]
    pub fn find(scope: &'a CallScope, object: BorrowedCData<'a>, path: &str) -> Result<Lvalue<'a>> {
        let mut lvalue = Lvalue::whole(scope, object)?;
        match lvalue.walk(scope, object, path) {
            Ok(()) => Ok(lvalue),
            Err(error) => Err(error.context(format_args!("path `{path}`"))),
        }
    }

    /// A member of an object, or of what it points to.
    pub fn member(
        scope: &'a CallScope,
        object: BorrowedCData<'a>,
        name: &str,
    ) -> Result<Lvalue<'a>> {
        let mut lvalue = Lvalue::whole(scope, object)?;
        if matches!(lvalue.ctype.class, Representation::Pointer(_)) {
            lvalue.follow(scope, object.data().kept(scope)?)?;
        }
        let of = lvalue.ctype;
        match lvalue.step(scope, Step::Member(name), None) {
            Ok(()) => Ok(lvalue),
            Err(error) => Err(with_hint(error, of, name)),
        }
    }

    /// An element of an object, or of what it points into.
    pub fn item(
        scope: &'a CallScope,
        object: BorrowedCData<'a>,
        index: isize,
    ) -> Result<Lvalue<'a>> {
        let mut lvalue = Lvalue::whole(scope, object)?;
        let kept = match lvalue.ctype.class {
            Representation::Pointer(_) => object.data().kept(scope)?,
            _ => None,
        };
        lvalue.step(scope, Step::Index(index), kept)?;
        Ok(lvalue)
    }

    fn walk(&mut self, scope: &'a CallScope, object: BorrowedCData<'a>, path: &str) -> Result<()> {
        let mut pointer = matches!(self.ctype.class, Representation::Pointer(_));
        for step in steps(path) {
            let kept = if pointer { object.data().kept(scope)? } else { None };
            pointer = false;
            self.step(scope, step?, kept)?;
        }
        Ok(())
    }

    /// The object itself.
    #[inline]
    pub fn whole(scope: &'a CallScope, object: BorrowedCData<'a>) -> Result<Lvalue<'a>> {
        let memory = object.data().memory(scope)?;
        let ctype = object.data().ctype().latest();
        let region = match memory.owner() {
            Some(MemoryOwner::Part(root)) => root.memory(scope)?.region(),
            _ => memory.region(),
        };
        Ok(Lvalue {
            address: memory.address(),
            bits: None,
            region,
            owner: Some(object),
            constant: ctype.constant,
            ctype,
        })
    }

    /// A value that belongs to no object.
    pub fn unknown(ctype: &'a CType, address: *mut u8) -> Lvalue<'a> {
        let region = Region::unknown(address);
        Lvalue { ctype, address, bits: None, region, owner: None, constant: ctype.constant }
    }

    /// Refuses one that is not inside its object.
    #[inline]
    pub fn check(&self) -> Result<()> {
        let size = match self.bits {
            Some(bits) => bits::bytes(bits),
            None => self.ctype.size,
        };
        if self.region.contains(self.address, size) {
            return Ok(());
        }
        Err(Error::out_of_range(format!(
            "this {} lies outside of the object's memory",
            self.ctype.spell()
        )))
    }

    /// Goes to a part, or to what a pointer points to: into `kept`, if it keeps that alive.
    pub(in crate::backend::c) fn step(
        &mut self,
        scope: &'a CallScope,
        step: Step,
        kept: Option<BorrowedCData<'a>>,
    ) -> Result<()> {
        if self.bits.is_some() {
            return Err(Error::mismatch("a bit-field has no parts".to_owned()));
        }
        match (step, self.ctype.class) {
            (Step::Follow, _) => self.follow(scope, kept),
            (Step::Index(index), Representation::Pointer(_)) => {
                self.follow(scope, kept)?;
                self.skip(index)
            }
            (Step::Index(index), _) => self.element(index),
            (Step::Member(name), Representation::Pointer(_)) => Err(Error::mismatch(format!(
                "`{}` is a pointer; write `->{name}` to follow it",
                self.ctype.spell()
            ))),
            (Step::Member(name), _) => match self.ctype.part(name) {
                Some(part) => {
                    self.enter_part(part);
                    Ok(())
                }
                None => self.walk_macro(scope, name),
            },
        }
    }

    /// The part that a macro of that name stands for, of which no name is a macro again.
    #[cold]
    fn walk_macro(&mut self, scope: &'a CallScope, name: &str) -> Result<()> {
        let Some(path) = self.ctype.types.member_macro(self.ctype.id, name) else {
            return Err(self.no_member(name));
        };
        for step in steps(&path) {
            match step? {
                Step::Member(name) => match self.ctype.part(name) {
                    Some(part) => self.enter_part(part),
                    None => return Err(self.no_member(name)),
                },
                other => self.step(scope, other, None)?,
            }
        }
        Ok(())
    }

    fn no_member(&self, name: &str) -> Error {
        match self.ctype.types.path(self.ctype.id, name) {
            Err(why) => why,
            Ok(_) => Error::mismatch(format!("`{}` is being defined", self.ctype.spell())),
        }
    }

    #[inline]
    fn enter_part(&mut self, part: &'a NamedMember) {
        self.bits = part.bits;
        self.constant |= part.constant;
        self.enter(part.ctype(), part.offset);
    }

    /// A member.
    pub(in crate::backend::c) fn part(mut self, part: &'a NamedMember) -> Lvalue<'a> {
        self.enter_part(part);
        self
    }

    /// The element at a position.
    pub(in crate::backend::c) fn element_at(mut self, index: isize) -> Result<Lvalue<'a>> {
        self.element(index)?;
        Ok(self)
    }

    fn element(&mut self, index: isize) -> Result<()> {
        let (element, length) = self.elements()?;
        let inside = usize::try_from(index).is_ok_and(|index| length.is_none_or(|n| index < n));
        if !inside {
            let length = length.map_or(String::new(), |n| format!(" of {n} elements"));
            return Err(Error::out_of_range(format!(
                "index [{index}] is outside of `{}`{length}",
                self.ctype.spell()
            )));
        }
        self.enter(element, 0);
        self.skip(index)
    }

    /// What an array, a vector or a complex number consists of, and of how many if that is known.
    pub fn elements(&self) -> Result<(&'a CType, Option<usize>)> {
        if let (Representation::Array(_), Some(element)) = (self.ctype.class, self.ctype.inner()) {
            let length = self.ctype.length();
            return Ok((element, length.or_else(|| self.room()?.checked_div(element.size))));
        }
        let types = &self.ctype.types;
        let parts = |part| Ok((CType::of(types, types.primitive(part)), Some(2)));
        match types.resolved(self.ctype.id) {
            TypeKind::Vector { element, lanes } => Ok((CType::of(types, element), Some(lanes))),
            TypeKind::Primitive(Primitive::ComplexFloat) => parts(Primitive::Float),
            TypeKind::Primitive(Primitive::ComplexDouble) => parts(Primitive::Double),
            TypeKind::Primitive(Primitive::ComplexLongDouble) => parts(Primitive::LongDouble),
            _ => Err(Error::mismatch(format!("`{}` has no elements", self.ctype.spell()))),
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
            _ => Err(Error::out_of_range(format!(
                "index [{index}]: that `{}` lies outside of the memory it points into",
                self.ctype.spell()
            ))),
        }
    }

    /// Goes to what the pointer here points to; into `kept`, if it keeps that alive.
    fn follow(&mut self, scope: &'a CallScope, kept: Option<BorrowedCData<'a>>) -> Result<()> {
        let (Representation::Pointer(_), Some(target)) = (self.ctype.class, self.ctype.inner())
        else {
            return Err(Error::mismatch(format!("`{}` is not a pointer", self.ctype.spell())));
        };
        self.check()?;
        // SAFETY: a pointer is there, aligned or not.
        let address = unsafe { self.address.cast::<*mut u8>().read_unaligned() };
        if address.is_null() {
            return Err(Error::invalid(format!("this `{}` is NULL", self.ctype.spell())));
        }
        if value::memory::is_failure(address) {
            let spelled = self.ctype.spell();
            return Err(Error::invalid(format!(
                "this `{spelled}` is {address:p}, where nothing is"
            )));
        }
        self.region = match kept {
            Some(kept) => kept.root(scope)?.data().memory(scope)?.region(),
            None => Region::unknown(address),
        };
        self.address = address;
        self.owner = kept;
        self.constant = false;
        self.enter(target, 0);
        Ok(())
    }

    #[inline]
    fn enter(&mut self, ctype: &'a CType, offset: usize) {
        self.address = self.address.wrapping_add(offset);
        self.ctype = ctype;
        self.constant |= ctype.constant;
    }
}

#[cold]
fn with_hint(error: Error, of: &CType, name: &str) -> Error {
    match suggest::closest(name, of.parts().iter().map(|part| &*part.name)) {
        Some(close) if error.status() == Status::NotFound => {
            error.advised(format_args!("did you mean \"{close}\"?"))
        }
        _ => error,
    }
}
