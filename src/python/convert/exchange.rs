//! Arrays that show no buffer, but are handed over by Arrow's protocol or DLPack's: read where they are.
//! What was handed over stays the capsules', which let it go.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::slice;

use crate::error::{Error, Result};
use crate::python::api::{Object, Py_buffer};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support::{int, interned, tuple};

/// An array that was handed over.
pub(super) struct Exchanged {
    /// A memoryview of its elements.
    pub(super) memory: PyRef,
    /// What keeps them.
    pub(super) owner: PyRef,
}

/// `DLTensor`
#[repr(C)]
struct Tensor {
    data: *mut u8,
    device: [i32; 2],
    rank: i32,
    code: u8,
    bits: u8,
    lanes: u16,
    shape: *const i64,
    strides: *const i64,
    offset: u64,
}

/// `DLManagedTensorVersioned`
#[repr(C)]
struct VersionedTensor {
    version: [u32; 2],
    _private: [*mut c_void; 2],
    flags: u64,
    tensor: Tensor,
}

/// `ArrowSchema`
#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    _name: *const c_char,
    _metadata: *const c_char,
    _flags: i64,
    _child_count: i64,
    _children: *mut c_void,
    dictionary: *mut c_void,
}

/// `ArrowArray`
#[repr(C)]
struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    buffer_count: i64,
    _child_count: i64,
    buffers: *const *const u8,
}

/// Elements in memory, as a memoryview has them.
struct Elements<'a> {
    data: *const u8,
    format: &'static CStr,
    size: isize,
    shape: &'a mut [isize],
    /// In bytes.
    strides: &'a mut [isize],
    readonly: bool,
}

/// What an object hands over, or why it does not; `None` if it knows none of the protocols.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn exchanged(gil: &Gil, object: Object) -> Option<Result<Exchanged>> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let r#type = gil.api.type_of(object).cast();
        let has = |name: &CStr| (gil.api.PyObject_HasAttrString)(r#type, name.as_ptr()) != 0;
        let object = PyRef::new_reference(gil, object);
        match () {
            () if has(c"__arrow_c_array__") => Some(arrow(gil, &object)),
            () if has(c"__dlpack__") && has(c"__dlpack_device__") => Some(tensor(gil, &object)),
            () => None,
        }
    }
}

unsafe fn tensor(gil: &Gil, object: &PyRef) -> Result<Exchanged> {
    const CPU: i64 = 1;
    const READ_ONLY: u64 = 1;
    let device = object.attribute(gil, c"__dlpack_device__")?.call0(gil)?;
    // SAFETY: live objects under the GIL; a capsule has a tensor as its name says.
    unsafe {
        if item(gil, &device, 0)?.1 != CPU {
            return Err(refused(
                "it is on a device whose memory C does not read: copy it to the CPU",
            ));
        }
        let owner = capsule(gil, &object.attribute(gil, c"__dlpack__")?)?;
        let (tensor, readonly) =
            match pointer::<VersionedTensor>(gil, &owner, c"dltensor_versioned") {
                Some(found) if (*found).version[0] != 1 => {
                    return Err(refused("its version of DLPack is not known"));
                }
                Some(found) => (&(*found).tensor, (*found).flags & READ_ONLY != 0),
                None => match pointer::<Tensor>(gil, &owner, c"dltensor") {
                    Some(found) => (&*found, false),
                    None => return Err(refused("what it gives is no capsule of DLPack")),
                },
            };
        let size = isize::from(tensor.bits.div_ceil(8));
        let format = match (tensor.code, tensor.bits) {
            _ if tensor.lanes != 1 || tensor.bits % 8 != 0 => {
                return Err(refused("its elements are no numbers of whole bytes"));
            }
            (0, 8) => c"b",
            (0, 16) => c"=h",
            (0, 32) => c"=i",
            (0, 64) => c"=q",
            (1, 8) => c"B",
            (1, 16) => c"=H",
            (1, 32) => c"=I",
            (1, 64) => c"=Q",
            (2, 16) => c"e",
            (2, 32) => c"f",
            (2, 64) => c"d",
            (5, 64) => c"Zf",
            (5, 128) => c"Zd",
            (6, 8) => c"?",
            _ => c"x",
        };
        let rank = tensor.rank.unsigned_abs() as usize;
        let lengths = |from: *const i64| match rank {
            0 => &[],
            rank => slice::from_raw_parts(from, rank),
        };
        let mut shape: Vec<isize> = lengths(tensor.shape).iter().map(|one| *one as isize).collect();
        let mut strides = vec![0; rank];
        let mut step = size;
        for index in (0..rank).rev() {
            strides[index] = step;
            step *= shape[index];
        }
        if !tensor.strides.is_null() {
            for (own, stride) in strides.iter_mut().zip(lengths(tensor.strides)) {
                *own = *stride as isize * size;
            }
        }
        let data = tensor.data.wrapping_add(tensor.offset as usize);
        let (shape, strides) = (&mut shape[..], &mut strides[..]);
        let memory = Elements { data, format, size, shape, strides, readonly }.view(gil)?;
        Ok(Exchanged { memory, owner })
    }
}

