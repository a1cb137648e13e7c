//! [`Names`]: the parts of a record by the names that Python asks for, which are interned: comparing
//! pointers is enough.

use super::table::RecordPart;
use crate::python::api::{Object, PyObject};

/// The parts of a record.
pub(super) struct Names {
    /// Where the parts are by the place of their names; [`FREE`] without one. As many as a power of
    /// two, at least one of them free; none at all if there are no parts.
    places: Box<[(Object, u32)]>,
    parts: Box<[RecordPart]>,
}

// SAFETY: the names are kept, and their pointers only compared.
unsafe impl Send for Names {}
// SAFETY: as above.
unsafe impl Sync for Names {}

impl Names {
    /// Those of a record.
    pub(super) fn new(parts: Vec<RecordPart>) -> Names {
        let count = if parts.is_empty() { 0 } else { (parts.len() * 2 + 1).next_power_of_two() };
        let mut places = vec![(std::ptr::null_mut::<PyObject>(), 0); count];
        for (index, part) in parts.iter().enumerate() {
            let mut at = place(part.name.as_ptr(), count);
            while !places[at].0.is_null() {
                at = (at + 1) & (count - 1);
            }
            places[at] = (part.name.as_ptr(), index as u32);
        }
        Names { places: places.into(), parts: parts.into() }
    }

    /// The parts in order.
    pub(super) fn parts(&self) -> &[RecordPart] {
        &self.parts
    }

    /// The part of an interned name.
    #[inline(always)]
    pub(super) fn find(&self, name: Object) -> Option<&RecordPart> {
        if self.places.is_empty() {
            return None;
        }
        let mut at = place(name, self.places.len());
        loop {
            let (known, index) = self.places[at];
            if known == name {
                return Some(&self.parts[index as usize]);
            }
            if known.is_null() {
                return None;
            }
            at = (at + 1) & (self.places.len() - 1);
        }
    }
}

/// Where the search for a name begins.
#[inline(always)]
fn place(name: Object, count: usize) -> usize {
    let address = name.addr();
    (address >> 4 ^ address >> 9) & (count - 1)
}
