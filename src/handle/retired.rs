//! References whose handle was freed while somebody was using them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::slot::Vtable;
use super::{barrier, pin};
use crate::errno;

struct Retired {
    data: *const (),
    vtable: &'static Vtable,
}

// SAFETY: a reference is `Send`; whoever takes it off the list is the only one to release it.
unsafe impl Send for Retired {}

static WAITING: AtomicUsize = AtomicUsize::new(0);
static LIST: Mutex<Vec<Retired>> = Mutex::new(Vec::new());

/// Releases a reference as soon as no thread uses it, now if that is so already.
#[inline(never)]
pub(super) fn retire(data: *const (), vtable: &'static Vtable) {
    let here = 0u8;
    pin::drop_abandoned(&raw const here);
    if !pin::alone() {
        barrier::heavy();
    }
    if !pin::is_pinned(data) {
        // SAFETY: the key is dead and nobody uses what it stood for: this is the last use.
        return unsafe { (vtable.release)(data) };
    }
    {
        let mut list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(Retired { data, vtable });
        WAITING.store(list.len(), Ordering::SeqCst);
    }
    collect();
}

/// Called where a use ends.
#[inline(always)]
pub(super) fn collect_if_any() {
    if WAITING.load(Ordering::Relaxed) != 0 {
        collect();
    }
}

/// Releases everything retired that is no longer used.
///
/// Called between a guest's function and its caller, who may want to know `errno`.
#[cold]
fn collect() {
    let errno = errno::get();
    release_unused();
    errno::set(errno);
}

fn release_unused() {
    barrier::heavy();
    let mut ready = Vec::new();
    {
        let mut list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        let mut index = 0;
        while index < list.len() {
            if pin::is_pinned(list[index].data) {
                index += 1;
            } else {
                ready.push(list.swap_remove(index));
            }
        }
        WAITING.store(list.len(), Ordering::SeqCst);
    }
    for retired in ready {
        // SAFETY: its key is dead and no thread pins it, so this is the last use.
        unsafe { (retired.vtable.release)(retired.data) };
    }
}
