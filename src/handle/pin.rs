//! What each thread is using right now, so that a free can wait for it (hazard pointers).
//!
//! A [`Use`] spans one call: it pins what the call needs, and ends with [`Use::leave`]. Guest code
//! may leave a call by a C++ exception or `longjmp`, so a `Use` has no destructor to skip: each
//! pin remembers its place on the machine's stack, and pins of frames that are gone are dropped
//! when their thread next enters a call. A thread that switches between stacks of its own
//! (fibers) inside a call must not free, on one, what a call on another still uses.

use std::any::TypeId;
use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use super::barrier;
use super::key::{KIND_MASK, Key, Kind, refuse};
use super::retired;
use super::slot::{Extra, Vtable};
use super::store::Handled;
use super::table::{CALLABLES, ENTITIES, THINGS, Table};
use crate::error::{Error, Result, Status};
use crate::thread_word::thread_word;

/// Undoes something when the call that asked for it has ended.
pub type Cleanup = unsafe extern "C" fn(*mut ());

const FIRST_CAPACITY: usize = 64;

/// Bytes of scratch room of a thread.
const SCRATCH: usize = 8192;

#[repr(align(16))]
struct Scratch {
    _bytes: [u8; SCRATCH],
}

struct Entry {
    data: AtomicPtr<()>,
    /// Where the frame that made this entry is on the stack.
    stack: Cell<usize>,
    /// `None` beyond the depth, so that pins need not say that they have none.
    cleanup: Cell<Option<Cleanup>>,
}

struct Block {
    entries: AtomicPtr<Entry>,
    /// How many entries are in use.
    depth: AtomicUsize,
    capacity: Cell<usize>,
    /// How many of the entries have a cleanup.
    deferred: Cell<usize>,
    /// Room for what calls need for a moment, and how much of it is in use.
    scratch: UnsafeCell<Scratch>,
    scratch_used: Cell<usize>,
    /// Whether a living thread has this block.
    taken: AtomicBool,
    next: AtomicPtr<Block>,
}

// SAFETY: the cells are used only by the thread that has taken the block; other threads read the
// atomics alone.
unsafe impl Sync for Block {}

/// Every block ever made. Blocks are handed from ended threads to new ones, never given back.
static BLOCKS: AtomicPtr<Block> = AtomicPtr::new(ptr::null_mut());

/// How many threads have a block.
static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_word!(
    /// The thread's block.
    current,
    "metaffi_current"
);

thread_local! {
    static EXIT: Exit = const { Exit };
}

/// Returns the thread's block when the thread ends.
struct Exit;

impl Drop for Exit {
    fn drop(&mut self) {
        let block = current::get();
        current::set(ptr::null());
        // SAFETY: `register` set it to a block, which lives as long as the process.
        if let Some(block) = unsafe { block.cast::<Block>().as_ref() } {
            block.truncate(0);
            block.taken.store(false, Ordering::Release);
            THREADS.fetch_sub(1, Ordering::SeqCst);
        }
        retired::collect_if_any();
    }
}

/// What was found behind a key.
#[derive(Clone, Copy)]
pub(super) struct Pinned {
    pub(super) data: *const (),
    pub(super) vtable: &'static Vtable,
}

/// A span of use on this thread; see the [module](self).
#[derive(Clone, Copy)]
pub struct Use {
    // Two words, so that it travels in registers. What the span has pinned is known by `stack`.
    block: &'static Block,
    stack: usize,
    /// It belongs to one thread.
    _local: PhantomData<*const ()>,
}

/// Starts a span of use. `frame` is the address of a local variable of the function that makes
/// the call: entries of frames below it are remains of calls that were left without returning.
/// That function must be `#[inline(never)]`, so that spans that nest are in frames that nest.
#[inline(always)]
pub fn enter<T>(frame: *const T) -> Use {
    let block = current();
    let stack = frame.addr();
    let depth = block.depth.load(Ordering::Relaxed);
    if depth > 0 && block.entry(depth - 1).stack.get() <= stack {
        block.drop_remains(stack);
    }
    Use { block, stack, _local: PhantomData }
}

