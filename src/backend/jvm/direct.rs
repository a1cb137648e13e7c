//! [`DirectPlace`]: where what calls a member finds how that is used by the native interface.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::invoke::ObjectPlaces;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::call::errors::failure::report;
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::handle::{self, Fast, Key, pin};
use crate::java::direct::DirectCall;
use crate::java::support;
use crate::thread::ThreadWords;

/// The place of an entity. It is never freed, and used again for another.
pub(super) struct DirectPlace {
    plan: AtomicPtr<DirectPlan>,
}

/// How one entity is called.
struct DirectPlan {
    entity: i64,
    direct: DirectCall,
    objects: &'static ObjectPlaces,
}

/// Places of entities that were given back.
static FREE: Lock<Vec<&'static DirectPlace>> = Lock::new(Vec::new());

impl DirectPlace {
    /// One of an entity, until it is given back.
    pub(super) fn of(
        entity: i64,
        direct: DirectCall,
        objects: &'static ObjectPlaces,
    ) -> &'static DirectPlace {
        let plan = Box::into_raw(Box::new(DirectPlan { entity, direct, objects }));
        let free = FREE.lock().pop();
        let place = free.unwrap_or_else(|| {
            Box::leak(Box::new(DirectPlace { plan: AtomicPtr::new(ptr::null_mut()) }))
        });
        place.plan.store(plan, Ordering::Release);
        place
    }

    /// The entity is not called any more, but by who is at it: what they use goes when they have ended.
    pub(super) fn give_back(&'static self) {
        let plan = self.plan.swap(ptr::null_mut(), Ordering::SeqCst);
        // SAFETY: that of `of`, which is taken out once.
        handle::retire(unsafe { Box::from_raw(plan) });
        FREE.lock().push(self);
    }

    /// What calls the entity. One that has been freed is refused by its number.
    pub(super) fn fast(&'static self, entity: i64) -> Fast {
        Fast { invoke: invoke_direct, code: ptr::from_ref(self).cast(), map: entity as u64 }
    }

    /// Calls it.
    ///
    /// # Safety
    /// The frame is as the entity was bound to.
    #[inline(always)]
    pub(super) unsafe fn call(&self, entity: i64, frame: *mut metaffi_slot) -> Result<()> {
        // Where there is a quicker way, no object is among its arguments.
        if support::is_linked() {
            // SAFETY: as the caller says.
            return unsafe { support::call(entity, frame) };
        }
        let words = ThreadWords::here();
        let scope = pin::enter();
        let outcome = match scope.protect(&self.plan) {
            Some(plan) if plan.entity == entity => {
                // SAFETY: as the caller says.
                let direct = support::interface(words)
                    .and_then(|env| unsafe { plan.direct.call(&scope, words, env, frame) });
                // SAFETY: as above.
                direct.unwrap_or_else(|| unsafe { plan.call(frame) })
            }
            _ => Err(freed()),
        };
        scope.end();
        outcome
    }
}

impl DirectPlan {
    /// Calls the entity, which does all that there is to it.
    #[cold]
    #[inline(never)]
    unsafe fn call(&self, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame is as the entity was bound to.
        unsafe { self.objects.call(self.entity, frame) }
    }
}

#[cold]
fn freed() -> Error {
    Error::new(Status::InvalidHandle, "the entity has been freed")
}

unsafe extern "C-unwind" fn invoke_direct(
    place: *const (),
    frame: *mut metaffi_slot,
    entity: u64,
    error: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    // SAFETY: places stay; the frame is as the entity was bound to.
    match unsafe { (*place.cast::<DirectPlace>()).call(entity as i64, frame) } {
        Ok(()) => METAFFI_OK,
        // SAFETY: NULL or writable.
        failed => unsafe { report(error, failed) },
    }
}
