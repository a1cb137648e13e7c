//! [`MemoryRange`]: bytes whose number the program says, read as text or shown as a buffer.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::memory;
use super::place::Place;
use super::raise::exception;
use super::text::Units;
use super::used_memory::UsedMemory;
use super::{buffer, gone, is};
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::host::python::argument_parser::ArgumentParser;
use crate::host::python::trampoline::{trampoline, trampoline_status};
use crate::python::api::{Api, METH_KEYWORDS, METH_VARARGS, Object, Py_buffer, PyMethodDef};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::class::{
    BF_GETBUFFER, BF_RELEASEBUFFER, HAVE_GC, HeapType, HeapTypeSpec, TP_DEALLOC, TP_TRAVERSE,
    method,
};
use crate::python::object::{PyRef, type_name};
use crate::python::upcall::callable::VisitReference;
use crate::value;

/// What an object that shows bytes has. Its buffers count as those of the object whose memory it is.
struct MemoryRange {
    address: *mut u8,
    size: usize,
    read_only: bool,
    /// The object whose memory it is; none if it is C's.
    root: Option<PyRef>,
    /// What was given, which may keep what is not known to be its memory.
    given: PyRef,
}

/// The functions of the module about such memory.
pub(in crate::host::python) fn functions() -> [PyMethodDef; 2] {
    const KEYWORDS: c_int = METH_VARARGS | METH_KEYWORDS;
    [
        method(
            c"string",
            string as *const c_void,
            KEYWORDS,
            c"string(memory, most=None)\n--\n\nThe bytes up to a NUL, at most so many.",
        ),
        method(
            c"buffer",
            show as *const c_void,
            KEYWORDS,
            c"buffer(memory, size)\n--\n\nA memoryview of so many bytes.",
        ),
    ]
}

/// Where something begins that data, or a number, stands for.
struct FoundMemory {
    address: *mut u8,
    /// How many bytes there are, if that is known.
    room: Option<usize>,
    constant: bool,
    owner: Option<UsedMemory>,
}

impl FoundMemory {
    /// # Safety
    /// `given` is alive, and the GIL is held.
    unsafe fn of(gil: &Gil, given: Object) -> Result<FoundMemory> {
        let api = gil.api;
        // SAFETY: `given` is alive, and the GIL is held.
        unsafe {
            if is(api, given) {
                return FoundMemory::of_data(&Place::of(gil, given)?, gil);
            }
            if given == api._Py_NoneStruct {
                return Err(Error::invalid("None given, which is the null pointer"));
            }
            if (api.PyIndex_Check)(given) == 0 {
                let name = type_name(gil, api.type_of(given));
                let message =
                    format!("{name} given; wanted are a pointer or other data of C, or an int");
                return Err(Error::mismatch(message));
            }
            let number = PyRef::owned(gil, (api.PyNumber_Index)(given))?;
            let address = (api.PyLong_AsUnsignedLongLong)(number.as_ptr());
            if !(api.PyErr_Occurred)().is_null() {
                super::raise::clear(gil);
                return Err(Error::out_of_range("the int is no address"));
            }
            let address = ptr::with_exposed_provenance_mut(address as usize);
            FoundMemory { address, room: None, constant: false, owner: None }.checked()
        }
    }

    fn of_data(place: &Place, gil: &Gil) -> Result<FoundMemory> {
        if !place.table.is_pointer() {
            let room = if place.table.layout.open { place.room() } else { Some(place.table.size) };
            let (constant, owner) = (place.constant, place.owner(gil));
            return Ok(FoundMemory { address: place.at, room, constant, owner });
        }
        let constant = place.table.inner(gil)?.is_some_and(|inner| inner.constant);
        // SAFETY: a pointer is there, aligned or not.
        let address = unsafe { place.at.cast::<*mut u8>().read_unaligned() };
        let found = FoundMemory { address, room: None, constant, owner: None }.checked()?;
        // SAFETY: the pointer with that value; its target is an instance that is a root.
        let owner = unsafe { place.target(gil, address)?.map(|owner| UsedMemory::new(owner)) };
        let room = owner.as_ref().and_then(|owner| owner.room(address));
        Ok(FoundMemory { room, owner, ..found })
    }

    /// Refuses addresses where no process has memory.
    fn checked(self) -> Result<FoundMemory> {
        if self.address.is_null() {
            return Err(Error::invalid("the pointer is null"));
        }
        match value::memory::is_failure(self.address) {
            true => {
                Err(Error::invalid(format!("the pointer is {:p}, where nothing is", self.address)))
            }
            false => Ok(self),
        }
    }
}

