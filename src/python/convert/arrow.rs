//! Columns that Arrow's protocol hands over: an array, or a stream of one.

use std::ffi::CStr;
use std::ptr;

use super::buffer::Buffer;
use super::exchange::{Elements, in_capsule, refused};
use crate::abi::{ArrowArray, ArrowSchema};
use crate::error::Result;
use crate::object::exchange::{OwnedColumns, OwnedStream};
use crate::python::api::{Api, Object};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// The column of an object with `__arrow_c_array__`, or why C does not read it.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn of_array(gil: &Gil, object: &PyRef) -> Result<Buffer> {
    let owner = object.attribute(gil, c"__arrow_c_array__")?.call0(gil)?;
    // SAFETY: live objects under the GIL; capsules have what their names say.
    unsafe {
        let (schema, array) = (item(gil, &owner, 0)?, item(gil, &owner, 1)?);
        let schema = in_capsule::<ArrowSchema>(gil, &schema, c"arrow_schema");
        let array = in_capsule::<ArrowArray>(gil, &array, c"arrow_array");
        let (Some(schema), Some(array)) = (schema, array) else {
            return Err(refused("what it gives are no capsules of Arrow"));
        };
        let (format, size) = numbers(&*schema)?;
        column(gil, format, size, &*array, owner)
    }
}

/// The column of an object with `__arrow_c_stream__`, which lies in one piece; or why C does not read it.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn of_stream(gil: &Gil, object: &PyRef) -> Result<Buffer> {
    let capsule = object.attribute(gil, c"__arrow_c_stream__")?.call0(gil)?;
    // SAFETY: live objects under the GIL; a capsule has what its name says.
    unsafe {
        let Some(stream) = in_capsule(gil, &capsule, c"arrow_array_stream") else {
            return Err(refused("what it gives is no capsule of an Arrow stream"));
        };
        let mut stream = OwnedStream::take(stream)?;
        let (format, size) = numbers(&*stream.schema()?)?;
        let mut only = None;
        while let Some(chunk) = stream.next_columns()? {
            if chunk.length == 0 && only.is_some() {
                continue;
            }
            if only.as_ref().is_some_and(|only: &OwnedColumns| only.length > 0) {
                return Err(refused(several(gil, object)));
            }
            only = Some(chunk);
        }
        let Some(only) = only else {
            let size = size as isize;
            let (shape, strides) = (&mut [0][..], &mut [size][..]);
            let (data, readonly) = (ptr::null(), true);
            let nothing = Elements { data, format, size, shape, strides, readonly };
            return nothing.buffer(gil, capsule);
        };
        let (owner, array) = owned(gil, only)?;
        column(gil, format, size, &*array, owner)
    }
}

/// A column of several pieces.
#[cold]
unsafe fn several(gil: &Gil, object: &PyRef) -> &'static str {
    // SAFETY: a live object under the GIL.
    match unsafe { (gil.api.PyObject_HasAttrString)(object.as_ptr(), c"rechunk".as_ptr()) } {
        0 => "it lies in several chunks: give .combine_chunks()",
        _ => "it lies in several chunks: give .rechunk()",
    }
}

/// An object that releases an array at its end, and where the array is then.
unsafe fn owned(gil: &Gil, array: OwnedColumns) -> Result<(PyRef, *const OwnedColumns)> {
    let held = Box::into_raw(Box::new(array));
    // SAFETY: a new capsule takes over the box; on failure it is dropped here.
    let owner = unsafe {
        let capsule = (gil.api.PyCapsule_New)(held.cast(), OWNED.as_ptr(), Some(free));
        PyRef::owned(gil, capsule).inspect_err(|_| drop(Box::from_raw(held)))?
    };
    Ok((owner, held))
}

const OWNED: &CStr = c"metaffi.arrow_array";

unsafe extern "C-unwind" fn free(capsule: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python calls this with a capsule that `owned` made.
    unsafe {
        let held = (api.PyCapsule_GetPointer)(capsule, OWNED.as_ptr());
        drop(Box::from_raw(held.cast::<OwnedColumns>()));
    }
}

/// The format and the size of a column's numbers.
unsafe fn numbers(schema: &ArrowSchema) -> Result<(&'static CStr, usize)> {
    // SAFETY: a schema has a format.
    let format = unsafe { CStr::from_ptr(schema.format) }.to_bytes();
    if !schema.dictionary.is_null() {
        return Err(refused("its elements are no numbers one after the other"));
    }
    Ok(match format {
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
        b"+s" => return Err(refused("it is a table: give one of its columns")),
        [b't', ..] => {
            return Err(refused("its elements are dates or times: cast them to integers first"));
        }
        _ => return Err(refused("its elements are no numbers")),
    })
}

/// The elements of an array, which its owner keeps.
unsafe fn column(
    gil: &Gil,
    format: &'static CStr,
    size: usize,
    array: &ArrowArray,
    owner: PyRef,
) -> Result<Buffer> {
    if array.n_buffers != 2 {
        return Err(refused("its elements are no numbers one after the other"));
    }
    let (offset, length) = (array.offset as usize, array.length as usize);
    // SAFETY: an array of numbers has a bit for each element, or none at all, and its elements.
    unsafe {
        let valid: *const u8 = (*array.buffers).cast();
        let is_null = |index: &usize| *valid.add(index / 8) >> (index % 8) & 1 == 0;
        if array.null_count != 0 && !valid.is_null() {
            let mut nulls = (offset..offset + length).filter(is_null);
            if let Some(first) = nulls.next() {
                let (first, count) = (first - offset, 1 + nulls.count());
                let what = format!("it has nulls ({count}, the first at [{first}])");
                return Err(refused(&format!("{what}, which C does not: give .fill_null(…)")));
            }
        }
        let data = (*array.buffers.add(1)).cast::<u8>().wrapping_add(offset * size);
        let size = size as isize;
        let (mut shape, mut strides) = ([length as isize], [size]);
        let (shape, strides) = (&mut shape[..], &mut strides[..]);
        Elements { data, format, size, shape, strides, readonly: true }.buffer(gil, owner)
    }
}

/// An item of a tuple.
unsafe fn item(gil: &Gil, tuple: &PyRef, index: isize) -> Result<PyRef> {
    // SAFETY: a live object under the GIL; the item is borrowed.
    unsafe {
        let item = (gil.api.PyTuple_GetItem)(tuple.as_ptr(), index);
        if item.is_null() {
            return Err(fetch(gil));
        }
        Ok(PyRef::new_reference(gil, item))
    }
}
