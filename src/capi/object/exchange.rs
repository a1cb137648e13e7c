//! Arrays and tables without a copy: DLPack and Arrow's C data interface.

use std::ptr;
use std::sync::Arc;

use super::answer;
use crate::abi::{
    ArrowArray, ArrowArrayStream, ArrowSchema, DLManagedTensor, DLManagedTensorVersioned,
    metaffi_error, metaffi_object, metaffi_status,
};
use crate::error::Result;
use crate::fork::Lock;
use crate::object::exchange::{Columns, Exchanged, OwnedColumns, OwnedSchema, OwnedStream, Tensor};
use crate::object::{self, Protocol};

/// An object's array as a tensor of DLPack, without a copy: what either writes the other sees.
///
/// Of what has METAFFI_CAN_DLPACK: tensors and arrays, on whatever device `tensor->dl_tensor.device` says.
/// What has METAFFI_CAN_BUFFER gives its memory as a tensor as well. `metaffi/exchange.h` has the struct,
/// as DLPack 1 does. Where code of an older library gives a tensor without a version, its memory counts as
/// one that may be written.
///
/// May run code of the object's, as metaffi_object_get.
///
/// @param tensor The tensor, owned by the caller, who calls its `deleter` once, on any thread. Until then
///        it keeps the memory. Whether that may be written say its `flags`.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no such array;
///         METAFFI_STATUS_TYPE_MISMATCH if it gives a version of DLPack that is not known;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `tensor` is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `tensor` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_dlpack(
    object: *const metaffi_object,
    tensor: *mut *mut DLManagedTensorVersioned,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `tensor` and `error` are NULL or writable.
    unsafe {
        answer(error, tensor, "tensor", move || {
            protocol(object)?.tensor(object.addr()).map(Tensor::into_raw)
        })
    }
}

/// An object's column, or the columns of its table, by Arrow's C data interface, without a copy.
///
/// Of what has METAFFI_CAN_ARROW_ARRAY. Of what has METAFFI_CAN_BUFFER its memory is a column, if it is
/// numbers in one dimension. `metaffi/exchange.h` has the structs, as Arrow does.
///
/// May run code of the object's, as metaffi_object_get.
///
/// @param schema The type, owned by the caller, who calls its `release` once, on any thread.
/// @param array The column, owned by the caller in the same way; a table is a column of structs.
///        Where the memory is a guest's own, as that of Python's bytes, before the guest has ended.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no such column;
///         METAFFI_STATUS_TYPE_MISMATCH if it gives something else; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_INVALID_ARGUMENT if `schema` or `array` is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code fails. Nothing is
///         there to release then.
///
/// # Safety
/// `schema`, `array` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_arrow_array(
    object: *const metaffi_object,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `schema`, `array` and `error` are NULL or writable.
    unsafe {
        if let Some(schema) = schema.as_mut() {
            schema.release = None;
        }
        answer(error, array, "array", move || {
            let place = schema.as_mut().ok_or_else(|| super::no_place("schema"))?;
            let (schema, columns) = protocol(object)?.columns(object.addr())?;
            ptr::write(place, schema.into_raw());
            Ok(columns.into_raw())
        })
    }
}

/// The type that an object is, or that its columns have, by Arrow's C data interface: schemas, fields and
/// types. What gives a stream says the type there.
///
/// May run code of the object's, as metaffi_object_get.
///
/// @param schema The type, owned by the caller, who calls its `release` once, on any thread.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED without METAFFI_CAN_ARROW_SCHEMA;
///         METAFFI_STATUS_TYPE_MISMATCH if the object gives something else;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `schema` is NULL, or if it
///         is the type of a stream that somebody has already; METAFFI_STATUS_OUT_OF_MEMORY;
///         METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `schema` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_arrow_schema(
    object: *const metaffi_object,
    schema: *mut ArrowSchema,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `schema` and `error` are NULL or writable.
    unsafe {
        answer(error, schema, "schema", move || {
            protocol(object)?.schema(object.addr()).map(OwnedSchema::into_raw)
        })
    }
}

/// A stream of an object's columns, by Arrow's C stream interface: of tables and of readers, which may be
/// larger than memory.
///
/// May run code of the object's, as metaffi_object_get.
///
/// @param stream The stream, owned by the caller, who calls its `release` once, on any thread.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED without METAFFI_CAN_ARROW_STREAM;
///         METAFFI_STATUS_TYPE_MISMATCH if the object gives something else;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `stream` is NULL, or if
///         somebody has the stream of the object already; METAFFI_STATUS_OUT_OF_MEMORY;
///         METAFFI_STATUS_FOREIGN if the object's code fails.
///
/// # Safety
/// `stream` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_arrow_stream(
    object: *const metaffi_object,
    stream: *mut ArrowArrayStream,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `stream` and `error` are NULL or writable.
    unsafe {
        answer(error, stream, "stream", move || {
            protocol(object)?.stream(object.addr()).map(OwnedStream::into_raw)
        })
    }
}

