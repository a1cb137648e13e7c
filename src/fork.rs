//! Forks: a child has the one thread that forked, and whatever other threads were in the middle of
//! would stay there for ever.
//!
//! So nobody forks while a thread is in a [`section`], which every [`Lock`] and [`SharedLock`] is held
//! in and every [`Once`] is filled in: a fork waits until all have left, and who wants to enter
//! waits until it is made. A section is short, and waits for nothing but other sections: in
//! particular it runs no code of guests and hosts, and takes no lock of a runtime, which the thread
//! that forks may hold. What takes long has a [`Turn`], which is made anew in the child.
//!
//! A handler of a signal may fork in the middle of a section. Who waits there for what the interrupted
//! thread has is not waited for: it has nothing that the child could miss.

mod lock;

use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

pub use self::lock::{Lock, LockGuard, Once, ReadGuard, SharedLock, WriteGuard};
use crate::thread::Word;

/// How often somebody who waits looks again.
const AGAIN: Duration = Duration::from_micros(50);

/// How often in a row all who are inside are seen to wait before they are taken to wait for the thread
/// that forks.
const ENOUGH: u32 = 20;

/// How many threads are inside; each thread counts in one of them, so that they seldom share one.
static INSIDE: [Counter; 16] = [const { Counter(AtomicUsize::new(0)) }; 16];

#[repr(align(64))]
struct Counter(AtomicUsize);

/// What a thread that forks has more in its word, so that it enters as if it were inside: other
/// handlers of the fork may call this library.
const FORKS: usize = 1 << (usize::BITS - 2);

/// How many threads are about to fork.
static FORKING: AtomicUsize = AtomicUsize::new(0);

/// Runs `body`, during which no thread forks.
#[inline]
pub fn section<R>(body: impl FnOnce() -> R) -> R {
    let _inside = SectionGuard::enter();
    body()
}

/// How many of those who are inside wait for others who are.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Waiting for another who is in a section, in a section.
struct WaitingInside(());

impl WaitingInside {
    fn begin() -> WaitingInside {
        WAITING.fetch_add(1, Ordering::SeqCst);
        WaitingInside(())
    }
}

impl Drop for WaitingInside {
    fn drop(&mut self) {
        // None in the child that a handler of a signal has made meanwhile.
        let less = |count: usize| count.checked_sub(1);
        let _ = WAITING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
    }
}

