//! [`Memory`]: the bytes of C data, and who frees them.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use super::cdata::CData;
use super::referents::{self, Referent};
use crate::abi::metaffi_finalizer;
use crate::error::{Error, Result, Status};
use crate::object::memory::HostReference;

/// Bytes outside of an object, and who frees them.
pub struct Memory {
    address: *mut u8,
    size: usize,
    open: bool,
    owner: MemoryOwner,
}

/// Who frees memory.
pub enum MemoryOwner {
    /// The block, which allocated them.
    Heap(Layout),
    /// Somebody else: `finalizer` is told when we have done with them.
    Foreign {
        /// Given to `finalizer`.
        userdata: *mut c_void,
        /// Called once, if there is one.
        finalizer: metaffi_finalizer,
    },
    /// A host, by what keeps them.
    Host(HostReference),
    /// Another object, of which they are a part.
    Part(Arc<CData>),
    /// Nobody: the bytes, inside the block, are a pointer into the object, which is kept alive.
    Keeping(u64, Arc<CData>),
    /// Nobody any more.
    Nobody,
}

// SAFETY: memory may be used from any thread, as C's may; keeping two threads from writing at once
// is up to the host, as in C.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    /// `size` bytes at `address`; `open` if more may follow that nobody knows of.
    pub fn at(address: *mut u8, size: usize, open: bool, owner: MemoryOwner) -> Box<Memory> {
        Box::new(Memory { address, size, open, owner })
    }

    /// Zeroed memory of its own.
    pub fn zeroed(size: usize, align: usize) -> Result<Box<Memory>> {
        let layout = Layout::from_size_align(size.max(1), align.max(1));
        let failed =
            || Error::new(Status::OutOfMemory, format!("cannot allocate {size} bytes of C memory"));
        let layout = layout.map_err(|_| failed())?;
        // SAFETY: the layout is not empty.
        let address = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or_else(failed)?;
        Ok(Memory::at(address.as_ptr(), size, false, MemoryOwner::Heap(layout)))
    }

    /// The memory of a pointer that keeps alive what it points to.
    pub fn keeping(value: *mut c_void, kept: Arc<CData>) -> Box<Memory> {
        let owner = MemoryOwner::Keeping(value.expose_provenance() as u64, kept);
        let mut memory = Memory::at(ptr::null_mut(), size_of::<usize>(), false, owner);
        if let MemoryOwner::Keeping(bytes, _) = &mut memory.owner {
            memory.address = (&raw mut *bytes).cast();
        }
        memory
    }

    /// The bytes.
    pub fn bytes(&self) -> ObjectBytes<'_> {
        let Memory { address, size, open, ref owner } = *self;
        ObjectBytes { address, size, open, owner: Some(owner) }
    }
}

/// The bytes of an object.
#[derive(Clone, Copy)]
pub struct ObjectBytes<'a> {
    address: *mut u8,
    size: usize,
    open: bool,
    owner: Option<&'a MemoryOwner>,
}

impl<'a> ObjectBytes<'a> {
    /// Bytes that are inside the object.
    pub fn inside(address: *mut u8, size: usize) -> ObjectBytes<'a> {
        ObjectBytes { address, size, open: false, owner: None }
    }

    /// The first byte.
    #[inline(always)]
    pub fn address(&self) -> *mut u8 {
        self.address
    }

    /// How many bytes are known to be there.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Where accesses may go.
    #[inline(always)]
    pub fn region(&self) -> Region {
        Region { start: self.address, size: (!self.open).then_some(self.size) }
    }

    /// Who frees them, if they are outside of the object.
    pub fn owner(&self) -> Option<&'a MemoryOwner> {
        self.owner
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        match std::mem::replace(&mut self.owner, MemoryOwner::Nobody) {
            // SAFETY: `zeroed` allocated it with this layout.
            MemoryOwner::Heap(layout) => unsafe { dealloc(self.address, layout) },
            MemoryOwner::Foreign { userdata, finalizer: Some(finalizer) } => {
                // SAFETY: whoever lent the memory gave both for this, to be called once.
                unsafe { finalizer(userdata) };
            }
            MemoryOwner::Part(whole) | MemoryOwner::Keeping(_, whole) => {
                referents::let_go([Referent::Data(whole)])
            }
            MemoryOwner::Host(keeper) => drop(keeper),
            _ => {}
        }
    }
}

/// Consecutive bytes of one object.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    start: *mut u8,
    /// `None` where nobody knows how many there are.
    size: Option<usize>,
}

impl Region {
    /// Memory of which only an address is known.
    pub fn unknown(start: *mut u8) -> Region {
        Region { start, size: None }
    }

    /// Whether `size` bytes at `address` lie inside, as far as is known.
    #[inline(always)]
    pub fn contains(&self, address: *const u8, size: usize) -> bool {
        self.rest(address).is_none_or(|rest| rest.is_some_and(|rest| size <= rest))
    }

    /// How many bytes there are from `address` on: `None` if nobody knows, `Some(None)` if it lies
    /// outside.
    #[inline(always)]
    pub fn rest(&self, address: *const u8) -> Option<Option<usize>> {
        let size = self.size?;
        let before = address.addr().checked_sub(self.start.addr());
        Some(before.and_then(|before| size.checked_sub(before)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_contains_what_lies_between_its_ends() {
        let mut bytes = [0u8; 8];
        let start = bytes.as_mut_ptr();
        let region = Region { start, size: Some(8) };
        assert!(region.contains(start, 8) && region.contains(start.wrapping_add(8), 0));
        assert!(!region.contains(start, 9) && !region.contains(start.wrapping_add(7), 2));
        assert!(!region.contains(start.wrapping_sub(1), 1));
        assert!(Region::unknown(start).contains(start.wrapping_sub(100), 1000));
    }

    #[test]
    fn memory_is_aligned_and_zero() {
        for (size, align) in [(1, 1), (16, 8), (16, 16), (100, 64), (0, 1)] {
            let memory = Memory::zeroed(size, align).unwrap();
            assert!(memory.bytes().address().addr().is_multiple_of(align));
            // SAFETY: so many bytes were allocated.
            let bytes = unsafe { std::slice::from_raw_parts(memory.bytes().address(), size) };
            assert!(bytes.iter().all(|byte| *byte == 0));
        }
        assert_eq!(Memory::zeroed(1 << 60, 1).err().unwrap().status(), Status::OutOfMemory);
    }
}
