//! Handles as arguments that are words: the addresses that their objects stand for.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::CLASS;
use super::inline_cache::InlineCache;
use crate::backend::Layout;
use crate::call::Target;
use crate::fork::Lock;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;

/// Objects of which type an argument was given as an address, the last time that somebody asked.
#[derive(Default)]
pub(in crate::host::python) struct Accepted {
    layout: AtomicPtr<Layout>,
    /// All that were accepted, so that none's address is ever another's.
    kept: Lock<Vec<Arc<Layout>>>,
}

/// The word of an object that is a handle of an accepted type, whose memory is not given back until
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
    let look = unsafe { look(api, object) }?;
    let address = look.address(accepted.layout.load(Ordering::Acquire))?;
    look.count_call(1);
    Some(address.expose_provenance() as u64)
}

/// Whether an object is a handle.
///
/// # Safety
/// As for [`word`].
pub(in crate::host::python) unsafe fn is_handle(api: &Api, object: Object) -> bool {
    // SAFETY: as the caller says.
    CLASS.get().is_some_and(|class| unsafe { class.is(api, object) })
}

/// What is looked at through a handle.
///
/// # Safety
/// As for [`word`].
#[inline(always)]
unsafe fn look<'a>(api: &Api, object: Object) -> Option<&'a InlineCache> {
    let class = CLASS.get()?;
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { class.is(api, object).then(|| &(*class.fields(object)).look) }
}

/// Lets the memory of a handle go.
///
/// # Safety
/// [`word`] gave one for the object, and the GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn let_go(object: Object) {
    // SAFETY: `word` gave one for the object, and the GIL is held; it is an instance, and there is
    // none without the type.
    unsafe { (*CLASS.get().unwrap_unchecked().fields(object)).look.count_call(-1) };
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
    // SAFETY: `object` is alive.
    let Some(key) = (unsafe { super::unwrap(gil.api, object) }).filter(|key| *key != 0) else {
        return;
    };
    // SAFETY: as above.
    let Some(look) = (unsafe { look(gil.api, object) }) else { return };
    let Ok(Some(seen)) = look.look(gil, key) else { return };
    let Some(layout) = &seen.layout else { return };
    if !target.takes(key) {
        return;
    }
    let mut kept = accepted.kept.lock();
    if !kept.iter().any(|known| Arc::ptr_eq(known, layout)) {
        kept.push(layout.clone());
    }
    accepted.layout.store(ptr::from_ref(&**layout).cast_mut(), Ordering::Release);
}
