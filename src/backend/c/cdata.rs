//! [`CData`]: typed memory with an owner, the objects of this runtime.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::ctype::{CType, Class};
use super::held::{Held, Thing};
use super::memory::{Memory, Owner};
use crate::abi::metaffi_finalizer;
use crate::abi::metaffi_object;
use crate::error::{Error, Result, Status};
use crate::handle::pin::Use;
use crate::handle::{self, Object};

/// A value of a C type in memory.
///
/// Its memory is its own, somebody else's, or part of another object's, which it keeps alive.
pub struct CData {
    ctype: CType,
    memory: AtomicPtr<Memory>,
    /// How many arrays view the memory, which keeps it from being released.
    views: Mutex<usize>,
    /// What its pointers were made to point to; most objects have none.
    held: OnceLock<Box<Held>>,
}

impl CData {
    fn with(ctype: CType, memory: Box<Memory>) -> CData {
        CData {
            ctype,
            memory: AtomicPtr::new(Box::into_raw(memory)),
            views: Mutex::new(0),
            held: OnceLock::new(),
        }
    }

    /// A zeroed value with memory of its own; `size` bytes if that is more than the type's (a
    /// flexible array member).
    pub fn zeroed(ctype: CType, size: usize) -> Result<CData> {
        ctype.require_complete()?;
        let memory = Memory::zeroed(size.max(ctype.size), ctype.align)?;
        Ok(CData::with(ctype, memory))
    }

    /// A copy of the value at `from`.
    ///
    /// # Safety
    /// `from` points to a value of the type.
    pub unsafe fn copied(ctype: CType, from: *const u8) -> Result<CData> {
        ctype.require_complete()?;
        let memory = Memory::zeroed(ctype.size, ctype.align)?;
        // SAFETY: the caller's promise; the new memory has the type's size and is not shared yet.
        unsafe { memory.address().copy_from_nonoverlapping(from, ctype.size) };
        Ok(CData::with(ctype, memory))
    }

    /// A pointer with the given value.
    pub fn pointer(ctype: CType, value: *mut c_void) -> CData {
        CData::with(ctype, Memory::pointer(value))
    }

    /// A pointer with the given value that keeps alive what it points into.
    pub fn keeping(ctype: CType, value: *mut c_void, kept: &Arc<CData>) -> CData {
        CData::with(ctype, Memory::keeping(value, kept.clone()))
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
        let owner = Owner::Foreign { userdata, finalizer };
        let open = ctype.is_open_ended();
        let memory = Memory::at(address.cast(), ctype.size, open, owner);
        CData::with(ctype, memory)
    }

    /// The part of `whole` that lies at `address`; keeps `whole` alive.
    pub fn part(whole: &Arc<CData>, ctype: CType, address: *mut u8) -> Result<CData> {
        let root = whole.root()?;
        let rest = handle::using(|span| Ok(root.memory(span)?.region().rest(address)))?;
        let open = ctype.is_open_ended();
        let size = match rest {
            Some(rest) if open => rest.unwrap_or(0),
            _ => ctype.size,
        };
        let memory = Memory::at(address, size, open && rest.is_none(), Owner::Part(root));
        Ok(CData::with(ctype, memory))
    }

    /// The type of the value.
    pub fn ctype(&self) -> &CType {
        &self.ctype
    }

