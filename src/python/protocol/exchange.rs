//! What Python's objects hand over by DLPack's protocol and by Arrow's: taken out of the capsules.

use std::ffi::CStr;

use crate::error::{Error, Result};
use crate::object::exchange::{self, OwnedColumns, OwnedSchema, OwnedStream, Tensor};
use crate::python::api::Object;
use crate::python::convert::{self, capsule_of_tensor, in_capsule};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::name::Name;
use crate::python::support;

static TENSOR: Name = Name::new(c"__dlpack__");
static ARRAY: Name = Name::new(c"__arrow_c_array__");
static SCHEMA: Name = Name::new(c"__arrow_c_schema__");
static STREAM: Name = Name::new(c"__arrow_c_stream__");

/// The memory of an object as a tensor.
pub(super) fn tensor(gil: &Gil, object: Object) -> Result<Tensor> {
    let Some(export) = method(gil, object, &TENSOR)? else {
        // SAFETY: alive, under the GIL.
        return Tensor::of_array(unsafe { convert::view(gil, object, false) }?);
    };
    let capsule = capsule_of_tensor(gil, &export)?;
    // SAFETY: a live capsule under the GIL, which has a tensor as its name says until that is used.
    unsafe {
        if let Some(found) = in_capsule(gil, &capsule, c"dltensor_versioned") {
            let tensor = Tensor::from_raw(found)?;
            use_up(gil, &capsule, c"used_dltensor_versioned");
            return Ok(tensor);
        }
        let Some(found) = in_capsule(gil, &capsule, c"dltensor") else {
            return Err(no_capsule("a tensor"));
        };
        let tensor = Tensor::from_unversioned(found)?;
        use_up(gil, &capsule, c"used_dltensor");
        Ok(tensor)
    }
}

/// The column or the columns of an object.
pub(super) fn columns(gil: &Gil, object: Object) -> Result<(OwnedSchema, OwnedColumns)> {
    let Some(export) = method(gil, object, &ARRAY)? else {
        // SAFETY: alive, under the GIL.
        return exchange::column(unsafe { convert::view(gil, object, false) }?);
    };
    let pair = export.call0(gil)?;
    let (schema, array) = (support::item(gil, &pair, 0)?, support::item(gil, &pair, 1)?);
    // SAFETY: live capsules under the GIL, which have what their names say.
    unsafe {
        let schema =
            in_capsule(gil, &schema, c"arrow_schema").ok_or_else(|| no_capsule("a schema"))?;
        let array =
            in_capsule(gil, &array, c"arrow_array").ok_or_else(|| no_capsule("an array"))?;
        Ok((OwnedSchema::take(schema)?, OwnedColumns::take(array)?))
    }
}

/// The type of the columns of an object, which says it.
pub(super) fn schema(gil: &Gil, object: Object) -> Result<OwnedSchema> {
    let capsule = exported(gil, object, &SCHEMA)?;
    // SAFETY: a live capsule under the GIL, which has what its name says.
    unsafe {
        let schema = in_capsule(gil, &capsule, c"arrow_schema");
        OwnedSchema::take(schema.ok_or_else(|| no_capsule("a schema"))?)
    }
}

/// The stream of an object, which gives one.
pub(super) fn stream(gil: &Gil, object: Object) -> Result<OwnedStream> {
    let capsule = exported(gil, object, &STREAM)?;
    // SAFETY: as above.
    unsafe {
        let stream = in_capsule(gil, &capsule, c"arrow_array_stream");
        OwnedStream::take(stream.ok_or_else(|| no_capsule("a stream"))?)
    }
}

/// A method of the object, if it has that.
fn method(gil: &Gil, object: Object, name: &Name) -> Result<Option<PyRef>> {
    // SAFETY: alive, under the GIL.
    unsafe { PyRef::new_reference(gil, object) }.find_attribute(gil, name)
}

fn exported(gil: &Gil, object: Object, name: &Name) -> Result<PyRef> {
    // SAFETY: alive, under the GIL.
    unsafe { PyRef::new_reference(gil, object) }.named(gil, name)?.call0(gil)
}

/// Says that what a capsule had is somebody else's.
fn use_up(gil: &Gil, capsule: &PyRef, name: &'static CStr) {
    // SAFETY: a live capsule under the GIL, which keeps the address of its name.
    unsafe { (gil.api.PyCapsule_SetName)(capsule.as_ptr(), name.as_ptr()) };
}

#[cold]
fn no_capsule(of: &str) -> Error {
    Error::mismatch(format!("what the object gives is no capsule of {of}"))
}
