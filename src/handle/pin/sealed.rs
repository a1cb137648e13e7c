//! Places that are in use for long: those of very deep recursion, and those that a `longjmp` has
//! left in use for good.
//!
//! A thread that has very many places in use has them sealed, all but the first. A sealed place is
//! known by what it holds, so that looking for something takes as long however many there are. It
//! is given back like any other, only not to its thread but to [`OWNER`], and its memory is used
//! again when its neighbours have been given back too.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use super::block::{Block, CHUNK_COUNT, Pin, Places};
use crate::fork::Lock;

type PinChunk = &'static Places<CHUNK_COUNT>;

struct Sealed {
    /// By what they held, and their own addresses.
    places: BTreeMap<(usize, usize), (&'static Pin, PinChunk)>,
    /// Of which no place is in use.
    spare: Vec<PinChunk>,
}

// SAFETY: what is not atomic in places and chunks is used with the lock held, once they are sealed.
unsafe impl Send for Sealed {}

static SEALED: Lock<Sealed> = Lock::new(Sealed { places: BTreeMap::new(), spare: Vec::new() });

/// Whether there ever were any.
static ANY: AtomicBool = AtomicBool::new(false);

/// Stands for the block of all that are sealed.
static OWNER: Block = Block::new();

/// Seals the places of chunks that are all in use. Only for the thread that has the block, which
/// still shows them.
pub(super) fn seal(chunks: impl Iterator<Item = PinChunk>) {
    let mut sealed = SEALED.lock();
    for chunk in chunks {
        chunk.set_sealed();
        for pin in chunk.used() {
            // Whoever gives it back meanwhile, on another thread, may have looked at the owner
            // before: that one passes it on.
            pin.set_owner(&OWNER);
            let held = pin.data.load(Ordering::Acquire);
            pin.held.set(held);
            sealed.places.insert(key(held, pin), (pin, chunk));
        }
    }
    ANY.store(true, Ordering::Release);
}

/// The sealed place that says that `data` is in use.
pub(super) fn find(data: *const ()) -> Option<&'static Pin> {
    if !ANY.load(Ordering::Acquire) {
        return None;
    }
    let mut sealed = SEALED.lock();
    sealed.sweep();
    let from = Bound::Included((data.addr(), 0));
    let known = sealed.places.range((from, Bound::Unbounded));
    let mut known = known.take_while(|((held, _), _)| *held == data.addr());
    // Some may have been given back just now.
    let holds = |pin: &Pin| ptr::eq(pin.data.load(Ordering::Acquire), data);
    known.find_map(|(_, (pin, _))| holds(pin).then_some(*pin))
}

/// A chunk of which no place is in use.
pub(super) fn spare() -> Option<PinChunk> {
    if !ANY.load(Ordering::Relaxed) {
        return None;
    }
    let mut sealed = SEALED.lock();
    sealed.sweep();
    sealed.spare.pop()
}

impl Sealed {
    /// Forgets those that were given back.
    fn sweep(&mut self) {
        for pin in OWNER.take_returned() {
            let known = self.places.remove(&key(pin.held.get(), pin));
            if let Some((_, chunk)) = known
                && chunk.lose()
            {
                self.spare.push(chunk);
            }
        }
    }
}

fn key(held: *const (), pin: &Pin) -> (usize, usize) {
    (held.addr(), ptr::from_ref(pin).addr())
}

#[cfg(test)]
mod tests {
    use std::mem;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::super::block::current;
    use super::super::{CallScope, enter};
    use super::*;
    use crate::handle::store::tests::Counted;
    use crate::handle::{HandleKind, free, insert_object};

    fn counted(count: &Arc<AtomicUsize>) -> usize {
        insert_object(Arc::new(Counted(count.clone()))).unwrap()
    }

    /// How many places are looked at one after the other for what this thread uses.
    fn looked_at() -> usize {
        current().map_or(0, |block| block.used().count())
    }

    const MANY: usize = if cfg!(miri) { 700 } else { 20_000 };

    #[test]
    fn what_is_left_in_use_is_not_looked_at_one_by_one() {
        // Such a thread's places are nobody else's.
        let test = || {
            let count = Arc::new(AtomicUsize::new(0));
            let keys: Vec<usize> = (0..20).map(|_| counted(&count)).collect();
            for index in 0..MANY {
                let scope = enter();
                scope.get::<Counted>(keys[index % keys.len()]).unwrap();
                // As a longjmp does.
                mem::forget(scope);
            }
            assert!(looked_at() < 1000, "{}", looked_at());
            for key in keys {
                free(key, HandleKind::Object).unwrap();
            }
            assert_eq!(count.load(Ordering::SeqCst), 0, "all are in use");
            let other = counted(&count);
            free(other, HandleKind::Object).unwrap();
            assert_eq!(count.load(Ordering::SeqCst), 1);
        };
        thread::spawn(test).join().unwrap();
    }

    #[test]
    fn sealed_places_are_given_back_on_any_thread_and_used_again() {
        let test = || {
            let count = Arc::new(AtomicUsize::new(0));
            let mut highest = 0;
            for round in 0..6 {
                let (before, key) = (count.load(Ordering::SeqCst), counted(&count));
                let scopes: Vec<CallScope> = (0..MANY).map(|_| enter()).collect();
                for scope in &scopes {
                    scope.get::<Counted>(key).unwrap();
                }
                free(key, HandleKind::Object).unwrap();
                assert_eq!(count.load(Ordering::SeqCst), before, "it is in use");
                match round % 2 {
                    0 => drop(scopes),
                    _ => {
                        let scopes = Elsewhere(scopes);
                        thread::spawn(move || drop(scopes)).join().unwrap();
                    }
                }
                assert_eq!(count.load(Ordering::SeqCst), before + 1);
                let sealed = SEALED.lock();
                let chunks = sealed.spare.len() + sealed.places.len() / CHUNK_COUNT;
                drop(sealed);
                // Another test's may be among them.
                highest = if round == 0 { chunks } else { highest };
                assert!(chunks <= highest + 2 * MANY / CHUNK_COUNT, "{chunks} after {highest}");
            }
        };
        thread::spawn(test).join().unwrap();
    }

    struct Elsewhere(#[expect(dead_code, reason = "dropped")] Vec<CallScope>);

    // SAFETY: as a call that moves to another thread together with its stack.
    unsafe impl Send for Elsewhere {}
}