/// The capsule of a tensor, with its version if the exporter knows of versions.
unsafe fn capsule(gil: &Gil, export: &PyRef) -> Result<PyRef> {
    let version = tuple(gil, vec![int(gil, 1)?, int(gil, 0)?])?;
    let names = tuple(gil, vec![interned(gil, "max_version")?])?;
    let mut arguments = [ptr::null_mut(), version.as_ptr()];
    // SAFETY: an argument with its name after a writable place, under the GIL.
    unsafe {
        let first = arguments.as_mut_ptr().add(1);
        let capsule = gil.api.vectorcall(export.as_ptr(), first, 0, names.as_ptr());
        if capsule.is_null() && (gil.api.PyErr_ExceptionMatches)(gil.api.PyExc_TypeError) != 0 {
            (gil.api.PyErr_Clear)();
            return export.call0(gil);
        }
        PyRef::owned(gil, capsule)
    }
}

unsafe fn arrow(gil: &Gil, object: &PyRef) -> Result<Exchanged> {
    let owner = object.attribute(gil, c"__arrow_c_array__")?.call0(gil)?;
    // SAFETY: live objects under the GIL; capsules have what their names say.
    unsafe {
        let (schema, array) = (item(gil, &owner, 0)?.0, item(gil, &owner, 1)?.0);
        let schema = pointer::<ArrowSchema>(gil, &schema, c"arrow_schema");
        let array = pointer::<ArrowArray>(gil, &array, c"arrow_array");
        let (Some(schema), Some(array)) = (schema, array) else {
            return Err(refused("what it gives are no capsules of Arrow"));
        };
        let (schema, array) = (&*schema, &*array);
        let (format, size) = match CStr::from_ptr(schema.format).to_bytes() {
            b"c" => (c"b", 1),
            b"C" => (c"B", 1),
            b"s" => (c"=h", 2),
            b"S" => (c"=H", 2),
            b"i" => (c"=i", 4),
            b"I" => (c"=I", 4),
            b"l" => (c"=q", 8),
            b"L" => (c"=Q", 8),
            b"e" => (c"e", 2),
            b"f" => (c"f", 4),
            b"g" => (c"d", 8),
            _ => return Err(refused("its elements are no numbers")),
        };
        if !schema.dictionary.is_null() || array.buffer_count != 2 {
            return Err(refused("its elements are no numbers one after the other"));
        }
        let (offset, length) = (array.offset as usize, array.length as usize);
        let valid = *array.buffers;
        let is_null = |index: usize| *valid.add(index / 8) >> (index % 8) & 1 == 0;
        let has_nulls = array.null_count != 0 && !valid.is_null();
        if has_nulls && (offset..offset + length).any(is_null) {
            return Err(refused("it has nulls, which C does not: give .fill_null(…)"));
        }
        let data = (*array.buffers.add(1)).wrapping_add(offset * size);
        let (mut shape, mut strides) = ([length as isize], [size as isize]);
        let (shape, strides) = (&mut shape[..], &mut strides[..]);
        let size = size as isize;
        let memory = Elements { data, format, size, shape, strides, readonly: true }.view(gil)?;
        Ok(Exchanged { memory, owner })
    }
}

impl Elements<'_> {
    /// A memoryview, which does not keep the memory.
    unsafe fn view(self, gil: &Gil) -> Result<PyRef> {
        // Where nothing is there is still an address.
        let nowhere = ptr::without_provenance_mut(64);
        let data = if self.data.is_null() { nowhere } else { self.data.cast_mut() };
        let memory = Py_buffer {
            buf: data.cast(),
            obj: ptr::null_mut(),
            len: self.shape.iter().product::<isize>() * self.size,
            itemsize: self.size,
            readonly: self.readonly.into(),
            ndim: self.shape.len() as i32,
            format: self.format.as_ptr().cast_mut(),
            shape: self.shape.as_mut_ptr(),
            strides: self.strides.as_mut_ptr(),
            suboffsets: ptr::null_mut(),
            internal: ptr::null_mut(),
        };
        // SAFETY: the memoryview copies the lengths, and the format is there for ever.
        unsafe { PyRef::owned(gil, (gil.api.PyMemoryView_FromBuffer)(&raw const memory)) }
    }
}

/// What a capsule of a name has.
unsafe fn pointer<T>(gil: &Gil, capsule: &PyRef, name: &CStr) -> Option<*const T> {
    // SAFETY: a live object under the GIL.
    unsafe {
        let is = (gil.api.PyCapsule_IsValid)(capsule.as_ptr(), name.as_ptr()) != 0;
        is.then(|| {
            (gil.api.PyCapsule_GetPointer)(capsule.as_ptr(), name.as_ptr()).cast_const().cast()
        })
    }
}

/// An item of a tuple, and its value if it is an int.
unsafe fn item(gil: &Gil, tuple: &PyRef, index: isize) -> Result<(PyRef, i64)> {
    // SAFETY: a live object under the GIL.
    unsafe {
        let item = (gil.api.PyTuple_GetItem)(tuple.as_ptr(), index);
        if item.is_null() {
            return Err(fetch(gil));
        }
        let value = (gil.api.PyLong_AsLongLong)(item);
        (gil.api.PyErr_Clear)();
        Ok((PyRef::new_reference(gil, item), value))
    }
}

fn refused(why: &str) -> Error {
    Error::mismatch(why)
}
