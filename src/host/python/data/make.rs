//! New objects.

use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr;

use super::items::{Items, is_dict, is_sequence};
use super::memory::{DataBlock, OwnMemory};
use super::table::{RecordPart, Shape};
use super::{CLASSES, Data, DataClasses, DataTable, OWN, TableRef, classes, fields, store, value};
use crate::error::{Error, Result};
use crate::host::python::error::raise;
use crate::python::api::{Api, Object};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::signature::Kind;
use crate::value as values;
use crate::value::array::View;

/// Up to how many bytes are kept in the object itself.
const INSIDE: usize = 1 << 16;

/// To what multiples the memory in an object is aligned.
const ALIGN: usize = 16;

/// How many bytes there are at least where any are kept in the object itself.
pub(in crate::host::python) const SMALL: usize = 16;

/// Plain objects that have ended, to be used again: those of one kind have equally much room.
pub(super) struct Parked(UnsafeCell<Vec<Object>>);

// SAFETY: used under the GIL alone.
unsafe impl Sync for Parked {}

/// Those without memory of their own.
pub(super) static WITHOUT_MEMORY: Parked = Parked(UnsafeCell::new(Vec::new()));

/// Those with room for [`SMALL`] bytes.
pub(super) static WITH_LITTLE: Parked = Parked(UnsafeCell::new(Vec::new()));

/// How many objects are parked at most.
const MOST: usize = 256;

impl Parked {
    /// Parks an object that has ended; false if there are enough.
    ///
    /// # Safety
    /// The object is one of these, which nobody has; the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn park(&self, object: Object) -> bool {
        // SAFETY: under the GIL.
        let parked = unsafe { &mut *self.0.get() };
        if parked.len() >= MOST {
            return false;
        }
        parked.push(object);
        true
    }

    /// One of these, with so much room for all that it has, whose fields are not written; NULL with an
    /// exception set.
    ///
    /// # Safety
    /// The GIL is held.
    #[inline(always)]
    unsafe fn take(&self, api: &Api, classes: &DataClasses, size: usize) -> Object {
        // SAFETY: under the GIL.
        unsafe {
            match (*self.0.get()).pop() {
                Some(object) => {
                    if api.layout.known {
                        // As it is counted in such an interpreter.
                        object.cast::<u64>().write(1);
                    } else {
                        (api._Py_NewReference)(object);
                    }
                    object
                }
                None => with_room(api, classes, size),
            }
        }
    }
}

/// Whether values of a type are always kept in an object with room for [`SMALL`] bytes.
#[inline(always)]
pub(super) fn is_small(table: &DataTable) -> bool {
    !table.has_pointers && !table.is_pointer() && table.size <= SMALL && table.layout.align <= ALIGN
}

/// An object with room for [`SMALL`] bytes, and where they are; NULL with an exception set.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
unsafe fn small(api: &Api, classes: &DataClasses, table: &DataTable) -> (Object, *mut u8) {
    let start = classes.plain.size().next_multiple_of(ALIGN);
    // SAFETY: under the GIL; a new instance is nobody else's.
    unsafe {
        let object = WITH_LITTLE.take(api, classes, start + SMALL);
        let address = object.cast::<u8>().wrapping_add(start);
        if !object.is_null() {
            let own = ptr::without_provenance_mut(OWN);
            write(classes, object, table.to_ref(api), address, own);
        }
        (object, address)
    }
}

/// A new value with the bytes of another; NULL with an exception set.
///
/// # Safety
/// A value of the type is there, and [`SMALL`] bytes may be read; the GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn copy(
    api: &'static Api,
    table: &DataTable,
    bytes: *const u8,
) -> Object {
    // SAFETY: as above; there is no table without the types.
    unsafe {
        if is_small(table) {
            let (object, address) = small(api, CLASSES.get().unwrap_unchecked(), table);
            if !object.is_null() {
                let bytes = bytes.cast::<MaybeUninit<[u8; SMALL]>>().read_unaligned();
                address.cast::<MaybeUninit<[u8; SMALL]>>().write(bytes);
            }
            return object;
        }
        copy_large(&Gil::assume(api), table, bytes)
    }
}

