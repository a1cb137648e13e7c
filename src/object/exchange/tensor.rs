//! [`Tensor`]: an array as DLPack hands it over.

use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use crate::abi::{
    DLDataType, DLDevice, DLManagedTensor, DLManagedTensorVersioned, DLPackVersion, DLTensor,
    metaffi_array,
};
use crate::error::{Error, Result};
use crate::signature::{Kind, Type};
use crate::value::array::{self, OwnedArray};

/// A tensor that is let go when this is dropped, on whatever thread.
pub struct Tensor(NonNull<DLManagedTensorVersioned>);

// SAFETY: what is handed over may be used and let go on any thread.
unsafe impl Send for Tensor {}
// SAFETY: nobody changes it but by what is done with its memory.
unsafe impl Sync for Tensor {}

/// The version that is written here, of which any minor one is read.
const VERSION: DLPackVersion = DLPackVersion { major: 1, minor: 0 };
const READ_ONLY: u64 = 1;
/// Nobody else has the memory.
const IS_COPIED: u64 = 2;
/// `kDLCPU` and `kDLCUDAHost`: what the processor reads.
const PROCESSOR: i32 = 1;
const PINNED: i32 = 3;

/// A tensor of memory that something else keeps.
#[repr(C)]
struct KeptTensor<T> {
    tensor: DLManagedTensorVersioned,
    keep: T,
}

impl Tensor {
    /// Takes over a tensor, which is let go if its version is not known.
    ///
    /// # Safety
    /// NULL, or a tensor that nobody else lets go.
    pub unsafe fn from_raw(tensor: *mut DLManagedTensorVersioned) -> Result<Tensor> {
        let Some(tensor) = NonNull::new(tensor) else { return Err(absent()) };
        // SAFETY: a tensor, which begins with its version whatever that is.
        match unsafe { tensor.as_ref() }.version {
            DLPackVersion { major: 1, .. } => Tensor(tensor).checked(),
            DLPackVersion { major, minor } => {
                // What comes before the flags every version has.
                drop(Tensor(tensor));
                Err(Error::mismatch(format!(
                    "the tensor is of version {major}.{minor} of DLPack; version 1 is known"
                )))
            }
        }
    }

    /// The same of one without a version.
    ///
    /// # Safety
    /// As for [`from_raw`](Tensor::from_raw).
    pub unsafe fn from_unversioned(tensor: *mut DLManagedTensor) -> Result<Tensor> {
        /// Lets it go.
        struct Unversioned(NonNull<DLManagedTensor>);
        // SAFETY: as of a tensor.
        unsafe impl Send for Unversioned {}
        impl Drop for Unversioned {
            fn drop(&mut self) {
                // SAFETY: a tensor that was taken over, which is let go once.
                unsafe {
                    if let Some(deleter) = self.0.as_ref().deleter {
                        deleter(self.0.as_ptr());
                    }
                }
            }
        }
        let Some(tensor) = NonNull::new(tensor) else { return Err(absent()) };
        // SAFETY: a tensor.
        let said = unsafe { tensor.as_ref() }.dl_tensor;
        Tensor::keeping(VERSION, said, 0, Unversioned(tensor)).checked()
    }

    /// This, or why it says nothing that could be read; who reads tensors believes what they say.
    fn checked(self) -> Result<Tensor> {
        let said = &self.said().dl_tensor;
        let malformed = |why: String| Err(Error::invalid(format!("malformed tensor: {why}")));
        let Ok(rank) = usize::try_from(said.ndim) else {
            return malformed(format!("it has {} dimensions", said.ndim));
        };
        if rank > 0 && said.shape.is_null() {
            return malformed("it has dimensions, but its shape is NULL".into());
        }
        let shape: &[i64] = match rank {
            0 => &[],
            // SAFETY: as many extents as there are dimensions.
            _ => unsafe { std::slice::from_raw_parts(said.shape, rank) },
        };
        if let Some(extent) = shape.iter().find(|extent| **extent < 0) {
            return malformed(format!("one of its extents is {extent}"));
        }
        let is_empty = shape.contains(&0);
        if !is_empty && said.data.is_null() && said.device.device_type == PROCESSOR {
            return malformed("it has elements, but its data is NULL".into());
        }
        let lanes = u64::from(said.dtype.bits) * u64::from(said.dtype.lanes);
        let size = shape
            .iter()
            .try_fold(lanes.div_ceil(8) as i64, |size, extent| size.checked_mul(*extent));
        if !is_empty && size.is_none() {
            return malformed("its elements are more than memory can hold".into());
        }
        Ok(self)
    }

