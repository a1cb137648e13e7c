//! [`Table`]: the slots of all handles of some kinds. They are never moved or given back, so that any
//! number may be looked up at any time.

use std::alloc::{Layout, alloc_zeroed};
use std::collections::VecDeque;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, Ordering, fence};

use super::few::Few;
use super::key::{self, HandleKind, INDEX_BITS, Key, LAST_GENERATION, encode};
use super::pin::block::Block;
use super::slot::{FastCell, HandleVtable, PINNED, Slot};
use super::{pin, window};
use crate::error::{Error, Result, Status};
use crate::fork::Lock;

const CHUNK_BITS: u32 = 16;
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNKS: usize = 1 << (INDEX_BITS - CHUNK_BITS);

/// Slots by index, in chunks that are never moved or given back: looking up any number is safe
/// at any time without a lock.
pub struct Table<X: 'static = ()> {
    /// A chunk that is not there yet is `empty`, in which no key lives.
    chunks: [AtomicPtr<Slot<X>>; CHUNKS],
    empty: &'static SlotChunk<X>,
    free: Lock<Free>,
    /// Which of a thread's [`Spares`] is of this table.
    spare: usize,
}

/// A few freed slots of each table, which their thread fills again. So what is made and freed in turn
/// takes no lock.
pub(super) struct Spares([Few<u32, SPARE>; TABLES]);

impl Spares {
    pub(super) const fn new() -> Spares {
        Spares([const { Few::new() }; TABLES])
    }
}

/// How many there are at most.
const SPARE: usize = 8;

/// How many tables there are; those of tests too.
const TABLES: usize = if cfg!(test) { 6 } else { 3 };

/// How many slots are left for errors when others are refused: whoever is told of a failure gets
/// it, also when there are too many handles.
const FOR_ERRORS: usize = 256;

/// How many slots rest before one of them is filled again.
const RESTING: usize = 1 << (INDEX_BITS - 5);

type SlotChunk<X> = [Slot<X>; CHUNK];

static NO_FUNCTIONS: SlotChunk<FastCell> = [const { Slot::new(FastCell::new()) }; CHUNK];
static NO_THINGS: SlotChunk<()> = [const { Slot::new(()) }; CHUNK];

/// Entities.
pub static ENTITIES: Table<FastCell> = Table::new(&NO_FUNCTIONS, 0);

/// Callables.
pub static CALLABLES: Table<FastCell> = Table::new(&NO_FUNCTIONS, 1);

/// Everything else.
pub static THINGS: Table = Table::new(&NO_THINGS, 2);

/// The table of handles of a kind, if what they stand for can be called.
#[inline(always)]
pub(super) fn functions(kind: HandleKind) -> Option<&'static Table<FastCell>> {
    match kind {
        HandleKind::Entity => Some(&ENTITIES),
        HandleKind::Callable => Some(&CALLABLES),
        _ => None,
    }
}

/// What a key has stood for: the reference is the caller's.
pub(super) struct Removed {
    pub(super) data: *const (),
    pub(super) vtable: &'static HandleVtable,
    /// Whether a call may be using it.
    pub(super) was_pinned: bool,
}

struct Free {
    /// Slots that were filled before, the latest last.
    indices: Vec<u32>,
    /// Slots that have used up their generations, the latest last. The first begins anew when
    /// [`RESTING`] of them are here, so that a key comes back only after so many times
    /// [`LAST_GENERATION`] others.
    resting: VecDeque<u32>,
    /// The first slot that was never used.
    used: usize,
}

impl<X> Table<X> {
    const fn new(empty: &'static SlotChunk<X>, spare: usize) -> Table<X> {
        let mut chunks = [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS];
        let mut index = 0;
        while index < CHUNKS {
            chunks[index] = AtomicPtr::new(empty.as_ptr().cast_mut());
            index += 1;
        }
        // The slot that NULL names is never filled: what it holds looks alive to a key of 0.
        let free = Lock::new(Free { indices: Vec::new(), resting: VecDeque::new(), used: 1 });
        Table { chunks, empty, free, spare }
    }

