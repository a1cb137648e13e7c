//! [`Names`]: a record's fields by the names that Python asks for, which are interned: comparing
//! pointers is enough.

use super::scalar::ScalarAccess;
use crate::backend::{Field, Layout};
use crate::error::Result;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// The fields that are numbers of whole bytes, made once for each type.
pub(super) struct Names {
    /// As many as a power of two, at least one of them without a name.
    entries: Box<[NumberField]>,
    _names: Vec<PyRef>,
}

/// Where a field is.
#[derive(Clone, Copy)]
pub(super) struct NumberField {
    name: Object,
    /// Bytes from the start of the record.
    pub(super) offset: usize,
    /// What is there.
    pub(super) scalar: ScalarAccess,
    /// Whether it must not be written.
    pub(super) constant: bool,
}

const FREE: NumberField = NumberField {
    name: std::ptr::null_mut(),
    offset: 0,
    scalar: ScalarAccess::Bool,
    constant: true,
};

// SAFETY: the names are kept, and their pointers only compared.
unsafe impl Send for Names {}
// SAFETY: as above.
unsafe impl Sync for Names {}

impl Names {
    /// Those of a record; `None` of other types.
    pub(super) fn of<'a>(gil: &Gil, layout: &'a Layout) -> Result<Option<&'a Names>> {
        if layout.is_pointer() || layout.fields().is_empty() {
            return Ok(None);
        }
        if layout.host.get().is_none() {
            let names = Names::new(gil, layout.fields())?;
            let _ = layout.host.set(Box::new(names));
        }
        Ok(layout.host.get().and_then(|names| names.downcast_ref()))
    }

    fn new(gil: &Gil, fields: &[Field]) -> Result<Names> {
        let mut entries = vec![FREE; (fields.len() * 2 + 1).next_power_of_two()];
        let mut names = Vec::new();
        for field in fields {
            let Some(scalar) = field.scalar.and_then(ScalarAccess::of) else { continue };
            let name = support::interned(gil, &field.name)?;
            let mut place = place(name.as_ptr(), entries.len());
            while !entries[place].name.is_null() {
                place = (place + 1) & (entries.len() - 1);
            }
            let Field { offset, constant, .. } = *field;
            entries[place] = NumberField { name: name.as_ptr(), offset, scalar, constant };
            names.push(name);
        }
        Ok(Names { entries: entries.into(), _names: names })
    }

    /// The field of a name.
    #[inline(always)]
    pub(super) fn find(&self, name: Object) -> Option<NumberField> {
        let mut at = place(name, self.entries.len());
        loop {
            let entry = &self.entries[at];
            if entry.name == name {
                return Some(*entry);
            }
            if entry.name.is_null() {
                return None;
            }
            at = (at + 1) & (self.entries.len() - 1);
        }
    }
}

/// Where the search for a name begins.
#[inline(always)]
fn place(name: Object, count: usize) -> usize {
    let address = name.addr();
    (address >> 4 ^ address >> 9) & (count - 1)
}
