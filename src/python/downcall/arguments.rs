//! [`ArgumentMarshaller`]: what makes Python objects of a frame's arguments, compiled from a
//! signature.

use super::argument_names::ArgumentNames;
use crate::abi::metaffi_slot;
use crate::call::upcall::{LockedCall, ScalarRow};
use crate::call::{Callable, MAX_SLOTS, Plan, SlotLayout};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object};
use crate::python::convert::{self, ElementLine, Loans, plain_value, scalar};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, from_handle};
use crate::python::upcall::callable;
use crate::signature::{Kind, TypeInfo};

/// The converters of a signature's parameters.
pub struct ArgumentMarshaller {
    items: Box<[ArgumentConverter]>,
}

struct ArgumentConverter {
    /// How it is held; null if its alias asks for more than the fast conversion does.
    kind: Kind,
    slot: usize,
    /// Whether it is an array of bytes that is to be `bytes`.
    bytes: bool,
    /// How C has it, if it is a number.
    scalar: Option<&'static ScalarRow>,
    info: TypeInfo,
}

impl ArgumentMarshaller {
    /// The converters of a plan's parameters.
    pub fn new(plan: &Plan) -> Result<ArgumentMarshaller> {
        if plan.params().len() >= MAX_SLOTS {
            let message = format!("at most {} arguments can be given to Python", MAX_SLOTS - 1);
            return Err(Error::unsupported(message));
        }
        let argument = |(info, layout): (&TypeInfo, &SlotLayout)| {
            let kind = scalar::plain_kind(info);
            let scalar = ScalarRow::of(kind).filter(|_| convert::is_number(kind));
            let is_bytes = || info.r#type.element().is_some_and(|of| of.kind() == Kind::Uint8);
            let bytes = kind == Kind::Array && info.alias.as_deref() == Some("bytes") && is_bytes();
            ArgumentConverter { kind, slot: layout.slot(), bytes, scalar, info: info.clone() }
        };
        let items = plan.param_types().iter().zip(plan.params()).map(argument).collect();
        Ok(ArgumentMarshaller { items })
    }

