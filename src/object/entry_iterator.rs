//! [`EntryIterator`]: the values, or the entries, of a mapping that iterates its keys alone.

use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::{Capabilities, HOST, Iteration, Protocol, TextKind, of, refuse, used_by};
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::handle::{self, Extension, ForeignObject, HandleKind, Key, ObjectType, OwnedHandle};
use crate::value::OwnedValue;

/// An iterator over the entries of a mapping.
pub(super) struct EntryIterator {
    mapping: OwnedHandle,
    keys: OwnedHandle,
    with_keys: bool,
    /// What was found and not given yet.
    found: Lock<VecDeque<FoundValue>>,
}

/// A value, or what there is instead.
struct FoundValue(Result<OwnedValue>);

// SAFETY: what a value holds is metaffi's own memory and handles, which every thread may use.
unsafe impl Send for FoundValue {}

static PROTOCOL: &dyn Protocol = &EntryIteratorProtocol;

impl ObjectType for EntryIterator {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

impl ForeignObject for EntryIterator {
    fn runtime(&self) -> &str {
        HOST
    }

    fn type_name(&self) -> String {
        "EntryIterator".to_owned()
    }

    fn identity(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }
}

impl EntryIterator {
    /// A new one over an object whose keys an iterator gives, which it takes over.
    pub(super) fn over(object: Key, keys: OwnedHandle, with_keys: bool) -> Result<Key> {
        let mapping = OwnedHandle::new(handle::clone(object, HandleKind::Object)?);
        let found = Lock::new(VecDeque::new());
        handle::insert_object(Arc::new(EntryIterator { mapping, keys, with_keys, found }))
    }

    /// Finds the next entry; false at the end.
    fn find(&self) -> Result<bool> {
        let (mut key, mut item) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        let keys = self.keys.key();
        if of(keys)?.next(keys, std::slice::from_mut(&mut key))? == 0 {
            return Ok(false);
        }
        let mapping = self.mapping.key();
        // SAFETY: what was written is ours, and is what its type says.
        let (key, item) = unsafe {
            let key = OwnedValue::from_raw(key.assume_init());
            let item = of(mapping)?
                .get_item(mapping, &key, &mut item)
                .map(|()| OwnedValue::from_raw(item.assume_init()));
            (key, item)
        };
        let key = (self.with_keys && item.is_ok()).then_some(FoundValue(Ok(key)));
        // Both at once: another thread may have found another entry.
        self.found.lock().extend(key.into_iter().chain([FoundValue(item)]));
        Ok(true)
    }
}

struct EntryIteratorProtocol;

impl Protocol for EntryIteratorProtocol {
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
        let iterator = handle::get::<EntryIterator>(iterator)?;
        let mut count = 0;
        while count < to.len() {
            let found = iterator.found.lock().pop_front();
            let failure: Error = match found {
                Some(FoundValue(Ok(value))) => {
                    to[count].write(value.into_raw());
                    count += 1;
                    continue;
                }
                Some(FoundValue(Err(failure))) => failure,
                None => match iterator.find() {
                    Ok(true) => continue,
                    Ok(false) => break,
                    Err(failure) => failure,
                },
            };
            if count == 0 {
                return Err(failure);
            }
            iterator.found.lock().push_front(FoundValue(Err(failure)));
            break;
        }
        Ok(count)
    }

    fn truth(&self, _: Key) -> Result<bool> {
        Ok(true)
    }

    fn text(&self, object: Key, _: TextKind) -> Result<String> {
        let iterator = handle::get::<EntryIterator>(object)?;
        let over = handle::describe_object(iterator.mapping.key(), |object| object.type_name())?;
        Ok(format!("<iterator over entries of {over}>"))
    }
}