/// Makes an object of a tensor of DLPack. Python has it as an object with `__dlpack__`, which
/// `numpy.from_dlpack` and `torch.from_dlpack` take, as often as they like; metaffi_object_buffer of it is
/// an array, where the processor reads the memory.
///
/// `metaffi_object_runtime` of it is "host".
///
/// @param tensor Taken over, also if this fails: its `deleter` is called once, on any thread, when nobody
///        uses the memory any more.
/// @param object The object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH if the tensor is not of version 1;
///         METAFFI_STATUS_INVALID_ARGUMENT if `tensor` or `object` is NULL, or if the tensor cannot be
///         read: without its shape or its data, with extents below zero or too large;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `tensor` is NULL or as DLPack says; `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_new_dlpack(
    tensor: *mut DLManagedTensorVersioned,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `tensor` is NULL or as DLPack says; `object` and `error` are NULL or writable.
    unsafe {
        let taken = Tensor::from_raw(tensor);
        make(error, object, move || taken.map(of_tensor))
    }
}

/// The same of a tensor without a version, as DLPack had them before 1.
///
/// @param tensor Taken over, as by metaffi_object_new_dlpack.
/// @param object The object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT and METAFFI_STATUS_OUT_OF_MEMORY as
///         metaffi_object_new_dlpack.
///
/// # Safety
/// `tensor` is NULL or as DLPack says; `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_new_dlpack_unversioned(
    tensor: *mut DLManagedTensor,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `tensor` is NULL or as DLPack says; `object` and `error` are NULL or writable.
    unsafe {
        let taken = Tensor::from_unversioned(tensor);
        make(error, object, move || taken.map(of_tensor))
    }
}

/// Makes an object of a column, or of the columns of a table, of Arrow's C data interface. Python has it
/// as an object with `__arrow_c_array__`, which `pyarrow.array`, `pyarrow.record_batch` and
/// `polars.DataFrame` take, as often as they like; metaffi_object_buffer of a column of numbers without
/// nulls is an array.
///
/// `metaffi_object_runtime` of it is "host".
///
/// @param schema The type. It and `array` are moved, also if this fails: where they were they are marked
///        as released, and what was there is released once, on any thread, when nobody uses it any more.
/// @param array The column.
/// @param object The object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if one of them is NULL, or released already, if
///         they do not belong together, or if what they count is below zero or NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `schema` and `array` are NULL or as Arrow says; `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_new_arrow_array(
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `schema` and `array` are NULL or as Arrow says; `object` and `error` are NULL or writable.
    unsafe {
        let taken = (OwnedSchema::take(schema), OwnedColumns::take(array));
        make(error, object, move || {
            Ok(Exchanged::Columns(Arc::new(Columns::new(taken.0?, taken.1?)?)))
        })
    }
}

/// Makes an object of a stream of Arrow's C stream interface. Python has it as an object with
/// `__arrow_c_stream__`, which `pyarrow.table` and `polars.DataFrame` take, once.
///
/// `metaffi_object_runtime` of it is "host".
///
/// @param stream Moved, as by metaffi_object_new_arrow_array.
/// @param object The object, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `stream` or `object` is NULL, or the stream
///         released already; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `stream` is NULL or as Arrow says; `object` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_new_arrow_stream(
    stream: *mut ArrowArrayStream,
    object: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `stream` is NULL or as Arrow says; `object` and `error` are NULL or writable.
    unsafe {
        let taken = OwnedStream::take(stream);
        make(error, object, move || taken.map(|stream| Exchanged::Stream(Lock::new(Some(stream)))))
    }
}

fn protocol(object: *const metaffi_object) -> Result<&'static dyn Protocol> {
    object::of(object.addr())
}

fn of_tensor(tensor: Tensor) -> Exchanged {
    Exchanged::Tensor(Arc::new(tensor))
}

/// A new object; what it would be is let go if there is no place for it.
///
/// # Safety
/// `object` and `error` are NULL or writable.
unsafe fn make(
    error: *mut *mut metaffi_error,
    object: *mut *mut metaffi_object,
    made: impl FnOnce() -> Result<Exchanged>,
) -> metaffi_status {
    // SAFETY: `object` and `error` are NULL or writable.
    unsafe { super::give(error, object, "object", move || made()?.into_handle()) }
}
