use std::ptr;

use super::*;
use crate::abi;
use crate::error::Status;
use crate::signature::{Kind, Type};
use crate::value::array::testing::{numbers, ragged, read};
use crate::value::array::{OwnedArray, borrow};
use crate::value::{MAX_DEPTH, null, object, string8, testing};

fn got(array: &OwnedArray, indices: &[usize]) -> Result<String> {
    // SAFETY: a live array.
    unsafe { get(array.as_ptr(), indices) }.map(|value| read(&value))
}

fn put(array: &OwnedArray, indices: &[usize], value: &metaffi_value) -> Result<()> {
    // SAFETY: live values that nobody else uses.
    unsafe { set(array.as_ptr(), indices, value) }
}

#[track_caller]
fn refused<T>(result: Result<T>, status: Status, part: &str) {
    let Err(error) = result else { panic!("accepted") };
    assert_eq!(error.status(), status, "{error}");
    assert!(error.message().contains(part), "{error}");
}

#[test]
fn elements_are_set_and_read_back() {
    let array = OwnedArray::new(Kind::Int32.into(), &[2, 3]).unwrap();
    for row in 0..2 {
        for column in 0..3 {
            put(&array, &[row, column], &((row * 10 + column) as i64).into()).unwrap();
        }
    }
    assert_eq!(got(&array, &[1, 2]).unwrap(), "12");
    assert_eq!(got(&array, &[1]).unwrap(), "[10, 11, 12]");
    assert_eq!(got(&array, &[]).unwrap(), "[[0, 1, 2], [10, 11, 12]]");
}

#[test]
fn a_value_is_converted_to_the_elements_type_or_refused() {
    let array = numbers(&[1, 2]);
    refused(put(&array, &[0], &5_000_000_000_i64.into()), Status::OutOfRange, "does not fit int32");
    refused(put(&array, &[0], &1.5.into()), Status::TypeMismatch, "float64 1.5 given for int32");
    refused(put(&array, &[0], &string8("1").unwrap()), Status::TypeMismatch, "string8 given");
    assert_eq!(got(&array, &[]).unwrap(), "[1, 2]");
}

#[test]
fn wrong_indices_are_refused() {
    let array = numbers(&[1, 2]);
    refused(got(&array, &[2]), Status::OutOfRange, "index 2 is out of bounds of dimension 0");
    refused(put(&array, &[2], &1_i32.into()), Status::OutOfRange, "index 2 is out of bounds");
    refused(got(&array, &[0, 0]), Status::InvalidArgument, "indices: 2 given");
    refused(put(&array, &[], &1_i32.into()), Status::InvalidArgument, "indices: 0 given");
    // SAFETY: NULL is refused.
    unsafe {
        refused(get(ptr::null(), &[]), Status::InvalidArgument, "the array is NULL");
        refused(set(ptr::null(), &[], &null()), Status::InvalidArgument, "the array is NULL");
    }
}

#[test]
fn what_is_replaced_is_freed() {
    let (handle, alive) = testing::object();
    let array = OwnedArray::new(Kind::Any.into(), &[1]).unwrap();
    // SAFETY: the handle is the value's.
    let value = unsafe { OwnedValue::from_raw(object(handle)) };
    put(&array, &[0], &value).unwrap();
    drop(value);
    assert_eq!(alive(), 1);
    put(&array, &[0], &string8("é").unwrap()).unwrap();
    assert_eq!(alive(), 0);
    assert_eq!(got(&array, &[0]).unwrap(), "\"é\"");
}

#[test]
fn more_indices_lead_into_the_rows_of_a_ragged_array() {
    let array = ragged(&[&[1, 2], &[3]]);
    assert_eq!(got(&array, &[0]).unwrap(), "[1, 2]");
    assert_eq!(got(&array, &[1, 0]).unwrap(), "3");
    put(&array, &[0, 1], &7_i32.into()).unwrap();
    put(&array, &[1], &numbers(&[4, 5, 6]).into_value()).unwrap();
    assert_eq!(got(&array, &[]).unwrap(), "[[1, 7], [4, 5, 6]]");
    refused(got(&array, &[0, 2]), Status::OutOfRange, "index 2");
    refused(got(&array, &[0, 0, 0]), Status::InvalidArgument, "indices: 2 given");
    refused(put(&array, &[0], &1_i32.into()), Status::TypeMismatch, "int32 given for int32_array");
}

#[test]
fn a_row_that_is_not_there_is_null_and_holds_nothing() {
    let array = OwnedArray::new(Type::parse("int32_array").unwrap(), &[2]).unwrap();
    assert_eq!(got(&array, &[0]).unwrap(), "null");
    refused(got(&array, &[0, 0]), Status::OutOfRange, "there is no array at [0] yet");
}

#[test]
fn borrowed_numbers_are_written_but_borrowed_strings_are_not() {
    let mut data = [1_i32, 2];
    let descriptor = abi::metaffi_array {
        data: data.as_mut_ptr().cast(),
        element: abi::metaffi_int32_type,
        rank: 1,
        shape: &2,
        strides: ptr::null(),
        release: None,
        owner: ptr::null_mut(),
    };
    // SAFETY: the elements outlive the array.
    let array = unsafe { borrow(&descriptor, None, ptr::null_mut()) }.unwrap();
    put(&array, &[1], &9_u8.into()).unwrap();
    drop(array);
    assert_eq!(data, [1, 9]);

    let mut texts = [crate::value::text::NONE];
    let descriptor = abi::metaffi_array {
        data: texts.as_mut_ptr().cast(),
        element: abi::metaffi_string8_type,
        shape: &1,
        ..descriptor
    };
    // SAFETY: the elements outlive the array.
    let array = unsafe { borrow(&descriptor, None, ptr::null_mut()) }.unwrap();
    let result = put(&array, &[0], &string8("a").unwrap());
    refused(result, Status::Unsupported, "the memory of this string8_array is borrowed");
}

#[test]
fn what_would_be_nested_too_deep_is_not_set() {
    let mut inner = numbers(&[1]);
    for depth in 2..=MAX_DEPTH {
        let outer = OwnedArray::new(Type::ARRAY, &[1]).unwrap();
        put(&outer, &[0], &inner.into_value()).unwrap_or_else(|error| panic!("{depth}: {error}"));
        inner = outer;
    }
    let outer = OwnedArray::new(Kind::Any.into(), &[1]).unwrap();
    let result = put(&outer, &[0], &inner.into_value());
    refused(result, Status::InvalidArgument, "nested more than 64 deep");
}