    /// Its memory, alive until the span ends.
    #[inline(always)]
    pub fn memory<'a>(&self, span: Use<'a>) -> Result<&'a Memory> {
        let memory = span.protect(&self.memory).ok_or_else(|| self.released())?;
        if let Owner::Part(root) = memory.owner() {
            root.memory(span)?;
        }
        Ok(memory)
    }

    /// The value of a pointer.
    pub fn pointer_value(&self, span: Use) -> Result<*mut c_void> {
        let memory = self.memory(span)?;
        // SAFETY: a pointer's memory holds one; it may be unaligned in a packed struct.
        Ok(unsafe { memory.address().cast::<*mut c_void>().read_unaligned() })
    }

    /// The object that a pointer keeps alive, if it points into it.
    pub fn kept(&self, span: Use) -> Result<Option<Arc<CData>>> {
        let Owner::Keeping(_, kept) = self.memory(span)?.owner() else { return Ok(None) };
        let inside = kept.memory(span)?.region().contains(self.pointer_value(span)?.cast(), 0);
        Ok(inside.then(|| kept.clone()))
    }

    /// Keeps what the pointer at an address in the object's memory now points to.
    pub(super) fn hold(&self, address: usize, thing: Option<Thing>) {
        if thing.is_some() || self.held.get().is_some() {
            self.held.get_or_init(Box::default).set(address, thing);
        }
    }

    /// The object that the pointer at an address in the object's memory was made to point into, if
    /// it still does.
    pub(super) fn held_at(
        &self,
        span: Use,
        address: *const u8,
        value: *const u8,
    ) -> Result<Option<Arc<CData>>> {
        let Some(data) = self.held.get().and_then(|held| held.get(address.addr())) else {
            return Ok(None);
        };
        let inside = data.root()?.memory(span)?.region().contains(value, 0);
        Ok(inside.then_some(data))
    }

    /// What is known to keep alive what a pointer points to.
    pub(super) fn target(&self, span: Use) -> Result<Option<Arc<CData>>> {
        match self.kept(span)? {
            Some(kept) => Ok(Some(kept)),
            None => {
                let address = self.memory(span)?.address();
                self.held_at(span, address, self.pointer_value(span)?.cast())
            }
        }
    }

    /// The object whose memory this is: itself, or what it is a part of.
    pub fn root(self: &Arc<CData>) -> Result<Arc<CData>> {
        handle::using(|span| match self.memory(span)?.owner() {
            Owner::Part(root) => Ok(root.clone()),
            _ => Ok(self.clone()),
        })
    }

    /// Keeps the memory from being released until [`give_back`](CData::give_back).
    pub fn lend(&self) -> Result<()> {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if self.memory.load(Ordering::SeqCst).is_null() {
            return Err(self.released());
        }
        *views += 1;
        Ok(())
    }

    /// Ends one [`lend`](CData::lend).
    pub fn give_back(&self) {
        *self.views.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
    }

    /// Frees the memory as soon as no call uses it; later uses of the object are errors. Once
    /// more does nothing.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` while an array views the memory.
    pub fn release(&self) -> Result<()> {
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if *views > 0 {
            return Err(Error::new(
                Status::InvalidArgument,
                format!(
                    "{} arrays view the memory of this {}; free them first",
                    *views,
                    self.ctype.spell()
                ),
            ));
        }
        let memory = self.memory.swap(ptr::null_mut(), Ordering::SeqCst);
        drop(views);
        if !memory.is_null() {
            // SAFETY: `with` made the pointer from a box; the swap took it out exactly once.
            handle::retire(unsafe { Box::from_raw(memory) });
        }
        Ok(())
    }

    /// A new handle for the object.
    pub fn into_handle(self) -> Result<*mut metaffi_object> {
        handle::insert_object(Arc::new(self)).map(ptr::without_provenance_mut)
    }

    #[cold]
    fn released(&self) -> Error {
        Error::new(
            Status::InvalidHandle,
            format!("the memory of this {} was released", self.ctype.spell()),
        )
    }
}

impl Drop for CData {
    fn drop(&mut self) {
        let memory = *self.memory.get_mut();
        if !memory.is_null() {
            // SAFETY: as in `release`; nobody can have it protected, since that takes a reference
            // to the object.
            drop(unsafe { Box::from_raw(memory) });
        }
        if let Some(held) = self.held.take() {
            held.let_go();
        }
    }
}

impl Object for CData {
    fn runtime(&self) -> &str {
        super::NAME
    }

    fn type_name(&self) -> String {
        self.ctype.spell()
    }

    /// The address that a pointer holds, else the address of the value.
    fn identity(&self) -> u64 {
        let address = handle::using(|span| match self.ctype.class {
            Class::Pointer(_) => self.pointer_value(span).map(|value| value.addr()),
            _ => self.memory(span).map(|memory| memory.address().addr()),
        });
        address.unwrap_or(0) as u64
    }
}
