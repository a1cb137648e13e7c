use super::*;
use crate::abi;
use crate::call::errors::failure;
use crate::capi::value::metaffi_value_clear;
use crate::value;

const NONE: *mut *mut metaffi_error = ptr::null_mut();

fn new(element: metaffi_type, shape: &[usize]) -> *mut metaffi_array {
    let mut array = ptr::null_mut();
    // SAFETY: live arguments.
    let status =
        unsafe { metaffi_array_new(element, shape.as_ptr(), shape.len(), &mut array, NONE) };
    assert_eq!(status, abi::METAFFI_OK);
    array
}

#[test]
fn an_array_is_made_written_read_copied_and_freed() {
    let array = new(abi::metaffi_string8_type, &[2, 2]);
    let (mut copy, mut read) = (ptr::null_mut(), value::null());
    let text = value::string8("é").unwrap();
    // SAFETY: live arguments; what is made is freed.
    unsafe {
        assert_eq!(metaffi_array_length(array), 4);
        assert_eq!(metaffi_array_set(array, [1, 0].as_ptr(), 2, &*text, NONE), 0);
        assert_eq!(metaffi_array_copy(array, &mut copy, NONE), 0);
        metaffi_array_free(array);
        assert_eq!(metaffi_array_get(copy, [1, 0].as_ptr(), 2, &mut read, NONE), 0);
        assert_eq!(value::describe(&read), "string8 \"é\"");
        metaffi_value_clear(&mut read);
        assert_eq!(metaffi_array_get(copy, &1, 1, &mut read, NONE), 0);
        assert_eq!(value::describe(&read), "string8_array [2]");
        metaffi_value_clear(&mut read);
        metaffi_array_free(copy);
    }
}

#[test]
fn memory_is_borrowed_until_the_array_is_freed() {
    unsafe extern "C-unwind" fn finish(userdata: *mut c_void) {
        // SAFETY: the test passes a bool that outlives the array.
        unsafe { *userdata.cast::<bool>() = true };
    }
    let (mut data, mut finished) = ([1_i32, 2, 3, 4], false);
    let (mut array, mut read) = (ptr::null_mut(), value::null());
    // SAFETY: live arguments; what is made is freed.
    unsafe {
        let status = metaffi_array_borrow(
            data.as_mut_ptr().add(3).cast(),
            abi::metaffi_int32_type,
            &2,
            &-8,
            1,
            Some(finish),
            (&raw mut finished).cast(),
            &mut array,
            NONE,
        );
        assert_eq!(status, abi::METAFFI_OK);
        assert_eq!(metaffi_array_get(array, &1, 1, &mut read, NONE), 0);
        assert_eq!(read.data.int32, 2);
        assert_eq!(metaffi_array_set(array, &0, 1, &9_i64.into(), NONE), 0);
        assert!(!finished);
        metaffi_array_free(array);
    }
    assert!(finished);
    assert_eq!(data, [1, 2, 3, 9]);
}

#[test]
fn failures_name_the_argument_and_zero_the_output() {
    let array = new(abi::metaffi_int8_type, &[2]);
    let mut read = metaffi_value::from(5_i8);
    let mut error = ptr::null_mut();
    // SAFETY: live arguments, or NULL; the error is freed by `from_c`.
    unsafe {
        let status = metaffi_array_get(array, &2, 1, &mut read, &mut error);
        assert_eq!((status, read.r#type), (abi::METAFFI_STATUS_OUT_OF_RANGE, 0));
        assert_eq!(
            failure::from_c(status, error).message(),
            "array: index 2 is out of bounds of dimension 0 (0 to 1)"
        );
        let status = metaffi_array_set(array, &0, 1, &300_i32.into(), NONE);
        assert_eq!(status, abi::METAFFI_STATUS_OUT_OF_RANGE);
        metaffi_array_free(array);
    }
}

#[test]
fn null_is_refused_everywhere_but_to_free() {
    let invalid = abi::METAFFI_STATUS_INVALID_ARGUMENT;
    let (mut array, mut read) = (ptr::dangling_mut(), value::null());
    let int8 = abi::metaffi_int8_type;
    // SAFETY: NULL is refused.
    unsafe {
        assert_eq!(metaffi_array_new(int8, ptr::null(), 1, &mut array, NONE), invalid);
        assert!(array.is_null());
        assert_eq!(metaffi_array_new(int8, &1, 1, ptr::null_mut(), NONE), invalid);
        assert_eq!(metaffi_array_new(int8, &1, 33, &mut array, NONE), invalid);
        assert_eq!(metaffi_array_new(3, &1, 1, &mut array, NONE), invalid);
        assert_eq!(metaffi_array_get(ptr::null(), &0, 1, &mut read, NONE), invalid);
        assert_eq!(metaffi_array_set(ptr::null_mut(), &0, 1, &read, NONE), invalid);
        assert_eq!(metaffi_array_copy(ptr::null(), &mut array, NONE), invalid);
        assert_eq!(metaffi_array_length(ptr::null()), 0);
        metaffi_array_free(ptr::null_mut());
        let array = new(int8, &[1]);
        assert_eq!(metaffi_array_get(array, ptr::null(), 1, &mut read, NONE), invalid);
        assert_eq!(metaffi_array_set(array, &0, 1, ptr::null(), NONE), invalid);
        metaffi_array_free(array);
    }
}
