//! [`SequenceIterator`]: the items of a sequence that has no iterator of its own, by position.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::{Capabilities, HOST, Iteration, Position, Protocol, TextKind, of, refuse, used_by};
use crate::abi::metaffi_value;
use crate::error::{Result, Status};
use crate::handle::{self, Extension, ForeignObject, HandleKind, Key, ObjectType, OwnedHandle};

/// An iterator over a sequence.
pub(super) struct SequenceIterator {
    sequence: OwnedHandle,
    next: Position,
}

static PROTOCOL: &dyn Protocol = &SequenceIteratorProtocol;

impl ObjectType for SequenceIterator {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

impl ForeignObject for SequenceIterator {
    fn runtime(&self) -> &str {
        HOST
    }

    fn type_name(&self) -> String {
        "SequenceIterator".to_owned()
    }

    fn identity(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }
}

impl SequenceIterator {
    /// A new one over an object that has items and a length.
    pub(super) fn over(object: Key) -> Result<Key> {
        let sequence = OwnedHandle::new(handle::clone(object, HandleKind::Object)?);
        handle::insert_object(Arc::new(SequenceIterator { sequence, next: Position::default() }))
    }
}

struct SequenceIteratorProtocol;

impl Protocol for SequenceIteratorProtocol {
    fn capabilities(&self, _: Key) -> Result<Capabilities> {
        let iterates = Capabilities::ITERATE | Capabilities::NEXT;
        Ok(iterates | Capabilities::HASH | Capabilities::HOST_OBJECT)
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        match iteration {
            Iteration::Itself => handle::clone(object, HandleKind::Object),
            _ => Err(refuse(object, Capabilities::READ_ENTRIES)),
        }
    }

    fn next(&self, iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
        let iterator = handle::get::<SequenceIterator>(iterator)?;
        let sequence = iterator.sequence.key();
        let protocol = of(sequence)?;
        let length = protocol.length(sequence)?;
        iterator.next.give(length, to, |index, place| {
            match protocol.get_index(sequence, index as i64, place) {
                // It has become shorter.
                Err(gone) if gone.status() == Status::NotFound => Ok(false),
                got => got.map(|()| true),
            }
        })
    }

    fn truth(&self, _: Key) -> Result<bool> {
        Ok(true)
    }

    fn text(&self, object: Key, _: TextKind) -> Result<String> {
        let iterator = handle::get::<SequenceIterator>(object)?;
        let over = handle::describe_object(iterator.sequence.key(), |object| object.type_name())?;
        Ok(format!("<iterator over {over}>"))
    }
}
