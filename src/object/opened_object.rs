//! [`OpenedObjects`]: the objects of hosts that a visit has come to, by identity.

use std::collections::BTreeMap;

use super::{Visit, VisitedObject, met_again};
use crate::abi::{METAFFI_VISIT_NO_SHARED, METAFFI_VISIT_SHARED_COPIED};
use crate::error::Result;
use crate::handle::{self, HandleKind, Key};

/// Objects that were opened as containers, with their numbers.
#[derive(Default)]
pub(super) struct OpenedObjects(BTreeMap<u64, OpenedObject>);

struct OpenedObject {
    id: u64,
    is_open: bool,
    /// Keeps it, so that no other gets its identity.
    _kept: VisitedObject,
}

impl Visit<'_> {
    /// Whether an object was opened before, and the visitor has been told so.
    pub(super) fn is_again(&mut self, identity: u64) -> Result<bool> {
        let copied = self.options.has(METAFFI_VISIT_SHARED_COPIED);
        let Some(OpenedObject { id, is_open, .. }) = self.seen.0.get_mut(&identity) else {
            return Ok(false);
        };
        match copied && !*is_open {
            true => {
                *is_open = true;
                Ok(false)
            }
            false if copied || self.options.has(METAFFI_VISIT_NO_SHARED) => {
                Err(met_again(*is_open))
            }
            false => {
                let id = *id;
                self.visitor.again(id).map(|()| true)
            }
        }
    }

    /// Says which number an object has that was opened.
    pub(super) fn has_opened(&mut self, object: Key, identity: u64, id: u64) -> Result<()> {
        let _kept = VisitedObject::new(handle::clone(object, HandleKind::Object)?);
        self.seen.0.insert(identity, OpenedObject { id, is_open: true, _kept });
        Ok(())
    }

    /// Says that an object was closed.
    pub(super) fn has_closed(&mut self, identity: u64) {
        if let Some(seen) = self.seen.0.get_mut(&identity) {
            seen.is_open = false;
        }
    }
}
