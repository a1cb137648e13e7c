//! The places in which threads say what they are using.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::scratch::Page;
use super::{Cleanup, registry, sealed};
use crate::handle::barrier;
use crate::handle::freed_objects::FreedObjects;
use crate::handle::retired::{self, BatchedReleases, PutOffReleases, Retired};
use crate::handle::stock::{STOCKS, Stock};
use crate::handle::table::Spares;
use crate::thread::{ThreadWords, Word};

/// How many places a block has to begin with.
const FIRST_COUNT: usize = 12;

/// How many are added to it at once.
pub(super) const CHUNK_COUNT: usize = 64;

/// How often so many are added before they are [sealed].
const MOST_CHUNKS: usize = 8;

/// A place that says what is in use. Never given back to the system.
pub struct Pin {
    /// What is in use, or what the cleanup is given; NULL while the place is free.
    pub data: AtomicPtr<()>,
    /// What was freed meanwhile: released by whoever gives the place back.
    pub waiting: AtomicPtr<Retired>,
    /// `None` in places that are free, so that pins need not say that they have none.
    pub cleanup: Cell<Option<Cleanup>>,
    /// The next one of its scope, or of those that are free.
    pub next: Cell<Option<&'static Pin>>,
    owner: AtomicPtr<Block>,
    /// What it held when it was sealed.
    pub(super) held: Cell<*const ()>,
}

impl Pin {
    fn owner(&self) -> &'static Block {
        // SAFETY: a block, which lives as long as the process.
        unsafe { &*self.owner.load(Ordering::Relaxed) }
    }

    pub(super) fn set_owner(&self, owner: &'static Block) {
        self.owner.store(ptr::from_ref(owner).cast_mut(), Ordering::Relaxed);
    }
}

/// A thread's places.
pub struct Block {
    free: Cell<Option<&'static Pin>>,
    /// Places that other threads gave back; a list by `next`.
    returned: AtomicPtr<Pin>,
    first: Places<FIRST_COUNT>,
    /// More places; a list that grows until they are sealed.
    more: AtomicPtr<Places<CHUNK_COUNT>>,
    /// How often it has grown.
    more_count: Cell<usize>,
    pub(super) pages: Cell<*mut Page>,
    /// How many pages there are, free or not.
    pub(super) page_count: Cell<usize>,
    /// Pages that other threads gave back.
    pub(super) returned_pages: AtomicPtr<Page>,
    /// Slots of tables that this thread fills next.
    pub(in crate::handle) spares: Spares,
    /// Whether it is that of threads that have given their own back.
    is_late: bool,
    /// What this thread has freed and not released.
    pub(in crate::handle) batched: BatchedReleases,
    /// What it has no room on the stack to release.
    pub(in crate::handle) put_off: PutOffReleases,
    /// Things that this thread uses again.
    pub(in crate::handle) freed: FreedObjects,
    /// Places that are used again.
    pub(in crate::handle) stocks: [Stock; STOCKS],
    /// Whether the registry looks here for what is in use. Changed with its lock held.
    pub(super) listed: Cell<bool>,
}

// SAFETY: the cells are used only by the thread that has the block, or with the registry's lock
// held while no thread has it; other threads use the atomics alone.
unsafe impl Sync for Block {}

/// Places, of which memory is only touched when they are used.
pub(super) struct Places<const COUNT: usize> {
    used: AtomicUsize,
    /// How many are sealed.
    sealed: Cell<usize>,
    next: AtomicPtr<Places<COUNT>>,
    pins: [MaybeUninit<Pin>; COUNT],
}

impl<const COUNT: usize> Places<COUNT> {
    const fn new(next: *mut Places<COUNT>) -> Places<COUNT> {
        Places {
            used: AtomicUsize::new(0),
            sealed: Cell::new(0),
            next: AtomicPtr::new(next),
            pins: [const { MaybeUninit::uninit() }; COUNT],
        }
    }

    /// Those that were ever used.
    pub(super) fn used(&self) -> &[Pin] {
        let used = self.used.load(Ordering::Acquire);
        // SAFETY: `add` initialises a place before it counts it.
        unsafe { std::slice::from_raw_parts(self.pins.as_ptr().cast::<Pin>(), used) }
    }

