//! [`OpenedObjects`]: the objects of hosts that a visit has come to, by identity.

use std::collections::BTreeMap;
use std::mem;

use super::Visit;
use crate::abi::{METAFFI_VISIT_NO_SHARED, METAFFI_VISIT_SHARED_COPIED};
use crate::error::{Error, Result};
use crate::handle::{self, HandleKind, Key, OwnedHandle};

/// What a visit knows of a container that it has opened.
#[derive(Clone, Copy)]
pub struct MetContainer {
    /// Its number.
    pub id: u64,
    /// Whether it is still open.
    pub is_open: bool,
}

impl MetContainer {
    /// What is done where it is met again: true if the visitor has been told which one it is; false if
    /// it is to be opened anew.
    pub fn is_again(&mut self, visit: &mut Visit<'_>) -> Result<bool> {
        let copied = visit.options.has(METAFFI_VISIT_SHARED_COPIED);
        match copied && !self.is_open {
            true => {
                self.is_open = true;
                Ok(false)
            }
            false if copied || visit.options.has(METAFFI_VISIT_NO_SHARED) => {
                Err(met_again(self.is_open))
            }
            false => visit.visitor.again(self.id).map(|()| true),
        }
    }
}

#[cold]
fn met_again(is_open: bool) -> Error {
    let what = match is_open {
        true => "a container contains itself",
        false => "a container is there twice",
    };
    Error::invalid(format!(
        "{what}; without METAFFI_VISIT_SHARED_COPIED and METAFFI_VISIT_NO_SHARED the visitor is \
         told which one it is"
    ))
}

/// Objects that were opened as containers.
#[derive(Default)]
pub(super) struct OpenedObjects(BTreeMap<u64, OpenedObject>);

struct OpenedObject {
    met: MetContainer,
    /// Keeps it, so that no other gets its identity.
    _kept: OwnedHandle,
}

impl Visit<'_> {
    /// Whether an object was opened before, and the visitor has been told so.
    pub fn is_again(&mut self, identity: u64) -> Result<bool> {
        let mut seen = mem::take(&mut self.seen);
        let again = seen.0.get_mut(&identity).map(|known| known.met.is_again(self));
        self.seen = seen;
        again.unwrap_or(Ok(false))
    }

    /// Says which number an object has that was opened.
    pub fn has_opened(&mut self, object: Key, identity: u64, id: u64) -> Result<()> {
        let _kept = OwnedHandle::new(handle::clone(object, HandleKind::Object)?);
        let met = MetContainer { id, is_open: true };
        self.seen.0.insert(identity, OpenedObject { met, _kept });
        Ok(())
    }

    /// Says that an object was closed.
    pub fn has_closed(&mut self, identity: u64) {
        if let Some(seen) = self.seen.0.get_mut(&identity) {
            seen.met.is_open = false;
        }
    }
}
