//! [`CData`]: typed memory with an owner, the objects of this runtime.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering, fence};

use super::borrowed::BorrowedCData;
use super::ctype::{CType, Representation};
use super::memory::{Memory, MemoryOwner, ObjectBytes};
use super::referents::{Referent, Referents};
use crate::abi::{metaffi_finalizer, metaffi_object};
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::handle::pin::CallScope;
use crate::handle::{self, ForeignObject};
use crate::object::memory::HostReference;

/// How many words an object has room for in itself: most have their memory there.
const WORDS: usize = 4;

/// Stands for the memory in the object itself.
const INSIDE: *mut Memory = ptr::without_provenance_mut(align_of::<Memory>());

/// The number of views of memory that is released.
const RELEASED: usize = usize::MAX;

/// A value of a C type in memory.
///
/// Its memory is its own, somebody else's, or part of another object's, which it keeps alive.
pub struct CData {
    ctype: CType,
    /// A block, [`INSIDE`], or NULL when it was released.
    memory: AtomicPtr<Memory>,
    inside: UnsafeCell<[u64; WORDS]>,
    /// How many arrays view the memory, which keeps it from being released; or [`RELEASED`].
    views: AtomicUsize,
    /// What its pointers were made to point to; most objects have none.
    referents: Once<Box<Referents>>,
}

// SAFETY: memory may be used from any thread, as C's may; keeping two threads from writing at once
// is up to the host, as in C.
unsafe impl Send for CData {}
// SAFETY: as above.
unsafe impl Sync for CData {}

impl CData {
    fn with(ctype: CType, memory: *mut Memory, inside: [u64; WORDS]) -> CData {
        CData {
            ctype,
            memory: AtomicPtr::new(memory),
            inside: UnsafeCell::new(inside),
            views: AtomicUsize::new(0),
            referents: Once::new(),
        }
    }

    fn outside(ctype: CType, memory: Box<Memory>) -> CData {
        CData::with(ctype, Box::into_raw(memory), [0; WORDS])
    }

    /// A zeroed value with memory of its own; `size` bytes if that is more than the type's (a
    /// flexible array member).
    #[inline]
    pub fn zeroed(ctype: CType, size: usize) -> Result<CData> {
        let ctype = if ctype.is_settled() { ctype } else { ctype.refreshed() };
        ctype.require_complete()?;
        if size <= ctype.size
            && ctype.size <= size_of::<[u64; WORDS]>()
            && ctype.align <= align_of::<u64>()
        {
            return Ok(CData::with(ctype, INSIDE, [0; WORDS]));
        }
        let memory = Memory::zeroed(size.max(ctype.size), ctype.align)?;
        Ok(CData::outside(ctype, memory))
    }

    /// A new handle for a copy of the value at `from`, in memory of its own.
    ///
    /// # Safety
    /// `from` points to a value of the type.
    pub unsafe fn copied(ctype: &CType, from: *const u8) -> Result<*mut metaffi_object> {
        let ctype = ctype.latest();
        // SAFETY: the caller's value; new memory has the type's size.
        unsafe {
            if let Some(again) = CData::copied_again(ctype, from) {
                return Ok(again);
            }
            let copy = CData::zeroed(ctype.clone(), 0)?;
            let to = match copy.memory.load(Ordering::Relaxed) {
                INSIDE => copy.inside.get().cast(),
                memory => (*memory).bytes().address(),
            };
            to.copy_from_nonoverlapping(from, ctype.size);
            Arc::new(copy).handle()
        }
    }

    /// The same, if this thread has freed one of the type, which is the [latest](CType::latest):
    /// nothing is asked for, and `errno` stays.
    ///
    /// # Safety
    /// As for [`copied`](CData::copied).
    #[inline(always)]
    pub unsafe fn copied_again(ctype: &CType, from: *const u8) -> Option<*mut metaffi_object> {
        // SAFETY: what is used again has its bytes in itself; nobody else has it.
        let fill = |freed: &CData| unsafe {
            copy_few(from, freed.inside.get().cast(), ctype.size);
        };
        let key = handle::insert_left(|freed: &CData| freed.ctype.is_known_as(ctype), fill)?;
        Some(ptr::without_provenance_mut(key))
    }

    /// One that this thread has freed, of the type, with what was in it.
    #[inline]
    fn freed(ctype: &CType) -> Option<Arc<CData>> {
        handle::take_left::<CData>(|freed| freed.ctype.is_known_as(ctype))
    }

    /// Whether all of it can be used again: nobody else refers to it.
    #[inline]
    fn is_reusable(self: &Arc<CData>) -> bool {
        if Arc::strong_count(self) != 1 {
            return false;
        }
        // After what was done by those who have given up theirs.
        fence(Ordering::Acquire);
        self.has_nothing_but_bytes()
    }

    /// Whether its end is nothing but the end of bytes in itself.
    #[inline]
    fn has_nothing_but_bytes(&self) -> bool {
        self.memory.load(Ordering::Relaxed) == INSIDE
            && self.views.load(Ordering::Relaxed) == 0
            && self.referents.get().is_none()
    }

