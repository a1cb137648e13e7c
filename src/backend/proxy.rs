//! [`Proxy`]: an object as hosts in other languages see it, by what it can do.

use std::any::Any;
use std::sync::Arc;

use super::{Layout, registry};
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::handle::{self, Key};
use crate::kit::{Nature, Threads};
use crate::value::OwnedValue;

/// What an object can do for a host that shows it as an object of its own language.
pub trait Proxy: Send + Sync {
    /// How its type lies in memory, if hosts may look there themselves.
    fn layout(&self) -> Option<Arc<Layout>>;

    /// Its memory: of a pointer where the pointer is kept.
    fn borrow_memory(&self) -> Result<BorrowedMemory>;

    /// The memory that it points to, to its end if that is known.
    ///
    /// # Safety
    /// What it points to is there.
    unsafe fn borrow_target(&self) -> Result<BorrowedMemory>;

    /// What it stands for where an address is wanted.
    fn address(&self) -> Result<usize>;

    /// How many elements it has; `None` if it has none, or nobody knows how many.
    fn length(&self) -> Option<usize>;

    /// The value at a path in its language's notation; "" is the object itself.
    ///
    /// # Safety
    /// What pointers on the path point to is there.
    unsafe fn get(&self, path: &str) -> Result<OwnedValue>;

    /// Writes the value at a path. What it is made to point to stays alive as long as it does: by
    /// the keeper, if the host has one, else by references of its own.
    ///
    /// # Safety
    /// As for [`get`](Proxy::get); the value is what its type says.
    unsafe fn set(
        &self,
        path: &str,
        value: &metaffi_value,
        keeper: Option<HostReference>,
    ) -> Result<()>;

    /// Shows the keepers, and each `Arc<Callable>`, that the object alone keeps: nobody has it but
    /// one handle, this, and what was borrowed. By these a host's garbage collector finds cycles.
    fn visit_referents(&self, borrowed: &[&BorrowedMemory], see: &mut dyn FnMut(&dyn Any));

    /// Takes away what [`visit_referents`](Proxy::visit_referents) shows: nobody can reach the
    /// object any more. Dropping it runs code of whoever gave it.
    fn take_referents(&self, borrowed: &[&BorrowedMemory]) -> Option<Box<dyn Any>>;

    /// The path of a named part, from a path to where it is a part of.
    ///
    /// # Safety
    /// As for [`get`](Proxy::get).
    unsafe fn part(&self, path: &str, name: &str) -> Result<String>;

    /// The layout of what is at a path.
    ///
    /// # Safety
    /// As for [`get`](Proxy::get).
    unsafe fn layout_at(&self, path: &str) -> Result<Option<Arc<Layout>>>;

    /// The text that it holds or points to.
    ///
    /// # Safety
    /// What it points to is there, and ends as text does.
    unsafe fn text(&self) -> Result<OwnedValue>;

    /// A new handle of a pointer to what is at a path.
    ///
    /// # Safety
    /// As for [`get`](Proxy::get).
    unsafe fn pointer_to(&self, path: &str) -> Result<Key>;
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

/// A host's own reference to what it made a pointer point to: what the value stands for, a handle's
/// object or a callable, lives at least as long as this does.
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

    /// What keeps the memory.
    pub fn owner(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.owner.as_deref()
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
