//! C's memory as an array of bytes, without a copy.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use super::cdata::CData;
use super::ctype::Class;
use super::place::Place;
use crate::abi::{metaffi_array, metaffi_uint8_type};
use crate::error::{Error, Result, Status};
use crate::handle;
use crate::value::array::{self, OwnedArray};

/// The bytes of an object, or those that a pointer points to; `size` of them, or all with
/// `usize::MAX`. The memory cannot be released before the array is freed.
///
/// # Safety
/// So many bytes are there, if their memory is not an object's.
pub unsafe fn buffer(object: &Arc<CData>, size: usize) -> Result<OwnedArray> {
    handle::using(|span| {
        let pointer = matches!(object.ctype().class, Class::Pointer(_));
        let place = Place::find(span, object, if pointer { "*" } else { "" })?;
        let size = checked_size(&place, size)?;
        let owner = place.owner.as_ref().unwrap_or(object).root()?;
        owner.lend()?;
        let userdata = Arc::into_raw(owner).cast_mut().cast();
        let lent = metaffi_array {
            data: place.address.cast(),
            element: metaffi_uint8_type,
            rank: 1,
            shape: &raw const size,
            strides: ptr::null(),
            release: None,
            owner: ptr::null_mut(),
        };
        // SAFETY: the bytes are there as long as their owner, which the finalizer gives up.
        unsafe {
            array::borrow(&lent, Some(give_back), userdata).inspect_err(|_| give_back(userdata))
        }
    })
}

unsafe extern "C" fn give_back(userdata: *mut c_void) {
    // SAFETY: `buffer` made the pointer from an Arc for this one call.
    let owner = unsafe { Arc::from_raw(userdata.cast_const().cast::<CData>()) };
    owner.give_back();
}

fn checked_size(place: &Place, size: usize) -> Result<usize> {
    let known = match place.ctype.is_open_ended() {
        true => place.room(),
        false => Some(place.ctype.size),
    };
    if size == usize::MAX {
        return known.ok_or_else(|| {
            Error::new(
                Status::InvalidArgument,
                format!("the size of this {} is not known; give one", place.ctype.spell()),
            )
        });
    }
    if size <= isize::MAX as usize && place.region.contains(place.address, size) {
        return Ok(size);
    }
    Err(Error::new(
        Status::OutOfRange,
        format!("{size} bytes are more than the memory of this {} has", place.ctype.spell()),
    ))
}
