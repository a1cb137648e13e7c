//! Data and handles: one is made of the other where it leaves to another API, or comes from there.

use std::ptr;

use super::memory::{self, OwnMemory};
use super::{Data, DataTable, gone, make, of};
use crate::error::Result;
use crate::handle::{self, HandleKind, Key};
use crate::host::python::error::foreign_class as foreign;
use crate::object;
use crate::object::memory::{BorrowedMemory, HostReference, ObjectMemory};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// Memory of another runtime's object, which is there as long as this.
pub(super) struct Lent {
    memory: Box<dyn ObjectMemory>,
    _borrowed: BorrowedMemory,
    key: Key,
}

impl Lent {
    /// Keeps what a pointer in the memory was made to point to, as long as the memory is there.
    pub(super) fn keep(&self, at: *const u8, thing: Option<PyRef>) -> Result<()> {
        self.memory.keep(at, thing.map(|thing| Box::new(thing) as HostReference))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let _ = handle::free(self.key, HandleKind::Object);
    }
}

/// A new handle of data, which keeps the object; `None` of any other object.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(in crate::host::python) unsafe fn to_handle(gil: &Gil, object: Object) -> Option<Result<Key>> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { of(gil.api, object).map(|data| new_handle(gil, object, data)) }
}

unsafe fn new_handle(gil: &Gil, object: Object, data: &Data) -> Result<Key> {
    let table = data.alive(gil.api)?;
    // SAFETY: an instance that is alive; its memory is there as long as it.
    unsafe {
        let root = memory::root(object);
        memory::check(root)?;
        if table.is_pointer() && !memory::target_is_there(data) {
            return Err(gone());
        }
        let at = if table.is_pointer() { data.pointer() } else { data.address() };
        let room = match root.is_null() {
            true => None,
            false => {
                let (start, size) = memory::region(root);
                size.map(|size| size.saturating_sub(at.addr() - start.addr()))
            }
        };
        let size = if table.layout.open { room } else { Some(table.size) };
        let owner: HostReference = Box::new(PyRef::new_reference(gil, object));
        table.layout.origin.object(at, size, Some(owner))
    }
}

/// An object for a handle, which it takes over, also if that fails.
pub(in crate::host::python) fn from_handle(gil: &Gil, key: Key) -> Result<PyRef> {
    let memory = object::of(key).and_then(|protocol| protocol.memory(key));
    let Ok(Some(memory)) = memory else { return foreign::wrap(gil, key) };
    let Some(layout) = memory.layout() else { return foreign::wrap(gil, key) };
    let made = made(gil, key, memory, &layout);
    if made.is_err() {
        let _ = handle::free(key, HandleKind::Object);
    }
    made
}

/// The same; takes the handle over if nothing fails.
fn made(
    gil: &Gil,
    key: Key,
    memory: Box<dyn ObjectMemory>,
    layout: &std::sync::Arc<crate::object::layout::Layout>,
) -> Result<PyRef> {
    let table = DataTable::of(gil, layout)?;
    let lent = |table: &DataTable, borrowed: BorrowedMemory, memory| {
        let address = borrowed.address();
        let size = borrowed.size();
        let lent = Lent { memory, _borrowed: borrowed, key };
        let own = OwnMemory::lent(size, lent);
        // SAFETY: what is lent is there as long as the loan.
        unsafe { make::own(gil, table, address, own) }
    };
    if !table.is_pointer() {
        let borrowed = memory.borrow_memory()?;
        return lent(&table, borrowed, memory);
    }
    let value = ptr::with_exposed_provenance_mut(memory.address()?);
    let target = memory.borrow_target().ok().flatten().filter(BorrowedMemory::is_kept);
    let owner = match target {
        Some(target) => Some(lent(table.inner(gil)?.unwrap_or(&table), target, memory)?),
        None => {
            let _ = handle::free(key, HandleKind::Object);
            None
        }
    };
    let owner = owner.as_ref().map_or(ptr::null_mut(), PyRef::as_ptr);
    // SAFETY: under the GIL.
    unsafe { PyRef::owned(gil, make::view(gil.api, &table, value, owner)) }
}
