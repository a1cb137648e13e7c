//! References whose handle was freed, maybe while somebody was using them: each waits at the place that
//! says so, and is released by whoever gives that place back.

use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::few::Few;
use super::pin::block::Block;
use super::slot::HandleVtable;
use super::{barrier, pin};
use crate::errno;
use crate::process::stack;
use crate::thread::ThreadWords;

/// A reference that waits.
pub(super) struct Retired {
    data: *const (),
    vtable: &'static HandleVtable,
    next: *mut Retired,
}

/// How many references wait together.
const BATCH: usize = 16;

/// References of which nobody sees when they are released: so that a barrier is needed once for many,
/// they wait for others. Only for their thread.
pub(super) struct BatchedReleases(Few<(*const (), &'static HandleVtable), BATCH>);

impl BatchedReleases {
    pub(super) const fn new() -> BatchedReleases {
        BatchedReleases(Few::new())
    }

    fn add(&self, data: *const (), vtable: &'static HandleVtable) {
        self.0.put((data, vtable));
        if self.0.room() == 0 {
            self.release();
        }
    }

    /// Releases all that no call uses.
    pub(super) fn release(&self) {
        // Whatever runs meanwhile may add some.
        let references = self.0.take_all();
        if references.len() != 0 {
            barrier::heavy();
        }
        references.for_each(|(data, vtable)| release_unused(data, vtable));
    }
}

/// References that one is released by while the stack is nearly used up: a chain of objects each of which
/// frees the next may be long. Whoever releases one and has room releases them. Only for their thread.
pub(super) struct PutOffReleases(Cell<*mut Retired>);

impl PutOffReleases {
    pub(super) const fn new() -> PutOffReleases {
        PutOffReleases(Cell::new(ptr::null_mut()))
    }

    #[cold]
    fn add(&self, data: *const (), vtable: &'static HandleVtable) {
        self.0.set(Box::into_raw(Box::new(Retired { data, vtable, next: self.0.get() })));
    }

    /// Releases all of them, and those that are put off meanwhile.
    #[inline]
    pub(super) fn release(&self) {
        while !self.0.get().is_null() {
            settle(self.0.take());
        }
    }
}

/// Where a thread has its words, and its block.
type OnThread = (ThreadWords, Option<&'static Block>);

/// Releases a reference as soon as no call uses it: now if that is so already, or with others.
#[inline(never)]
pub(super) fn retire(data: *const (), vtable: &'static HandleVtable) {
    let words = ThreadWords::here();
    with_room((words, pin::own_on(words)), data, vtable, || match pin::alone() {
        true => release_unused(data, vtable),
        false => retire_among_threads(data, vtable),
    });
}

/// Releases a reference that no call uses, on the thread that has these words and that block.
///
/// # Safety
/// It is the caller's, and none does.
#[inline]
pub(super) unsafe fn release(on: OnThread, data: *const (), vtable: &'static HandleVtable) {
    // SAFETY: this is the last use.
    with_room(on, data, vtable, || unsafe { (vtable.release)(data) });
}

/// Releases a reference if there is room on the stack, else later.
#[inline(always)]
fn with_room(
    (words, own): OnThread,
    data: *const (),
    vtable: &'static HandleVtable,
    release: impl FnOnce(),
) {
    let Some(block) = own else { return release() };
    if stack::is_low_on(words) {
        return block.put_off.add(data, vtable);
    }
    release();
    block.put_off.release();
}

#[inline(never)]
fn retire_among_threads(data: *const (), vtable: &'static HandleVtable) {
    // SAFETY: of the reference that is given up.
    let may_wait = unsafe { (vtable.may_wait)(data) };
    if let Some(block) = pin::own_now().filter(|_| may_wait) {
        return block.batched.add(data, vtable);
    }
    barrier::heavy();
    release_unused(data, vtable);
}

/// Releases a reference, or leaves it to the call that uses it.
#[inline]
fn release_unused(data: *const (), vtable: &'static HandleVtable) {
    match pin::find(data) {
        // SAFETY: the key is dead and nobody uses what it stood for: this is the last use.
        None => unsafe { (vtable.release)(data) },
        Some(_) => settle(Box::into_raw(Box::new(Retired { data, vtable, next: ptr::null_mut() }))),
    }
}

/// Called where a place was given back at which something waits.
///
/// That is between a guest's function and its caller, who may want to know `errno`.
#[cold]
#[inline(never)]
pub(super) fn release_waiting(waiting: &AtomicPtr<Retired>) {
    let errno = errno::get();
    settle(waiting.swap(ptr::null_mut(), Ordering::Acquire));
    errno::set(errno);
}

/// Releases each of a list, or leaves it where it has to wait.
fn settle(mut list: *mut Retired) {
    while !list.is_null() {
        let retired = list;
        // SAFETY: `retire` made each from a box, and what is on the list is this caller's.
        let data = unsafe {
            list = (*retired).next;
            (*retired).data
        };
        let Some(pin) = pin::find(data) else {
            // SAFETY: as above; its key is dead and nobody uses it, so this is the last use.
            unsafe {
                let retired = Box::from_raw(retired);
                (retired.vtable.release)(retired.data);
            }
            continue;
        };
        let push = |head: *mut Retired| {
            // SAFETY: the caller's own, until it is on the list.
            unsafe { (*retired).next = head };
            Some(retired)
        };
        let _ = pin.waiting.fetch_update(Ordering::Release, Ordering::Relaxed, push);
        barrier::heavy();
        if pin.data.load(Ordering::Acquire).cast_const() != data {
            // Whoever gave the place back may have done so before this waited there.
            list = append(pin.waiting.swap(ptr::null_mut(), Ordering::Acquire), list);
        }
    }
}

/// One list after the other.
fn append(first: *mut Retired, second: *mut Retired) -> *mut Retired {
    if first.is_null() {
        return second;
    }
    let mut last = first;
    // SAFETY: both lists are the caller's.
    unsafe {
        while !(*last).next.is_null() {
            last = (*last).next;
        }
        (*last).next = second;
    }
    first
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;
    use crate::handle::{self, ForeignObject, HandleKind, ObjectType};

    struct Unseen(Arc<AtomicUsize>);

    impl Drop for Unseen {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl ObjectType for Unseen {}

    impl ForeignObject for Unseen {
        fn runtime(&self) -> &str {
            "test"
        }
        fn type_name(&self) -> String {
            String::new()
        }
        fn identity(&self) -> u64 {
            0
        }
        fn may_wait(&self) -> bool {
            true
        }
    }

    #[test]
    fn what_nobody_sees_is_released_with_others_or_when_its_thread_ends() {
        let drops = Arc::new(AtomicUsize::new(0));
        let count = || drops.load(Ordering::SeqCst);
        let make = || handle::insert_object(Arc::new(Unseen(drops.clone()))).unwrap();
        let (used, free) = (make(), |key| handle::free(key, HandleKind::Object).unwrap());
        // Another thread has to be waited for.
        let (end, ended) = channel::<()>();
        let other = thread::spawn({
            let (began, begin) = channel();
            let thread = thread::spawn(move || {
                let scope = pin::enter();
                scope.get::<Unseen>(used).unwrap();
                began.send(()).unwrap();
                ended.recv().unwrap_err();
            });
            begin.recv().unwrap();
            move || thread.join().unwrap()
        });
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                let use_and_free = |key| {
                    handle::using(|scope| scope.get::<Unseen>(key).map(drop)).unwrap();
                    free(key);
                };
                use_and_free(used);
                (1..BATCH - 1).for_each(|_| use_and_free(make()));
                assert_eq!(count(), 0);
                use_and_free(make());
                assert_eq!(count(), BATCH - 1);
                use_and_free(make());
                assert_eq!(count(), BATCH - 1);
                // What nobody has used has nobody to wait for.
                free(make());
                assert_eq!(count(), BATCH);
            });
            thread.join().unwrap();
        });
        assert_eq!(count(), BATCH + 1);
        drop(end);
        other.join().unwrap();
        assert_eq!(count(), BATCH + 2);
    }
}
