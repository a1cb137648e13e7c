//! The objects behind memoryviews of arrays: they export the memory, count who looks at it, and
//! free it if it is Python's.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use crate::abi::metaffi_array;
use crate::error::Result;
use crate::fork::Once;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET, Py_buffer};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{
    BF_GETBUFFER, BF_RELEASEBUFFER, HeapType, HeapTypeSpec, TP_DEALLOC,
};
use crate::python::object::name::Name;
use crate::value::array::{self, View, size_of_element};

const BUF_WRITABLE: c_int = 0x01;
const BUF_FORMAT: c_int = 0x04;
const BUF_ND: c_int = 0x08;
const BUF_STRIDES: c_int = 0x18;
const BUF_C_CONTIGUOUS: c_int = 0x38;
const BUF_F_CONTIGUOUS: c_int = 0x58;
const BUF_ANY_CONTIGUOUS: c_int = 0x98;

/// How many dimensions most arrays have at most.
const FEW: usize = 3;

/// What an exporter's object has; changed under the GIL only.
struct Export {
    data: *mut u8,
    format: &'static CStr,
    size: isize,
    length: isize,
    rank: usize,
    /// The length of each dimension, and then the step of each, if there are no more than [`FEW`].
    few: [isize; 2 * FEW],
    /// The same if there are.
    many: Box<[isize]>,
    read_only: bool,
    /// The array to be freed with the object; NULL if it is only lent.
    array: *mut metaffi_array,
    exports: Cell<usize>,
    revoked: Cell<bool>,
}

impl Drop for Export {
    fn drop(&mut self) {
        // SAFETY: NULL, or an array that was given to Python.
        unsafe { array::free(self.array) };
    }
}

impl Export {
    /// Nothing.
    fn new() -> Export {
        Export {
            data: ptr::null_mut(),
            format: c"B",
            size: 1,
            length: 0,
            rank: 0,
            few: [0; 2 * FEW],
            many: Box::default(),
            read_only: false,
            array: ptr::null_mut(),
            exports: Cell::new(0),
            revoked: Cell::new(false),
        }
    }

    /// Exports the memory of an array that is only lent.
    #[inline]
    fn lend(&mut self, view: &View<'_>, format: &'static CStr) {
        let rank = view.shape().len();
        let size = size_of_element(view.element());
        (self.data, self.format) = (view.data(), format);
        (self.size, self.length) = (size as isize, (size * view.length()) as isize);
        (self.rank, self.read_only) = (rank, view.is_read_only());
        self.revoked.set(false);
        if rank > FEW {
            self.many = vec![0; 2 * rank].into_boxed_slice();
        }
        let (shape, strides) = self.extents_mut().split_at_mut(rank);
        for (dimension, extent) in view.shape().iter().enumerate() {
            shape[dimension] = *extent as isize;
            strides[dimension] = view.stride(dimension);
        }
    }

    fn extents_mut(&mut self) -> &mut [isize] {
        match self.rank <= FEW {
            true => &mut self.few[..2 * self.rank],
            false => &mut self.many,
        }
    }

    fn extents(&self) -> &[isize] {
        match self.rank <= FEW {
            true => &self.few[..2 * self.rank],
            false => &self.many,
        }
    }
}

/// An object that exports an array's memory; it takes over `owned` unless it fails.
pub(super) fn new(
    gil: &Gil,
    view: &View<'_>,
    format: &'static CStr,
    owned: Option<*mut metaffi_array>,
) -> Result<PyRef> {
    let (class, mut export) = (class(gil)?, Export::new());
    export.lend(view, format);
    let object = class.instance(gil, export)?;
    // SAFETY: a new instance, which nothing can fail any more.
    unsafe { (*class.fields(object.as_ptr())).array = owned.unwrap_or(ptr::null_mut()) };
    Ok(object)
}

/// Has an exporter that nobody else knows export the memory of another array, which is only lent; to the
/// memoryview as well that was [put aside](put_aside), which is `None` if it cannot show that.
pub(super) fn reuse(
    gil: &Gil,
    exporter: &PyRef,
    (array, format): (&View<'_>, &'static CStr),
    aside: Option<PyRef>,
) -> Option<PyRef> {
    // SAFETY: an object that `new` made, which nobody looks at but by that memoryview, under the GIL.
    unsafe {
        let export = &mut *fields(exporter.as_ptr());
        export.lend(array, format);
        let aside = aside?;
        if gil.api.take_again(aside.as_ptr(), &export.memory()) {
            return Some(aside);
        }
        let_go_aside(gil, aside);
        None
    }
}

/// Puts the memoryview of an exporter aside for [`reuse`], or gives it back.
pub(super) fn put_aside(gil: &Gil, view: PyRef) -> Option<PyRef> {
    // SAFETY: a memoryview of ours, under the GIL.
    if unsafe { gil.api.put_aside(view.as_ptr()) } {
        return Some(view);
    }
    release_view(gil, view);
    None
}

/// Gives a memoryview back that was put aside.
pub(super) fn let_go_aside(gil: &Gil, view: PyRef) {
    // SAFETY: it was, and is released at once; the GIL is held.
    unsafe { gil.api.take_back(view.as_ptr()) };
    release_view(gil, view);
}

