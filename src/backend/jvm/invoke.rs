//! How an entity is called: with references of Java's where the caller has handles.

use std::collections::BTreeSet;
use std::ptr;

use crate::abi::{METAFFI_OK, metaffi_error, metaffi_handle_type, metaffi_slot, metaffi_status};
use crate::call::errors::failure::report;
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::handle::{Fast, Key};
use crate::java::{object, support};
use crate::signature::{Kind, Type, slots_of};

/// Where the objects are among the arguments and the result of an entity: one for all entities that have
/// them in the same places, which stays.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ObjectPlaces {
    arguments: Box<[ObjectPlace]>,
    result: Option<ObjectPlace>,
}

/// Where an object is, or may be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ObjectPlace {
    /// Which argument it is.
    argument: usize,
    slot: usize,
    /// Whether it is a value with its type before it.
    is_any: bool,
}

static KNOWN: Lock<BTreeSet<&'static ObjectPlaces>> = Lock::new(BTreeSet::new());

/// The handles of so many arguments are put aside without allocating.
const FEW: usize = 16;

impl ObjectPlaces {
    /// Those of a signature.
    pub(super) fn of(params: &[Type], returns: &[Type]) -> &'static ObjectPlaces {
        let mut slot = 0;
        let mut place = |(argument, r#type): (usize, &Type)| {
            let place = ObjectPlace { argument, slot, is_any: *r#type == Kind::Any.into() };
            slot += slots_of(*r#type);
            (place.is_any || *r#type == Kind::Handle.into()).then_some(place)
        };
        let arguments = params.iter().enumerate().filter_map(&mut place).collect();
        let result = returns.iter().enumerate().next().and_then(&mut place);
        let places = ObjectPlaces { arguments, result };
        let mut known = KNOWN.lock();
        if let Some(same) = known.get(&places) {
            return same;
        }
        let places: &'static ObjectPlaces = Box::leak(Box::new(places));
        known.insert(places);
        places
    }

    /// What calls an entity that has them. One that has been freed is refused by its number.
    pub(super) fn fast(&'static self, entity: i64) -> Fast {
        let invoke = match (&*self.arguments, self.result) {
            ([], None) => invoke_plain,
            ([ObjectPlace { slot: 0, is_any: false, .. }], None) => invoke_on_object,
            _ => invoke_with_objects,
        };
        Fast { invoke, code: ptr::from_ref(self).cast(), map: entity as u64 }
    }

    /// Calls with what stands for objects where there are handles. The arguments in the frame are as they
    /// were afterwards.
    ///
    /// # Safety
    /// The frame is as the entity was bound to, and has these places.
    #[inline(always)]
    pub(super) unsafe fn call(&self, entity: i64, frame: *mut metaffi_slot) -> Result<()> {
        if self.arguments.is_empty() && self.result.is_none() {
            // SAFETY: as the caller says.
            return unsafe { support::call(entity, frame) };
        }
        let mut few = [0; FEW];
        // SAFETY: the frame has these places: those of arguments are filled, and that of the result is
        // when the call has not failed.
        unsafe {
            match few.get_mut(..self.arguments.len()) {
                Some(few) => self.call_with(entity, frame, few)?,
                None => self.call_with(entity, frame, &mut vec![0; self.arguments.len()])?,
            }
            if let Some(place) = self.result
                && let Some(datum) = place.datum(frame)
            {
                *datum = object::handle_of(*datum as i64)? as metaffi_slot;
            }
        }
        Ok(())
    }

    #[inline(always)]
    unsafe fn call_with(
        &self,
        entity: i64,
        frame: *mut metaffi_slot,
        handles: &mut [metaffi_slot],
    ) -> Result<()> {
        // SAFETY: as the caller says.
        unsafe {
            let mut replaced = Ok(());
            for (handle, place) in handles.iter_mut().zip(&self.arguments) {
                let Some(datum) = place.datum(frame) else { continue };
                match object::loose_reference_of(*datum as Key) {
                    Ok(reference) => {
                        *handle = *datum;
                        *datum = reference as metaffi_slot;
                    }
                    Err(error) => {
                        replaced = Err(place.refuse(error));
                        break;
                    }
                }
            }
            let outcome = match replaced {
                Ok(()) => support::call(entity, frame),
                refused => refused,
            };
            for (handle, place) in handles.iter().zip(&self.arguments) {
                if *handle != 0
                    && let Some(datum) = place.datum(frame)
                {
                    *datum = *handle;
                }
            }
            outcome
        }
    }
}

impl ObjectPlace {
    /// The slot of the handle, or of what stands for it, if there is an object.
    ///
    /// # Safety
    /// A frame with this place, which is filled.
    #[inline(always)]
    unsafe fn datum(self, frame: *mut metaffi_slot) -> Option<*mut metaffi_slot> {
        // SAFETY: as the caller says.
        unsafe {
            let first = frame.add(self.slot);
            match self.is_any {
                false => Some(first),
                true if *first == metaffi_handle_type => Some(first.add(1)),
                true => None,
            }
        }
    }

    #[cold]
    fn refuse(self, error: Error) -> Error {
        error.at(format_args!("argument {}", self.argument))
    }
}

/// The status of an outcome, whose error is reported if there is one.
///
/// # Safety
/// The place of the error is NULL or writable, and has none.
#[inline(always)]
pub(super) unsafe fn status_of(
    outcome: Result<()>,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    match outcome {
        Ok(()) => METAFFI_OK,
        // SAFETY: as the caller says.
        failed => unsafe { report(error, failed) },
    }
}

unsafe extern "C-unwind" fn invoke_plain(
    _: *const (),
    frame: *mut metaffi_slot,
    entity: u64,
    error: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    // SAFETY: the frame is as the entity was bound to.
    unsafe { status_of(support::call(entity as i64, frame), error) }
}

/// Where the first argument is an object, and nothing else is one.
unsafe extern "C-unwind" fn invoke_on_object(
    _: *const (),
    frame: *mut metaffi_slot,
    entity: u64,
    error: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    // SAFETY: the frame is as the entity was bound to, and has a handle in its first slot.
    unsafe {
        let handle = *frame;
        let outcome = match object::loose_reference_of(handle as Key) {
            Ok(reference) => {
                *frame = reference as metaffi_slot;
                let outcome = support::call(entity as i64, frame);
                *frame = handle;
                outcome
            }
            Err(failed) => Err(failed.at("argument 0")),
        };
        status_of(outcome, error)
    }
}

unsafe extern "C-unwind" fn invoke_with_objects(
    places: *const (),
    frame: *mut metaffi_slot,
    entity: u64,
    error: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    // SAFETY: places stay; the frame is as the entity was bound to, and has them.
    unsafe { status_of((*places.cast::<ObjectPlaces>()).call(entity as i64, frame), error) }
}
