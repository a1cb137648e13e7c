//! Data as arguments that are words: the addresses that they stand for.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

pub(in crate::host::python) use super::used_memory::CallMemory;
use super::{Data, is, memory, of, to_handle};
use crate::call::Target;
use crate::handle::{self, HandleKind};
use crate::object::layout::Layout;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;

/// How many types an argument remembers.
const MOST_TYPES: usize = 4;

/// Objects of which types an argument was given as an address: the latest that somebody asked about, as
/// references of their own, so that none's address is ever another's.
#[derive(Default)]
pub(in crate::host::python) struct Accepted {
    /// Marked by [`PLACE`] for pointers that are given as where they are.
    layouts: [AtomicPtr<Layout>; MOST_TYPES],
}

/// Marks the layout of pointers of which C takes the address.
const PLACE: usize = 1;

impl Accepted {
    /// The mark of a type that is remembered.
    #[inline(always)]
    fn find(&self, layout: *const Layout) -> Option<usize> {
        let mut marks = self.layouts.iter().map(|known| known.load(Ordering::Acquire).addr());
        marks.find(|known| known & !PLACE == layout.addr()).map(|known| known & PLACE)
    }

    /// Remembers a type, instead of the one that was asked about longest ago.
    fn add(&self, layout: Arc<Layout>, mark: usize) {
        let new = Arc::into_raw(layout).cast_mut().map_addr(|address| address | mark);
        let last = self.layouts.iter().fold(new, |new, place| place.swap(new, Ordering::AcqRel));
        // SAFETY: it is in no place any more.
        unsafe { forget(last) };
    }
}

impl Drop for Accepted {
    fn drop(&mut self) {
        // SAFETY: nobody looks at the places any more.
        self.layouts.iter_mut().for_each(|place| unsafe { forget(*place.get_mut()) });
    }
}

/// Drops the reference of a place.
///
/// # Safety
/// It is NULL or was made by [`Accepted::add`], and is dropped once.
unsafe fn forget(layout: *mut Layout) {
    let layout = layout.map_addr(|address| address & !PLACE);
    if !layout.is_null() {
        // SAFETY: made of a reference, whose mark is taken away.
        drop(unsafe { Arc::from_raw(layout.cast_const()) });
    }
}

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
        let mark = accepted.find(Arc::as_ptr(&table.layout))?;
        if !is_there(data) {
            return None;
        }
        let address = match mark {
            PLACE => data.pointer().expose_provenance(),
            _ => data.address().expose_provenance(),
        };
        Some((address as u64, CallMemory::begin(api, object)))
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
    accepted.add(layout, mark);
}