    /// One that was never used. Only for the thread that has the block.
    fn add(&'static self, owner: &'static Block) -> Option<&'static Pin> {
        let used = self.used.load(Ordering::Relaxed);
        let place = self.pins.get(used)?.as_ptr().cast_mut();
        let pin = Pin {
            data: AtomicPtr::new(ptr::null_mut()),
            waiting: AtomicPtr::new(ptr::null_mut()),
            cleanup: Cell::new(None),
            next: Cell::new(None),
            owner: AtomicPtr::new(ptr::from_ref(owner).cast_mut()),
            held: Cell::new(ptr::null()),
        };
        // SAFETY: nobody looks at a place that is not counted, and only this thread adds some.
        unsafe { place.write(pin) };
        self.used.store(used + 1, Ordering::Release);
        // SAFETY: written above, and never moved.
        Some(unsafe { &*place })
    }

    /// Counts what is used as sealed.
    pub(super) fn set_sealed(&self) {
        self.sealed.set(self.used().len());
    }

    /// One that was sealed has been given back; whether it was the last.
    pub(super) fn lose(&self) -> bool {
        self.sealed.update(|count| count - 1);
        self.sealed.get() == 0
    }
}

impl Block {
    pub(super) const fn new() -> Block {
        Block {
            free: Cell::new(None),
            returned: AtomicPtr::new(ptr::null_mut()),
            first: Places::new(ptr::null_mut()),
            more: AtomicPtr::new(ptr::null_mut()),
            more_count: Cell::new(0),
            pages: Cell::new(ptr::null_mut()),
            page_count: Cell::new(0),
            returned_pages: AtomicPtr::new(ptr::null_mut()),
            spares: Spares::new(),
            is_late: false,
            batched: BatchedReleases::new(),
            put_off: PutOffReleases::new(),
            freed: FreedObjects::new(),
            stocks: [const { Stock::new() }; STOCKS],
            listed: Cell::new(false),
        }
    }

    /// One for threads that have given their own back.
    pub(super) fn late() -> Block {
        Block { is_late: true, ..Block::new() }
    }