impl Use {
    /// What `key` of that kind stands for, safe from being released until
    /// [`leave`](Use::leave).
    #[inline(always)]
    pub(super) fn pin<X: Extra>(
        self,
        table: &'static Table<X>,
        key: Key,
        kind: Kind,
    ) -> Result<Pinned> {
        let slot = table.slot(key);
        let Some((data, vtable)) = slot.load(key) else { return Err(refuse(key, kind)) };
        let depth = self.block.push(data.cast_mut(), self.stack);
        barrier::light();
        if slot.is(key) && key & KIND_MASK == kind as usize {
            // SAFETY: the slot was filled with a `&'static Vtable` before its key became visible,
            // and was not filled again before it was read.
            return Ok(Pinned { data, vtable: unsafe { &*vtable } });
        }
        self.block.depth.store(depth, Ordering::Release);
        Err(refuse(key, kind))
    }

    /// The value behind `key`, alive until [`leave`](Use::leave). It must be of type `T`; an
    /// object of another type is refused.
    #[inline(always)]
    pub fn get<'a, T: Handled>(self, key: Key) -> Result<&'a T> {
        let pinned = match T::KIND {
            Kind::Entity => self.pin(&ENTITIES, key, T::KIND)?,
            Kind::Callable => self.pin(&CALLABLES, key, T::KIND)?,
            _ => self.pin(&THINGS, key, T::KIND)?,
        };
        match pinned.vtable.type_id == TypeId::of::<T>() {
            // SAFETY: the value has that type, and the pin keeps it alive.
            true => Ok(unsafe { &*pinned.data.cast::<T>() }),
            false => Err(other_runtime(key)),
        }
    }

    /// What `place` points to, alive until [`leave`](Use::leave), or `None` if it is NULL.
    /// Whoever takes the pointer out of `place` must give it to [`retire`](super::retire).
    #[inline(always)]
    pub fn protect<'a, T>(self, place: &AtomicPtr<T>) -> Option<&'a T> {
        loop {
            let pointer = place.load(Ordering::Acquire);
            if pointer.is_null() {
                return None;
            }
            let depth = self.block.push(pointer.cast(), self.stack);
            barrier::light();
            if place.load(Ordering::Acquire) == pointer {
                // SAFETY: it was in `place` after it was pinned, so whoever takes it out from now
                // on finds it in use.
                return Some(unsafe { &*pointer });
            }
            self.block.depth.store(depth, Ordering::Release);
        }
    }

    /// Runs `cleanup(data)` when the span ends, however it ends.
    #[inline(always)]
    pub fn defer(self, data: *mut (), cleanup: Cleanup) {
        let index = self.block.push(data, self.stack);
        self.block.entry(index).cleanup.set(Some(cleanup));
        self.block.deferred.update(|count| count + 1);
    }

    /// Room for `size` bytes, aligned to 16, until the span ends; `None` if there is not so much.
    #[inline]
    pub fn scratch(self, size: usize) -> Option<*mut u8> {
        unsafe extern "C" fn give_back(used: *mut ()) {
            // The thread whose call this is.
            current().scratch_used.set(used.addr());
        }
        let used = self.block.scratch_used.get();
        let end = used.checked_add(size.next_multiple_of(16)).filter(|end| *end <= SCRATCH)?;
        self.defer(ptr::without_provenance_mut(used), give_back);
        self.block.scratch_used.set(end);
        Some(self.block.scratch.get().cast::<u8>().wrapping_add(used))
    }

    /// Keeps `value` until the span ends, however it ends.
    pub fn keep<T: Send + Sync>(self, value: Arc<T>) -> *const T {
        unsafe extern "C" fn drop_arc<T>(data: *mut ()) {
            // SAFETY: deferred with the Arc's own pointer, once.
            drop(unsafe { Arc::from_raw(data.cast_const().cast::<T>()) });
        }
        let pointer = Arc::into_raw(value);
        self.defer(pointer.cast_mut().cast(), drop_arc::<T>);
        pointer
    }

