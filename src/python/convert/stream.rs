//! Streams of C's library (`FILE`) that write and read Python's files: one for each file, which ends
//! with it.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_int};
use std::mem::MaybeUninit;

use crate::error::{Error, Result};
use crate::python::api::{Api, Object};
use crate::python::error::{fetch, quietly};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;

/// The attribute of a file that has its stream.
const ATTRIBUTE: &CStr = c"_metaffi_stream";

/// A stream, and the file that its descriptor is of.
struct Stream {
    file: *mut libc::FILE,
    /// -1 once it is known to be closed.
    descriptor: Cell<c_int>,
    identity: (libc::dev_t, libc::ino_t),
}

/// The address of the stream of a file, which begins where Python is in it; `None` if the object is no
/// file.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn stream(gil: &Gil, object: Object) -> Option<Result<u64>> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let r#type = gil.api.type_of(object).cast();
        if (gil.api.PyObject_HasAttrString)(object, c"fileno".as_ptr()) == 0
            || (gil.api.PyObject_HasAttrString)(r#type, c"write".as_ptr()) == 0
                && (gil.api.PyObject_HasAttrString)(object, c"write".as_ptr()) == 0
        {
            return None;
        }
        Some(of_file(gil, &PyRef::new_reference(gil, object)))
    }
}

unsafe fn of_file(gil: &Gil, file: &PyRef) -> Result<u64> {
    let (descriptor, mode) = prepared(gil, file)?;
    if let Some(kept) = quietly(gil, || file.attribute(gil, ATTRIBUTE)) {
        // SAFETY: a live object under the GIL; a capsule of that name has a stream.
        unsafe {
            let api = gil.api;
            if (api.PyCapsule_IsValid)(kept.as_ptr(), ATTRIBUTE.as_ptr()) != 0 {
                let stream = (api.PyCapsule_GetPointer)(kept.as_ptr(), ATTRIBUTE.as_ptr());
                let stream = &*stream.cast::<Stream>();
                if stream.is_open() && identity(descriptor) == Some(stream.identity) {
                    return Ok(stream.file.expose_provenance() as u64);
                }
            }
        }
    }
    let stream = Box::into_raw(Box::new(Stream::open(descriptor, &mode)?));
    // SAFETY: a new capsule takes over the box; on failure it is dropped here. The file then keeps it.
    unsafe {
        let address = (*stream).file.expose_provenance() as u64;
        let capsule = (gil.api.PyCapsule_New)(stream.cast(), ATTRIBUTE.as_ptr(), Some(close));
        let capsule = PyRef::owned(gil, capsule).inspect_err(|_| drop(Box::from_raw(stream)))?;
        let set = gil.api.PyObject_SetAttrString;
        match set(file.as_ptr(), ATTRIBUTE.as_ptr(), capsule.as_ptr()) {
            0 => Ok(address),
            _ => Err(fetch(gil)),
        }
    }
}

/// The descriptor of a file, and the mode of a stream.
fn prepared(gil: &Gil, file: &PyRef) -> Result<(c_int, CString)> {
    let found = support::prepared_file(gil)?.call1(gil, file)?;
    // SAFETY: a live tuple of an int and a text, under the GIL; its items are borrowed.
    unsafe {
        let item = |index| (gil.api.PyTuple_GetItem)(found.as_ptr(), index);
        let descriptor = (gil.api.PyLong_AsLongLong)(item(0)) as c_int;
        let mode = text_of(gil, &PyRef::new_reference(gil, item(1)))?;
        Ok((descriptor, CString::new(mode).unwrap_or_default()))
    }
}

impl Stream {
    /// A stream with a descriptor of its own, and nothing between it and the file.
    fn open(descriptor: c_int, mode: &CStr) -> Result<Stream> {
        let failed = || Error::mismatch(std::io::Error::last_os_error().to_string());
        // SAFETY: calls of C's library; what was opened is closed once.
        unsafe {
            let own = libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 0);
            let Some(identity) = identity(own) else { return Err(failed()) };
            let file = libc::fdopen(own, mode.as_ptr());
            if file.is_null() {
                let failure = failed();
                libc::close(own);
                return Err(failure);
            }
            libc::setvbuf(file, std::ptr::null_mut(), libc::_IONBF, 0);
            Ok(Stream { file, descriptor: Cell::new(own), identity })
        }
    }

    /// Whether nobody has closed it, as C may. What is opened later may have its descriptor.
    fn is_open(&self) -> bool {
        let is_open = identity(self.descriptor.get()) == Some(self.identity);
        if !is_open {
            self.descriptor.set(-1);
        }
        is_open
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.is_open() {
            // SAFETY: the stream is open, and nobody uses it any more.
            unsafe { libc::fclose(self.file) };
        }
    }
}

/// Which file a descriptor is of; `None` if it is closed.
fn identity(descriptor: c_int) -> Option<(libc::dev_t, libc::ino_t)> {
    let mut found = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: there is room for what is found out.
    unsafe {
        (libc::fstat(descriptor, found.as_mut_ptr()) == 0).then(|| {
            let found = found.assume_init();
            (found.st_dev, found.st_ino)
        })
    }
}

unsafe extern "C-unwind" fn close(capsule: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with a capsule that `of_file` made.
    unsafe {
        let held = (api.PyCapsule_GetPointer)(capsule, ATTRIBUTE.as_ptr());
        drop(Box::from_raw(held.cast::<Stream>()));
    }
}