#[inline(never)]
unsafe fn copy_large(gil: &Gil, table: &DataTable, bytes: *const u8) -> Object {
    match zeroed(gil, table, 0) {
        Ok(object) => {
            // SAFETY: the caller has a value there; a new instance has room for it.
            unsafe {
                let to = fields(object.as_ptr()).address();
                to.copy_from_nonoverlapping(bytes, table.layout.size);
            }
            object.into_ptr()
        }
        Err(failure) => {
            raise(gil, &failure);
            ptr::null_mut()
        }
    }
}

/// Where an object has memory in itself.
#[inline(always)]
pub(super) fn inside(object: Object) -> *mut u8 {
    // SAFETY: there is no instance without the types.
    let size = unsafe { CLASSES.get().unwrap_unchecked() }.plain.size();
    object.cast::<u8>().wrapping_add(size.next_multiple_of(ALIGN))
}

unsafe fn with_room(api: &Api, classes: &DataClasses, size: usize) -> Object {
    // SAFETY: room for the head and the fields at least, under the GIL.
    unsafe {
        let object: Object = (api.PyObject_Malloc)(size).cast();
        if object.is_null() {
            (api.PyErr_SetString)(api.PyExc_MemoryError, c"out of memory".as_ptr());
            return object;
        }
        (api.PyObject_Init)(object, classes.plain.object().as_ptr())
    }
}

/// A view or a pointer; NULL with an exception set.
///
/// # Safety
/// `owner` is a root or NULL; what is at the address is the caller's word. The GIL is held.
#[inline(always)]
pub(in crate::host::python) unsafe fn view(
    api: &Api,
    table: &DataTable,
    address: *mut u8,
    owner: Object,
) -> Object {
    // SAFETY: as above; there is no table without the types.
    unsafe {
        let classes = CLASSES.get().unwrap_unchecked();
        let collected =
            !owner.is_null() && api.type_of(owner) == classes.collected.object().as_ptr();
        if collected {
            return view_collected(api, table, address, owner);
        }
        let object = WITHOUT_MEMORY.take(api, classes, classes.plain.size());
        if !object.is_null() {
            if !owner.is_null() {
                api.incref(owner);
            }
            write(classes, object, table.to_ref(api), address, owner);
        }
        object
    }
}

/// The same where the garbage collector is to see it.
///
/// # Safety
/// As for [`view`].
pub(super) unsafe fn view_collected(
    api: &Api,
    table: &DataTable,
    address: *mut u8,
    owner: Object,
) -> Object {
    // SAFETY: as for `view`.
    unsafe {
        let classes = CLASSES.get().unwrap_unchecked();
        // The collector may run code that lets the owner go, or the last object of the type.
        let table = table.to_ref(api);
        if !owner.is_null() {
            api.incref(owner);
        }
        let object = (api._PyObject_GC_New)(classes.collected.object().as_ptr());
        if object.is_null() {
            drop(PyRef::from_owned(owner));
        } else {
            write(classes, object, table, address, owner);
            (api.PyObject_GC_Track)(object.cast());
        }
        object
    }
}

#[inline(always)]
unsafe fn write(
    classes: &DataClasses,
    object: Object,
    table: TableRef,
    address: *mut u8,
    owner: Object,
) {
    // SAFETY: a new instance.
    unsafe {
        let data = Data {
            table: Cell::new(table.into_raw()),
            address: Cell::new(address),
            owner: Cell::new(owner),
            weak: Cell::new(ptr::null_mut()),
        };
        classes.plain.fields(object).write(data);
    }
}

