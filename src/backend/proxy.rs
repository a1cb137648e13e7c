//! [`Proxy`]: an object as hosts in other languages see it, whose memory they read and write
//! themselves.

use std::any::Any;
use std::sync::Arc;

use super::{Layout, registry};
use crate::error::{Error, Result};
use crate::handle::{self, Key};
use crate::kit::{Nature, Threads};

/// What an object shows to a host that has objects of its own for such memory.
pub trait Proxy: Send + Sync {
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

/// The proxy of an object, found by its runtime; `None` if the runtime has none for it.
pub fn of(object: Key) -> Result<Option<Box<dyn Proxy>>> {
    let name = handle::describe_object(object, |object| object.runtime().to_owned())?;
    // The runtime of an object need not be one that is built in: a plugin's is not.
    let Ok(backend) = registry::find(&name) else { return Ok(None) };
    of_nature(backend.nature(), || backend.proxy(object)).map_err(|error| error.in_runtime(&name))
}

/// What `find` finds, on a thread where it may be used: that of a runtime's owner, or else any.
fn of_nature<P>(nature: &Nature, find: impl FnOnce() -> Result<P>) -> Result<P> {
    match nature.threads {
        Threads::Owner(owner) if !owner.is_current() => Err(Error::unsupported(
            "its objects are looked into on the thread that it belongs to alone; call a function of \
             it that does, which runs there",
        )),
        _ => find(),
    }
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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::error::Status;
    use crate::kit::Owner;

    #[test]
    fn objects_of_a_thread_are_looked_into_there_alone() {
        static OWNER: Owner = Owner::new();
        let owner = OWNER.start("test", || Ok(thread::current().id())).unwrap();
        let any = *registry::find("c").unwrap().nature();
        let nature = Nature { threads: Threads::Owner(&OWNER), ..any };
        let find = || Ok(thread::current().id());
        assert_eq!(of_nature(&any, find).unwrap(), thread::current().id());
        let refused = of_nature(&nature, find).unwrap_err();
        assert_eq!(refused.status(), Status::Unsupported);
        assert_eq!(OWNER.run(|| of_nature(&nature, find)).unwrap().unwrap(), owner);
    }
}
