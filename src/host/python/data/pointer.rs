//! What a pointer is made to point to.

use std::ptr;

use super::items::{is_dict, is_sequence};
use super::place::Place;
use super::raise::exception;
use super::store::{StoredMemory, by_language, fill};
use super::table::Shape;
use super::{DataTable, fields, make, memory, of, refusal, text, to_handle, value};
use crate::error::Result;
use crate::handle;
use crate::object::layout::LayoutKind;
use crate::process::stack;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::callable as callables;
use crate::value::{OwnedValue, object};

/// Writes an address: of data or of what a pointer has, of memory made of text, bytes, a list or a
/// dict, of a function, or as a number.
///
/// # Safety
/// There is room for a pointer.
pub(super) unsafe fn store(
    gil: &Gil,
    table: &DataTable,
    to: StoredMemory,
    given: &PyRef,
) -> Result<()> {
    // SAFETY: the caller has room for a pointer; live objects under the GIL.
    unsafe {
        let (value, keeps) = address(gil, table, to.root.is_null(), given)?;
        to.at.cast::<*mut u8>().write_unaligned(value);
        memory::keep(gil, to.root, to.at, keeps)
    }
}

/// The address that an object stands for, and what has to be kept.
unsafe fn address(
    gil: &Gil,
    table: &DataTable,
    is_foreign: bool,
    given: &PyRef,
) -> Result<(*mut u8, Option<PyRef>)> {
    let api = gil.api;
    // SAFETY: live objects under the GIL.
    unsafe {
        if given.as_ptr() == api._Py_NoneStruct {
            return Ok((ptr::null_mut(), None));
        }
        if let Some(data) = of(api, given.as_ptr()) {
            let value = if is_address_of(table, &*data.alive(api)?) {
                memory::check(memory::root(given.as_ptr()))?;
                data.address()
            } else {
                let key = to_handle(gil, given.as_ptr()).unwrap_or_else(|| Err(super::gone()))?;
                by_handle(table, key)?
            };
            return Ok((value, keeper(gil, given, value)?));
        }
        if table.shape == Shape::Code || value::is_callable(gil, given) {
            let is_data = table.shape == Shape::Pointer && table.inner(gil)?.is_some();
            return match is_data {
                true => Err(refusal::mismatch(gil, table, given)),
                false => code(gil, table, given),
            };
        }
        if let Some(new) = made(gil, table, is_foreign, given)? {
            return Ok((fields(new.as_ptr()).address(), Some(new)));
        }
        let mut word = [0_u8; size_of::<usize>()];
        let to = StoredMemory { root: ptr::null_mut(), at: word.as_mut_ptr(), room: None };
        by_language(gil, table, to, given)?;
        Ok((ptr::with_exposed_provenance_mut(usize::from_ne_bytes(word)), None))
    }
}

/// Whether data is a value of that pointer type, or one that it may point to.
fn is_address_of(pointer: &DataTable, data: &DataTable) -> bool {
    if data.is_pointer() {
        return ptr::eq(pointer, data);
    }
    let Some(inner) = pointer.known_inner() else { return false };
    ptr::eq(inner, data)
        || data.shape == Shape::Array && data.known_inner().is_some_and(|one| ptr::eq(inner, one))
}

/// The address that a language makes of an object of its own, whose handle is given up.
unsafe fn by_handle(table: &DataTable, key: handle::Key) -> Result<*mut u8> {
    let mut word = 0_usize;
    // SAFETY: the handle is nobody else's; there is room for a pointer.
    unsafe {
        let value = OwnedValue::from_raw(object(ptr::without_provenance_mut(key)));
        table.layout.origin.store((&raw mut word).cast(), None, &value)?;
    }
    Ok(ptr::with_exposed_provenance_mut(word))
}

/// What has to be kept where the address of data is written: the object whose memory it points into.
unsafe fn keeper(gil: &Gil, given: &PyRef, value: *mut u8) -> Result<Option<PyRef>> {
    // SAFETY: an instance; what it keeps is alive.
    unsafe {
        let data = fields(given.as_ptr());
        if !data.is_pointer() {
            let root = memory::root(given.as_ptr());
            return Ok((!root.is_null()).then(|| PyRef::new_reference(gil, root)));
        }
        if data.address() != value {
            // The address of the pointer itself.
            return Ok(Some(given.clone_ref(gil)));
        }
        let place = Place::of(gil, given.as_ptr())?;
        place.target(gil, value)
    }
}

