//! Data as arguments that are words: the addresses that they stand for.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

pub(in crate::host::python) use super::used_memory::CallMemory;
use super::{Data, is, memory, of, to_handle};
use crate::backend::Layout;
use crate::call::Target;
use crate::fork::Lock;
use crate::handle::{self, HandleKind};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;

/// Objects of which type an argument was given as an address, the last time that somebody asked.
#[derive(Default)]
pub(in crate::host::python) struct Accepted {
    /// Marked by [`PLACE`] for pointers that are given as where they are.
    layout: AtomicPtr<Layout>,
    /// All that were accepted, so that none's address is ever another's.
    kept: Lock<Vec<Arc<Layout>>>,
}

/// Marks the layout of pointers of which C takes the address.
const PLACE: usize = 1;

/// Whether the memory is there that data is a view of, or that a pointer is known to point to.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn is_there(data: &Data) -> bool {
    // SAFETY: an owner is an instance. What has memory of its own has it until it is released.
    unsafe { data.is_own() || memory::target_is_there(data) }
}

/// The word of an object that is data of an accepted type, and the memory that is used with it; `None`
/// leaves it to the slow way.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn word(
    api: &Api,
    object: Object,
    accepted: &Accepted,
) -> Option<(u64, Option<CallMemory>)> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let data = of(api, object)?;
        let table = data.table()?;
        let layout = Arc::as_ptr(&table.layout);
        let known = accepted.layout.load(Ordering::Acquire);
        if !is_there(data) {
            return None;
        }
        if !ptr::eq(layout, known) {
            if known.addr() != layout.addr() | PLACE {
                return None;
            }
            let place = data.pointer().expose_provenance() as u64;
            return Some((place, CallMemory::begin(api, object)));
        }
        let address = data.address().expose_provenance() as u64;
        Some((address, CallMemory::begin(api, object)))
    }
}

/// The memory that a call uses by an object, if it is data.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(in crate::host::python) unsafe fn used_memory(api: &Api, object: Object) -> Option<CallMemory> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { is(api, object).then(|| CallMemory::begin(api, object)).flatten() }
}

/// Asks whether an argument takes objects like this one by address, for the next time.
///
/// # Safety
/// `object` is alive.
#[cold]
pub(in crate::host::python) unsafe fn update_accepted(
    gil: &Gil,
    target: &dyn Target,
    object: Object,
    accepted: &Accepted,
) {
    // SAFETY: `object` is alive, and the GIL is held.
    let (data, table, key) = unsafe {
        let Some(data) = of(gil.api, object) else { return };
        let Some(table) = data.table() else { return };
        let Some(Ok(key)) = to_handle(gil, object) else { return };
        (data, table, key)
    };
    let (layout, is_pointer) = (table.layout.clone(), table.is_pointer());
    let word = target.takes(key);
    let _ = handle::free(key, HandleKind::Object);
    let is = |address: *mut u8| word == Some(address.addr() as u64);
    let mark = match () {
        // One that points to itself tells nothing.
        () if is_pointer && ptr::eq(data.address(), data.pointer().cast()) => return,
        () if is(data.address()) => 0,
        () if is_pointer && is(data.pointer()) => PLACE,
        () => return,
    };
    let mut kept = accepted.kept.lock();
    if !kept.iter().any(|known| Arc::ptr_eq(known, &layout)) {
        kept.push(layout.clone());
    }
    let known = Arc::as_ptr(&layout).cast_mut().map_addr(|address| address | mark);
    accepted.layout.store(known, Ordering::Release);
}