    /// Ends the span: everything pinned since may be released, what was deferred is run.
    #[inline(always)]
    pub fn leave(self) {
        if self.block.deferred.get() == 0 {
            let depth = self.block.depth_before(self.stack);
            self.block.depth.store(depth, Ordering::Release);
        } else {
            self.block.drop_abandoned(self.stack);
        }
        retired::collect_if_any();
    }
}

/// A span of use that begins when it is first asked for.
///
/// Like a [`Use`] it has no destructor.
pub struct Lazy {
    frame: *const u8,
    begun: Cell<Option<Use>>,
}

impl Lazy {
    /// One that begins with [`enter`], of whose demands on `frame` this has the same.
    #[inline(always)]
    pub fn new(frame: *const u8) -> Lazy {
        Lazy { frame, begun: Cell::new(None) }
    }

    /// One that has begun.
    pub fn begun(span: Use) -> Lazy {
        Lazy { frame: ptr::null(), begun: Cell::new(Some(span)) }
    }

    /// The span.
    #[inline(always)]
    pub fn get(&self) -> Use {
        self.begun.get().unwrap_or_else(|| {
            let span = enter(self.frame);
            self.begun.set(Some(span));
            span
        })
    }

    /// Ends it, if it has begun.
    #[inline(always)]
    pub fn leave(&self) {
        if let Some(span) = self.begun.get() {
            span.leave();
        }
    }
}

/// A live object that is not of the type that is asked for: each runtime has its own.
#[cold]
fn other_runtime(key: Key) -> Error {
    let whose = super::describe_object(key, |object| format!(" ({})", object.runtime()));
    let whose = whose.unwrap_or_default();
    Error::new(
        Status::InvalidHandle,
        format!(
            "object {key:#x} is of another runtime{whose}, which cannot be used as one of this"
        ),
    )
}

impl Block {
    #[inline(always)]
    fn entry(&self, index: usize) -> &Entry {
        // SAFETY: entries below the capacity are initialised and never given back while the
        // thread that owns the block may use them.
        unsafe { &*self.entries.load(Ordering::Relaxed).add(index) }
    }

    /// Adds an entry and returns the depth before it.
    #[inline(always)]
    fn push(&self, data: *mut (), stack: usize) -> usize {
        let depth = self.depth.load(Ordering::Relaxed);
        if depth == self.capacity.get() {
            self.grow();
        }
        let entry = self.entry(depth);
        entry.data.store(data, Ordering::Relaxed);
        entry.stack.set(stack);
        self.depth.store(depth + 1, Ordering::Release);
        depth
    }

    /// Takes back entries down to `depth`, running their cleanups, the latest first.
    fn truncate(&self, depth: usize) {
        loop {
            let top = self.depth.load(Ordering::Relaxed);
            if top <= depth {
                return;
            }
            let entry = self.entry(top - 1);
            let (data, cleanup) = (entry.data.load(Ordering::Relaxed), entry.cleanup.take());
            self.depth.store(top - 1, Ordering::Release);
            if let Some(cleanup) = cleanup {
                self.deferred.update(|count| count - 1);
                // SAFETY: whoever deferred the cleanup gave the pointer that it takes.
                unsafe { cleanup(data) };
            }
        }
    }

    /// How many entries were made by frames above `stack`.
    #[inline(always)]
    fn depth_before(&self, stack: usize) -> usize {
        let mut depth = self.depth.load(Ordering::Relaxed);
        while depth > 0 && self.entry(depth - 1).stack.get() <= stack {
            depth -= 1;
        }
        depth
    }

    /// Takes back the entries of the frame at `stack` and of those below it.
    fn drop_abandoned(&self, stack: usize) {
        self.truncate(self.depth_before(stack));
    }

    /// The same where a span begins: only after calls that were left without returning.
    #[cold]
    #[inline(never)]
    fn drop_remains(&self, stack: usize) {
        self.drop_abandoned(stack);
    }

