//! [`Held`]: what an object's pointers were made to point to by a host, whose own references may
//! end before C's use of it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ptr;
use std::sync::Arc;

use super::cdata::CData;
use crate::call::Callable;
use crate::fork::Lock;

/// What pointers in an object's memory point to, by the addresses of the pointers.
#[derive(Default)]
pub(super) struct Held(Lock<BTreeMap<usize, Thing>>);

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
        let mut held = self.0.lock();
        // What is let go may be the last reference, which may run code of its own.
        let before = match thing {
            Some(thing) => held.insert(address, thing),
            None => held.remove(&address),
        };
        drop(held);
        let_go(before);
    }

    /// Gives up everything.
    pub(super) fn let_go(self) {
        let_go(self.0.into_inner().into_values());
    }

    /// The object that the pointer at an address was made to point into.
    pub(super) fn get(&self, address: usize) -> Option<Arc<CData>> {
        match self.0.lock().get(&address)? {
            Thing::Data(data) => Some(data.clone()),
            Thing::Callable(_) => None,
        }
    }
}

thread_local! {
    /// What this thread has let go and is still to be dropped, while it drops something.
    static LEFT: Cell<*mut Vec<Thing>> = const { Cell::new(ptr::null_mut()) };
}

/// Drops things. What they let go in turn waits in a list, so that no chain of objects (a linked
/// list, callables whose data are objects) exhausts the stack.
pub(super) fn let_go(things: impl IntoIterator<Item = Thing>) {
    let mut things = things.into_iter().peekable();
    if things.peek().is_none() {
        return;
    }
    let outer = LEFT.get();
    if !outer.is_null() {
        // SAFETY: the list is that of a call of this function further up on this thread, which
        // borrows it only between drops.
        return unsafe { (*outer).extend(things) };
    }
    // On the heap: a finalizer that is left by longjmp leaves it there.
    let list = Box::into_raw(Box::new(things.collect::<Vec<_>>()));
    LEFT.set(list);
    // SAFETY: the list is this call's, and nobody borrows it while a thing is taken out.
    while let Some(thing) = unsafe { (*list).pop() } {
        drop(thing);
    }
    LEFT.set(ptr::null_mut());
    // SAFETY: made above, and nobody has its address any more.
    drop(unsafe { Box::from_raw(list) });
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::super::testing::Header;
    use super::*;

    /// Runs on a thread with a stack of so many kilobytes.
    fn on_a_stack_of(kilobytes: usize, body: impl FnOnce() + Send + 'static) {
        thread::Builder::new().stack_size(kilobytes << 10).spawn(body).unwrap().join().unwrap();
    }

    #[test]
    fn a_chain_of_objects_is_freed_on_a_small_stack() {
        let header = Header::new("struct node { int value; struct node *next; };");
        let node = header.ctype("struct node");
        on_a_stack_of(64, move || {
            let mut last = Arc::new(CData::zeroed(node.clone(), 0).unwrap());
            let first = Arc::downgrade(&last);
            for _ in 0..100_000 {
                let next = Arc::new(CData::zeroed(node.clone(), 0).unwrap());
                next.hold(0, Some(Thing::Data(last)));
                last = next;
            }
            assert_eq!(first.strong_count(), 1);
            drop(last);
            assert_eq!(first.strong_count(), 0);
        });
    }
}
