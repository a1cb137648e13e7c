//! [`Held`]: what an object's pointers were made to point to by a host, whose own references may
//! end before C's use of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::cdata::CData;
use crate::call::Callable;

/// What pointers in an object's memory point to, by the addresses of the pointers.
#[derive(Default)]
pub(super) struct Held(Mutex<BTreeMap<usize, Thing>>);

/// What a pointer points to.
pub(super) enum Thing {
    /// Memory.
    Data(Arc<CData>),
    /// Code.
    #[expect(dead_code, reason = "kept for its lifetime")]
    Callable(Arc<Callable>),
}

impl Thing {
    /// Whether it is that object.
    pub(super) fn is(&self, object: &Arc<CData>) -> bool {
        matches!(self, Thing::Data(data) if Arc::ptr_eq(data, object))
    }
}

impl Held {
    /// Keeps what the pointer at an address points to from now on, instead of what it pointed to.
    pub(super) fn set(&self, address: usize, thing: Option<Thing>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What is let go may be the last reference, which may run code of its own.
        let before = match thing {
            Some(thing) => held.insert(address, thing),
            None => held.remove(&address),
        };
        drop(held);
        drop(before);
    }

    /// The object that the pointer at an address was made to point into.
    pub(super) fn get(&self, address: usize) -> Option<Arc<CData>> {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&address)? {
            Thing::Data(data) => Some(data.clone()),
            Thing::Callable(_) => None,
        }
    }
}
