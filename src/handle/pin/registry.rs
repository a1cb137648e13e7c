//! Which thread has which [`Block`].
//!
//! Looking for what is in use takes as long as there are threads alive that have used something.

use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use super::block::{Block, Pin, current, set_current};
use super::scratch;
use crate::fork::{Held, held};
use crate::handle::barrier;

/// Blocks live as long as the process, and go from threads that have ended to new ones.
struct Registry {
    /// Where something may be in use.
    listed: Vec<&'static Block>,
    /// Those that no thread has.
    idle: Vec<&'static Block>,
    /// For threads that have given theirs back already, one after the other.
    late: Option<&'static Block>,
}

static REGISTRY: RwLock<Registry> =
    RwLock::new(Registry { listed: Vec::new(), idle: Vec::new(), late: None });

/// How many threads have a block.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Stands for the block of a thread that has given its own back.
static ENDED: Block = Block::new();

fn write() -> Held<RwLockWriteGuard<'static, Registry>> {
    held(|| REGISTRY.write().unwrap_or_else(PoisonError::into_inner))
}

/// The place that says that `data` is in use. The caller has issued the heavy barrier.
pub fn find(data: *const ()) -> Option<&'static Pin> {
    let registry = held(|| REGISTRY.read().unwrap_or_else(PoisonError::into_inner));
    registry.listed.iter().find_map(|block| block.find(data))
}

/// Whether no other thread can have to be waited for: then no barrier is needed.
pub fn alone() -> bool {
    let threads = THREADS.load(Ordering::SeqCst);
    threads == 0 || threads == 1 && own_now().is_some()
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

fn own_now() -> Option<&'static Block> {
    current().filter(|block| !ptr::eq(*block, &raw const ENDED))
}

/// A place for a thread that has given its block back: what its last destructors do is rare, and
/// nobody would return another block.
fn claim_late() -> &'static Pin {
    let mut registry = write();
    if let Some(block) = registry.late {
        return block.take();
    }
    let block: &'static Block = Box::leak(Box::new(Block::new()));
    registry.late = Some(block);
    registry.listed.push(block);
    count_thread();
    block.take()
}

/// Gives this thread a block: one of an ended thread, or a new one.
fn register() -> &'static Block {
    barrier::prepare();
    let block = {
        let mut registry = write();
        let block = registry.idle.pop();
        let block = block.unwrap_or_else(|| Box::leak(Box::new(Block::new())));
        if !block.listed.replace(true) {
            registry.listed.push(block);
        }
        block
    };
    count_thread();
    set_current(block);
    exit::register(block);
    block
}

/// After this, whoever frees something no longer takes itself to be [`alone`].
fn count_thread() {
    THREADS.fetch_add(1, Ordering::SeqCst);
    fence(Ordering::SeqCst);
}

/// Takes the block of a thread that ends. Something is still in use there after a `longjmp`, and if
/// a call has moved to another thread.
fn unregister(block: &'static Block) {
    set_current(&ENDED);
    scratch::free(block);
    let mut registry = write();
    if block.is_free() {
        block.listed.set(false);
        registry.listed.retain(|listed| !ptr::eq(*listed, block));
    }
    registry.idle.push(block);
    drop(registry);
    THREADS.fetch_sub(1, Ordering::SeqCst);
}

#[cfg(unix)]
mod exit {
    use std::ffi::c_void;
    use std::ptr;
    use std::sync::OnceLock;

    use super::{Block, unregister};
    use crate::fork::once;

    /// The destructors of keys run after those of thread-local variables, whatever language they
    /// are of.
    static KEY: OnceLock<Option<libc::pthread_key_t>> = OnceLock::new();

    /// Sees to it that the block is given back when this thread ends.
    pub(super) fn register(block: &'static Block) {
        let key = *once(&KEY, || {
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

    struct Exit(Cell<Option<&'static Block>>);

    impl Drop for Exit {
        fn drop(&mut self) {
            if let Some(block) = self.0.take() {
                unregister(block);
            }
        }
    }

    thread_local! {
        static EXIT: Exit = const { Exit(Cell::new(None)) };
    }

    /// Sees to it that the block is given back when this thread ends.
    pub(super) fn register(block: &'static Block) {
        let _ = EXIT.try_with(|exit| exit.0.set(Some(block)));
    }
}
