use std::ffi::c_void;
use std::ptr::{self, NonNull};

use super::{OwnedArray, View};
use crate::abi::{metaffi_array, metaffi_finalizer};
use crate::error::Result;
use crate::signature::Type;
use crate::value::memory;

/// Its address, as an array's `owner`, tells that the elements must not be written.
static READ_ONLY: u8 = 0;

/// The `owner` of an array that is not metaffi's: it says whether the elements must not be written.
#[inline]
pub fn owner(read_only: bool) -> *mut c_void {
    match read_only {
        true => (&raw const READ_ONLY).cast_mut().cast(),
        false => ptr::null_mut(),
    }
}

/// Whether the elements must not be written.
#[inline]
pub(super) fn is_read_only(array: &metaffi_array) -> bool {
    ptr::eq(array.owner.cast(), &raw const READ_ONLY)
}

/// The descriptor of memory that somebody else owns, with what tells them that it is free.
#[repr(C)]
struct Borrowed {
    array: metaffi_array,
    finalizer: metaffi_finalizer,
    userdata: *mut c_void,
}

/// An array of elements that stay where they are; the shape and the strides are copied.
///
/// `finalizer(userdata)` runs once, when the array is freed; not if this fails.
///
/// # Safety
/// `descriptor` is as for [`View::new`], and its elements stay valid until the finalizer runs, which
/// may be called on any thread.
pub unsafe fn borrow(
    descriptor: &metaffi_array,
    finalizer: metaffi_finalizer,
    userdata: *mut c_void,
) -> Result<OwnedArray> {
    // SAFETY: `descriptor` is as for `View::new`, and its elements stay valid until the finalizer
    // runs, which may be called on any thread.
    unsafe { describe(descriptor, finalizer, userdata, owner(false)) }
}

/// The same of elements that must not be written.
///
/// # Safety
/// As for [`borrow`]; it is enough that the elements can be read.
pub unsafe fn borrow_read_only(
    descriptor: &metaffi_array,
    finalizer: metaffi_finalizer,
    userdata: *mut c_void,
) -> Result<OwnedArray> {
    // SAFETY: `descriptor` is as for `View::new`, and its elements stay valid until the finalizer
    // runs, which may be called on any thread; it is enough that the elements can be read.
    unsafe { describe(descriptor, finalizer, userdata, owner(true)) }
}

unsafe fn describe(
    descriptor: &metaffi_array,
    finalizer: metaffi_finalizer,
    userdata: *mut c_void,
    owner: *mut c_void,
) -> Result<OwnedArray> {
    // SAFETY: the descriptor is a valid one, or `View::new` refuses it.
    unsafe {
        View::new(descriptor)?;
        describe_valid(descriptor, finalizer, userdata, owner)
    }
}

/// The array of `length` bytes, which must not be written; at least one.
///
/// # Safety
/// As for [`borrow_read_only`] with a descriptor of them; the elements have the size of a byte.
#[inline(always)]
pub unsafe fn borrow_bytes(
    (data, length): (*const u8, usize),
    element: Type,
    finalizer: metaffi_finalizer,
    userdata: *mut c_void,
) -> Result<OwnedArray> {
    let descriptor = metaffi_array {
        data: data.cast_mut().cast(),
        element: element.number(),
        rank: 1,
        shape: &raw const length,
        strides: ptr::null(),
        release: None,
        owner: ptr::null_mut(),
    };
    // SAFETY: as above.
    unsafe { describe_valid(&descriptor, finalizer, userdata, owner(true)) }
}

#[inline(always)]
unsafe fn describe_valid(
    descriptor: &metaffi_array,
    finalizer: metaffi_finalizer,
    userdata: *mut c_void,
    owner: *mut c_void,
) -> Result<OwnedArray> {
    let extents = size_of::<usize>() * descriptor.rank;
    let head = size_of::<Borrowed>();
    let memory = memory::alloc(head + 2 * extents)?;
    // SAFETY: there is room for the head and for two rows of `rank` words.
    unsafe {
        let shape = memory.add(head);
        ptr::copy_nonoverlapping(descriptor.shape.cast(), shape, extents);
        let mut strides = ptr::null_mut();
        if !descriptor.strides.is_null() {
            strides = shape.add(extents);
            ptr::copy_nonoverlapping(descriptor.strides.cast(), strides, extents);
        }
        let array = metaffi_array {
            shape: shape.cast(),
            strides: strides.cast(),
            release: Some(release),
            owner,
            ..*descriptor
        };
        memory.cast::<Borrowed>().write(Borrowed { array, finalizer, userdata });
        Ok(OwnedArray::from_raw(NonNull::new_unchecked(memory.cast())))
    }
}

