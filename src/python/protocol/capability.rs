//! What Python's objects can do: found out once for each type, by its special methods.

use std::cell::UnsafeCell;
use std::ptr;

use super::buffer;
use crate::error::Result;
use crate::handle::Key;
use crate::object::{self, Capabilities};
use crate::python::api::{Object, TPFLAGS_TYPE_SUBCLASS};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;
use crate::python::{convert, support::truth};

/// What all objects of a type can do, as long as the type is not changed.
#[derive(Clone, Copy)]
struct KnownType {
    r#type: Object,
    version: u32,
    /// Of how many registrations as abstract classes it was found out after.
    token: isize,
    can: Capabilities,
}

/// The types that were asked for last, each at the place that its address gives.
struct KnownTypes(UnsafeCell<[KnownType; PLACES]>);

const PLACES: usize = 512;

// SAFETY: used under the GIL only, and never across code of Python's.
unsafe impl Sync for KnownTypes {}

static KNOWN: KnownTypes = KnownTypes(UnsafeCell::new(
    [KnownType { r#type: ptr::null_mut(), version: 0, token: 0, can: Capabilities::NONE }; PLACES],
));

/// `Py_TPFLAGS_DISALLOW_INSTANTIATION`, since 3.10.
const NO_INSTANCES: u64 = 1 << 7;
/// `Py_TPFLAGS_IMMUTABLETYPE`, since 3.10.
const IMMUTABLE: u64 = 1 << 8;
/// `Py_TPFLAGS_HEAPTYPE`.
const HEAP: u64 = 1 << 9;
/// `Py_TPFLAGS_IS_ABSTRACT`.
const ABSTRACT: u64 = 1 << 20;

/// What makes a difference between objects of a type.
const VARIED: Capabilities = Capabilities::TYPE
    .with(Capabilities::NUMBER)
    .with(Capabilities::BUFFER)
    .with(Capabilities::TIME);

/// Whether objects of that type can do one of `wanted`, as far as the type decides that.
#[inline(always)]
pub(super) fn may(gil: &Gil, object: Object, wanted: Capabilities) -> Result<bool> {
    // SAFETY: alive, under the GIL; nobody else looks at the table meanwhile.
    unsafe {
        let r#type = gil.api.type_of(object);
        let known = (*KNOWN.0.get())[place(r#type)];
        let version = gil.api.version_of_type(r#type);
        if known.r#type == r#type && known.version == version && known.can.has_any(wanted) {
            return Ok(true);
        }
    }
    Ok(of_type(gil, object)?.has_any(wanted))
}

#[inline(always)]
fn place(r#type: Object) -> usize {
    (r#type.addr() >> 4 ^ r#type.addr() >> 13) % PLACES
}

/// What all objects of the type of this one can do.
#[inline(never)]
pub(super) fn of_type(gil: &Gil, object: Object) -> Result<Capabilities> {
    let token = registrations(gil)?;
    // SAFETY: alive, under the GIL; the table is not used while code of Python's runs.
    unsafe {
        let r#type = gil.api.type_of(object);
        let place = &raw mut (*KNOWN.0.get())[place(r#type)];
        let version = gil.api.version_of_type(r#type);
        let known = *place;
        if (known.r#type, known.version, known.token) == (r#type, version, token) && version != 0 {
            return Ok(known.can);
        }
        let can = find_out(gil, object)?;
        // A type that was changed meanwhile has another version by now.
        let found = gil.api.version_of_type(r#type);
        if found != 0 && (version == 0 || version == found) {
            *place = KnownType { r#type, version: found, token, can };
        }
        Ok(can)
    }
}

/// A number that another registration of a type as an abstract class changes.
fn registrations(gil: &Gil) -> Result<isize> {
    let token = support::objects(gil)?.registrations.call0(gil)?;
    // SAFETY: an int, under the GIL.
    Ok(unsafe { (gil.api.PyLong_AsLongLong)(token.as_ptr()) } as isize)
}

#[cold]
fn find_out(gil: &Gil, object: Object) -> Result<Capabilities> {
    let api = gil.api;
    // SAFETY: alive, under the GIL.
    let (has_positions, shows_memory, object) = unsafe {
        let shows_memory =
            (api.PyObject_CheckBuffer)(object) != 0 || convert::exchanges(gil, object);
        let has_positions = (api.PySequence_Check)(object) != 0;
        (has_positions, shows_memory, PyRef::new_reference(gil, object))
    };
    let (positions, memory) = (truth(gil, has_positions), truth(gil, shows_memory));
    let found =
        support::call(gil, &support::objects(gil)?.abilities, &[&object, &positions, &memory])?;
    let mut can = named(gil, &support::item(gil, &found, 0)?)?;
    for descriptor in support::items(gil, &support::item(gil, &found, 1)?)? {
        // SAFETY: alive, under the GIL.
        let is_written = unsafe { api.is_writable_descriptor(descriptor.as_ptr()) };
        can |= Capabilities::WRITE_ATTRIBUTES.when(is_written);
    }
    Ok(can)
}

/// The capabilities of a list of names.
fn named(gil: &Gil, names: &PyRef) -> Result<Capabilities> {
    let mut can = Capabilities::NONE;
    for name in support::items(gil, names)? {
        can |= Capabilities::named(&text_of(gil, &name)?).unwrap_or_default();
    }
    Ok(can)
}

/// What an object can do.
pub(super) fn of(gil: &Gil, object: Object) -> Result<Capabilities> {
    let can = of_type(gil, object)?;
    match can.has_any(VARIED) {
        false => Ok(can),
        true => of_object(gil, object, can),
    }
}

/// The same where the type does not decide all of it.
fn of_object(gil: &Gil, object: Object, mut can: Capabilities) -> Result<Capabilities> {
    // SAFETY: alive, under the GIL.
    let held = unsafe { PyRef::new_reference(gil, object) };
    if can.has(Capabilities::TYPE) {
        // SAFETY: a type, under the GIL.
        let flags: u64 =
            std::ffi::c_ulong::into(unsafe { (gil.api.PyType_GetFlags)(held.as_ptr()) });
        let made = Capabilities::CALL | Capabilities::CONSTRUCT;
        can = match flags & (NO_INSTANCES | ABSTRACT) {
            0 => can | made,
            _ => can.without(made),
        };
        let written = Capabilities::WRITE_ATTRIBUTES | Capabilities::DELETE_ATTRIBUTES;
        if flags & HEAP == 0 || flags & IMMUTABLE != 0 {
            can = can.without(written);
        }
    }
    if can.has(Capabilities::NUMBER) {
        can |= named(gil, &support::call(gil, &support::objects(gil)?.fits, &[&held])?)?;
    }
    if can.has(Capabilities::BUFFER) {
        let (shown, written) = buffer::is_shown(gil, object);
        if !written && !can.has(Capabilities::MUTABLE_SEQUENCE) {
            // Its items are its memory.
            can = can.without(Capabilities::WRITE_ITEMS | Capabilities::WRITE_ENTRIES);
        }
        can = can.without(Capabilities::BUFFER) | Capabilities::BUFFER.when(shown);
        can |= Capabilities::WRITE_BUFFER.when(shown && written);
    }
    if can.has(Capabilities::TIME) {
        let zone = error::quietly(gil, || held.attribute(gil, c"tzinfo"));
        let is_aware = zone.is_some_and(|zone| zone.as_ptr() != gil.api._Py_NoneStruct);
        can |= Capabilities::ZONE.when(is_aware);
    }
    Ok(can)
}

/// What is said of a failure of an object to do one of `wanted`: that it cannot, if that is so.
#[cold]
pub(super) fn explained(
    gil: &Gil,
    (key, object): (Key, Object),
    wanted: Capabilities,
    failure: crate::error::Error,
) -> crate::error::Error {
    match error::quietly(gil, || of(gil, object)) {
        Some(can) if !can.has_any(wanted) => object::refuse(key, wanted),
        _ => failure,
    }
}

/// Whether an object is a type.
pub(super) fn is_type(gil: &Gil, object: Object) -> bool {
    // SAFETY: alive, under the GIL.
    unsafe { gil.api.flags_of(object) & TPFLAGS_TYPE_SUBCLASS != 0 }
}
