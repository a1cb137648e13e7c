//! C's memory as an array of bytes, without a copy.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use crate::abi::{metaffi_array, metaffi_uint8_type};
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::Representation;
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::{Error, Result};
use crate::handle;
use crate::value::array::{self, OwnedArray};

/// The bytes of an object, or those that a pointer points to; `size` of them, or all with
/// `usize::MAX`. The memory cannot be released before the array is freed.
///
/// # Safety
/// So many bytes are there, if their memory is not an object's.
pub unsafe fn buffer(object: &Arc<CData>, size: usize) -> Result<OwnedArray> {
    handle::using(|scope| {
        let pointer = matches!(object.ctype().class, Representation::Pointer(_));
        let lvalue = Lvalue::find(scope, object.into(), if pointer { "*" } else { "" })?;
        let size = checked_size(&lvalue, size)?;
        let owner = lvalue.owner.unwrap_or_else(|| object.into()).root(scope)?.to_arc();
        owner.add_view()?;
        let userdata = Arc::into_raw(owner).cast_mut().cast();
        let descriptor = metaffi_array {
            data: lvalue.address.cast(),
            element: metaffi_uint8_type,
            rank: 1,
            shape: &raw const size,
            strides: ptr::null(),
            release: None,
            owner: ptr::null_mut(),
        };
        // SAFETY: the bytes are there as long as their owner, which the finalizer gives up.
        unsafe {
            array::borrow(&descriptor, Some(give_back), userdata)
                .inspect_err(|_| give_back(userdata))
        }
    })
}

unsafe extern "C-unwind" fn give_back(userdata: *mut c_void) {
    // SAFETY: `buffer` made the pointer from an Arc for this one call.
    let owner = unsafe { Arc::from_raw(userdata.cast_const().cast::<CData>()) };
    owner.give_back();
}

fn checked_size(lvalue: &Lvalue, size: usize) -> Result<usize> {
    let known = match lvalue.ctype.is_open_ended() {
        true => lvalue.room(),
        false => Some(lvalue.ctype.size),
    };
    if size == usize::MAX {
        return known.ok_or_else(|| {
            Error::invalid(format!(
                "the size of this {} is not known; give one",
                lvalue.ctype.spell()
            ))
        });
    }
    if size <= isize::MAX as usize && lvalue.region.contains(lvalue.address, size) {
        return Ok(size);
    }
    Err(Error::out_of_range(format!(
        "{size} bytes are more than the memory of this {} has",
        lvalue.ctype.spell()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::testing::{Header, integer, integers, object, part};
    use crate::error::Status;

    fn of(object: &Arc<CData>, size: usize) -> Result<OwnedArray> {
        // SAFETY: the tests' pointers are into known memory, or the size is refused.
        unsafe { buffer(object, size) }
    }

    #[test]
    fn a_buffer_is_the_memory_itself_and_keeps_it() {
        let header = Header::new("");
        let numbers = header.value("int[3]", &integers(&[1, 2, 3]));
        let bytes = of(&numbers, usize::MAX).unwrap();
        assert_eq!(bytes.view().shape(), [12]);
        // SAFETY: the buffer has twelve bytes.
        unsafe { bytes.view().data().add(4).write(77) };
        assert_eq!(integer(&numbers, "[1]"), 77);
        let error = numbers.release().unwrap_err();
        assert!(error.message().contains("1 arrays view the memory"), "{error}");
        let weak = Arc::downgrade(&numbers);
        drop(numbers);
        // SAFETY: as above; the buffer keeps the memory.
        assert_eq!(unsafe { bytes.view().data().add(4).read() }, 77);
        drop(bytes);
        assert_eq!(weak.strong_count(), 0);
    }

    #[test]
    fn parts_and_pointers_lend_what_they_belong_to() {
        let header = Header::new("struct s { int a; char rest[]; };");
        let numbers = header.value("int[3]", &integers(&[1, 2, 3]));
        let pointer = header.value("int *", &object(&numbers));
        let array = part(&numbers, "");
        for (object, all) in [(&pointer, 4), (&array, 12)] {
            assert_eq!(of(object, usize::MAX).unwrap().view().length(), all);
            let bytes = of(object, 12).unwrap();
            assert!(numbers.release().is_err());
            drop(bytes);
            assert_eq!(of(object, 13).unwrap_err().status(), Status::OutOfRange);
        }
        numbers.release().unwrap();
        assert_eq!(of(&pointer, 4).unwrap_err().status(), Status::InvalidHandle);
        let flexible = super::super::initialise::new_array(header.ctype("struct s"), 5).unwrap();
        assert_eq!(of(&Arc::new(flexible), usize::MAX).unwrap().view().length(), 9);
    }

    #[test]
    fn an_unknown_size_must_be_given() {
        let header = Header::new("");
        let mut memory = [1_u8, 2, 3];
        let address = memory.as_mut_ptr().expose_provenance() as u64;
        let pointer = header.value("void *", &address.into());
        let error = of(&pointer, usize::MAX).unwrap_err();
        assert!(error.message().contains("give one"), "{error}");
        let bytes = of(&pointer, 3).unwrap();
        // SAFETY: three bytes.
        assert_eq!(unsafe { bytes.view().data().add(2).read() }, 3);
        assert!(of(&header.zeroed("void *"), 1).unwrap_err().message().contains("is NULL"));
    }
}