    /// A pointer with the given value.
    pub fn pointer(ctype: CType, value: *mut c_void) -> CData {
        let mut words = [0; WORDS];
        words[0] = value.expose_provenance() as u64;
        CData::with(ctype, INSIDE, words)
    }

    /// A pointer with the given value that keeps alive what it points into.
    pub fn keeping(ctype: CType, value: *mut c_void, kept: &Arc<CData>) -> CData {
        CData::outside(ctype, Memory::keeping(value, kept.clone()))
    }

    /// The value at an address that somebody else owns. Where its type has an open end (`T[]`, a
    /// flexible array member, no definition yet), more bytes than its size may be there.
    ///
    /// # Safety
    /// A value of the type is there until `finalizer` has been called with `userdata`, or for good
    /// if there is none; it may be called on any thread.
    pub unsafe fn foreign(
        ctype: CType,
        address: *mut c_void,
        userdata: *mut c_void,
        finalizer: metaffi_finalizer,
    ) -> CData {
        let owner = MemoryOwner::Foreign { userdata, finalizer };
        let open = ctype.is_open_ended();
        let memory = Memory::at(address.cast(), ctype.size, open, owner);
        CData::outside(ctype, memory)
    }

    /// The value at an address whose memory a host has: `size` bytes, if that is known.
    pub(in crate::backend::c) fn lent(
        ctype: CType,
        address: *mut u8,
        size: Option<usize>,
        owner: Option<HostReference>,
    ) -> CData {
        let (size, open) = (size.unwrap_or(ctype.size), size.is_none());
        let owner = owner.map_or(MemoryOwner::Nobody, MemoryOwner::Host);
        CData::outside(ctype, Memory::at(address, size, open, owner))
    }

    /// The part of `whole` that lies at `address`; keeps `whole` alive.
    pub fn part(whole: &Arc<CData>, ctype: CType, address: *mut u8) -> Result<CData> {
        let root = whole.root()?;
        let rest =
            handle::using(|scope| Ok::<_, Error>(root.memory(scope)?.region().rest(address)))?;
        let open = ctype.is_open_ended();
        let size = match rest {
            Some(rest) if open => rest.unwrap_or(0),
            _ => ctype.size,
        };
        let memory = Memory::at(address, size, open && rest.is_none(), MemoryOwner::Part(root));
        Ok(CData::outside(ctype, memory))
    }

    /// The type of the value.
    pub fn ctype(&self) -> &CType {
        &self.ctype
    }

    /// Its memory, alive until the scope ends.
    #[inline(always)]
    pub fn memory<'a>(&'a self, scope: &'a CallScope) -> Result<ObjectBytes<'a>> {
        if self.memory.load(Ordering::Acquire) == INSIDE {
            // Released or not, it is there as long as the object.
            return Ok(ObjectBytes::inside(self.inside.get().cast(), self.ctype.size));
        }
        self.memory_outside(scope)
    }

    fn memory_outside<'a>(&'a self, scope: &'a CallScope) -> Result<ObjectBytes<'a>> {
        let memory = scope.protect(&self.memory).ok_or_else(|| self.released())?;
        let bytes = memory.bytes();
        if let Some(MemoryOwner::Part(root)) = bytes.owner() {
            root.memory(scope)?;
        }
        Ok(bytes)
    }

    /// The value of a pointer.
    pub fn pointer_value(&self, scope: &CallScope) -> Result<*mut c_void> {
        let memory = self.memory(scope)?;
        // SAFETY: a pointer's memory holds one; it may be unaligned in a packed struct.
        Ok(unsafe { memory.address().cast::<*mut c_void>().read_unaligned() })
    }

    /// The object that a pointer keeps alive, if it points into it.
    pub fn kept<'a>(&'a self, scope: &'a CallScope) -> Result<Option<BorrowedCData<'a>>> {
        let memory = self.memory(scope)?;
        let Some(MemoryOwner::Keeping(_, kept)) = memory.owner() else { return Ok(None) };
        let inside = kept.memory(scope)?.region().contains(self.pointer_value(scope)?.cast(), 0);
        Ok(inside.then(|| BorrowedCData::from(kept)))
    }

    /// Keeps what the pointer at an address in the object's memory now points to.
    pub(in crate::backend::c) fn hold(&self, address: usize, thing: Option<Referent>) {
        if thing.is_some() || self.referents.get().is_some() {
            self.referents.get_or_init(Box::default).set(address, thing);
        }
    }

    /// The object whose memory this is: itself, or what it is a part of.
    pub fn root(self: &Arc<CData>) -> Result<Arc<CData>> {
        handle::using(|scope| Ok(BorrowedCData::from(self).root(scope)?.to_arc()))
    }

