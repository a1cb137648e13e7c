//! [`KnownNames`]: what the names of a module stand for, once they were looked up.

use std::cell::{Cell, OnceCell};
use std::ptr;

use crate::entity_path::EntityPath;
use crate::python::api::Object;
use crate::python::object::PyRef;

/// A table from interned names, which are compared by their addresses.
#[derive(Default)]
pub(super) struct KnownNames {
    /// As many as a power of two, of which at least a quarter is free; or none.
    places: Box<[Option<KnownName>]>,
    count: usize,
}

/// What a name stands for.
pub(super) struct KnownName {
    pub(super) name: PyRef,
    /// The attribute's value, or the entity that reads the variable.
    pub(super) object: PyRef,
    pub(super) meaning: Meaning,
}

/// What kind of thing it is.
pub(super) enum Meaning {
    /// What is called.
    Entity,
    /// A value that stays the same.
    Constant,
    /// What was assigned to a name that nothing declares.
    Own,
    /// A variable.
    Variable(Box<KnownVariable>),
}

/// How a variable is written.
pub(super) struct KnownVariable {
    /// The entity path that reads it.
    pub(super) path: EntityPath,
    /// The entity that writes it, once it was asked for.
    pub(super) setter: OnceCell<PyRef>,
    /// What it was last made to point to, which lives as long as that or the module.
    pub(super) kept: Cell<Option<PyRef>>,
}

impl KnownName {
    /// Whether the object is what the attribute is.
    #[inline(always)]
    pub(super) fn is_value(&self) -> bool {
        !matches!(self.meaning, Meaning::Variable(_))
    }

    /// What the variable was made to point to, borrowed.
    pub(super) fn kept(&self) -> Option<Object> {
        match &self.meaning {
            Meaning::Variable(known) => {
                // SAFETY: under the GIL, and nobody replaces it meanwhile.
                let kept = unsafe { (*known.kept.as_ptr()).as_ref() };
                kept.map(PyRef::as_ptr)
            }
            _ => None,
        }
    }
}

impl KnownNames {
    /// What a name stands for, if it is known.
    #[inline(always)]
    pub(super) fn get(&self, name: Object) -> Option<&KnownName> {
        let mask = self.places.len().checked_sub(1)?;
        let mut index = place(name) & mask;
        loop {
            // SAFETY: the mask keeps it among the places, of which one is free.
            match unsafe { self.places.get_unchecked(index) } {
                Some(named) if ptr::eq(named.name.as_ptr(), name) => return Some(named),
                Some(_) => index = (index + 1) & mask,
                None => return None,
            }
        }
    }

    /// Adds what is not known yet, or takes the place of what is; that is for the caller to drop,
    /// which may run Python code.
    pub(super) fn put(&mut self, named: KnownName) -> Option<KnownName> {
        if (self.count + 1) * 4 > self.places.len() * 3 {
            self.rebuild(self.count + 1, |_| true);
        }
        let mask = self.places.len() - 1;
        let mut index = place(named.name.as_ptr()) & mask;
        loop {
            match &mut self.places[index] {
                Some(known) if ptr::eq(known.name.as_ptr(), named.name.as_ptr()) => {
                    return Some(std::mem::replace(known, named));
                }
                Some(_) => index = (index + 1) & mask,
                free @ None => {
                    *free = Some(named);
                    self.count += 1;
                    return None;
                }
            }
        }
    }

    /// Keeps what is wanted, and gives the others for the caller to drop.
    pub(super) fn keep(&mut self, keeps: impl Fn(&KnownName) -> bool) -> Vec<KnownName> {
        self.rebuild(self.count, keeps)
    }

    /// All that is known.
    pub(super) fn iter(&self) -> impl Iterator<Item = &KnownName> {
        self.places.iter().flatten()
    }

    /// Makes room for `count` names.
    fn rebuild(&mut self, count: usize, keeps: impl Fn(&KnownName) -> bool) -> Vec<KnownName> {
        let length = (count * 4 / 3 + 1).next_power_of_two().max(8);
        let places = std::iter::repeat_with(|| None).take(length).collect();
        let before = std::mem::replace(self, KnownNames { places, count: 0 });
        let (kept, others): (Vec<_>, Vec<_>) = before.places.into_iter().flatten().partition(keeps);
        for named in kept {
            self.put(named);
        }
        others
    }
}

/// Where the search for a name begins. Objects are at multiples of 16.
#[inline(always)]
fn place(name: Object) -> usize {
    let address = name.addr() >> 4;
    address ^ (address >> 8)
}
