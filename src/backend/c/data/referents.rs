//! [`Referents`]: what an object's pointers were made to point to by a host, whose own references may
//! end before C's use of it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cdata::CData;
use crate::fork::Lock;
use crate::object::memory::HostReference;

/// What pointers in an object's memory point to, by the addresses of the pointers.
#[derive(Default)]
pub(in crate::backend::c) struct Referents(Lock<BTreeMap<usize, Referent>>);

/// What a pointer points to.
#[expect(dead_code, reason = "what is kept is dropped alone")]
pub(in crate::backend::c) enum Referent {
    /// Memory of ours.
    Data(Arc<CData>),
    /// What a host keeps alive.
    Kept(HostReference),
}

impl Referents {
    /// Keeps what the pointer at an address points to from now on, instead of what it pointed to.
    pub(in crate::backend::c) fn set(&self, address: usize, thing: Option<Referent>) {
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
    pub(in crate::backend::c) fn let_go(self) {
        let_go(self.0.into_inner().into_values());
    }
}

thread_local! {
    /// What this thread has let go and is still to be dropped, while it drops something. Without a
    /// destructor: things are let go until the very end of a thread.
    static LEFT: Cell<*mut Vec<Referent>> = const { Cell::new(ptr::null_mut()) };
}

/// What nobody has dropped, since a finalizer was left by unwinding: for whoever drops next.
static BEHIND: Lock<Vec<Referent>> = Lock::new(Vec::new());

/// Whether there is some.
static ANY_BEHIND: AtomicBool = AtomicBool::new(false);

/// The list of a thread that drops things.
struct DropQueue(*mut Vec<Referent>);

impl DropQueue {
    fn begin(things: Vec<Referent>) -> DropQueue {
        let list = Box::into_raw(Box::new(things));
        LEFT.set(list);
        DropQueue(list)
    }

    fn next(&self) -> Option<Referent> {
        // SAFETY: the list is this thread's, and nobody borrows it while a thing is taken out.
        unsafe { (*self.0).pop() }
    }
}

impl Drop for DropQueue {
    fn drop(&mut self) {
        LEFT.set(ptr::null_mut());
        // SAFETY: made by `begin`, and nobody has its address any more.
        let mut list = unsafe { Box::from_raw(self.0) };
        if !list.is_empty() {
            BEHIND.lock().append(&mut list);
            ANY_BEHIND.store(true, Ordering::Release);
        }
    }
}

/// Drops things. What they let go in turn waits in a list, so that no chain of objects (a linked
/// list, callables whose data are objects) exhausts the stack.
pub(in crate::backend::c) fn let_go(things: impl IntoIterator<Item = Referent>) {
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
    let mut things: Vec<Referent> = things.collect();
    if ANY_BEHIND.load(Ordering::Relaxed) && ANY_BEHIND.swap(false, Ordering::Acquire) {
        things.append(&mut BEHIND.lock());
    }
    let dropping = DropQueue::begin(things);
    while let Some(thing) = dropping.next() {
        drop(thing);
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::c_void;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use super::*;
    use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
    use crate::backend::c::testing::Header;
    use crate::call::{Callable, Function, HostFunction, Plan, Userdata};
    use crate::signature::Signature;

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
                next.hold(0, Some(Referent::Data(last)));
                last = next;
            }
            assert_eq!(first.strong_count(), 1);
            drop(last);
            assert_eq!(first.strong_count(), 0);
        });
    }
    #[test]
    fn what_a_finalizer_that_is_left_leaves_is_dropped_by_the_next() {
        unsafe extern "C-unwind" fn leave(_: *mut c_void) {
            panic!("left");
        }
        unsafe extern "C-unwind" fn nothing(
            _: *mut c_void,
            _: *mut metaffi_slot,
            _: *mut *mut metaffi_error,
        ) -> metaffi_status {
            METAFFI_OK
        }
        let header = Header::new("struct two { void *first, *second; }; typedef void none(void);");
        let two = || Arc::new(CData::zeroed(header.ctype("struct two"), 0).unwrap());
        let callable = || {
            let plan = Plan::of(Signature::default()).unwrap();
            let userdata = Userdata::of_host(ptr::null_mut(), Some(leave));
            userdata.own();
            let host = HostFunction::new(nothing, userdata, &plan);
            Referent::Kept(Box::new(Callable::new(Arc::new(Function::planned(plan, host)))))
        };
        let (object, inner) = (two(), two());
        let watched = Arc::downgrade(&inner);
        object.hold(0, Some(Referent::Data(inner)));
        // The latest is dropped first.
        object.hold(8, Some(callable()));
        let left = catch_unwind(AssertUnwindSafe(|| drop(object)));
        assert!(left.is_err());
        assert!(LEFT.get().is_null());
        let other = two();
        other.hold(0, Some(Referent::Data(two())));
        drop(other);
        assert_eq!(watched.strong_count(), 0);
    }
}
