//! [`ObjectMemory`]: the memory of an object, which hosts that know its layout read and write
//! themselves.

use std::any::Any;
use std::sync::Arc;

use super::layout::Layout;
use crate::error::Result;

/// What an object shows to a host that has objects of its own for such memory.
pub trait ObjectMemory: Send + Sync {
    /// How its type lies in memory, if hosts may look there themselves.
    fn layout(&self) -> Option<Arc<Layout>>;

    /// Its memory: of a pointer where the pointer is kept.
    fn borrow_memory(&self) -> Result<BorrowedMemory>;

    /// The memory that it points to, to its end if that is known; no memory of a null pointer.
    fn borrow_target(&self) -> Result<Option<BorrowedMemory>>;

    /// The address that a pointer holds, else that of the value.
    fn address(&self) -> Result<usize>;

    /// Keeps what the pointer at an address in its memory was made to point to from now on, instead
    /// of what it pointed to, as long as the memory is there.
    fn keep(&self, address: *const u8, referent: Option<HostReference>) -> Result<()>;
}

/// A host's own reference: what it stands for lives at least as long as this does.
pub type HostReference = Box<dyn Any + Send + Sync>;

/// Memory that is there until this is dropped.
pub struct BorrowedMemory {
    address: *mut u8,
    size: Option<usize>,
    constant: bool,
    owner: Option<Box<dyn Any + Send + Sync>>,
}

// SAFETY: the memory may be used from any thread, as that of its language; keeping two threads
// from writing at once is up to the host.
unsafe impl Send for BorrowedMemory {}
// SAFETY: as above.
unsafe impl Sync for BorrowedMemory {}

impl BorrowedMemory {
    /// The memory at an address, which `owner` keeps: `size` bytes, if that is known.
    pub fn new(
        address: *mut u8,
        size: Option<usize>,
        constant: bool,
        owner: Option<Box<dyn Any + Send + Sync>>,
    ) -> BorrowedMemory {
        BorrowedMemory { address, size, constant, owner }
    }

    /// The first byte.
    pub fn address(&self) -> *mut u8 {
        self.address
    }

    /// Whether something is known that keeps the memory.
    pub fn is_kept(&self) -> bool {
        self.owner.is_some()
    }

    /// How many bytes are there; `None` if nobody knows.
    pub fn size(&self) -> Option<usize> {
        self.size
    }

    /// Whether it must not be written.
    pub fn is_constant(&self) -> bool {
        self.constant
    }
}