/// A new value, zero: of a pointer, the pointer.
pub(in crate::host::python) fn zeroed(gil: &Gil, table: &DataTable, size: usize) -> Result<PyRef> {
    let (api, classes) = (gil.api, classes(gil)?);
    let size = size.max(table.size);
    // SAFETY: under the GIL; new objects are nobody else's.
    unsafe {
        if table.is_pointer() {
            // What it is made to point to one day may refer to it.
            let object = view_collected(api, table, ptr::null_mut(), ptr::null_mut());
            return PyRef::owned(gil, object);
        }
        if is_small(table) && size <= SMALL {
            let (object, address) = small(api, classes, table);
            if object.is_null() {
                return Err(error::fetch(gil));
            }
            address.cast::<[u8; SMALL]>().write([0; SMALL]);
            if size > table.size {
                fields(object).remember().size.set(Some(size));
            }
            return PyRef::owned(gil, object);
        }
        if !table.has_pointers && size <= INSIDE && table.layout.align <= ALIGN {
            let start = classes.plain.size().next_multiple_of(ALIGN);
            let object = with_room(api, classes, start + size);
            if object.is_null() {
                return Err(error::fetch(gil));
            }
            let address = inside(object);
            address.write_bytes(0, size);
            let own = ptr::without_provenance_mut(OWN);
            write(classes, object, table.to_ref(api), address, own);
            if size > table.size {
                fields(object).remember().size.set(Some(size));
            }
            return PyRef::owned(gil, object);
        }
        let block = DataBlock::zeroed(size, table.layout.align)?;
        let address = block.address();
        let memory = OwnMemory::block(size, block);
        own(gil, table, address, memory)
    }
}

/// An object that has the memory at an address in this way.
///
/// # Safety
/// A value of the type is there as long as the memory.
pub(super) unsafe fn own(
    gil: &Gil,
    table: &DataTable,
    address: *mut u8,
    memory: OwnMemory,
) -> Result<PyRef> {
    let collected = table.has_pointers;
    let null = ptr::null_mut();
    // SAFETY: under the GIL; the new object is nobody else's.
    unsafe {
        let object = match collected {
            true => view_collected(gil.api, table, address, null),
            false => view(gil.api, table, address, null),
        };
        let object = PyRef::owned(gil, object)?;
        fields(object.as_ptr()).have(memory);
        Ok(object)
    }
}

/// A new value of a type, with an initial value.
pub(in crate::host::python) fn new(
    gil: &Gil,
    table: &DataTable,
    initial: Option<&PyRef>,
) -> Result<PyRef> {
    if !table.layout.open && !table.is_unsized() {
        let new = zeroed(gil, table, 0)?;
        if let Some(initial) = initial {
            store::fill(gil, &new, initial)?;
        }
        return Ok(new);
    }
    open(gil, table, initial)
}

/// The same of a type with an open end, which is as long as the initial value says: a number of
/// elements, or as many as are given.
fn open(gil: &Gil, table: &DataTable, initial: Option<&PyRef>) -> Result<PyRef> {
    let array = match table.shape {
        Shape::Array => table.is_unsized().then_some((0, table)),
        _ => flexible(table).map(|(_, part)| (part.offset, &*part.table)),
    };
    let Some((offset, array)) = array else {
        let new = zeroed(gil, table, 0)?;
        initial.map_or(Ok(()), |initial| store::fill(gil, &new, initial))?;
        return Ok(new);
    };
    let Some(inner) = array.inner(gil)? else {
        return Err(Error::mismatch(format!("`{}` has no elements", table.spell())));
    };
    let sized = |count: usize| {
        let size = inner.size.checked_mul(count).and_then(|bytes| bytes.checked_add(offset));
        let size = size.filter(|size| isize::try_from(*size).is_ok()).ok_or_else(|| {
            let name = table.spell();
            Error::out_of_range(format!("{count} elements of {name} are larger than memory"))
        })?;
        zeroed(gil, table, size)
    };
    let Some(initial) = initial else {
        return match table.shape {
            Shape::Record => zeroed(gil, table, 0),
            _ => Err(Error::mismatch(format!(
                "`{}` has no length; give a number of elements or an initial value",
                table.spell()
            ))),
        };
    };
    // SAFETY: a live object under the GIL.
    if unsafe { gil.api.type_of(initial.as_ptr()) } == gil.api.PyLong_Type {
        // SAFETY: an int under the GIL.
        let given = unsafe { (gil.api.PyLong_AsLongLong)(initial.as_ptr()) };
        // SAFETY: under the GIL.
        if given < 0 || unsafe { !(gil.api.PyErr_Occurred)().is_null() } {
            super::raise::clear(gil);
            let (count, name) = (describe(gil, initial), table.spell());
            let message = format!("{count} is no length for `{name}`; give 0 or more");
            return Err(Error::out_of_range(message));
        }
        return sized(usize::try_from(given).unwrap_or(usize::MAX));
    }
    let new = match table.shape {
        Shape::Array => sized(length_of(gil, array, inner, initial)?)?,
        _ => match given_for_flexible(gil, table, initial)? {
            Some(last) => sized(length_of(gil, array, inner, &last)?)?,
            None => zeroed(gil, table, 0)?,
        },
    };
    store::fill(gil, &new, initial)?;
    Ok(new)
}

