//! Which thread has which [`Block`].
//!
//! Looking for what is in use takes no lock, and as long as there are threads alive that have used
//! something.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering, fence};

use super::block::{self, Block, Pin, current, set_current};
use super::{scratch, sealed};
use crate::fork::Lock;
use crate::handle::{barrier, freed_objects};
use crate::thread::ThreadWords;

/// Blocks live as long as the process, and go from threads that have ended to new ones.
struct Registry {
    /// Those that no thread has.
    idle: Vec<&'static Block>,
    /// For threads that have given theirs back already, one after the other.
    late: Option<&'static Block>,
}

static REGISTRY: Lock<Registry> = Lock::new(Registry { idle: Vec::new(), late: None });

/// Where something may be in use. Changed with the lock of the registry held.
static LISTED: BlockList = BlockList::new();

/// Blocks, of which none changes its place.
struct BlockList {
    /// Behind the last one.
    end: AtomicUsize,
    blocks: [AtomicPtr<Block>; 60],
    more: AtomicPtr<BlockList>,
}

impl BlockList {
    const fn new() -> BlockList {
        BlockList {
            end: AtomicUsize::new(0),
            blocks: [const { AtomicPtr::new(ptr::null_mut()) }; 60],
            more: AtomicPtr::new(ptr::null_mut()),
        }
    }

    fn more(&self) -> Option<&'static BlockList> {
        // SAFETY: NULL, or what `add` has leaked.
        unsafe { self.more.load(Ordering::Acquire).as_ref() }
    }

    fn add(&self, block: &'static Block) {
        let Some(index) = self.blocks.iter().position(|at| at.load(Ordering::Relaxed).is_null())
        else {
            let add = || {
                let more: &'static BlockList = Box::leak(Box::new(BlockList::new()));
                self.more.store(ptr::from_ref(more).cast_mut(), Ordering::Release);
                more
            };
            return self.more().unwrap_or_else(add).add(block);
        };
        self.blocks[index].store(ptr::from_ref(block).cast_mut(), Ordering::Release);
        self.end.fetch_max(index + 1, Ordering::Release);
    }

    fn remove(&self, block: &'static Block) {
        let is = |at: &AtomicPtr<Block>| ptr::eq(at.load(Ordering::Relaxed), block);
        let Some(index) = self.blocks.iter().position(is) else {
            return self.more().into_iter().for_each(|more| more.remove(block));
        };
        self.blocks[index].store(ptr::null_mut(), Ordering::Release);
        let last = self.blocks.iter().rposition(|at| !at.load(Ordering::Relaxed).is_null());
        self.end.store(last.map_or(0, |last| last + 1), Ordering::Release);
    }

    fn find(&self, data: *const ()) -> Option<&'static Pin> {
        let blocks = &self.blocks[..self.end.load(Ordering::Acquire)];
        // SAFETY: NULL, or a block, which lives as long as the process.
        let block = |at: &AtomicPtr<Block>| unsafe { at.load(Ordering::Acquire).as_ref() };
        let found = blocks.iter().filter_map(block).find_map(|block| block.find(data));
        found.or_else(|| self.more()?.find(data))
    }
}

/// How many threads have a block.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// How many places are in use by threads that have given their blocks back.
static LATE: AtomicUsize = AtomicUsize::new(0);

/// Stands for the block of a thread that has given its own back.
static ENDED: Block = Block::new();

/// The place that says that `data` is in use. The caller has issued the heavy barrier.
///
/// A thread that is not listed yet finds what it uses from now on freed already.
pub fn find(data: *const ()) -> Option<&'static Pin> {
    // What is in use stays where it is, or is sealed meanwhile.
    LISTED.find(data).or_else(|| sealed::find(data))
}

/// Whether no other thread can have to be waited for: then no barrier is needed.
pub fn alone() -> bool {
    let threads = THREADS.load(Ordering::SeqCst);
    (threads == 0 || threads == 1 && own_now().is_some()) && LATE.load(Ordering::SeqCst) == 0
}

/// A free place, for a thread whose block has none at hand.
#[cold]
#[inline(never)]
pub(super) fn claim() -> &'static Pin {
    match own() {
        Some(block) => block.take(),
        None => claim_late(),
    }
}

/// This thread's block; `None` if the thread is about to end.
pub(super) fn own() -> Option<&'static Block> {
    match current() {
        None => Some(register()),
        Some(_) => own_now(),
    }
}

/// The same, but a thread that has none gets none.
#[inline]
pub fn own_now() -> Option<&'static Block> {
    own_on(ThreadWords::here())
}

/// The same for whoever knows where the thread has its words.
#[inline(always)]
pub fn own_on(words: ThreadWords) -> Option<&'static Block> {
    block::current_on(words).filter(|block| !ptr::eq(*block, &raw const ENDED))
}

/// A place for a thread that has given its block back: what its last destructors do is rare, and
/// nobody would return another block.
fn claim_late() -> &'static Pin {
    let mut registry = REGISTRY.lock();
    let block = *registry.late.get_or_insert_with(|| {
        let block: &'static Block = Box::leak(Box::new(Block::late()));
        LISTED.add(block);
        block
    });
    count(&LATE);
    block.take()
}