/// Being in a section.
struct SectionGuard(Option<&'static Counter>);

impl SectionGuard {
    #[inline]
    fn enter() -> SectionGuard {
        let outer = Word::Sections.get().addr();
        Word::Sections.set(ptr::without_provenance(outer + 1));
        if outer != 0 {
            return SectionGuard(None);
        }
        watch();
        // Stacks of threads are some MB apart.
        let counter = &INSIDE[(ptr::from_ref(&outer).addr() >> 23) % INSIDE.len()];
        counter.0.fetch_add(1, Ordering::SeqCst);
        if FORKING.load(Ordering::SeqCst) != 0 {
            counter.wait_for_forks();
        }
        SectionGuard(Some(counter))
    }
}

impl Counter {
    #[cold]
    fn wait_for_forks(&self) {
        while FORKING.load(Ordering::SeqCst) != 0 {
            self.0.fetch_sub(1, Ordering::SeqCst);
            while FORKING.load(Ordering::SeqCst) != 0 {
                thread::sleep(AGAIN);
            }
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Drop for SectionGuard {
    #[inline]
    fn drop(&mut self) {
        if let Some(counter) = self.0 {
            counter.0.fetch_sub(1, Ordering::SeqCst);
        }
        Word::Sections.set(ptr::without_provenance(Word::Sections.get().addr() - 1));
    }
}

/// Keeps threads from doing the same thing at once, which may take long and run any code. Whoever
/// had it when the process forked has stayed behind: in the child it is free.
#[derive(Default)]
pub struct Turn {
    lock: UnsafeCell<Mutex<()>>,
    listed: AtomicBool,
    next: AtomicPtr<Turn>,
}

// SAFETY: the lock is replaced only while the process has one thread.
unsafe impl Sync for Turn {}

/// Every turn that was ever taken; a list by `next`.
static TURNS: AtomicPtr<Turn> = AtomicPtr::new(ptr::null_mut());

impl Turn {
    /// One that is free.
    pub const fn new() -> Turn {
        Turn {
            lock: UnsafeCell::new(Mutex::new(())),
            listed: AtomicBool::new(false),
            next: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Waits for it, and takes it.
    pub fn take(&'static self) -> MutexGuard<'static, ()> {
        watch();
        if !self.listed.swap(true, Ordering::Relaxed) {
            let this = ptr::from_ref(self).cast_mut();
            let mut head = TURNS.load(Ordering::Relaxed);
            loop {
                self.next.store(head, Ordering::Relaxed);
                let (set, get) = (Ordering::Release, Ordering::Relaxed);
                match TURNS.compare_exchange(head, this, set, get) {
                    Ok(_) => break,
                    Err(now) => head = now,
                }
            }
        }
        // SAFETY: replaced only while the process has one thread.
        unsafe { &*self.lock.get() }.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Loading this library begins it: handlers of forks that are registered later have what they lock
/// before this one waits for other threads, which may wait for that.
#[cfg(all(target_os = "linux", not(miri)))]
#[used]
#[unsafe(link_section = ".init_array")]
static LOADED: extern "C" fn() = {
    extern "C" fn loaded() {
        watch();
    }
    loaded
};

/// Sees to the forks of this process from now on.
#[inline]
fn watch() {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    if !WATCHED.load(Ordering::Relaxed) && !WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the handlers live as long as the process.
        #[cfg(all(unix, not(miri)))]
        unsafe {
            libc::pthread_atfork(Some(prepare), Some(parent), Some(child));
        }
    }
}

/// How many forks ago this library was loaded.
static FORKS_AGO: AtomicUsize = AtomicUsize::new(0);

/// How many forks ago this library was loaded: in a child it is one more.
pub fn forks_ago() -> usize {
    FORKS_AGO.load(Ordering::Relaxed)
}

/// Waits until no other thread is inside, and lets none enter.
#[cfg_attr(any(not(unix), miri), expect(dead_code, reason = "there are no forks"))]
unsafe extern "C" fn prepare() {
    FORKING.fetch_add(1, Ordering::SeqCst);
    // A handler of a signal may fork in the middle of what this thread does.
    let own = usize::from(!Word::Sections.get().is_null());
    Word::Sections.set(ptr::without_provenance(Word::Sections.get().addr() + FORKS));
    let mut looks = 0;
    while inside() > own && looks < ENOUGH {
        // What one of them waits for may be this thread's, which does not go on. If it is another's,
        // and was given up just now, the next look sees that.
        let all_wait = own != 0 && inside() - own <= WAITING.load(Ordering::SeqCst);
        looks = if all_wait { looks + 1 } else { 0 };
        thread::sleep(AGAIN);
    }
}

/// How many threads are inside: together, since what is added to one counter in the child of a
/// thread that was inside is taken from another.
fn inside() -> usize {
    let counts = INSIDE.iter().map(|counter| counter.0.load(Ordering::SeqCst));
    counts.fold(0, usize::wrapping_add)
}

#[cfg_attr(any(not(unix), miri), expect(dead_code, reason = "there are no forks"))]
unsafe extern "C" fn parent() {
    forked();
    FORKING.fetch_sub(1, Ordering::SeqCst);
}

/// This thread is not about to fork any more.
fn forked() {
    Word::Sections.set(ptr::without_provenance(Word::Sections.get().addr() - FORKS));
}

#[cfg_attr(any(not(unix), miri), expect(dead_code, reason = "there are no forks"))]
unsafe extern "C" fn child() {
    FORKS_AGO.fetch_add(1, Ordering::Relaxed);
    forked();
    make_anew();
}

/// Leaves behind what other threads were about to do when this one forked.
fn make_anew() {
    FORKING.store(0, Ordering::SeqCst);
    WAITING.store(0, Ordering::SeqCst);
    // A thread that was just about to enter, and counted already, has stayed behind.
    INSIDE.iter().for_each(|counter| counter.0.store(0, Ordering::SeqCst));
    INSIDE[0].0.store(usize::from(!Word::Sections.get().is_null()), Ordering::SeqCst);
    let mut next = TURNS.load(Ordering::Acquire);
    // SAFETY: turns are never moved, and this is the only thread.
    while let Some(turn) = unsafe { next.as_ref() } {
        // SAFETY: as above; a lock whose holder is gone holds nothing.
        unsafe { turn.lock.get().write(Mutex::new(())) };
        next = turn.next.load(Ordering::Relaxed);
    }
}

#[cfg(all(test, unix, not(miri)))]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Forks, and runs `body` in the child, which has a few seconds; whether all went well.
    fn in_child(body: impl FnOnce() -> bool) -> bool {
        // SAFETY: the child calls nothing that needs another thread, and ends by `_exit`.
        unsafe {
            let child = libc::fork();
            if child == 0 {
                libc::alarm(20);
                libc::_exit(libc::c_int::from(!body()));
            }
            let mut status = -1;
            assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            status == 0
        }
    }

    #[test]
    fn a_fork_waits_for_those_inside() {
        static VALUE: Lock<(u32, u32)> = Lock::new((0, 0));
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let mut value = VALUE.lock();
                        value.0 += 1;
                        thread::yield_now();
                        value.1 += 1;
                        drop(value);
                        thread::yield_now();
                    }
                });
            }
            for _ in 0..50 {
                assert!(in_child(|| {
                    let value = VALUE.lock();
                    section(|| value.0 == value.1)
                }));
            }
            stop.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn nobody_forks_while_a_place_is_filled() {
        static PLACE: Once<u32> = Once::new();
        let (begin, has_begun) = mpsc::channel();
        let filling = thread::spawn(move || {
            *PLACE.get_or_init(|| {
                begin.send(()).unwrap();
                thread::sleep(Duration::from_millis(20));
                1
            })
        });
        has_begun.recv().unwrap();
        assert!(in_child(|| *PLACE.get_or_init(|| 2) == 1));
        assert_eq!(filling.join().unwrap(), 1);
    }

    #[test]
    fn who_was_about_to_enter_does_not_keep_the_child_from_forking() {
        assert!(in_child(|| {
            // As a fork leaves it between the two steps of entering.
            INSIDE[3].0.fetch_add(1, Ordering::SeqCst);
            make_anew();
            in_child(|| section(|| inside() == 1)) && inside() == 0
        }));
        assert!(in_child(|| section(|| {
            // A handler of a signal forks.
            in_child(|| inside() == 1) && inside() == 1
        })));
    }

    #[test]
    fn a_handler_of_a_signal_forks_while_others_wait_for_what_it_interrupted() {
        static LOCK: Lock<u32> = Lock::new(0);
        static SHARED: SharedLock<u32> = SharedLock::new(0);
        static ONCE: Once<u32> = Once::new();
        assert!(in_child(|| {
            let mut waiting = Vec::new();
            // As a handler does that is called now.
            let forks = |waiting: &mut Vec<thread::JoinHandle<()>>| {
                let waits: [fn(); 4] = [
                    || *LOCK.lock() += 1,
                    || *SHARED.write() += 1,
                    || assert!(*SHARED.read() >= 7),
                    || assert_eq!(*ONCE.get_or_init(|| 8), 7),
                ];
                waiting.extend(waits.map(thread::spawn));
                while WAITING.load(Ordering::SeqCst) != 4 {
                    thread::yield_now();
                }
                in_child(|| inside() == 1 && WAITING.load(Ordering::SeqCst) == 0)
            };
            let (lock, mut shared) = (LOCK.lock(), SHARED.write());
            let mut forked = false;
            let once = *ONCE.get_or_init(|| {
                forked = forks(&mut waiting);
                7
            });
            *shared = 7;
            drop((lock, shared));
            let all = waiting.into_iter().all(|thread| thread.join().is_ok());
            forked && all && once == 7 && inside() == 0 && WAITING.load(Ordering::SeqCst) == 0
        }));
    }

    #[test]
    fn other_handlers_of_a_fork_may_enter() {
        assert!(in_child(|| {
            // SAFETY: what a fork runs in the thread that forks.
            unsafe { prepare() };
            let entered = section(|| true);
            // SAFETY: as above.
            unsafe { parent() };
            entered && in_child(|| section(|| inside() == 1)) && Word::Sections.get().is_null()
        }));
    }

    #[test]
    fn a_turn_is_free_in_the_child() {
        static TURN: Turn = Turn::new();
        let (taken, is_taken) = mpsc::channel();
        let (end, has_ended) = mpsc::channel();
        let holder = thread::spawn(move || {
            let _turn = TURN.take();
            taken.send(()).unwrap();
            has_ended.recv().unwrap();
        });
        is_taken.recv().unwrap();
        assert!(in_child(|| {
            drop(TURN.take());
            true
        }));
        end.send(()).unwrap();
        holder.join().unwrap();
        drop(TURN.take());
    }
}
