//! The objects behind memoryviews of arrays: they export the memory, count who looks at it, and
//! free it if it is Python's.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::mem;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::abi::metaffi_array;
use crate::error::Result;
use crate::python::api::{Api, Object, Py_buffer, PyType_Slot, PyType_Spec};
use crate::python::error;
use crate::python::gil::Gil;
use crate::python::object::PyRef;
use crate::value::array::{self, View, size_of_element};

const BF_GETBUFFER: c_int = 1;
const BF_RELEASEBUFFER: c_int = 2;
const TP_DEALLOC: c_int = 52;
const TPFLAGS_DEFAULT: c_uint = 1 << 18;
const BUF_WRITABLE: c_int = 0x01;
const BUF_FORMAT: c_int = 0x04;
const BUF_ND: c_int = 0x08;
const BUF_STRIDES: c_int = 0x18;
const BUF_C_CONTIGUOUS: c_int = 0x38;
const BUF_F_CONTIGUOUS: c_int = 0x58;
const BUF_ANY_CONTIGUOUS: c_int = 0x98;

/// What an exporter's object points to.
struct Export {
    data: *mut u8,
    format: &'static CStr,
    size: isize,
    length: isize,
    shape: Box<[isize]>,
    strides: Box<[isize]>,
    read_only: bool,
    /// The array to be freed with the object; NULL if it is only lent.
    array: *mut metaffi_array,
    exports: AtomicUsize,
    revoked: AtomicBool,
}

impl Drop for Export {
    fn drop(&mut self) {
        // SAFETY: NULL, or an array that was given to Python.
        unsafe { array::free(self.array) };
    }
}

/// An object that exports an array's memory; it takes over `owned` unless it fails.
pub(super) fn new(
    gil: &Gil,
    view: &View<'_>,
    format: &'static CStr,
    owned: Option<*mut metaffi_array>,
) -> Result<PyRef> {
    let rank = view.shape().len();
    let size = size_of_element(view.element());
    // SAFETY: a live type under the GIL; a new object has zeroes behind its head.
    unsafe {
        let object = (gil.api.PyType_GenericAlloc)(exporter_type(gil)?, 0);
        let object = PyRef::owned(gil, object)?;
        let export = Export {
            data: view.data(),
            format,
            size: size as isize,
            length: (size * view.length()) as isize,
            shape: view.shape().iter().map(|extent| *extent as isize).collect(),
            strides: (0..rank).map(|dimension| view.stride(dimension)).collect(),
            read_only: view.is_read_only(),
            array: owned.unwrap_or(ptr::null_mut()),
            exports: AtomicUsize::new(0),
            revoked: AtomicBool::new(false),
        };
        place(gil.api, object.as_ptr()).write(Box::into_raw(Box::new(export)));
        Ok(object)
    }
}

/// A memoryview of what an exporter exports.
pub(super) fn view(gil: &Gil, exporter: &PyRef) -> Result<PyRef> {
    // SAFETY: a live object under the GIL.
    unsafe { PyRef::owned(gil, (gil.api.PyMemoryView_FromObject)(exporter.as_ptr())) }
}

/// Calls `release` of a memoryview. One that others look through refuses; that is found out by
/// [`revoke`].
pub(super) fn release_view(gil: &Gil, view: &PyRef) {
    let _ = error::quietly(gil, || view.attribute(gil, c"release")?.call0(gil));
}

/// Exports no more; whether somebody still looks at the memory.
pub(super) fn revoke(gil: &Gil, exporter: &PyRef) -> bool {
    // SAFETY: an object that `new` made.
    let export = unsafe { place(gil.api, exporter.as_ptr()).read().as_ref() };
    export.is_some_and(|export| {
        export.revoked.store(true, Ordering::Release);
        export.exports.load(Ordering::Acquire) != 0
    })
}

/// Where an exporter's object keeps its pointer: behind the head, whose last word is the type.
unsafe fn place(api: &Api, object: Object) -> *mut *mut Export {
    // SAFETY: the type's instances are that large.
    unsafe { object.byte_add(api.type_offset + size_of::<usize>()).cast() }
}

