//! [`DirectPlace`]: where what calls a member finds how that is used by the native interface.

use std::collections::BTreeMap;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::invoke::{ObjectPlaces, status_of};
use crate::abi::{metaffi_error, metaffi_slot, metaffi_status};
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::handle::{self, Fast, Key, pin};
use crate::java::direct::DirectCall;
use crate::java::support;
use crate::thread::ThreadWords;

/// The place of an entity. It is never freed, and used again for another that has objects in the same places.
pub(super) struct DirectPlace {
    plan: AtomicPtr<DirectPlan>,
    objects: &'static ObjectPlaces,
}

/// How one entity is called.
struct DirectPlan {
    entity: i64,
    direct: DirectCall,
}

/// Places of entities that were given back.
static FREE: Lock<BTreeMap<&'static ObjectPlaces, Vec<&'static DirectPlace>>> =
    Lock::new(BTreeMap::new());

impl DirectPlace {
    /// One of an entity, until it is given back.
    pub(super) fn of(
        entity: i64,
        direct: DirectCall,
        objects: &'static ObjectPlaces,
    ) -> &'static DirectPlace {
        let plan = Box::into_raw(Box::new(DirectPlan { entity, direct }));
        let free = FREE.lock().get_mut(&objects).and_then(Vec::pop);
        let place = free.unwrap_or_else(|| {
            Box::leak(Box::new(DirectPlace { plan: AtomicPtr::new(ptr::null_mut()), objects }))
        });
        place.plan.store(plan, Ordering::Release);
        place
    }

    /// The entity is not called any more, but by who is at it: what they use goes when they have ended.
    pub(super) fn give_back(&'static self) {
        let plan = self.plan.swap(ptr::null_mut(), Ordering::SeqCst);
        // SAFETY: that of `of`, which is taken out once.
        handle::retire(unsafe { Box::from_raw(plan) });
        FREE.lock().entry(self.objects).or_default().push(self);
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
        if support::is_quick(entity) {
            // SAFETY: as the caller says.
            return unsafe { self.objects.call(entity, frame) };
        }
        // SAFETY: as the caller says.
        unsafe { self.call_directly(entity, frame) }
    }

    /// The same by the native interface, while there is nothing that is quicker.
    #[inline(always)]
    unsafe fn call_directly(&self, entity: i64, frame: *mut metaffi_slot) -> Result<()> {
        let words = ThreadWords::here();
        let scope = pin::enter();
        let outcome = match (scope.protect(&self.plan), support::interface(words)) {
            (Some(plan), Some(env)) if plan.entity == entity => {
                // SAFETY: as the caller says.
                unsafe { plan.direct.call(&scope, words, env, frame) }
            }
            (Some(plan), _) if plan.entity == entity => None,
            _ => Some(Err(freed())),
        };
        scope.end();
        // SAFETY: as above.
        outcome.unwrap_or_else(|| unsafe { self.call_entity(entity, frame) })
    }

    /// Calls the entity, which does all that there is to it.
    #[cold]
    #[inline(never)]
    unsafe fn call_entity(&self, entity: i64, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame is as the entity was bound to.
        unsafe { self.objects.call(entity, frame) }
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
    key: Key,
) -> metaffi_status {
    // SAFETY: places stay.
    let place = unsafe { &*place.cast::<DirectPlace>() };
    let entity = entity as i64;
    if support::is_quick(entity) {
        let quick = place.objects.fast(entity);
        // SAFETY: the frame is as the entity was bound to.
        return unsafe { (quick.invoke)(quick.code, frame, quick.map, error, key) };
    }
    // SAFETY: as above; the place of the error is as whoever calls has it.
    unsafe { status_of(place.call_directly(entity, frame), error) }
}
