//! [`Arguments`]: what makes Python objects of a frame's arguments, compiled from a signature.

use super::api::{Api, Object};
use super::convert::Loans;
use super::gil::Gil;
use super::object::{PyRef, from_handle};
use super::{callable, convert};
use crate::abi::metaffi_slot;
use crate::call::{Callable, MAX_SLOTS, natural};
use crate::error::{Error, Result, Status};
use crate::handle::pin::Use;
use crate::signature::{Kind, Parameter, Signature, TypeInfo};

/// The converters of a signature's parameters.
pub struct Arguments {
    items: Box<[Argument]>,
    lends: bool,
}

struct Argument {
    /// How it is held; null if its alias asks for more than the fast conversion does.
    kind: Kind,
    slot: usize,
    param: Parameter,
}

impl Arguments {
    /// The converters for a signature.
    pub fn new(signature: &Signature) -> Result<Arguments> {
        if signature.params.len() >= MAX_SLOTS {
            let message = format!("at most {} arguments can be given to Python", MAX_SLOTS - 1);
            return Err(Error::new(Status::Unsupported, message));
        }
        let layout = signature.layout();
        let params = signature.params.iter().zip(layout.params());
        let argument = |(param, slot): (&Parameter, &usize)| Argument {
            kind: plain_kind(&param.info),
            slot: *slot,
            param: param.clone(),
        };
        let items: Box<[Argument]> = params.map(argument).collect();
        let lends = items.iter().any(|item| matches!(item.kind, Kind::Array | Kind::Any));
        Ok(Arguments { items, lends })
    }

    /// How many there are.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.items.len()
    }

    /// Whether any of them may be an array, which Python sees only during the call.
    #[inline(always)]
    pub fn lend(&self) -> bool {
        self.lends
    }

    /// Whether there is one argument, the handle of an object.
    pub fn is_handle(&self) -> bool {
        matches!(&*self.items, [Argument { kind: Kind::Handle, .. }])
    }

    /// Whether all of them are numbers.
    pub fn are_numbers(&self) -> bool {
        self.items.iter().all(|item| convert::is_number(item.kind))
    }

    /// Makes the object of an argument, a number, from the C value; NULL with an exception set.
    ///
    /// # Safety
    /// There is such an argument, and `from` points to its natural C type; the GIL is held.
    #[inline(always)]
    pub unsafe fn number(&self, api: &Api, index: usize, from: *const u64) -> Object {
        // SAFETY: the caller's promise; a number has one slot.
        unsafe {
            let kind = self.items.get_unchecked(index).kind;
            let mut slot = 0;
            natural::load(kind, from.cast(), &raw mut slot);
            scalar(api, kind, &raw const slot)
        }
    }

    /// Makes the objects of the arguments, `count` of them as the caller may know beforehand: owned
    /// by the caller, who gives them to [`release`](Arguments::release). On failure there are none.
    /// Arrays are in the `loans` then, which are nothing if there can be [none](Arguments::lend).
    ///
    /// # Safety
    /// The frame has the layout of the signature with its arguments filled in; `objects` has room
    /// for all; `count` is [`count`](Arguments::count).
    #[inline(always)]
    pub unsafe fn load(
        &self,
        gil: &Gil,
        span: Use,
        loans: &Loans,
        frame: *const metaffi_slot,
        objects: *mut Object,
        count: usize,
    ) -> Result<()> {
        let api = gil.api;
        for index in 0..count {
            // SAFETY: the caller's promise.
            unsafe {
                let argument = self.items.get_unchecked(index);
                let slots = frame.add(argument.slot);
                let mut object = match argument.kind {
                    Kind::Handle => own_object(gil, *slots as usize),
                    Kind::Callable => own_callable(api, span, *slots as usize),
                    kind => scalar(api, kind, slots),
                };
                if object.is_null() {
                    object = match self.load_other(gil, span, loans, index, slots) {
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

    /// Gives the objects of [`load`](Arguments::load) back.
    ///
    /// # Safety
    /// `objects` are the first `count` of those, and the GIL is held.
    #[inline(always)]
    pub unsafe fn release(&self, api: &Api, objects: *const Object, count: usize) {
        for index in 0..count {
            // SAFETY: the caller owns so many references, and holds the GIL; the span of the call
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
        span: Use,
        loans: &Loans,
        index: usize,
        slots: *const metaffi_slot,
    ) -> Result<Object> {
        let api = gil.api;
        let param = &self.items[index].param;
        let info = &param.info;
        // SAFETY: the caller's promise; the GIL is held.
        let converted = unsafe {
            if !(api.PyErr_Occurred)().is_null() {
                (api.PyErr_Clear)();
            }
            convert::to_python(gil, span, loans, info.r#type, info, slots)
        };
        converted.map(PyRef::into_ptr).map_err(|error| error.at(param.argument(index)))
    }
}

/// How values of the type are held; null for scalars and text with an alias, which are more than
/// that.
pub fn plain_kind(info: &TypeInfo) -> Kind {
    let kind = info.r#type.kind();
    let plain = info.alias.is_none() || !(kind.is_scalar() || kind == Kind::String8);
    if plain { kind } else { Kind::Null }
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
unsafe fn own_callable(api: &Api, span: Use, key: usize) -> Object {
    match span.get::<Callable>(key) {
        // SAFETY: pinned until the span ends; the GIL is held.
        Ok(callable) => unsafe { callable::lend(api, callable) },
        Err(_) => std::ptr::null_mut(),
    }
}

/// A new reference to what a scalar or UTF-8 text is in Python; NULL for every other kind, and if
/// that failed.
///
/// # Safety
/// `slots` holds a value of the kind; the GIL is held.
#[inline(always)]
pub unsafe fn scalar(api: &Api, kind: Kind, slots: *const metaffi_slot) -> Object {
    /// Kinds are bits: a few comparisons tell the commonest, where telling all apart takes a jump.
    const SIGNED: u64 =
        Kind::Int64 as u64 | Kind::Int32 as u64 | Kind::Int16 as u64 | Kind::Int8 as u64;
    // SAFETY: the caller's promise.
    unsafe {
        if kind as u64 & SIGNED != 0 {
            return (api.PyLong_FromLongLong)((*slots).cast_signed());
        }
        if kind == Kind::Float64 {
            return (api.PyFloat_FromDouble)(f64::from_bits(*slots));
        }
        match kind {
            Kind::Uint64 | Kind::Uint32 | Kind::Uint16 | Kind::Uint8 | Kind::Size => {
                (api.PyLong_FromUnsignedLongLong)(*slots)
            }
            Kind::Float32 => (api.PyFloat_FromDouble)(f64::from(f32::from_bits(*slots as u32))),
            Kind::Bool => {
                let object = if *slots != 0 { api._Py_TrueStruct } else { api._Py_FalseStruct };
                api.incref(object);
                object
            }
            Kind::String8 if *slots != 0 => {
                let data = std::ptr::with_exposed_provenance(*slots as usize);
                api.new_utf8(data, *slots.add(1) as usize, c"strict".as_ptr())
            }
            _ => std::ptr::null_mut(),
        }
    }
}