/// The type of exporters: borrowed, lives as long as the process.
fn exporter_type(gil: &Gil) -> Result<Object> {
    static TYPE: OnceLock<PyRef> = OnceLock::new();
    if let Some(r#type) = TYPE.get() {
        return Ok(r#type.as_ptr());
    }
    let slot = |slot, pfunc| PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(BF_GETBUFFER, get_buffer as *mut c_void),
        slot(BF_RELEASEBUFFER, release_buffer as *mut c_void),
        slot(TP_DEALLOC, dealloc as *mut c_void),
        slot(0, ptr::null_mut()),
    ];
    let mut spec = PyType_Spec {
        name: c"metaffi.Array".as_ptr(),
        basicsize: (gil.api.type_offset + 2 * size_of::<usize>()) as c_int,
        itemsize: 0,
        flags: TPFLAGS_DEFAULT,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the slots are functions of the types that their numbers mean; Python copies them.
    let r#type = unsafe { PyRef::owned(gil, (gil.api.PyType_FromSpec)(&mut spec)) }?;
    Ok(TYPE.get_or_init(|| r#type).as_ptr())
}

unsafe extern "C-unwind" fn get_buffer(
    object: Object,
    buffer: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    let Some(api) = Api::get() else { return -1 };
    // SAFETY: Python calls this with an object of the type, under the GIL, and room for a buffer.
    unsafe {
        let (export, buffer) = (place(api, object).read().as_ref(), &mut *buffer);
        if let Err(message) = fill(api, export, buffer, flags) {
            buffer.obj = ptr::null_mut();
            (api.PyErr_SetString)(api.PyExc_BufferError, message.as_ptr());
            return -1;
        }
        (api.Py_IncRef)(object);
        buffer.obj = object;
    }
    0
}

/// Fills in a buffer as it is asked for, or says why it cannot be.
fn fill(
    api: &Api,
    export: Option<&Export>,
    buffer: &mut Py_buffer,
    flags: c_int,
) -> std::result::Result<(), &'static CStr> {
    let export = export.ok_or(c"this array has no memory")?;
    if export.revoked.load(Ordering::Acquire) {
        return Err(c"this array was lent for a call that has ended");
    }
    if export.read_only && flags & BUF_WRITABLE != 0 {
        return Err(c"this array must not be written");
    }
    export.fill(buffer);
    // SAFETY: the buffer has its shape and strides.
    if !unsafe { lies_as_asked(api, buffer, flags) } {
        return Err(c"this array has gaps between its elements; ask for its strides");
    }
    strip(buffer, flags);
    export.exports.fetch_add(1, Ordering::AcqRel);
    Ok(())
}

impl Export {
    /// Fills in everything, whatever was asked for.
    fn fill(&self, buffer: &mut Py_buffer) {
        *buffer = Py_buffer {
            buf: self.data.cast(),
            obj: ptr::null_mut(),
            len: self.length,
            itemsize: self.size,
            readonly: c_int::from(self.read_only),
            ndim: self.shape.len() as c_int,
            format: self.format.as_ptr().cast_mut(),
            shape: self.shape.as_ptr().cast_mut(),
            strides: self.strides.as_ptr().cast_mut(),
            suboffsets: ptr::null_mut(),
            internal: ptr::null_mut(),
        };
    }
}

/// Whether the elements lie as somebody who asked with these flags takes them to.
///
/// # Safety
/// The buffer has its shape and strides, and the GIL is held.
pub unsafe fn lies_as_asked(api: &Api, buffer: &Py_buffer, flags: c_int) -> bool {
    let asked = |flag| flags & flag == flag;
    let order = match () {
        _ if asked(BUF_C_CONTIGUOUS) || !asked(BUF_STRIDES) => b'C',
        _ if asked(BUF_F_CONTIGUOUS) => b'F',
        _ if asked(BUF_ANY_CONTIGUOUS) => b'A',
        _ => return true,
    };
    // SAFETY: the buffer has its shape and strides.
    unsafe { (api.PyBuffer_IsContiguous)(buffer, order as c_char) != 0 }
}

/// Takes away what was not asked for.
pub fn strip(buffer: &mut Py_buffer, flags: c_int) {
    let asked = |flag| flags & flag == flag;
    if !asked(BUF_FORMAT) {
        buffer.format = ptr::null_mut();
    }
    if !asked(BUF_ND) {
        buffer.shape = ptr::null_mut();
    }
    if !asked(BUF_STRIDES) {
        buffer.strides = ptr::null_mut();
    }
}

unsafe extern "C-unwind" fn release_buffer(object: Object, _: *mut Py_buffer) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with an object of the type, once for each buffer.
    if let Some(export) = unsafe { place(api, object).read().as_ref() } {
        export.exports.fetch_sub(1, Ordering::AcqRel);
    }
}

unsafe extern "C-unwind" fn dealloc(object: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this when nobody has the object any more; an instance of a type made
    // at run time holds a reference to it.
    unsafe {
        let export = mem::replace(&mut *place(api, object), ptr::null_mut());
        let r#type = api.type_of(object);
        if !export.is_null() {
            drop(Box::from_raw(export));
        }
        (api.PyObject_Free)(object.cast());
        (api.Py_DecRef)(r#type);
    }
}