/// Whether an address is in the memory that an exporter exports.
pub(super) fn has(_: &Gil, exporter: &PyRef, address: usize) -> bool {
    // SAFETY: an object that `new` made.
    let export = unsafe { &*fields(exporter.as_ptr()) };
    let first = export.data.addr();
    if export.length == 0 {
        // Nothing, but somewhere.
        return address == first;
    }
    let (mut low, mut high) = (first, first + export.size.cast_unsigned());
    let (shape, strides) = export.extents().split_at(export.rank);
    for (extent, stride) in shape.iter().zip(strides) {
        let reach = stride.wrapping_mul(extent - 1);
        match reach < 0 {
            true => low = low.wrapping_add_signed(reach),
            false => high = high.wrapping_add_signed(reach),
        }
    }
    (low..high).contains(&address)
}

/// A memoryview of what an exporter exports.
pub(super) fn view(gil: &Gil, exporter: &PyRef) -> Result<PyRef> {
    // SAFETY: a live object under the GIL.
    unsafe { PyRef::owned(gil, (gil.api.PyMemoryView_FromObject)(exporter.as_ptr())) }
}

static RELEASE: Name = Name::new(c"release");

/// Gives a memoryview back, and ends it for whoever else has it. One that others look through refuses;
/// that is found out by [`revoke`].
fn release_view(gil: &Gil, view: PyRef) {
    let api = gil.api;
    // SAFETY: a live object under the GIL.
    if unsafe { api.is_sole(view.as_ptr()) } {
        return view.release(gil);
    }
    let _ = error::quietly(gil, || {
        let name = RELEASE.get(gil)?.as_ptr();
        let mut arguments = [ptr::null_mut(), view.as_ptr()];
        // SAFETY: live objects under the GIL; the argument follows a place that may be written.
        unsafe {
            let (first, count) =
                (arguments.as_mut_ptr().add(1), 1 | PY_VECTORCALL_ARGUMENTS_OFFSET);
            let done = (api.PyObject_VectorcallMethod)(name, first, count, ptr::null_mut());
            PyRef::owned(gil, done).map(|none| none.release(gil))
        }
    });
    view.release(gil);
}

/// Exports no more; whether more than so many still look at the memory.
pub(super) fn revoke(_: &Gil, exporter: &PyRef, aside: usize) -> bool {
    // SAFETY: an object that `new` made.
    let export = unsafe { &*fields(exporter.as_ptr()) };
    export.revoked.set(true);
    export.exports.get() > aside
}

static CLASS: Once<HeapType<Export>> = Once::new();

/// The type of exporters, made the first time.
fn class(gil: &Gil) -> Result<&'static HeapType<Export>> {
    let description = HeapTypeSpec {
        name: c"metaffi.Array",
        doc: c"Memory of the program that hosts Python.",
        flags: 0,
        slots: &[
            (BF_GETBUFFER, get_buffer as *const c_void),
            (BF_RELEASEBUFFER, release_buffer as *const c_void),
            (TP_DEALLOC, dealloc as *const c_void),
        ],
        methods: Vec::new(),
        attributes: &[],
        offsets: &[],
    };
    CLASS.get_or_make(|| HeapType::new(gil, description))
}

/// The fields of an exporter's object.
///
/// # Safety
/// `object` is one.
unsafe fn fields(object: Object) -> *mut Export {
    // SAFETY: an instance has a type, which was made before.
    unsafe { CLASS.get().unwrap_unchecked() }.fields(object)
}

unsafe extern "C-unwind" fn get_buffer(
    object: Object,
    buffer: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    let Some(api) = Api::get() else { return -1 };
    // SAFETY: Python calls this with an object of the type, under the GIL, and room for a buffer.
    unsafe {
        let (export, buffer) = (&*fields(object), &mut *buffer);
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
    export: &Export,
    buffer: &mut Py_buffer,
    flags: c_int,
) -> std::result::Result<(), &'static CStr> {
    if export.revoked.get() {
        return Err(c"this array was lent for a call that has ended");
    }
    if export.read_only && flags & BUF_WRITABLE != 0 {
        return Err(c"this array must not be written");
    }
    *buffer = export.memory();
    // SAFETY: the buffer has its shape and strides.
    if !unsafe { lies_as_asked(api, buffer, flags) } {
        return Err(c"this array has gaps between its elements; ask for its strides");
    }
    strip(buffer, flags);
    export.exports.update(|count| count + 1);
    Ok(())
}

impl Export {
    /// Everything about it, whatever is asked for.
    #[inline]
    fn memory(&self) -> Py_buffer {
        let (shape, strides) = self.extents().split_at(self.rank);
        Py_buffer {
            buf: self.data.cast(),
            obj: ptr::null_mut(),
            len: self.length,
            itemsize: self.size,
            readonly: c_int::from(self.read_only),
            ndim: self.rank as c_int,
            format: self.format.as_ptr().cast_mut(),
            shape: shape.as_ptr().cast_mut(),
            strides: strides.as_ptr().cast_mut(),
            suboffsets: ptr::null_mut(),
            internal: ptr::null_mut(),
        }
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
    // SAFETY: Python calls this with an object of the type, once for each buffer, under the GIL.
    unsafe { &*fields(object) }.exports.update(|count| count - 1);
}

unsafe extern "C-unwind" fn dealloc(object: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this when nobody has the object any more, under the GIL.
    unsafe { CLASS.get().unwrap_unchecked().destroy(api, object) }
}