    /// A tensor of memory that `keep` keeps.
    fn keeping<T: Send>(
        version: DLPackVersion,
        dl_tensor: DLTensor,
        flags: u64,
        keep: T,
    ) -> Tensor {
        unsafe extern "C-unwind" fn delete<T>(tensor: *mut DLManagedTensorVersioned) {
            // SAFETY: the box that is given up below, whose first field this is.
            drop(unsafe { Box::from_raw(tensor.cast::<KeptTensor<T>>()) });
        }
        let tensor = DLManagedTensorVersioned {
            version,
            manager_ctx: ptr::null_mut(),
            deleter: Some(delete::<T>),
            flags,
            dl_tensor,
        };
        let kept = Box::into_raw(Box::new(KeptTensor { tensor, keep }));
        // SAFETY: a box is not NULL.
        Tensor(unsafe { NonNull::new_unchecked(kept.cast()) })
    }

    /// Another tensor of the same memory.
    pub fn share(this: &Arc<Tensor>) -> Tensor {
        let said = this.said();
        Tensor::keeping(said.version, said.dl_tensor, said.flags & !IS_COPIED, this.clone())
    }

    /// A tensor of an array's memory.
    pub fn of_array(array: OwnedArray) -> Result<Tensor> {
        let view = array.view();
        let Some(dtype) = data_type(view.element()) else {
            let element = view.element();
            return Err(Error::unsupported(format!("elements of {element} are none of a tensor")));
        };
        let (size, shape) = (array::size_of_element(view.element()) as isize, view.shape());
        let mut extents: Vec<i64> = shape.iter().map(|extent| *extent as i64).collect();
        for (dimension, extent) in shape.iter().enumerate() {
            let stride = view.stride(dimension);
            if stride % size != 0 && *extent > 1 {
                return Err(Error::unsupported(
                    "its elements are at distances that a tensor does not have: copy it",
                ));
            }
            extents.push((stride / size) as i64);
        }
        let flags = if view.is_read_only() { READ_ONLY } else { 0 };
        let mut said = DLTensor {
            data: view.data().cast(),
            device: DLDevice { device_type: PROCESSOR, device_id: 0 },
            ndim: shape.len() as i32,
            dtype,
            shape: extents.as_mut_ptr(),
            strides: ptr::null_mut(),
            byte_offset: 0,
        };
        said.strides = said.shape.wrapping_add(shape.len());
        /// What a tensor of an array keeps.
        struct Kept {
            _array: OwnedArray,
            _extents: Vec<i64>,
        }
        // SAFETY: nobody has the array but this, and arrays are freed on any thread.
        unsafe impl Send for Kept {}
        Ok(Tensor::keeping(VERSION, said, flags, Kept { _array: array, _extents: extents }))
    }

    /// The tensor, for somebody else to let go.
    pub fn into_raw(self) -> *mut DLManagedTensorVersioned {
        std::mem::ManuallyDrop::new(self).0.as_ptr()
    }

    /// The same without a version, which cannot say that memory must not be written.
    pub fn into_unversioned(self) -> Result<*mut DLManagedTensor> {
        #[repr(C)]
        struct Kept {
            tensor: DLManagedTensor,
            _keep: Tensor,
        }
        unsafe extern "C-unwind" fn delete(tensor: *mut DLManagedTensor) {
            // SAFETY: the box that is given up below, whose first field this is.
            drop(unsafe { Box::from_raw(tensor.cast::<Kept>()) });
        }
        if self.is_read_only() {
            return Err(Error::unsupported(
                "its memory must not be written, which a tensor without a version cannot say",
            ));
        }
        let tensor = DLManagedTensor {
            dl_tensor: self.said().dl_tensor,
            manager_ctx: ptr::null_mut(),
            deleter: Some(delete),
        };
        Ok(Box::into_raw(Box::new(Kept { tensor, _keep: self })).cast())
    }

    fn said(&self) -> &DLManagedTensorVersioned {
        // SAFETY: it is there until it is let go.
        unsafe { self.0.as_ref() }
    }

    /// Where the memory is: the type of the device, and which one.
    pub fn device(&self) -> DLDevice {
        self.said().dl_tensor.device
    }

    /// Whether the memory must not be written.
    pub fn is_read_only(&self) -> bool {
        self.said().flags & READ_ONLY != 0
    }

