//! [`ArrayIterator`]: the elements of an array, one after the other.

use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::item;
use crate::abi::metaffi_value;
use crate::backend::c::convert::access;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::types::NAME;
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, Extension, ForeignObject, Key, ObjectType};
use crate::object::{Capabilities, Iteration, Protocol, TextKind, refuse, used_by};

/// An iterator over an array. Threads that share it get each element once.
struct ArrayIterator {
    array: Arc<CData>,
    /// The position of the next element.
    next: AtomicUsize,
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
        next: AtomicUsize::new(0),
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
            let most = |start: usize| (start < length).then(|| length.min(start + to.len()));
            let relaxed = Ordering::Relaxed;
            let Ok(start) = next.fetch_update(relaxed, relaxed, most) else { return Ok(0) };
            let count = to.len().min(length - start);
            for (place, index) in to.iter_mut().zip(start..start + count) {
                // SAFETY: the array has so many elements.
                let element = array
                    .element_at(index.cast_signed())
                    .and_then(|element| unsafe { access::read_object_at(&element) });
                match element {
                    Ok(value) => place.write(value.into_raw()),
                    Err(error) if index == start => return Err(error),
                    Err(_) => {
                        next.store(index, relaxed);
                        return Ok(index - start);
                    }
                };
            }
            Ok(count)
        })
    }

    unsafe fn compare(
        &self,
        object: Key,
        comparison: crate::object::Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        super::compare::same(object, comparison, with)
    }

    fn hash(&self, object: Key) -> Result<u64> {
        handle::describe_object(object, |object| object.identity())
    }

    fn truth(&self, _: Key) -> Result<bool> {
        Ok(true)
    }

    fn text(&self, object: Key, _: TextKind) -> Result<String> {
        super::text::about(object)
    }
}