    /// Its chunks, without those that are sealed.
    fn more(&self) -> impl Iterator<Item = &'static Places<CHUNK_COUNT>> + use<> {
        // SAFETY: NULL, or places, which live as long as the process.
        let at = |more: &AtomicPtr<Places<CHUNK_COUNT>>| unsafe {
            more.load(Ordering::Acquire).as_ref()
        };
        std::iter::successors(at(&self.more), move |more| at(&more.next))
    }

    /// Its places that were ever used, without those that are sealed.
    pub(super) fn used(&self) -> impl Iterator<Item = &Pin> {
        let more = self.more().flat_map(|places| places.used().iter());
        self.first.used().iter().chain(more)
    }

    /// The place that says that `data` is in use.
    pub(super) fn find(&self, data: *const ()) -> Option<&Pin> {
        self.used().find(|pin| ptr::eq(pin.data.load(Ordering::Acquire), data))
    }

    /// A free place. Only for the thread that has the block.
    pub(super) fn take(&'static self) -> &'static Pin {
        if self.free.get().is_none() {
            self.take_back_returned();
        }
        if let Some(pin) = self.free.get() {
            self.free.set(pin.next.get());
            return pin;
        }
        if let Some(pin) = self.first.add(self) {
            return pin;
        }
        // SAFETY: places live as long as the process.
        let latest = unsafe { self.more.load(Ordering::Relaxed).as_ref() };
        latest.and_then(|places| places.add(self)).unwrap_or_else(|| self.grow())
    }

    #[cold]
    fn grow(&'static self) -> &'static Pin {
        if self.more_count.get() == MOST_CHUNKS {
            // Each of its places is in use.
            sealed::seal(self.more());
            self.more.store(ptr::null_mut(), Ordering::Release);
            self.more_count.set(0);
        }
        let next = self.more.load(Ordering::Relaxed);
        let places = match sealed::spare() {
            Some(places) => {
                places.next.store(next, Ordering::Release);
                for pin in places.used() {
                    pin.set_owner(self);
                    pin.next.set(self.free.replace(Some(pin)));
                }
                places
            }
            None => &*Box::leak(Box::new(Places::new(next))),
        };
        self.more.store(ptr::from_ref(places).cast_mut(), Ordering::Release);
        self.more_count.update(|count| count + 1);
        self.take()
    }

    /// The places that others gave back to this. Only for the thread that has the block.
    pub(super) fn take_returned(&self) -> impl Iterator<Item = &'static Pin> + use<> {
        // SAFETY: NULL, or a place of a list that is this thread's now.
        let first = unsafe { self.returned.swap(ptr::null_mut(), Ordering::Acquire).as_ref() };
        let mut next = first;
        std::iter::from_fn(move || {
            let pin = next?;
            next = pin.next.get();
            Some(pin)
        })
    }

    /// Makes the places free that others gave back.
    fn take_back_returned(&'static self) {
        if self.returned.load(Ordering::Relaxed).is_null() {
            return;
        }
        for pin in self.take_returned() {
            match pin.owner() {
                owner if ptr::eq(owner, self) => pin.next.set(self.free.replace(Some(pin))),
                // Sealed meanwhile.
                owner => owner.take_back(pin),
            }
        }
    }

    /// Takes back a place of this block, on a thread that does not have it.
    #[cold]
    fn take_back(&self, pin: &'static Pin) {
        if self.is_late {
            registry::forget_late();
        }
        let push = |head: *mut Pin| {
            // SAFETY: NULL, or a place, which lives as long as the process.
            pin.next.set(unsafe { head.as_ref() });
            Some(ptr::from_ref(pin).cast_mut())
        };
        let _ = self.returned.fetch_update(Ordering::Release, Ordering::Relaxed, push);
    }

    /// Whether nothing here is in use. Only for the thread that has the block.
    pub(super) fn is_free(&'static self) -> bool {
        self.take_back_returned();
        let free = std::iter::successors(self.free.get(), |pin| pin.next.get());
        free.count() == self.used().count()
    }
}

/// Says that `data` is in use: a barrier later, whoever frees it finds the place.
#[inline(always)]
pub(super) fn claim(data: *mut ()) -> &'static Pin {
    let free = current().and_then(|block| {
        let pin = block.free.get()?;
        block.free.set(pin.next.get());
        Some(pin)
    });
    let pin = free.unwrap_or_else(registry::claim);
    pin.data.store(data, Ordering::Relaxed);
    pin
}

/// Ends what [`claim`] began; runs the cleanup and releases what was waiting for this.
#[inline(always)]
pub(super) fn give_back(pin: &'static Pin) {
    if let Some(cleanup) = pin.cleanup.get() {
        pin.cleanup.set(None);
        // SAFETY: whoever deferred the cleanup gave the pointer that it takes.
        unsafe { cleanup(pin.data.load(Ordering::Relaxed)) };
    }
    pin.data.store(ptr::null_mut(), Ordering::Release);
    barrier::light();
    if !pin.waiting.load(Ordering::Relaxed).is_null() {
        retired::release_waiting(&pin.waiting);
    }
    let owner = pin.owner();
    if !is_current(owner) {
        return owner.take_back(pin);
    }
    pin.next.set(owner.free.get());
    owner.free.set(Some(pin));
}

/// This thread's block, if it has one.
#[inline(always)]
pub(super) fn current() -> Option<&'static Block> {
    current_on(ThreadWords::here())
}

/// The same for whoever knows where the thread has its words.
#[inline(always)]
pub(super) fn current_on(words: ThreadWords) -> Option<&'static Block> {
    // SAFETY: NULL, or what `set_current` was given.
    unsafe { words.get(Word::Block).cast::<Block>().as_ref() }
}

/// Whether this thread has the block.
#[inline(always)]
pub(super) fn is_current(block: &Block) -> bool {
    ptr::addr_eq(Word::Block.get(), block)
}

pub(super) fn set_current(block: &'static Block) {
    Word::Block.set(ptr::from_ref(block).cast());
}