/// A place of the late block has been given back.
pub(super) fn forget_late() {
    LATE.fetch_sub(1, Ordering::SeqCst);
}

/// Gives this thread a block: one of an ended thread, or a new one.
fn register() -> &'static Block {
    barrier::prepare();
    let block = {
        let mut registry = REGISTRY.lock();
        let block = registry.idle.pop();
        let block = block.unwrap_or_else(|| Box::leak(Box::new(Block::new())));
        if !block.listed.replace(true) {
            LISTED.add(block);
        }
        block
    };
    count(&THREADS);
    set_current(block);
    exit::register(block);
    block
}

/// After this, whoever frees something no longer takes itself to be [`alone`].
fn count(users: &AtomicUsize) {
    users.fetch_add(1, Ordering::SeqCst);
    fence(Ordering::SeqCst);
}

/// Takes the block of a thread that ends. Something is still in use there after a `longjmp`, and if
/// a call has moved to another thread.
fn unregister(block: &'static Block) {
    freed_objects::let_go_left();
    set_current(&ENDED);
    scratch::free(block);
    let mut registry = REGISTRY.lock();
    if block.is_free() {
        block.listed.set(false);
        LISTED.remove(block);
    }
    registry.idle.push(block);
    drop(registry);
    THREADS.fetch_sub(1, Ordering::SeqCst);
}

#[cfg(unix)]
mod exit {
    use std::ffi::c_void;
    use std::ptr;

    use super::{Block, unregister};
    use crate::fork::Once;

    /// The destructors of keys run after those of thread-local variables, whatever language they
    /// are of.
    static KEY: Once<Option<libc::pthread_key_t>> = Once::new();

    /// Sees to it that the block is given back when this thread ends.
    pub(super) fn register(block: &'static Block) {
        let key = *KEY.get_or_init(|| {
            let mut key = 0;
            // SAFETY: the destructor is given what was set below.
            let failed = unsafe { libc::pthread_key_create(&raw mut key, Some(ended)) };
            (failed == 0).then_some(key)
        });
        if let Some(key) = key {
            // SAFETY: a key that is never deleted. Should it fail, the block stays this thread's.
            unsafe { libc::pthread_setspecific(key, ptr::from_ref(block).cast()) };
        }
    }

    unsafe extern "C" fn ended(block: *mut c_void) {
        // SAFETY: `register` set it; blocks live as long as the process.
        unregister(unsafe { &*block.cast::<Block>() });
    }
}

#[cfg(not(unix))]
mod exit {
    use std::cell::Cell;

    use super::{Block, unregister};

    struct BlockRelease(Cell<Option<&'static Block>>);

    impl Drop for BlockRelease {
        fn drop(&mut self) {
            if let Some(block) = self.0.take() {
                unregister(block);
            }
        }
    }

    thread_local! {
        static EXIT: BlockRelease = const { BlockRelease(Cell::new(None)) };
    }

    /// Sees to it that the block is given back when this thread ends.
    pub(super) fn register(block: &'static Block) {
        let _ = EXIT.try_with(|exit| exit.0.set(Some(block)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::block;
    use super::*;

    #[test]
    fn what_a_thread_uses_late_is_found_until_it_is_given_back() {
        let late = || {
            // As the destructors of C find it.
            set_current(&ENDED);
            let thing = 0_u8;
            let data = ptr::from_ref(&thing).cast::<()>();
            for _ in 0..3 {
                let before = LATE.load(Ordering::SeqCst);
                let pins = [(); 2].map(|()| block::claim(data.cast_mut()));
                assert!(find(data).is_some() && !alone());
                assert_eq!(LATE.load(Ordering::SeqCst), before + 2);
                pins.into_iter().for_each(block::give_back);
                assert!(find(data).is_none());
                assert_eq!(LATE.load(Ordering::SeqCst), before, "nobody is waited for any more");
            }
        };
        std::thread::spawn(late).join().unwrap();
    }

    #[test]
    fn as_many_blocks_are_looked_at_as_are_listed() {
        static LISTED: BlockList = BlockList::new();
        let things = [0_u8; 150];
        let blocks = things.each_ref().map(|thing| {
            let block: &'static Block = Box::leak(Box::new(Block::new()));
            block.take().data.store(ptr::from_ref(thing).cast_mut().cast(), Ordering::Relaxed);
            block
        });
        let found = |thing: &u8| LISTED.find(ptr::from_ref(thing).cast()).is_some();
        for _ in 0..2 {
            assert!(!things.iter().any(found));
            blocks.iter().for_each(|block| LISTED.add(block));
            assert!(things.iter().all(found));
            blocks[1..].iter().for_each(|block| LISTED.remove(block));
            assert!(found(&things[0]) && !things[1..].iter().any(found));
            assert_eq!(LISTED.end.load(Ordering::Relaxed), 1);
            LISTED.remove(blocks[0]);
        }
        let chunks = std::iter::successors(Some(&LISTED), |listed| listed.more());
        assert_eq!(chunks.count(), 3);
    }
}