    /// The slot a key names, whether or not the key is alive.
    #[inline(always)]
    pub fn slot(&'static self, key: Key) -> &'static Slot<X> {
        self.at(key::index(key))
    }

    #[inline(always)]
    fn at(&'static self, index: usize) -> &'static Slot<X> {
        // SAFETY: an index has as many bits as there are slots; every chunk, the empty one too,
        // has CHUNK initialised slots and lives as long as the process.
        unsafe {
            let chunk = self.chunks.get_unchecked(index >> CHUNK_BITS).load(Ordering::Acquire);
            &*chunk.add(index & (CHUNK - 1))
        }
    }

    /// Whether this thread has a slot at hand.
    #[inline(always)]
    pub(super) fn has_spare(&self) -> bool {
        self.spare().is_some_and(|spare| spare.room() != SPARE)
    }

    /// Fills a slot; `prepare` sets its extra part before the key becomes visible.
    #[inline(always)]
    pub(super) fn insert(
        &'static self,
        kind: HandleKind,
        data: NonNull<()>,
        vtable: &'static HandleVtable,
        prepare: impl FnOnce(&Slot<X>),
    ) -> Result<Key> {
        let (index, slot) = self.take_slot(kind)?;
        let generation = (slot.generation.load(Ordering::Relaxed) & !PINNED) + 1;
        slot.generation.store(generation, Ordering::Relaxed);
        // Whoever reads what is stored from here on finds the previous key dead.
        fence(Ordering::Release);
        prepare(slot);
        slot.data.store(data.as_ptr(), Ordering::Relaxed);
        slot.vtable.store(ptr::from_ref(vtable).cast_mut(), Ordering::Relaxed);
        let key = encode(window::own(), kind, index, generation);
        slot.key.store(key, Ordering::Release);
        Ok(key)
    }

    /// Ends `key`; only one of several racing callers gets the reference. The slot stays at hand in the
    /// block of this thread.
    #[inline]
    pub(super) fn remove(&'static self, key: Key, own: Option<&'static Block>) -> Option<Removed> {
        let slot = self.slot(key);
        if key == 0 || slot.key.load(Ordering::Acquire) != key {
            return None;
        }
        let data = slot.data.load(Ordering::Relaxed);
        let vtable = slot.vtable.load(Ordering::Relaxed);
        slot.key.compare_exchange(key, 0, Ordering::SeqCst, Ordering::Relaxed).ok()?;
        // The slot was only ever refilled after its key had changed, so what was read before the
        // exchange belongs to `key`.
        let index = key::index(key) as u32;
        let generation = slot.generation.load(Ordering::SeqCst);
        let was_pinned = generation & PINNED != 0;
        if generation & !PINNED < LAST_GENERATION {
            let is_spare = own.is_some_and(|own| self.spare_of(own).put(index));
            if !is_spare {
                self.free.lock().indices.push(index);
            }
        } else {
            slot.generation.store(0, Ordering::Relaxed);
            self.free.lock().resting.push_back(index);
        }
        // SAFETY: `insert` stored a `&'static HandleVtable`.
        Some(Removed { data, vtable: unsafe { &*vtable }, was_pinned })
    }

    /// This thread's spare slots, if the thread is known.
    #[inline(always)]
    fn spare(&self) -> Option<&'static Few<u32, SPARE>> {
        Some(self.spare_of(pin::own_now()?))
    }

    #[inline(always)]
    fn spare_of(&self, own: &'static Block) -> &'static Few<u32, SPARE> {
        &own.spares.0[self.spare]
    }

    #[inline(always)]
    fn take_slot(&'static self, kind: HandleKind) -> Result<(usize, &'static Slot<X>)> {
        match self.spare().and_then(Few::take) {
            Some(index) => Ok((index as usize, self.at(index as usize))),
            None => self.take_shared_slot(kind),
        }
    }

    #[inline(never)]
    fn take_shared_slot(&'static self, kind: HandleKind) -> Result<(usize, &'static Slot<X>)> {
        let mut free = self.free.lock();
        let left = free.left();
        if left == 0 || left <= FOR_ERRORS && kind != HandleKind::Error {
            return Err(full(kind));
        }
        let rested = |free: &mut Free| match free.resting.len() > RESTING {
            true => free.resting.pop_front(),
            false => None,
        };
        if let Some(index) = free.indices.pop().or_else(|| rested(&mut free)) {
            return Ok((index as usize, self.at(index as usize)));
        }
        let index = free.used;
        let chunk = &self.chunks[index >> CHUNK_BITS];
        if ptr::eq(chunk.load(Ordering::Relaxed), self.empty.as_ptr()) {
            chunk.store(allocate::<X>()?, Ordering::Release);
        }
        free.used += 1;
        Ok((index, self.at(index)))
    }
}

impl Free {
    /// How many slots can be filled.
    fn left(&self) -> usize {
        let rested = self.resting.len().saturating_sub(RESTING);
        CHUNKS * CHUNK - self.used + self.indices.len() + rested
    }
}

#[cold]
fn full(kind: HandleKind) -> Error {
    let most = CHUNKS * CHUNK - 1 - FOR_ERRORS;
    let message = format!(
        "all {most} handles are in use; free what is no longer needed (this one was for a new {})",
        kind.noun()
    );
    Error::new(Status::OutOfMemory, message)
}

/// A chunk of empty slots, of which the system gives memory when they are used: it is asked for
/// without an alignment, since the allocator clears what it aligns itself.
fn allocate<X>() -> Result<*mut Slot<X>> {
    const LINE: usize = 64;
    let layout = Layout::array::<Slot<X>>(CHUNK + LINE / size_of::<Slot<X>>())
        .map_err(|error| Error::new(Status::Internal, error.to_string()))?;
    // SAFETY: the layout is not empty. A zeroed slot is a valid empty one: every field is an
    // atomic integer or pointer.
    let memory = unsafe { alloc_zeroed(layout) };
    if memory.is_null() {
        return Err(Error::new(Status::OutOfMemory, "out of memory for handles"));
    }
    Ok(memory.wrapping_add(memory.align_offset(LINE)).cast::<Slot<X>>())
}

#[cfg(test)]
mod tests {
    use super::super::slot::Fast;
    use super::*;
    use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};

    unsafe extern "C-unwind" fn nothing(
        _: *const (),
        _: *mut metaffi_slot,
        _: u64,
        _: *mut *mut metaffi_error,
        _: Key,
    ) -> metaffi_status {
        METAFFI_OK
    }

    unsafe fn ignore(_: *const ()) {}

    static VTABLE: HandleVtable =
        HandleVtable { kind: HandleKind::Entity, ..HandleVtable::only(ignore) };

    #[test]
    fn no_key_comes_back_soon() {
        static TABLE: Table = Table::new(&NO_THINGS, 3);
        let mut keys = std::collections::HashSet::new();
        let mut slots = std::collections::HashSet::new();
        for _ in 0..5 * LAST_GENERATION {
            let key =
                TABLE.insert(HandleKind::Error, NonNull::dangling(), &VTABLE, |_| ()).unwrap();
            assert!(keys.insert(key));
            slots.insert(key::index(key));
            TABLE.remove(key, None).unwrap();
            assert!(TABLE.remove(key, None).is_none());
        }
        assert_eq!(slots.len(), 5);
    }

    #[test]
    fn errors_have_handles_when_nothing_else_has() {
        static TABLE: Table = Table::new(&NO_THINGS, 5);
        let insert = |kind| TABLE.insert(kind, NonNull::dangling(), &VTABLE, |_| ());
        TABLE.free.lock().used = CHUNKS * CHUNK - FOR_ERRORS - 2;
        let things = [(); 2].map(|()| insert(HandleKind::Object).unwrap());
        let refused = || insert(HandleKind::Object).unwrap_err();
        assert_eq!(refused().status(), Status::OutOfMemory);
        assert!(refused().message().contains("handles are in use; free"));
        let errors: Vec<Key> =
            (0..FOR_ERRORS).map(|_| insert(HandleKind::Error).unwrap()).collect();
        insert(HandleKind::Error).unwrap_err();
        assert!(errors.iter().all(|error| TABLE.remove(*error, None).is_some()));
        TABLE.remove(things[0], None).unwrap();
        insert(HandleKind::Object).unwrap();
    }

    #[test]
    fn null_is_no_function_when_the_first_has_been_freed() {
        static TABLE: Table<FastCell> = Table::new(&NO_FUNCTIONS, 4);
        let fast = Fast { invoke: nothing, code: ptr::null(), map: 0 };
        let fill = |slot: &Slot<FastCell>| slot.set_fast(Some((fast, 0)));
        let key = TABLE.insert(HandleKind::Entity, NonNull::dangling(), &VTABLE, fill).unwrap();
        assert!(TABLE.slot(key).fast(key).is_some());
        TABLE.remove(key, None).unwrap();
        assert!(TABLE.slot(key).fast(key).is_none());
        assert!(TABLE.slot(0).fast(0).is_none());
    }
}