    /// Keeps the memory from being released until [`give_back`](CData::give_back).
    pub fn add_view(&self) -> Result<()> {
        let more = |views: usize| (views != RELEASED).then(|| views + 1);
        match self.views.fetch_update(Ordering::AcqRel, Ordering::Acquire, more) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.released()),
        }
    }

    /// Ends one [`add_view`](CData::add_view).
    pub fn give_back(&self) {
        self.views.fetch_sub(1, Ordering::AcqRel);
    }

    /// Frees the memory as soon as no call uses it; later uses of the object are errors. Once
    /// more does nothing.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` while an array views the memory.
    pub fn release(&self) -> Result<()> {
        match self.views.compare_exchange(0, RELEASED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {}
            Err(RELEASED) => return Ok(()),
            Err(views) => {
                return Err(Error::invalid(format!(
                    "{views} arrays view the memory of this {}; free them first",
                    self.ctype.spell()
                )));
            }
        }
        let memory = self.memory.swap(ptr::null_mut(), Ordering::SeqCst);
        if memory != INSIDE && !memory.is_null() {
            // SAFETY: `outside` made the pointer from a box; the swap took it out exactly once.
            handle::retire(unsafe { Box::from_raw(memory) });
        }
        Ok(())
    }

    /// A new handle for the object.
    pub fn into_handle(self) -> Result<*mut metaffi_object> {
        self.shared().handle()
    }

    /// One that is counted; one that this thread has freed is used again.
    fn shared(mut self) -> Arc<CData> {
        if *self.memory.get_mut() == INSIDE
            && let Some(freed) = CData::freed(&self.ctype)
        {
            // SAFETY: nobody else has it.
            unsafe { *freed.inside.get() = *self.inside.get_mut() };
            return freed;
        }
        Arc::new(self)
    }

    /// A new handle for it.
    #[inline]
    pub fn handle(self: Arc<CData>) -> Result<*mut metaffi_object> {
        handle::insert_object(self).map(ptr::without_provenance_mut)
    }

    #[cold]
    fn released(&self) -> Error {
        Error::new(
            Status::InvalidHandle,
            format!("the memory of this {} was released", self.ctype.spell()),
        )
    }
}

/// Copies at most so many bytes as an object has room for: a word at a time, which is sooner done
/// than a call.
///
/// # Safety
/// There are so many bytes at `from`, and room for them at `to`.
#[inline]
unsafe fn copy_few(from: *const u8, to: *mut u8, size: usize) {
    let words = size / size_of::<u64>();
    // SAFETY: the caller has so many bytes at both.
    unsafe {
        for index in 0..WORDS {
            if index < words {
                let word = from.cast::<u64>().add(index).read_unaligned();
                to.cast::<u64>().add(index).write_unaligned(word);
            }
        }
        let (copied, rest) = (words * size_of::<u64>(), size % size_of::<u64>());
        if rest != 0 {
            to.add(copied).copy_from_nonoverlapping(from.add(copied), rest);
        }
    }
}

impl Drop for CData {
    fn drop(&mut self) {
        let memory = *self.memory.get_mut();
        if memory != INSIDE && !memory.is_null() {
            // SAFETY: as in `release`; nobody can have it protected, since that takes a reference
            // to the object.
            drop(unsafe { Box::from_raw(memory) });
        }
        if let Some(referents) = self.referents.take() {
            referents.let_go();
        }
    }
}

impl ForeignObject for CData {
    fn runtime(&self) -> &str {
        crate::backend::c::types::NAME
    }

    fn type_name(&self) -> String {
        self.ctype.spell()
    }

    /// The address that a pointer holds, else the address of the value.
    fn identity(&self) -> u64 {
        let address = handle::using(|scope| match self.ctype.class {
            Representation::Pointer(_) => self.pointer_value(scope).map(|value| value.addr()),
            _ => self.memory(scope).map(|memory| memory.address().addr()),
        });
        address.unwrap_or(0) as u64
    }

    #[inline]
    fn may_wait(&self) -> bool {
        self.has_nothing_but_bytes()
    }

    #[inline]
    fn release(self: Arc<CData>) {
        if self.is_reusable() {
            handle::leave(self);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::backend::c::testing::Header;
    use crate::handle::HandleKind;

    #[test]
    fn what_was_freed_is_used_again_as_what_is_made_now() {
        let header = Header::new("struct pair { long first, second; }; typedef int few[2];");
        let (pair, few) = (header.ctype("struct pair"), header.ctype("few"));
        let made = move || {
            for number in 0..40_i64 {
                let bytes = [number, -number];
                // SAFETY: two longs.
                let object = unsafe { CData::copied(&pair, bytes.as_ptr().cast()) }.unwrap();
                let key = object.addr();
                let found = handle::using(|scope| {
                    let memory = scope.get::<CData>(key).unwrap().memory(scope).unwrap();
                    // SAFETY: as above.
                    unsafe { memory.address().cast::<[i64; 2]>().read_unaligned() }
                });
                assert_eq!(found, bytes);
                handle::free(key, HandleKind::Object).unwrap();
                assert!(handle::get::<CData>(key).is_err());
            }
            assert!(CData::freed(&few).is_none());
            assert!(CData::freed(&pair).is_some());
            handle::let_go_left();
            assert!(CData::freed(&pair).is_none());
        };
        thread::spawn(made).join().unwrap();
    }
}
