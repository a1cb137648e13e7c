//! [`Releases`]: what was given up where the runtime that it belongs to was not entered.
//!
//! A list without a lock: a process that is forked while a thread adds to it has it whole.

use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, Ordering};

/// Gives something back inside a runtime, of which `Inside` is the proof.
pub type Release<Inside> = unsafe fn(&Inside, NonNull<()>);

/// What waits for a thread that is inside.
pub struct Releases<Inside> {
    /// What was given up last.
    latest: AtomicPtr<PendingRelease<Inside>>,
}

struct PendingRelease<Inside> {
    data: NonNull<()>,
    release: Release<Inside>,
    /// What was given up before.
    next: *mut PendingRelease<Inside>,
}

impl<Inside> Releases<Inside> {
    /// An empty list.
    pub const fn new() -> Releases<Inside> {
        Releases { latest: AtomicPtr::new(ptr::null_mut()) }
    }

    /// Leaves something to whoever is inside next; whether nothing waited before.
    ///
    /// # Safety
    /// Inside, `release` may be given `data`, on any thread; nobody else uses it any more.
    #[cold]
    pub unsafe fn push(&self, data: NonNull<()>, release: Release<Inside>) -> bool {
        let next = ptr::null_mut();
        let waiting = Box::into_raw(Box::new(PendingRelease { data, release, next }));
        let push = |latest| {
            // SAFETY: nobody else knows it yet.
            unsafe { (*waiting).next = latest };
            Some(waiting)
        };
        let before = self.latest.fetch_update(Ordering::Release, Ordering::Relaxed, push);
        before.is_ok_and(|latest| latest.is_null())
    }

    /// Whether anything waits.
    #[inline(always)]
    pub fn any(&self) -> bool {
        !self.latest.load(Ordering::Relaxed).is_null()
    }

    /// Gives back what has been left.
    #[inline]
    pub fn give_back(&self, inside: &Inside) {
        if self.any() {
            self.give_back_list(inside);
        }
    }

    #[cold]
    fn give_back_list(&self, inside: &Inside) {
        // The whole list at once: what an object's end runs may add to another.
        let mut next = self.latest.swap(ptr::null_mut(), Ordering::Acquire);
        while !next.is_null() {
            // SAFETY: made by `push`, and taken off by this thread alone, which is inside.
            unsafe {
                let waiting = Box::from_raw(next);
                next = waiting.next;
                (waiting.release)(inside, waiting.data);
            }
        }
    }
}

impl<Inside> Default for Releases<Inside> {
    fn default() -> Releases<Inside> {
        Releases::new()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    struct Inside;

    static WAITING: Releases<Inside> = Releases::new();
    static LOCK: Mutex<Inside> = Mutex::new(Inside);

    /// Counts, and gives up one more if it says so.
    unsafe fn count(_: &Inside, data: NonNull<()>) {
        // SAFETY: of the box below, given up once.
        let thing = unsafe { Box::from_raw(data.cast::<Thing>().as_ptr()) };
        thing.0.fetch_add(1, Ordering::Relaxed);
        if let Some(inner) = thing.1 {
            give_up(*inner);
        }
    }

    struct Thing(&'static AtomicUsize, Option<Box<Thing>>);

    fn give_up(thing: Thing) {
        // SAFETY: a box's pointer, given up.
        unsafe { WAITING.push(NonNull::from(Box::leak(Box::new(thing))).cast(), count) };
    }

    #[test]
    fn everything_that_is_given_up_is_given_back_once() {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        const EACH: usize = if cfg!(miri) { 20 } else { 2000 };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for index in 0..EACH {
                        give_up(Thing(&COUNT, Some(Box::new(Thing(&COUNT, None)))));
                        if index % 7 == 0 {
                            WAITING.give_back(&LOCK.lock().unwrap());
                        }
                    }
                });
            }
        });
        while WAITING.any() {
            WAITING.give_back(&LOCK.lock().unwrap());
        }
        assert_eq!(COUNT.load(Ordering::Relaxed), 4 * 2 * EACH);
    }
}
