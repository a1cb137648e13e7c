//! [`Place`]: where a value is, and what is known of the memory around it.

use std::ptr;

use super::raise::exception;
use super::table::RecordPart;
use super::used_memory::UsedMemory;
use super::{DataTable, TableRef, bit_field, fields, memory};
use crate::backend::path::{Step, steps};
use crate::error::{Error, Result};
use crate::object::layout::Bits;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::value;

/// A value, or a part of one.
pub(super) struct Place {
    pub(super) table: TableRef,
    /// Its first byte, or that of its first bit.
    pub(super) at: *mut u8,
    pub(super) bits: Option<Bits>,
    /// Whether it must not be written.
    pub(super) constant: bool,
    /// The object whose memory it is, which stays while this does; none if it is C's.
    owner: Option<UsedMemory>,
}

impl Place {
    /// An object's own value.
    ///
    /// # Safety
    /// `object` is an instance.
    pub(super) unsafe fn of(gil: &Gil, object: Object) -> Result<Place> {
        // SAFETY: `object` is an instance; so is its owner.
        unsafe {
            let data = fields(object);
            let table = data.alive(gil.api)?;
            let root = memory::root(object);
            memory::check(root)?;
            let at = match table.is_pointer() {
                true => data.pointer(),
                false => data.address(),
            };
            let owner = (!root.is_null()).then(|| UsedMemory::new(PyRef::new_reference(gil, root)));
            let constant = table.constant;
            Ok(Place { table, at, bits: None, constant, owner })
        }
    }

    /// The object whose memory it is; NULL if it is C's.
    pub(super) fn root(&self) -> Object {
        self.owner.as_ref().map_or(ptr::null_mut(), UsedMemory::as_ptr)
    }

    /// How many bytes there are from here on, if that is known.
    pub(super) fn room(&self) -> Option<usize> {
        self.owner.as_ref()?.room(self.at)
    }

    /// The object whose memory it is, for somebody else.
    pub(super) fn owner(&self, gil: &Gil) -> Option<UsedMemory> {
        self.owner.as_ref().map(|owner| owner.clone_ref(gil))
    }

    /// Refuses what lies outside of the object's memory.
    pub(super) fn check(&self) -> Result<()> {
        let size = self.bits.map_or(self.table.size, bit_field::bytes);
        if self.contains(self.at, size) {
            return Ok(());
        }
        Err(Error::out_of_range(format!(
            "this {} lies outside of the object's memory",
            self.table.spell()
        )))
    }

    fn contains(&self, at: *const u8, size: usize) -> bool {
        let Some(owner) = &self.owner else { return true };
        // SAFETY: an instance that is a root.
        let start = unsafe { memory::region(owner.as_ptr()) }.0;
        at.addr() >= start.addr() && owner.room(at).is_none_or(|room| size <= room)
    }

    /// The part of a record.
    pub(super) fn part(&self, gil: &Gil, part: &RecordPart) -> Place {
        Place {
            table: part.table.to_ref(gil.api),
            at: self.at.wrapping_add(part.offset),
            bits: part.bits,
            constant: self.constant || part.constant,
            owner: self.owner(gil),
        }
    }

    /// Another value of the same memory.
    fn other(&self, gil: &Gil, table: &DataTable, at: *mut u8) -> Place {
        Place {
            table: table.to_ref(gil.api),
            at,
            bits: None,
            constant: self.constant || table.constant,
            owner: self.owner(gil),
        }
    }

    /// How many elements there are, if that is known; `None` if there are none.
    pub(super) fn length(&self, gil: &Gil) -> Result<Option<(usize, &DataTable)>> {
        if self.table.is_pointer() {
            return Ok(None);
        }
        let Some(inner) = self.table.inner(gil)? else { return Ok(None) };
        let length = match self.table.length {
            usize::MAX => self.room().and_then(|room| room.checked_div(inner.size)),
            length => Some(length),
        };
        Ok(length.map(|length| (length, inner)))
    }

