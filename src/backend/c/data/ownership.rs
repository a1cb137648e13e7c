//! What an object alone keeps: nobody but whoever asks would miss it.

use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::cdata::CData;
use super::memory::MemoryOwner;
use super::referents::{Referent, Referents};
use crate::handle;

/// Shows what the pointers of an object were made to point to, and those of the objects that it alone
/// keeps in turn, if all references to it are the `known` ones of whoever asks.
pub(in crate::backend::c) fn owned(
    object: &Arc<CData>,
    known: impl Fn(*const CData) -> usize,
    mut see: impl FnMut(&Referents),
) {
    let first = Arc::as_ptr(object);
    let mut left = vec![(first, known(first))];
    while let Some((object, references)) = left.pop() {
        // SAFETY: each lives as long as the one that keeps it, and the first as its reference. None
        // is given up here.
        let object = unsafe { ManuallyDrop::new(Arc::from_raw(object)) };
        if Arc::strong_count(&object) != references {
            continue;
        }
        // The reference of whoever keeps it is one more.
        let mut follow =
            |next: &Arc<CData>| left.push((Arc::as_ptr(next), known(Arc::as_ptr(next)) + 1));
        handle::using(|scope| {
            let owner = object.memory(scope).map(|memory| memory.owner());
            if let Ok(Some(MemoryOwner::Part(whole) | MemoryOwner::Keeping(_, whole))) = owner {
                follow(whole);
            }
        });
        if let Some(held) = object.referents() {
            held.for_each(|thing| match thing {
                Referent::Data(data) => follow(data),
                Referent::Callable(_) | Referent::Kept(..) => {}
            });
            see(held);
        }
    }
}
