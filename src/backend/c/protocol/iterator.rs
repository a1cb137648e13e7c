//! [`ArrayIterator`]: the elements of an array, one after the other.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::item;
use crate::abi::metaffi_value;
use crate::backend::c::convert::access;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::types::NAME;
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, Extension, ForeignObject, Key, ObjectType};
use crate::object::{Capabilities, Iteration, Position, Protocol, TextKind, refuse, used_by};

/// An iterator over an array.
struct ArrayIterator {
    array: Arc<CData>,
    next: Position,
}

static PROTOCOL: &dyn Protocol = &IteratorProtocol;

/// A new one, from the start.
pub(super) fn over(
    scope: &CallScope,
    data: BorrowedCData<'_>,
    object: Key,
    iteration: Iteration,
) -> Result<Key> {
    item::counted(scope, data, object, Capabilities::ITERATE)?;
    match iteration {
        Iteration::Itself | Iteration::Values => {}
        Iteration::Keys | Iteration::Entries => {
            return Err(refuse(object, Capabilities::READ_ENTRIES));
        }
    }
    handle::insert_object(Arc::new(ArrayIterator {
        array: data.to_arc(),
        next: Position::default(),
    }))
}

impl ObjectType for ArrayIterator {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

impl ForeignObject for ArrayIterator {
    fn runtime(&self) -> &str {
        NAME
    }

    fn type_name(&self) -> String {
        format!("iterator over {}", self.array.ctype().spell())
    }

    fn identity(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }
}

struct IteratorProtocol;

impl Protocol for IteratorProtocol {
    fn capabilities(&self, _: Key) -> Result<Capabilities> {
        Ok(Capabilities::ITERATE | Capabilities::NEXT | Capabilities::HASH)
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        match iteration {
            Iteration::Itself => handle::clone(object, handle::HandleKind::Object),
            _ => Err(refuse(object, Capabilities::READ_ENTRIES)),
        }
    }

    fn next(&self, iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
        handle::using(|scope| {
            let ArrayIterator { array, next } = scope.get::<ArrayIterator>(iterator)?;
            let (array, length) =
                item::counted(scope, array.into(), iterator, Capabilities::ITERATE)?;
            next.give(length, to, |index, place| {
                let element = array.element_at(index.cast_signed())?;
                // SAFETY: the array has so many elements.
                let value = unsafe { access::read_object_at(&element) }
                    .map_err(|error| error.context(format_args!("item {index}")))?;
                place.write(value.into_raw());
                Ok(true)
            })
        })
    }

    fn truth(&self, _: Key) -> Result<bool> {
        Ok(true)
    }

    fn text(&self, object: Key, _: TextKind) -> Result<String> {
        super::text::about(object)
    }
}
