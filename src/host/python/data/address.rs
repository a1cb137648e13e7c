//! Data as arguments that are words: the addresses that they stand for.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::{memory, of, to_handle};
use crate::backend::Layout;
use crate::call::Target;
use crate::fork::Lock;
use crate::handle::{self, HandleKind};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;

/// Objects of which type an argument was given as an address, the last time that somebody asked.
#[derive(Default)]
pub(in crate::host::python) struct Accepted {
    layout: AtomicPtr<Layout>,
    /// All that were accepted, so that none's address is ever another's.
    kept: Lock<Vec<Arc<Layout>>>,
}

/// The word of an object that is data of an accepted type, whose memory is not given back until
/// [`let_go`]; `None` leaves it to the slow way.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn word(
    api: &Api,
    object: Object,
    accepted: &Accepted,
) -> Option<u64> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let data = of(api, object)?;
        let layout = Arc::as_ptr(&data.table()?.layout);
        if !ptr::eq(layout, accepted.layout.load(Ordering::Acquire)) {
            return None;
        }
        if !data.is_own() && !data.is_pointer() && !memory::is_there(data.owner()) {
            return None;
        }
        memory::count_call(object, 1);
        Some(data.address().expose_provenance() as u64)
    }
}

/// Lets the memory of data go.
///
/// # Safety
/// [`word`] gave one for the object, and the GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn let_go(object: Object) {
    // SAFETY: `word` gave one for the object, and the GIL is held.
    unsafe { memory::count_call(object, -1) };
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
    let (layout, key) = unsafe {
        let Some(table) = of(gil.api, object).and_then(super::Data::table) else { return };
        let Some(Ok(key)) = to_handle(gil, object) else { return };
        (table.layout.clone(), key)
    };
    let takes = target.takes(key);
    let _ = handle::free(key, HandleKind::Object);
    if !takes {
        return;
    }
    let mut kept = accepted.kept.lock();
    if !kept.iter().any(|known| Arc::ptr_eq(known, &layout)) {
        kept.push(layout.clone());
    }
    accepted.layout.store(Arc::as_ptr(&layout).cast_mut(), Ordering::Release);
}
