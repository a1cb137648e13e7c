//! What a thread has freed and may use again: things that are made and freed in turn, so that neither
//! their memory nor what they refer to is asked for each time. They go when others take their places,
//! and when the thread ends.

use std::any::TypeId;
use std::sync::Arc;

use super::few::Few;
use super::key::Key;
use super::pin;
use super::store::{ObjectType, insert_object};
use super::table::THINGS;

/// How many things wait for a thread.
const COUNT: usize = 16;

/// The things that wait for a thread.
pub(super) struct FreedObjects(Few<FreedObject, COUNT>);

/// A thing to which there is no other reference.
#[derive(Clone, Copy)]
struct FreedObject {
    /// An [`Arc`]'s.
    pointer: *const (),
    r#type: TypeId,
    drop: unsafe fn(*const ()),
}

impl FreedObject {
    /// As what it is, if it is a `T`.
    #[inline]
    fn get<T: 'static>(&self) -> Option<*const T> {
        (self.r#type == TypeId::of::<T>()).then_some(self.pointer.cast())
    }
}

unsafe fn drop_arc<T>(thing: *const ()) {
    // SAFETY: of `Arc::into_raw`, given up once.
    drop(unsafe { Arc::from_raw(thing.cast::<T>()) });
}

impl FreedObjects {
    pub(super) const fn new() -> FreedObjects {
        FreedObjects(Few::new())
    }

    /// Lets everything go.
    pub(super) fn clear(&self) {
        while let Some(thing) = self.0.take() {
            // SAFETY: `add` has put it there, and nobody has it any more.
            unsafe { (thing.drop)(thing.pointer) };
        }
    }

    #[inline]
    fn add<T: Send + Sync + 'static>(&self, thing: Arc<T>) {
        let first = if self.0.room() == 0 { self.0.take_first() } else { None };
        let pointer = Arc::into_raw(thing).cast();
        self.0.put(FreedObject { pointer, r#type: TypeId::of::<T>(), drop: drop_arc::<T> });
        if let Some(first) = first {
            // SAFETY: as in `clear`.
            unsafe { (first.drop)(first.pointer) };
        }
    }

    #[inline(always)]
    fn take<T: Send + Sync + 'static>(&self, suits: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        // SAFETY: what is here is this thread's alone.
        let suits =
            |thing: FreedObject| thing.get::<T>().is_some_and(|thing| suits(unsafe { &*thing }));
        let thing = self.0.take_if(suits)?.get::<T>()?;
        // SAFETY: of `Arc::into_raw`, taken out once.
        Some(unsafe { Arc::from_raw(thing) })
    }
}

/// Leaves a thing to which there is no other reference to this thread, for [`take_left`]. A thread
/// that is about to end, or has never called anything, lets it go.
#[inline]
pub fn leave<T: Send + Sync + 'static>(thing: Arc<T>) {
    if let Some(block) = pin::own_now() {
        block.freed.add(thing);
    }
}

/// A thing that this thread was [left](leave) and that suits.
#[inline(always)]
pub fn take_left<T: Send + Sync + 'static>(suits: impl Fn(&T) -> bool) -> Option<Arc<T>> {
    pin::own_now()?.freed.take(suits)
}

/// A new handle for an object that this thread was [left](leave) and that suits, which `fill` makes
/// what it is now. Nothing is waited or asked for; `None` if there is no such object, or no slot at
/// hand.
#[inline(always)]
pub fn insert_left<T: ObjectType>(
    suits: impl Fn(&T) -> bool,
    fill: impl FnOnce(&T),
) -> Option<Key> {
    if !THINGS.has_spare() {
        return None;
    }
    let object = take_left(suits)?;
    fill(&object);
    insert_object(object).ok()
}

/// Lets everything go that this thread has freed.
pub fn let_go_left() {
    if let Some(block) = pin::own_now() {
        block.batched.release();
        block.put_off.release();
        block.freed.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;
    use std::sync::Weak;
    use std::thread;

    use super::*;

    fn left(number: u32) -> Weak<u32> {
        let thing = Arc::new(number);
        let weak = Arc::downgrade(&thing);
        leave(thing);
        weak
    }

    #[test]
    fn a_thread_gets_back_what_suits_until_others_take_its_place() {
        thread::spawn(|| {
            assert_eq!(left(0).strong_count(), 0);
            pin::enter().defer(ptr::null_mut(), {
                unsafe extern "C" fn nothing(_: *mut ()) {}
                nothing
            });
            let weak = left(1);
            assert!(take_left::<u64>(|_| true).is_none());
            assert!(take_left::<u32>(|number| *number == 2).is_none());
            assert_eq!(take_left::<u32>(|number| *number == 1).as_deref(), Some(&1));
            assert!(take_left::<u32>(|_| true).is_none());
            assert_eq!(weak.strong_count(), 0);
            let all: Vec<_> = (0..COUNT as u32 + 3).map(left).collect();
            let alive = all.iter().filter(|weak| weak.strong_count() == 1).count();
            assert_eq!(alive, COUNT);
            assert!(all[..3].iter().all(|weak| weak.strong_count() == 0));
            let_go_left();
            assert!(all.iter().all(|weak| weak.strong_count() == 0));
        })
        .join()
        .unwrap();
    }

    #[test]
    fn what_is_left_to_a_thread_goes_with_it() {
        let weak = thread::spawn(|| {
            crate::handle::using(|scope| {
                scope.defer(ptr::null_mut(), {
                    unsafe extern "C" fn nothing(_: *mut ()) {}
                    nothing
                })
            });
            let weak = left(1);
            assert_eq!(weak.strong_count(), 1);
            weak
        })
        .join()
        .unwrap();
        assert_eq!(weak.strong_count(), 0);
    }
}