    /// The element of that number: of an array, of what a pointer points to, or the only one of a
    /// number. From the end if it is negative and the length known.
    pub(super) fn element(&self, gil: &Gil, index: isize) -> Result<Place> {
        let out_of_range = || {
            let message = format!("index {index} is out of range");
            exception(gil, gil.api.PyExc_IndexError, &message)
        };
        if self.bits.is_some() {
            return Err(Error::mismatch("a bit-field has no parts"));
        }
        if self.table.is_pointer() {
            return self.follow(gil)?.skip(gil, index);
        }
        if let Some((length, inner)) = self.length(gil)? {
            let from_end = if index < 0 { index + length.cast_signed() } else { index };
            let index = usize::try_from(from_end).ok().filter(|index| *index < length);
            let index = index.ok_or_else(out_of_range)?;
            return Ok(self.other(gil, inner, self.at.wrapping_add(index * inner.size)));
        }
        match (self.table.inner(gil)?, index) {
            (Some(inner), 0..) => self.other(gil, inner, self.at).skip(gil, index),
            (Some(_), _) => Err(out_of_range()),
            (None, 0) if self.is_number() => Ok(self.other(gil, &self.table, self.at)),
            (None, _) if self.is_number() => Err(out_of_range()),
            (None, _) => Err(self.no_elements()),
        }
    }

    fn is_number(&self) -> bool {
        use super::table::Shape::{Number, Scalar};
        matches!(self.table.shape, Scalar(_) | Number(_))
    }

    #[cold]
    fn no_elements(&self) -> Error {
        Error::mismatch(format!("`{}` has no elements", self.table.spell()))
    }

    /// So many values of this type further on.
    fn skip(self, gil: &Gil, index: isize) -> Result<Place> {
        let bytes = index.checked_mul(self.table.size.cast_signed());
        let at = bytes.map(|bytes| self.at.wrapping_offset(bytes));
        match at {
            Some(at) if self.contains(at, self.table.size) => Ok(self.other(gil, &self.table, at)),
            _ => Err(Error::out_of_range(format!(
                "index [{index}]: that `{}` lies outside of the memory it points into",
                self.table.spell()
            ))),
        }
    }

    /// What the pointer here points to.
    pub(super) fn follow(&self, gil: &Gil) -> Result<Place> {
        if !self.table.is_pointer() {
            return Err(Error::mismatch(format!("`{}` is not a pointer", self.table.spell())));
        }
        self.check()?;
        // SAFETY: a pointer is there, aligned or not.
        let at = unsafe { self.at.cast::<*mut u8>().read_unaligned() };
        if at.is_null() {
            return Err(Error::invalid(format!("this `{}` is NULL", self.table.spell())));
        }
        if value::memory::is_failure(at) {
            let spelled = self.table.spell();
            return Err(Error::invalid(format!("this `{spelled}` is {at:p}, where nothing is")));
        }
        let Some(inner) = self.table.inner(gil)? else {
            let spelled = self.table.spell();
            return Err(Error::mismatch(format!(
                "`{spelled}`: nobody knows what is there; cast a pointer to it to a pointer to \
                 that, such as `int *`"
            )));
        };
        // SAFETY: an instance that is a root, and has the pointer.
        let owner = unsafe { self.target(gil, at)?.map(|owner| UsedMemory::new(owner)) };
        Ok(Place { table: inner.to_ref(gil.api), at, bits: None, constant: inner.constant, owner })
    }

    /// The object that has the memory which the pointer here points into, if that is known.
    ///
    /// # Safety
    /// A pointer with that value is there.
    pub(super) unsafe fn target(&self, gil: &Gil, value: *const u8) -> Result<Option<PyRef>> {
        // SAFETY: the memory of the root has the pointer.
        unsafe { target(gil, self.root(), self.at, value) }
    }

    /// The part at a path.
    pub(super) fn at_path(self, gil: &Gil, path: &str) -> Result<Place> {
        self.walk(gil, path, Place::member)
    }

    fn walk(
        self,
        gil: &Gil,
        path: &str,
        member: fn(Place, &Gil, &str) -> Result<Place>,
    ) -> Result<Place> {
        let mut place = self;
        for step in steps(path) {
            place = step
                .and_then(|step| place.step(gil, step, member))
                .map_err(|error| error.context(format_args!("path `{path}`")))?;
        }
        Ok(place)
    }