    /// The memory as an array, which keeps the tensor; or why it cannot be one.
    pub fn to_array(this: &Arc<Tensor>) -> Result<OwnedArray> {
        let said = &this.said().dl_tensor;
        if !matches!(said.device.device_type, PROCESSOR | PINNED) {
            return Err(refused("it is on a device: copy it to the CPU"));
        }
        let Some(kind) = kind(said.dtype) else {
            return Err(refused("its elements are no numbers of C"));
        };
        let rank = said.ndim.unsigned_abs() as usize;
        if rank == 0 {
            return Err(refused("it has no dimensions"));
        }
        let size = array::size_of_element(kind.into()) as i64;
        // SAFETY: as many extents as there are dimensions, and distances unless there are none.
        let (shape, strides) = unsafe {
            let shape = std::slice::from_raw_parts(said.shape, rank);
            let strides =
                (!said.strides.is_null()).then(|| std::slice::from_raw_parts(said.strides, rank));
            (shape, strides)
        };
        let shape: Vec<_> = shape.iter().map(|extent| *extent as usize).collect();
        let in_bytes = |stride: &i64| {
            let bytes =
                stride.checked_mul(size).ok_or_else(|| refused("its strides are too large"));
            bytes.map(|bytes| bytes as isize)
        };
        let strides: Option<Vec<_>> =
            strides.map(|all| all.iter().map(in_bytes).collect::<Result<_>>()).transpose()?;
        let descriptor = metaffi_array {
            data: said.data.wrapping_byte_add(said.byte_offset as usize),
            element: Type::from(kind).number(),
            rank,
            shape: shape.as_ptr(),
            strides: strides.as_ref().map_or(ptr::null(), |strides| strides.as_ptr()),
            release: None,
            owner: ptr::null_mut(),
        };
        let keeper = Arc::into_raw(this.clone()).cast_mut().cast();
        let borrow = if this.is_read_only() { array::borrow_read_only } else { array::borrow };
        // SAFETY: the memory is as the tensor says, which the array keeps.
        unsafe { borrow(&descriptor, Some(let_go), keeper).inspect_err(|_| let_go(keeper)) }
    }
}

unsafe extern "C-unwind" fn let_go(keeper: *mut c_void) {
    // SAFETY: the reference that `to_array` gave up.
    drop(unsafe { Arc::from_raw(keeper.cast::<Tensor>()) });
}

impl Drop for Tensor {
    fn drop(&mut self) {
        // SAFETY: a tensor of ours, which is let go once.
        unsafe {
            if let Some(deleter) = self.0.as_ref().deleter {
                deleter(self.0.as_ptr());
            }
        }
    }
}

fn absent() -> Error {
    Error::invalid("tensor is NULL")
}

fn refused(why: &str) -> Error {
    Error::unsupported(format!("the memory of this tensor cannot be an array: {why}"))
}

/// `kDLInt`, `kDLUInt`, `kDLFloat`, `kDLBool`
const INT: u8 = 0;
const UINT: u8 = 1;
const FLOAT: u8 = 2;
const BOOL: u8 = 6;

/// What a tensor calls the elements of an array.
fn data_type(element: Type) -> Option<DLDataType> {
    if element.is_array() {
        return None;
    }
    let code = match element.kind() {
        Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => INT,
        Kind::Uint8 | Kind::Uint16 | Kind::Uint32 | Kind::Uint64 => UINT,
        Kind::Size | Kind::Char8 | Kind::Char16 | Kind::Char32 => UINT,
        Kind::Float32 | Kind::Float64 => FLOAT,
        Kind::Bool => BOOL,
        _ => return None,
    };
    let bits = 8 * array::size_of_element(element) as u8;
    Some(DLDataType { code, bits, lanes: 1 })
}

/// The kind that the elements of a tensor are.
fn kind(dtype: DLDataType) -> Option<Kind> {
    Some(match (dtype.code, dtype.bits, dtype.lanes) {
        (INT, 8, 1) => Kind::Int8,
        (INT, 16, 1) => Kind::Int16,
        (INT, 32, 1) => Kind::Int32,
        (INT, 64, 1) => Kind::Int64,
        (UINT, 8, 1) => Kind::Uint8,
        (UINT, 16, 1) => Kind::Uint16,
        (UINT, 32, 1) => Kind::Uint32,
        (UINT, 64, 1) => Kind::Uint64,
        (FLOAT, 32, 1) => Kind::Float32,
        (FLOAT, 64, 1) => Kind::Float64,
        (BOOL, 8, 1) => Kind::Bool,
        _ => return None,
    })
}