/// A number of bytes; `None` if none is given.
fn count<const COUNT: usize>(
    gil: &Gil,
    given: &ArgumentParser<COUNT>,
    name: &str,
) -> Result<Option<usize>> {
    let Some(number) = given.get(gil, 1) else { return Ok(None) };
    // SAFETY: a live object under the GIL.
    let count = unsafe {
        let number = PyRef::owned(gil, (gil.api.PyNumber_Index)(number.as_ptr()))?;
        (gil.api.PyLong_AsLongLong)(number.as_ptr())
    };
    // SAFETY: under the GIL.
    if count == -1 && !unsafe { (gil.api.PyErr_Occurred)() }.is_null() {
        return Err(fetch(gil));
    }
    let negative = |_| Error::invalid(format!("{name}: {count} is negative"));
    usize::try_from(count).map(Some).map_err(negative)
}

unsafe extern "C-unwind" fn string(_: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let given = ArgumentParser::new(gil, ["memory", "most"], 1, given, keywords)?;
            let most = count(gil, &given, "most")?.unwrap_or(usize::MAX);
            let found =
                FoundMemory::of(gil, given.object(0)).map_err(|error| error.at("memory"))?;
            let most = found.room.map_or(most, |room| room.min(most));
            Units::before_nul(found.address, 1, most).bytes(gil)
        })
    }
}

unsafe extern "C-unwind" fn show(_: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let given = ArgumentParser::new(gil, ["memory", "size"], 2, given, keywords)?;
            let size = count(gil, &given, "size")?.ok_or_else(|| Error::invalid("size is None"))?;
            let found =
                FoundMemory::of(gil, given.object(0)).map_err(|error| error.at("memory"))?;
            if let Some(room) = found.room.filter(|room| *room < size) {
                let message = format!("size: {size} bytes asked of an object that has {room}");
                return Err(Error::out_of_range(message));
            }
            let range = MemoryRange {
                address: found.address,
                size,
                read_only: found.constant,
                root: found.owner.as_ref().map(|owner| PyRef::new_reference(gil, owner.as_ptr())),
                given: PyRef::new_reference(gil, given.object(0)),
            };
            let range = class(gil)?.instance(gil, range)?;
            PyRef::owned(gil, (gil.api.PyMemoryView_FromObject)(range.as_ptr()))
        })
    }
}

static CLASS: Once<HeapType<MemoryRange>> = Once::new();

fn class(gil: &Gil) -> Result<&'static HeapType<MemoryRange>> {
    CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.libmetaffi.MemoryRange",
                doc: c"Bytes of C.",
                flags: HAVE_GC,
                slots: &[
                    (TP_TRAVERSE, traverse as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                    (BF_GETBUFFER, get as *const c_void),
                    (BF_RELEASEBUFFER, release as *const c_void),
                ],
                methods: vec![],
                attributes: &[],
                offsets: &[],
            },
        )
    })
}

/// The fields of an instance.
///
/// # Safety
/// `object` is an instance, and alive as long as the result.
unsafe fn fields<'a>(object: Object) -> &'a MemoryRange {
    // SAFETY: there is no instance without the type.
    unsafe { &*CLASS.get().unwrap_unchecked().fields(object) }
}

impl MemoryRange {
    fn root(&self) -> Object {
        self.root.as_ref().map_or(ptr::null_mut(), PyRef::as_ptr)
    }
}

unsafe extern "C-unwind" fn get(object: Object, shown: *mut Py_buffer, flags: c_int) -> c_int {
    // SAFETY: Python calls this with an instance and room for a buffer, holding the GIL.
    unsafe {
        trampoline_status(|gil| {
            let range = fields(object);
            (*shown).obj = ptr::null_mut();
            // One who kept the object may ask again, when its memory is gone.
            let filled = match memory::is_there(range.root()) {
                true => Ok(()),
                false => Err(gone()),
            };
            filled.map_err(|error| exception(gil, gil.api.PyExc_BufferError, error.message()))?;
            let (size, read_only) = (range.size.cast_signed(), range.read_only.into());
            let fill = gil.api.PyBuffer_FillInfo;
            if fill(shown, object, range.address.cast(), size, read_only, flags) != 0 {
                return Err(super::raise::pending());
            }
            buffer::count(range.root(), 1);
            Ok(())
        })
    }
}

unsafe extern "C-unwind" fn release(object: Object, _: *mut Py_buffer) {
    // SAFETY: Python calls this with an instance, once for each of its buffers.
    unsafe { buffer::count(fields(object).root(), -1) };
}

unsafe extern "C-unwind" fn traverse(
    object: Object,
    visit: VisitReference,
    context: *mut c_void,
) -> c_int {
    // SAFETY: the garbage collector calls this with an instance, and nothing runs meanwhile.
    unsafe {
        let range = fields(object);
        match visit(range.given.as_ptr(), context) {
            0 if range.root.is_some() => visit(range.root(), context),
            outcome => outcome,
        }
    }
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance, holding the GIL.
    unsafe {
        (api.PyObject_GC_UnTrack)(object.cast());
        class.destroy(api, object);
    }
}