    /// How many there are.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.items.len()
    }

    /// Whether any of them may be an array, which Python sees only during the call.
    pub fn make_loans(&self) -> bool {
        self.items.iter().any(|item| matches!(item.kind, Kind::Array | Kind::Any))
    }

    /// Whether there is one argument, the handle of an object.
    pub fn is_handle(&self) -> bool {
        matches!(&*self.items, [ArgumentConverter { kind: Kind::Handle, .. }])
    }

    /// The handle and the int64 that the two arguments are; `None` if they are anything else.
    ///
    /// # Safety
    /// The frame has the layout of the signature with its arguments filled in.
    #[inline(always)]
    pub unsafe fn handle_and_index(&self, frame: *const metaffi_slot) -> Option<(usize, i64)> {
        let [of, index] = &*self.items else { return None };
        if of.kind != Kind::Handle || index.kind != Kind::Int64 {
            return None;
        }
        // SAFETY: the frame has the slots of both.
        unsafe { Some((*frame.add(of.slot) as usize, (*frame.add(index.slot)).cast_signed())) }
    }

    /// Whether all of them are numbers.
    pub fn are_numbers(&self) -> bool {
        self.items.iter().all(|item| item.scalar.is_some())
    }

    /// The array of one dimension that an argument is; `None` if it is anything else, or has an alias.
    ///
    /// # Safety
    /// There is such an argument, and the frame has the layout of the signature with it filled in.
    #[inline(always)]
    pub unsafe fn line<'a>(
        &self,
        index: usize,
        frame: *const metaffi_slot,
    ) -> Option<ElementLine<'a>> {
        let ArgumentConverter { kind, slot, info, .. } = &self.items[index];
        if *kind != Kind::Array || info.alias.is_some() {
            return None;
        }
        // SAFETY: an array is in its slot.
        unsafe { ElementLine::new(info.r#type, *frame.add(*slot)) }
    }

    /// Makes the object of an argument that C has given; NULL with an exception set.
    ///
    /// # Safety
    /// There is such an argument, and [all are numbers](ArgumentMarshaller::are_numbers); the GIL is held.
    #[inline(always)]
    pub unsafe fn number(&self, api: &Api, index: usize, incoming: &LockedCall) -> Object {
        // SAFETY: there is such an argument, and [all are numbers](Arguments::are_numbers); the GIL
        // is held.
        unsafe {
            let ArgumentConverter { kind, scalar, .. } = self.items.get_unchecked(index);
            scalar::number(api, *kind, incoming.argument(index, scalar.unwrap_unchecked()))
        }
    }

    /// Makes the objects of the arguments, `count` of them as the caller may know beforehand: owned
    /// by the caller, who gives them to [`release`](ArgumentMarshaller::release). On failure there are none.
    /// Arrays, which Python sees only during the call, are in the `loans` then.
    ///
    /// # Safety
    /// The frame has the layout of the signature with its arguments filled in; `objects` has room
    /// for all; `count` is [`count`](ArgumentMarshaller::count).
    #[inline(always)]
    pub unsafe fn load(
        &self,
        gil: &Gil,
        scope: &CallScope,
        loans: &Loans,
        names: &ArgumentNames,
        frame: *const metaffi_slot,
        (objects, count): (*mut Object, usize),
    ) -> Result<()> {
        let api = gil.api;
        for index in 0..count {
            // SAFETY: the frame has the layout of the signature with its arguments filled in;
            // `objects` has room for all; `count` is `count`.
            unsafe {
                let argument = self.items.get_unchecked(index);
                let slots = frame.add(argument.slot);
                let mut object = match argument.kind {
                    Kind::Callable => own_callable(api, scope, *slots as usize),
                    _ => argument.at_once(gil, slots),
                };
                if object.is_null() {
                    object = match self.load_other(gil, scope, loans, (index, names), slots) {
                        Ok(object) => object,
                        Err(error) => {
                            self.release(api, objects, index);
                            return Err(error);
                        }
                    };
                }
                *objects.add(index) = object;
            }
        }
        Ok(())
    }

    /// Makes the objects of arguments all of which need no further look: of so many as the caller knows
    /// beforehand, owned by the caller. If any needs one there are none, perhaps with an exception set,
    /// and it is for [`load`](ArgumentMarshaller::load) to make them.
    ///
    /// # Safety
    /// As for [`load`](ArgumentMarshaller::load).
    #[inline(always)]
    pub unsafe fn load_at_once(
        &self,
        gil: &Gil,
        frame: *const metaffi_slot,
        (objects, count): (*mut Object, usize),
    ) -> bool {
        for index in 0..count {
            // SAFETY: as above; those before it have been made.
            unsafe {
                let argument = self.items.get_unchecked(index);
                let object = argument.at_once(gil, frame.add(argument.slot));
                if object.is_null() {
                    release(gil.api, objects, index);
                    return false;
                }
                *objects.add(index) = object;
            }
        }
        true
    }

    /// Gives the objects of [`load`](ArgumentMarshaller::load) back.
    ///
    /// # Safety
    /// `objects` are the first `count` of those, and the GIL is held.
    #[inline(always)]
    pub unsafe fn release(&self, api: &Api, objects: *const Object, count: usize) {
        for index in 0..count {
            // SAFETY: the caller owns so many references, and holds the GIL; the scope of the call
            // goes on, in which the callables are pinned.
            unsafe {
                match self.items.get_unchecked(index).kind {
                    Kind::Callable => callable::give_back(api, *objects.add(index)),
                    _ => api.decref(*objects.add(index)),
                }
            }
        }
    }

    /// An argument that is no plain scalar, or whose fast conversion has failed.
    #[inline(never)]
    unsafe fn load_other(
        &self,
        gil: &Gil,
        scope: &CallScope,
        loans: &Loans,
        (index, names): (usize, &ArgumentNames),
        slots: *const metaffi_slot,
    ) -> Result<Object> {
        let api = gil.api;
        let info = &self.items[index].info;
        // SAFETY: `slots` hold the argument of that index; the GIL is held.
        let converted = unsafe {
            if !(api.PyErr_Occurred)().is_null() {
                (api.PyErr_Clear)();
            }
            convert::to_python(gil, scope, loans, info.r#type, info, slots)
        };
        converted.map(PyRef::into_ptr).map_err(|error| error.at(names.argument(index)))
    }
}

/// Gives up the first `count` objects, which are no callables.
///
/// # Safety
/// The caller owns so many references, and holds the GIL.
#[inline(always)]
pub unsafe fn release(api: &Api, objects: *const Object, count: usize) {
    for index in 0..count {
        // SAFETY: the caller owns so many references, and holds the GIL.
        unsafe { api.decref(*objects.add(index)) };
    }
}

impl ArgumentConverter {
    /// A new reference to what needs no further look: a number, text, an object of Python, bytes; NULL of
    /// anything else, and if that failed.
    ///
    /// # Safety
    /// `slots` hold the argument, and the GIL is held.
    #[inline(always)]
    unsafe fn at_once(&self, gil: &Gil, slots: *const metaffi_slot) -> Object {
        let (api, kind) = (gil.api, self.kind);
        // SAFETY: `slots` hold the argument, and the GIL is held.
        unsafe {
            match kind {
                Kind::Any => plain_value::to_python(api, slots),
                Kind::Handle => own_object(gil, *slots as usize),
                Kind::Array if self.bytes => convert::new_bytes(api, self.info.r#type, *slots),
                _ => scalar::to_python(api, kind, slots),
            }
        }
    }
}

/// A new reference to the Python object of a handle; NULL if it is none, or another runtime's.
#[inline(always)]
unsafe fn own_object(gil: &Gil, key: usize) -> Object {
    let Some(object) = from_handle(gil, key) else { return std::ptr::null_mut() };
    // SAFETY: alive while the GIL is held.
    unsafe { gil.api.incref(object) };
    object
}

/// A new reference to the Python object that a callable was passed as before, until it is given
/// back; NULL if there is none.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
unsafe fn own_callable(api: &Api, scope: &CallScope, key: usize) -> Object {
    match scope.get::<Callable>(key) {
        // SAFETY: pinned until the scope ends; the GIL is held.
        Ok(callable) => unsafe { callable::share_peer(api, callable) },
        Err(_) => std::ptr::null_mut(),
    }
}