/// The code of a callable, which is kept.
unsafe fn code(gil: &Gil, table: &DataTable, given: &PyRef) -> Result<(*mut u8, Option<PyRef>)> {
    let mut word = 0_usize;
    let at = (&raw mut word).cast::<u8>();
    // SAFETY: there is room for a pointer; a live object under the GIL; a new handle is nobody
    // else's.
    unsafe {
        if gil.api.type_of(given.as_ptr()) == gil.api.PyLong_Type {
            let value = value::from_python(gil, given)?;
            table.layout.origin.store(at, None, &value)?;
            return Ok((ptr::with_exposed_provenance_mut(word), None));
        }
        if (gil.api.PyCallable_Check)(given.as_ptr()) == 0 {
            return Err(refusal::mismatch(gil, table, given));
        }
        let key = value::callable_handle(gil, given.as_ptr())?;
        let value = value::callable(key);
        table.layout.origin.store(at, None, &value)?;
        let keeps = match callables::of_object(gil.api, given.as_ptr()) {
            Some(_) => given.clone_ref(gil),
            None => value::callable_keeper(gil, given, key)?,
        };
        Ok((ptr::with_exposed_provenance_mut(word), Some(keeps)))
    }
}

/// New data of text, bytes, a list or a dict for a pointer to point to; `None` of anything else.
pub(super) fn made(
    gil: &Gil,
    table: &DataTable,
    is_foreign: bool,
    given: &PyRef,
) -> Result<Option<PyRef>> {
    let is_parts = is_sequence(gil, given) || is_dict(gil, given);
    // SAFETY: a live object under the GIL.
    let is_bytes = || unsafe {
        text::is_text(gil, given) || (gil.api.PyObject_CheckBuffer)(given.as_ptr()) != 0
    };
    if !is_parts && !is_bytes() {
        return Ok(None);
    }
    if is_foreign {
        return Err(refusal::no_owner(gil, table, given));
    }
    let is_any = matches!(table.layout.kind, LayoutKind::Pointer { any: true, .. });
    if is_any && !is_parts {
        return copy(gil, table, given).map(Some);
    }
    let inner = table.inner(gil)?.filter(|inner| inner.size > 0);
    let inner = inner.ok_or_else(|| refusal::mismatch(gil, table, given))?;
    target(gil, inner, given).map(Some)
}

/// Memory with the bytes of an object for a pointer to anything, and the NUL that C may look for.
fn copy(gil: &Gil, table: &DataTable, given: &PyRef) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: live objects under the GIL; the new memory has room for the bytes and the NUL.
    unsafe {
        let bytes = match text::is_str(gil, given) {
            true => {
                let (encoding, strict) = (c"utf-8".as_ptr(), c"strict".as_ptr());
                (api.PyUnicode_AsEncodedString)(given.as_ptr(), encoding, strict)
            }
            false => (api.PyBytes_FromObject)(given.as_ptr()),
        };
        let bytes = PyRef::owned(gil, bytes)?;
        let size = (api.PyBytes_Size)(bytes.as_ptr()).cast_unsigned();
        // An array of such pointers by its type, of which nothing but the bytes is ever seen.
        let new = make::zeroed(gil, table.array(gil)?, size + 1)?;
        let from = (api.PyBytes_AsString)(bytes.as_ptr()).cast::<u8>();
        fields(new.as_ptr()).address().copy_from_nonoverlapping(from, size);
        Ok(new)
    }
}

/// Memory for what a pointer is to point to. Bytes get the NUL that C may look for, pointers the
/// NULL.
fn target(gil: &Gil, inner: &DataTable, given: &PyRef) -> Result<PyRef> {
    // A dict may contain itself, and nothing else ends such a chain.
    if stack::is_low() {
        let message = "dicts in dicts are too many for this thread's stack; make data of the inner \
                       ones first (module.new)";
        return Err(exception(gil, gil.api.PyExc_RecursionError, message));
    }
    if is_dict(gil, given) {
        let new = make::zeroed(gil, inner, 0)?;
        fill(gil, &new, given)?;
        return Ok(new);
    }
    let array = inner.array(gil)?;
    let length = make::length_of(gil, array, inner, given)?;
    let ended = inner.size == 1 || inner.is_pointer();
    let more = usize::from(ended && !text::is_str(gil, given));
    let new = make::zeroed(gil, array, (length + more).saturating_mul(inner.size))?;
    fill(gil, &new, given)?;
    Ok(new)
}