/// The flexible array at the end of a struct, and its number: behind it are only other names of parts.
fn flexible(table: &DataTable) -> Option<(usize, &RecordPart)> {
    table.names.parts().iter().enumerate().find(|(_, part)| part.table.is_unsized())
}

/// What is given for it.
fn given_for_flexible(gil: &Gil, table: &DataTable, initial: &PyRef) -> Result<Option<PyRef>> {
    let Some((index, last)) = flexible(table) else { return Ok(None) };
    // SAFETY: live objects under the GIL; what is found is borrowed from the dict or the sequence.
    unsafe {
        let found = if is_dict(gil, initial) {
            (gil.api.PyDict_GetItemWithError)(initial.as_ptr(), last.name.as_ptr())
        } else if is_sequence(gil, initial) {
            let items = Items::of(gil, initial)?;
            items.get(gil, index).unwrap_or(ptr::null_mut())
        } else {
            ptr::null_mut()
        };
        super::raise::clear(gil);
        Ok((!found.is_null()).then(|| PyRef::new_reference(gil, found)))
    }
}

fn describe(gil: &Gil, object: &PyRef) -> String {
    // SAFETY: a live object under the GIL.
    let repr = unsafe { PyRef::owned(gil, (gil.api.PyObject_Repr)(object.as_ptr())) };
    repr.and_then(|repr| text_of(gil, &repr)).unwrap_or_default()
}

/// How many elements a value has for an array whose type leaves that open: text counts with its NUL.
pub(super) fn length_of(
    gil: &Gil,
    array: &DataTable,
    inner: &DataTable,
    given: &PyRef,
) -> Result<usize> {
    if is_sequence(gil, given) {
        return Ok(Items::of(gil, given)?.count());
    }
    let none = |what: String| {
        let name = array.spell();
        Error::mismatch(format!("`{name}` has no length, and {what} gives it none"))
    };
    // SAFETY: a live object under the GIL.
    unsafe {
        if let Some(data) = super::of(gil.api, given.as_ptr())
            && let Some(table) = data.table()
            && table.shape == Shape::Array
        {
            let place = super::place::Place::of(gil, given.as_ptr())?;
            if let Some((length, _)) = place.length(gil)? {
                return Ok(length);
            }
        }
        if super::text::is_str(gil, given) {
            let units = match inner.size {
                1 => gil.api.utf8(given.as_ptr()).map(|(_, length)| length),
                2 => {
                    let encoding = c"utf-16-le".as_ptr();
                    let strict = c"strict".as_ptr();
                    let bytes =
                        (gil.api.PyUnicode_AsEncodedString)(given.as_ptr(), encoding, strict);
                    PyRef::from_owned(bytes)
                        .map(|bytes| (gil.api.PyBytes_Size)(bytes.as_ptr()).cast_unsigned() / 2)
                }
                _ => Some((gil.api.PyUnicode_GetLength)(given.as_ptr()).cast_unsigned()),
            };
            return units.map(|units| units + 1).ok_or_else(|| error::fetch(gil));
        }
        if gil.api.type_of(given.as_ptr()) == gil.api.PyBytes_Type {
            return Ok((gil.api.PyBytes_Size)(given.as_ptr()).cast_unsigned());
        }
    }
    let value = value::from_python(gil, given)?;
    // SAFETY: a value of that type.
    unsafe {
        match values::kind_of(&value)? {
            Kind::Array => Ok(View::new(value.data.array)?.shape().first().copied().unwrap_or(0)),
            _ => Err(none(values::describe(&value))),
        }
    }
}
