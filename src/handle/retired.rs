//! References whose handle was freed while somebody was using them: each waits at the place that
//! says so, and is released by whoever gives that place back.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::slot::Vtable;
use super::{barrier, pin};
use crate::errno;

/// A reference that waits.
pub(super) struct Retired {
    data: *const (),
    vtable: &'static Vtable,
    next: *mut Retired,
}

/// Releases a reference as soon as no call uses it, now if that is so already.
pub(super) fn retire(data: *const (), vtable: &'static Vtable) {
    if !pin::alone() {
        barrier::heavy();
    }
    match pin::find(data) {
        // SAFETY: the key is dead and nobody uses what it stood for: this is the last use.
        None => unsafe { (vtable.release)(data) },
        Some(_) => settle(Box::into_raw(Box::new(Retired { data, vtable, next: ptr::null_mut() }))),
    }
}

/// Called where a place was given back at which something waits.
///
/// That is between a guest's function and its caller, who may want to know `errno`.
#[cold]
#[inline(never)]
pub(super) fn release_waiting(waiting: &AtomicPtr<Retired>) {
    let errno = errno::get();
    settle(waiting.swap(ptr::null_mut(), Ordering::Acquire));
    errno::set(errno);
}

/// Releases each of a list, or leaves it where it has to wait.
fn settle(mut list: *mut Retired) {
    while !list.is_null() {
        let retired = list;
        // SAFETY: `retire` made each from a box, and what is on the list is this caller's.
        let data = unsafe {
            list = (*retired).next;
            (*retired).data
        };
        let Some(pin) = pin::find(data) else {
            // SAFETY: as above; its key is dead and nobody uses it, so this is the last use.
            unsafe {
                let retired = Box::from_raw(retired);
                (retired.vtable.release)(retired.data);
            }
            continue;
        };
        push(&pin.waiting, retired);
        barrier::heavy();
        if pin.data.load(Ordering::Acquire).cast_const() != data {
            // Whoever gave the place back may have done so before this waited there.
            list = append(pin.waiting.swap(ptr::null_mut(), Ordering::Acquire), list);
        }
    }
}

fn push(waiting: &AtomicPtr<Retired>, retired: *mut Retired) {
    let mut head = waiting.load(Ordering::Relaxed);
    loop {
        // SAFETY: the caller's own, until the exchange.
        unsafe { (*retired).next = head };
        match waiting.compare_exchange(head, retired, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return,
            Err(now) => head = now,
        }
    }
}

/// One list after the other.
fn append(first: *mut Retired, second: *mut Retired) -> *mut Retired {
    if first.is_null() {
        return second;
    }
    let mut last = first;
    // SAFETY: both lists are the caller's.
    unsafe {
        while !(*last).next.is_null() {
            last = (*last).next;
        }
        (*last).next = second;
    }
    first
}