    fn step(
        self,
        gil: &Gil,
        step: Step,
        member: fn(Place, &Gil, &str) -> Result<Place>,
    ) -> Result<Place> {
        if self.bits.is_some() {
            return Err(Error::mismatch("a bit-field has no parts"));
        }
        match step {
            Step::Follow => self.follow(gil),
            Step::Index(index) => self.path_element(gil, index),
            Step::Member(name) if self.table.is_pointer() => Err(Error::mismatch(format!(
                "`{}` is a pointer; write `->{name}` to follow it",
                self.table.spell()
            ))),
            Step::Member(name) => member(self, gil, name),
        }
    }

    /// The part of a record that has that name, or that a macro of that name stands for.
    pub(super) fn member(self, gil: &Gil, name: &str) -> Result<Place> {
        let path = match self.named(name) {
            Some(_) => None,
            None => self.table.layout.origin.stands_for(name),
        };
        match path {
            Some(path) => self.walk(gil, &path, Place::field),
            None => self.field(gil, name),
        }
    }

    /// The part of a record that has that name.
    fn field(self, gil: &Gil, name: &str) -> Result<Place> {
        let part = self.named(name).ok_or_else(|| no_part(&self.table, name))?;
        Ok(self.part(gil, part))
    }

    /// As C counts: from the start.
    fn path_element(&self, gil: &Gil, index: isize) -> Result<Place> {
        if self.table.is_pointer() {
            return self.follow(gil)?.skip(gil, index);
        }
        let Some(inner) = self.table.inner(gil)? else { return Err(self.no_elements()) };
        let length = self.length(gil)?.map(|(length, _)| length);
        match usize::try_from(index) {
            Ok(at) if length.is_none_or(|length| at < length) => {
                self.other(gil, inner, self.at).skip(gil, index)
            }
            _ => {
                let length = length.map_or(String::new(), |n| format!(" of {n} elements"));
                let spelled = self.table.spell();
                let message = format!("index [{index}] is outside of `{spelled}`{length}");
                Err(Error::out_of_range(message))
            }
        }
    }

    /// The part of a record with that name.
    pub(super) fn named(&self, name: &str) -> Option<&RecordPart> {
        named(&self.table, name)
    }
}

/// The part of a record with that name.
pub(super) fn named<'a>(table: &'a DataTable, name: &str) -> Option<&'a RecordPart> {
    let index = table.layout.origin.find(name)?;
    table.names.parts().get(index)
}

/// That a record has no such part.
#[cold]
pub(super) fn no_part(table: &DataTable, name: &str) -> Error {
    let known = table.layout.fields().iter().map(|field| &*field.name);
    let hint = crate::suggest::hint(name, known);
    Error::mismatch(format!("{} has no field {name}{hint}", table.spell()))
}

/// The object that has the memory which a pointer points into, if that is known and there.
///
/// # Safety
/// `root` is NULL or a root whose memory has the pointer at that address.
pub(super) unsafe fn target(
    gil: &Gil,
    root: Object,
    at: *const u8,
    value: *const u8,
) -> Result<Option<PyRef>> {
    // SAFETY: as above; what is kept is alive.
    unsafe {
        let kept = memory::kept(root, at);
        let owner = match () {
            // What leads into the memory that it is in is not kept there.
            () if kept.is_null() => root,
            () if super::is(gil.api, kept) => memory::root(kept),
            () => return Ok(None),
        };
        if owner.is_null() {
            return Ok(None);
        }
        let (start, size) = memory::region(owner);
        let Some(before) = value.addr().checked_sub(start.addr()) else { return Ok(None) };
        let is_inside = match kept.is_null() {
            // Where it ends, memory of C's may begin.
            true => size.is_some_and(|size| before < size),
            false => size.is_none_or(|size| before <= size),
        };
        if !is_inside {
            return Ok(None);
        }
        memory::check(owner)?;
        Ok(Some(PyRef::new_reference(gil, owner)))
    }
}