    /// Doubles the capacity. The old entries stay allocated: another thread may be reading them.
    #[cold]
    fn grow(&self) {
        let old = self.capacity.get();
        let new: Vec<Entry> = (0..old * 2)
            .map(|index| match index < old {
                true => {
                    let entry = self.entry(index);
                    Entry {
                        data: AtomicPtr::new(entry.data.load(Ordering::Relaxed)),
                        stack: entry.stack.clone(),
                        cleanup: entry.cleanup.clone(),
                    }
                }
                false => Entry::empty(),
            })
            .collect();
        self.entries.store(new.leak().as_mut_ptr(), Ordering::Release);
        self.capacity.set(old * 2);
    }
}

impl Entry {
    fn empty() -> Entry {
        Entry {
            data: AtomicPtr::new(ptr::null_mut()),
            stack: Cell::new(0),
            cleanup: Cell::new(None),
        }
    }
}

#[inline(always)]
fn current() -> &'static Block {
    let block = current::get();
    if block.is_null() {
        return register();
    }
    // SAFETY: `register` set it to a block, which lives as long as the process.
    unsafe { &*block.cast::<Block>() }
}

/// Gives this thread a block: one of an ended thread, or a new one.
#[cold]
fn register() -> &'static Block {
    barrier::prepare();
    THREADS.fetch_add(1, Ordering::SeqCst);
    let block = blocks().find(|block| !block.taken.swap(true, Ordering::SeqCst));
    let block = block.unwrap_or_else(|| {
        let entries: Vec<Entry> = (0..FIRST_CAPACITY).map(|_| Entry::empty()).collect();
        let block: &'static Block = Box::leak(Box::new(Block {
            entries: AtomicPtr::new(entries.leak().as_mut_ptr()),
            depth: AtomicUsize::new(0),
            capacity: Cell::new(FIRST_CAPACITY),
            deferred: Cell::new(0),
            scratch: UnsafeCell::new(Scratch { _bytes: [0; SCRATCH] }),
            scratch_used: Cell::new(0),
            taken: AtomicBool::new(true),
            next: AtomicPtr::new(ptr::null_mut()),
        }));
        let mut head = BLOCKS.load(Ordering::Acquire);
        loop {
            block.next.store(head, Ordering::Relaxed);
            let new = ptr::from_ref(block).cast_mut();
            match BLOCKS.compare_exchange_weak(head, new, Ordering::SeqCst, Ordering::Acquire) {
                Ok(_) => break block,
                Err(now) => head = now,
            }
        }
    });
    current::set(ptr::from_ref(block).cast());
    // After the thread's own destructors have run there is nobody to return the block: it stays
    // taken, which costs its memory and nothing else.
    let _ = EXIT.try_with(|_| ());
    block
}

fn blocks() -> impl Iterator<Item = &'static Block> {
    // SAFETY: blocks live as long as the process.
    let at = |pointer: *mut Block| unsafe { pointer.as_ref() };
    std::iter::successors(at(BLOCKS.load(Ordering::SeqCst)), move |block| {
        at(block.next.load(Ordering::Acquire))
    })
}

/// Whether any thread may be using `data`. The caller has issued the heavy barrier.
pub(super) fn is_pinned(data: *const ()) -> bool {
    blocks().any(|block| {
        let depth = block.depth.load(Ordering::Acquire);
        let entries = block.entries.load(Ordering::Acquire);
        // SAFETY: the entries were published with at least `depth` of them initialised: growing
        // publishes the longer copy before the depth can pass the shorter one's end.
        (0..depth).any(|index| unsafe {
            (*entries.add(index)).data.load(Ordering::Relaxed).cast_const() == data
        })
    })
}

/// Whether no other thread has ever to be waited for: then no barrier is needed.
pub(super) fn alone() -> bool {
    let threads = THREADS.load(Ordering::SeqCst);
    threads == 0 || threads == 1 && !current::get().is_null()
}

/// Drops what this thread's abandoned calls have left pinned; `frame` as for [`enter`].
pub(super) fn drop_abandoned<T>(frame: *const T) {
    // SAFETY: `register` set it to a block, which lives as long as the process.
    if let Some(block) = unsafe { current::get().cast::<Block>().as_ref() } {
        block.drop_abandoned(frame.addr());
    }
}
