//! [`CData`]: typed memory with an owner, the objects of this runtime.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::ctype::{CType, Class};
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
}

/// Bytes, and who frees them.
pub struct Memory {
    address: *mut u8,
    size: usize,
    owner: Owner,
}

enum Owner {
    /// Inside this very block: up to sixteen bytes.
    Inline([u64; 2]),
    Heap(Layout),
    /// Not ours; `finalizer` is told when we have done with it.
    Foreign {
        userdata: *mut c_void,
        finalizer: metaffi_finalizer,
    },
    /// Part of what another object holds.
    Part(#[expect(dead_code, reason = "held for its lifetime")] Arc<CData>),
    /// A pointer that keeps alive what it points to, or code.
    Keeping([u64; 1], #[expect(dead_code, reason = "held for its lifetime")] Arc<dyn Send + Sync>),
}

// SAFETY: memory may be used from any thread, as C's may; keeping two threads from writing at once
// is up to the host, as in C.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Drop for Memory {
    fn drop(&mut self) {
        match self.owner {
            // SAFETY: `heap` allocated it with this layout.
            Owner::Heap(layout) => unsafe { dealloc(self.address, layout) },
            Owner::Foreign { userdata, finalizer: Some(finalizer) } => {
                // SAFETY: whoever lent the memory gave both for this, to be called once.
                unsafe { finalizer(userdata) };
            }
            _ => {}
        }
    }
}

impl Memory {
    fn boxed(address: *mut u8, size: usize, owner: Owner) -> Box<Memory> {
        let mut memory = Box::new(Memory { address, size, owner });
        match &mut memory.owner {
            Owner::Inline(bytes) => memory.address = bytes.as_mut_ptr().cast(),
            Owner::Keeping(bytes, _) => memory.address = bytes.as_mut_ptr().cast(),
            _ => {}
        }
        memory
    }

    /// Zeroed memory of its own.
    fn zeroed(size: usize, align: usize) -> Result<Box<Memory>> {
        if size <= 16 && align <= 8 {
            return Ok(Memory::boxed(ptr::null_mut(), size, Owner::Inline([0; 2])));
        }
        let layout = Layout::from_size_align(size.max(1), align.max(1));
        let failed =
            || Error::new(Status::OutOfMemory, format!("cannot allocate {size} bytes of C memory"));
        let layout = layout.map_err(|_| failed())?;
        // SAFETY: the layout is not empty.
        let address = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or_else(failed)?;
        Ok(Memory::boxed(address.as_ptr(), size, Owner::Heap(layout)))
    }

    /// The first byte.
    pub fn address(&self) -> *mut u8 {
        self.address
    }

    /// How many bytes are known to be there.
    pub fn size(&self) -> usize {
        self.size
    }
}

impl CData {
    fn with(ctype: CType, memory: Box<Memory>) -> CData {
        CData { ctype, memory: AtomicPtr::new(Box::into_raw(memory)) }
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
        let data = CData::zeroed(ctype, 0)?;
        // SAFETY: the caller's promise; the new memory has the type's size and is not shared yet.
        unsafe {
            let memory = &*data.memory.load(Ordering::Relaxed);
            memory.address.copy_from_nonoverlapping(from, data.ctype.size);
        }
        Ok(data)
    }

    /// A pointer with the given value.
    pub fn pointer(ctype: CType, value: *mut c_void) -> CData {
        let owner = Owner::Inline([value.expose_provenance() as u64, 0]);
        CData::with(ctype, Memory::boxed(ptr::null_mut(), size_of::<usize>(), owner))
    }

    /// A pointer with the given value that keeps something alive.
    pub fn keeping(ctype: CType, value: *mut c_void, kept: Arc<dyn Send + Sync>) -> CData {
        let owner = Owner::Keeping([value.expose_provenance() as u64], kept);
        CData::with(ctype, Memory::boxed(ptr::null_mut(), size_of::<usize>(), owner))
    }

    /// The value at an address that somebody else owns.
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
        let size = ctype.size;
        let owner = Owner::Foreign { userdata, finalizer };
        CData::with(ctype, Memory::boxed(address.cast(), size, owner))
    }

    /// The part of `whole` of a type at an offset; keeps `whole` alive.
    pub fn part(whole: &Arc<CData>, ctype: CType, offset: usize) -> Result<CData> {
        let (address, size) = whole.extent()?;
        let rest = size.saturating_sub(offset);
        let memory = Memory::boxed(address.wrapping_add(offset), rest, Owner::Part(whole.clone()));
        Ok(CData::with(ctype, memory))
    }

    /// The type of the value.
    pub fn ctype(&self) -> &CType {
        &self.ctype
    }

    /// Its memory, alive until the span ends.
    pub fn memory<'a>(&self, span: Use) -> Result<&'a Memory> {
        span.protect(&self.memory).ok_or_else(|| self.released())
    }

    /// Its address and the bytes known to be there. Not protected: for use while nobody else can
    /// release it, or for arithmetic.
    pub fn extent(&self) -> Result<(*mut u8, usize)> {
        handle::using(|span| self.memory(span).map(|memory| (memory.address, memory.size)))
    }

    /// The value of a pointer.
    pub fn pointer_value(&self, span: Use) -> Result<*mut c_void> {
        let memory = self.memory(span)?;
        // SAFETY: a pointer's memory holds one; it may be unaligned in a packed struct.
        Ok(unsafe { memory.address.cast::<*mut c_void>().read_unaligned() })
    }

    /// Frees the memory as soon as no call uses it; later uses of the object are errors.
    pub fn release(&self) {
        let memory = self.memory.swap(ptr::null_mut(), Ordering::SeqCst);
        if !memory.is_null() {
            // SAFETY: `with` made the pointer from a box; the swap took it out exactly once.
            handle::retire(unsafe { Box::from_raw(memory) });
        }
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
            _ => self.memory(span).map(|memory| memory.address.addr()),
        });
        address.unwrap_or(0) as u64
    }
}