unsafe extern "C" fn release(array: *mut metaffi_array) {
    // SAFETY: only `borrow` makes arrays with this `release`, as the head of a `Borrowed`.
    unsafe {
        let Borrowed { finalizer, userdata, .. } = array.cast::<Borrowed>().read();
        memory::free(array);
        if let Some(finalizer) = finalizer {
            finalizer(userdata);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::abi;
    use crate::error::Status;

    fn descriptor(data: &mut [i32], shape: &[usize], strides: Option<&[isize]>) -> metaffi_array {
        metaffi_array {
            data: data.as_mut_ptr().cast(),
            element: abi::metaffi_int32_type,
            rank: shape.len(),
            shape: shape.as_ptr(),
            strides: strides.map_or(ptr::null(), <[isize]>::as_ptr),
            release: None,
            owner: ptr::null_mut(),
        }
    }

    unsafe extern "C-unwind" fn count(userdata: *mut c_void) {
        // SAFETY: the tests pass a counter that outlives the array.
        let runs = unsafe { &*userdata.cast::<Cell<u32>>() };
        runs.set(runs.get() + 1);
    }

    #[test]
    fn the_finalizer_runs_once_when_the_array_is_freed() {
        let runs = Cell::new(0);
        let mut data = [1, 2, 3, 4];
        let first = data.as_mut_ptr();
        let userdata = (&raw const runs).cast_mut().cast();
        let array = {
            let (shape, strides) = (vec![2, 2], vec![4, 8]);
            let descriptor = descriptor(&mut data, &shape, Some(&strides));
            // SAFETY: the elements outlive the array.
            unsafe { borrow(&descriptor, Some(count), userdata) }.unwrap()
        };
        assert_eq!(array.view().shape(), [2, 2]);
        assert_eq!((array.view().stride(0), array.view().stride(1)), (4, 8));
        assert_eq!(array.data.cast(), first);
        assert_eq!(runs.get(), 0);
        drop(array);
        assert_eq!(runs.get(), 1);
    }

    #[test]
    fn what_must_not_be_written_says_so_and_its_copy_does_not() {
        let runs = Cell::new(0);
        let (shape, userdata) = ([2, 2], (&raw const runs).cast_mut().cast());
        let mut data = [1, 2, 3, 4];
        let descriptor = descriptor(&mut data, &shape, None);
        // SAFETY: the elements outlive the array.
        let array = unsafe { borrow_read_only(&descriptor, Some(count), userdata) }.unwrap();
        assert!(array.view().is_read_only());
        assert!(array.view().at(&[1]).unwrap().is_read_only());
        // SAFETY: a live array.
        let error = unsafe { super::super::set(array.as_ptr(), &[0, 0], &5.into()) }.unwrap_err();
        assert_eq!(error.status(), Status::Unsupported);
        assert!(error.message().contains("metaffi_array_copy"), "{error}");
        // SAFETY: a live array.
        let copy = unsafe { super::super::copy(array.as_ptr()) }.unwrap();
        assert!(!copy.view().is_read_only());
        drop(array);
        assert_eq!((runs.get(), data), (1, [1, 2, 3, 4]));
    }

    #[test]
    fn without_a_finalizer_only_the_descriptor_is_freed() {
        let mut data = [1, 2];
        // SAFETY: the elements outlive the array.
        let array =
            unsafe { borrow(&descriptor(&mut data, &[2], None), None, ptr::null_mut()) }.unwrap();
        assert!(array.view().is_contiguous());
        drop(array);
        assert_eq!(data, [1, 2]);
    }

    #[test]
    fn a_refused_loan_finalizes_nothing() {
        let runs = Cell::new(0);
        let userdata = (&raw const runs).cast_mut().cast();
        let mut none = descriptor(&mut [], &[2], None);
        none.data = ptr::null_mut();
        // SAFETY: refused.
        let error = unsafe { borrow(&none, Some(count), userdata) }.unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        assert_eq!(error.message(), "data is NULL, but the array has 2 elements");
        assert_eq!(runs.get(), 0);
    }
}
