//! Arrays that DLPack's protocol hands over.

use std::ptr;
use std::slice;

use super::buffer::Buffer;
use super::exchange::{Elements, in_capsule, refused};
use crate::abi::{DLManagedTensor, DLManagedTensorVersioned};
use crate::error::Result;
use crate::fork::Once;
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support::{int, interned, tuple};

/// The tensor of an object, or why C does not read it.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn buffer(gil: &Gil, object: &PyRef) -> Result<Buffer> {
    const CPU: i64 = 1;
    const READ_ONLY: u64 = 1;
    let device = object.attribute(gil, c"__dlpack_device__")?.call0(gil)?;
    // SAFETY: live objects under the GIL; a capsule has a tensor as its name says.
    unsafe {
        if first(gil, &device)? != CPU {
            return Err(refused(
                "it is on a device whose memory C does not read: copy it to the CPU",
            ));
        }
        let owner = capsule_of(gil, &object.attribute(gil, c"__dlpack__")?)?;
        let versioned = in_capsule::<DLManagedTensorVersioned>(gil, &owner, c"dltensor_versioned");
        let (tensor, readonly) = match versioned {
            Some(found) if (*found).version.major != 1 => {
                return Err(refused("its version of DLPack is not known"));
            }
            Some(found) => (&(*found).dl_tensor, (*found).flags & READ_ONLY != 0),
            None => match in_capsule::<DLManagedTensor>(gil, &owner, c"dltensor") {
                Some(found) => (&(*found).dl_tensor, false),
                None => return Err(refused("what it gives is no capsule of DLPack")),
            },
        };
        let size = isize::from(tensor.dtype.bits.div_ceil(8));
        let format = match (tensor.dtype.code, tensor.dtype.bits) {
            _ if tensor.dtype.lanes != 1 || tensor.dtype.bits % 8 != 0 => {
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
        let rank = tensor.ndim.unsigned_abs() as usize;
        let lengths = |from: *mut i64| match rank {
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
        let data = tensor.data.cast::<u8>().wrapping_add(tensor.byte_offset as usize);
        let (shape, strides) = (&mut shape[..], &mut strides[..]);
        Elements { data, format, size, shape, strides, readonly }.buffer(gil, owner)
    }
}

/// The capsule of a tensor, with its version if the exporter knows of versions.
pub fn capsule_of(gil: &Gil, export: &PyRef) -> Result<PyRef> {
    static ASKED: Once<(PyRef, PyRef)> = Once::new();
    let (version, names) = ASKED.get_or_make(|| {
        let version = tuple(gil, vec![int(gil, 1)?, int(gil, 0)?])?;
        Ok((version, tuple(gil, vec![interned(gil, "max_version")?])?))
    })?;
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

/// The number that a tuple begins with.
unsafe fn first(gil: &Gil, tuple: &PyRef) -> Result<i64> {
    // SAFETY: a live object under the GIL; the item is borrowed.
    unsafe {
        let item = (gil.api.PyTuple_GetItem)(tuple.as_ptr(), 0);
        if item.is_null() {
            return Err(fetch(gil));
        }
        let value = (gil.api.PyLong_AsLongLong)(item);
        (gil.api.PyErr_Clear)();
        Ok(value)
    }
}
