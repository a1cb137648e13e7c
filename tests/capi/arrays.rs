use super::array::*;
use super::*;

const NONE: *mut *mut metaffi_error = null_mut();

fn new(element: metaffi_type, shape: &[usize]) -> *mut metaffi_array {
    let mut array = null_mut();
    // SAFETY: live arguments.
    let status =
        unsafe { metaffi_array_new(element, shape.as_ptr(), shape.len(), &mut array, NONE) };
    assert_eq!(status, METAFFI_OK);
    array
}

#[test]
fn failures_name_the_argument_and_zero_the_output() {
    let array = new(metaffi_int8_type, &[2]);
    let mut read = metaffi_value::from(5_i8);
    let mut error = null_mut();
    // SAFETY: live arguments, or NULL; the error is freed by `from_c`.
    unsafe {
        let status = metaffi_array_get(array, &2, 1, &mut read, &mut error);
        assert_eq!((status, read.r#type), (METAFFI_STATUS_OUT_OF_RANGE, 0));
        assert_eq!(
            failure::from_c(status, error).message(),
            "array: index 2 is out of bounds of dimension 0 (0 to 1)"
        );
        let status = metaffi_array_set(array, &0, 1, &300_i32.into(), NONE);
        assert_eq!(status, METAFFI_STATUS_OUT_OF_RANGE);
        metaffi_array_free(array);
    }
}

#[test]
fn null_is_refused_everywhere_but_to_free() {
    let invalid = METAFFI_STATUS_INVALID_ARGUMENT;
    let (mut array, mut read) = (std::ptr::dangling_mut(), values::null());
    let int8 = metaffi_int8_type;
    // SAFETY: NULL is refused.
    unsafe {
        assert_eq!(metaffi_array_new(int8, null(), 1, &mut array, NONE), invalid);
        assert!(array.is_null());
        assert_eq!(metaffi_array_new(int8, &1, 1, null_mut(), NONE), invalid);
        assert_eq!(metaffi_array_new(int8, &1, 33, &mut array, NONE), invalid);
        assert_eq!(metaffi_array_new(3, &1, 1, &mut array, NONE), invalid);
        assert_eq!(metaffi_array_get(null(), &0, 1, &mut read, NONE), invalid);
        assert_eq!(metaffi_array_set(null_mut(), &0, 1, &read, NONE), invalid);
        assert_eq!(metaffi_array_copy(null(), &mut array, NONE), invalid);
        assert_eq!(metaffi_array_length(null()), 0);
        metaffi_array_free(null_mut());
        let array = new(int8, &[1]);
        assert_eq!(metaffi_array_get(array, null(), 1, &mut read, NONE), invalid);
        assert_eq!(metaffi_array_set(array, &0, 1, null(), NONE), invalid);
        metaffi_array_free(array);
    }
}
