//! What DLPack and Arrow's C data interface hand over, as their specifications have it.
//! `include/metaffi/exchange.h` has the same for C; the header of the library only names it.

use std::ffi::{c_char, c_int, c_void};

/// `DLDevice`
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DLDevice {
    /// `DLDeviceType`; 1 is the memory of the processor.
    pub device_type: i32,
    /// Which of them.
    pub device_id: i32,
}

/// `DLDataType`
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DLDataType {
    /// `DLDataTypeCode`
    pub code: u8,
    /// How many bits an element has in a lane.
    pub bits: u8,
    /// How many lanes an element has.
    pub lanes: u16,
}

/// `DLTensor`
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DLTensor {
    /// The memory.
    pub data: *mut c_void,
    /// Where the memory is.
    pub device: DLDevice,
    /// How many dimensions there are.
    pub ndim: i32,
    /// What the elements are.
    pub dtype: DLDataType,
    /// The extent of each dimension.
    pub shape: *mut i64,
    /// The distance of neighbours in each dimension, in elements; NULL: in C order, without gaps.
    pub strides: *mut i64,
    /// Where the first element is, in bytes from `data`.
    pub byte_offset: u64,
}

/// `DLManagedTensor`: that of DLPack before version 1.
#[repr(C)]
pub struct DLManagedTensor {
    /// What is managed.
    pub dl_tensor: DLTensor,
    /// Of whoever made it.
    pub manager_ctx: *mut c_void,
    /// Lets it go; NULL if nothing needs to be.
    pub deleter: Option<unsafe extern "C-unwind" fn(*mut DLManagedTensor)>,
}

/// `DLPackVersion`
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DLPackVersion {
    /// What has another one cannot be read.
    pub major: u32,
    /// What has another one can.
    pub minor: u32,
}

/// `DLManagedTensorVersioned`
#[repr(C)]
pub struct DLManagedTensorVersioned {
    /// The version that the rest is of.
    pub version: DLPackVersion,
    /// Of whoever made it.
    pub manager_ctx: *mut c_void,
    /// Lets it go; NULL if nothing needs to be.
    pub deleter: Option<unsafe extern "C-unwind" fn(*mut DLManagedTensorVersioned)>,
    /// `DLPACK_FLAG_BITMASK_…`
    pub flags: u64,
    /// What is managed.
    pub dl_tensor: DLTensor,
}

/// `ArrowSchema`
#[repr(C)]
pub struct ArrowSchema {
    /// The type, as a text.
    pub format: *const c_char,
    /// The name of the field, or NULL.
    pub name: *const c_char,
    /// What else is said, or NULL.
    pub metadata: *const c_char,
    /// `ARROW_FLAG_…`
    pub flags: i64,
    /// How many children there are.
    pub n_children: i64,
    /// The children.
    pub children: *mut *mut ArrowSchema,
    /// The type of a dictionary's values, or NULL.
    pub dictionary: *mut ArrowSchema,
    /// Lets it go, and is NULL from then on.
    pub release: Option<unsafe extern "C-unwind" fn(*mut ArrowSchema)>,
    /// Of whoever made it.
    pub private_data: *mut c_void,
}

/// `ArrowArray`
#[repr(C)]
pub struct ArrowArray {
    /// How many elements there are.
    pub length: i64,
    /// How many of them are null; -1 if nobody has counted.
    pub null_count: i64,
    /// Where the first element is, in elements.
    pub offset: i64,
    /// How many buffers there are.
    pub n_buffers: i64,
    /// How many children there are.
    pub n_children: i64,
    /// The buffers.
    pub buffers: *mut *const c_void,
    /// The children.
    pub children: *mut *mut ArrowArray,
    /// A dictionary's values, or NULL.
    pub dictionary: *mut ArrowArray,
    /// Lets it go, and is NULL from then on.
    pub release: Option<unsafe extern "C-unwind" fn(*mut ArrowArray)>,
    /// Of whoever made it.
    pub private_data: *mut c_void,
}

/// `ArrowArrayStream`
#[repr(C)]
pub struct ArrowArrayStream {
    /// Gives the type of all arrays.
    pub get_schema:
        Option<unsafe extern "C-unwind" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    /// Gives the next array; a released one is the end.
    pub get_next:
        Option<unsafe extern "C-unwind" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    /// What went wrong, or NULL.
    pub get_last_error: Option<unsafe extern "C-unwind" fn(*mut ArrowArrayStream) -> *const c_char>,
    /// Lets it go, and is NULL from then on.
    pub release: Option<unsafe extern "C-unwind" fn(*mut ArrowArrayStream)>,
    /// Of whoever made it.
    pub private_data: *mut c_void,
}
