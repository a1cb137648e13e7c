use std::ptr;

use super::*;
use crate::abi;
use crate::error::Status;
use crate::value::array::OwnedArray;
use crate::value::testing::Random;

fn descriptor(data: *const i32, shape: &[usize], strides: Option<&[isize]>) -> metaffi_array {
    metaffi_array {
        data: data.cast_mut().cast(),
        element: abi::metaffi_int32_type,
        rank: shape.len(),
        shape: shape.as_ptr(),
        strides: strides.map_or(ptr::null(), <[isize]>::as_ptr),
        release: None,
        owner: ptr::null_mut(),
    }
}

fn view<'a>(array: &'a metaffi_array) -> View<'a> {
    // SAFETY: the tests' arrays are valid.
    unsafe { View::new(array) }.unwrap()
}

fn read(view: &View<'_>) -> Vec<i32> {
    // SAFETY: the tests' views are of live i32s.
    view.addresses().map(|address| unsafe { address.cast::<i32>().read() }).collect()
}

#[test]
fn strides_may_skip_repeat_and_run_backwards() {
    let data: Vec<i32> = (0..12).collect();
    let of = |shape: &[usize], strides: &[isize], first: usize| {
        let array = descriptor(&raw const data[first], shape, Some(strides));
        (read(&view(&array)), view(&array).is_contiguous())
    };
    assert_eq!(of(&[3, 2], &[8, 4], 0), ((0..6).collect(), true));
    assert_eq!(of(&[2, 3], &[4, 8], 0), (vec![0, 2, 4, 1, 3, 5], false));
    assert_eq!(of(&[4], &[-12], 11), (vec![11, 8, 5, 2], false));
    assert_eq!(of(&[2, 2], &[0, 4], 3), (vec![3, 4, 3, 4], false));
    assert_eq!(of(&[1, 3], &[999, 4], 0), (vec![0, 1, 2], true));
    assert_eq!(of(&[0, 3], &[7, 7], 0), (vec![], true));
}

#[test]
fn without_strides_elements_are_in_c_order() {
    let data: Vec<i32> = (0..24).collect();
    let array = descriptor(data.as_ptr(), &[2, 3, 4], None);
    let view = view(&array);
    assert!(view.is_contiguous());
    assert_eq!([0, 1, 2].map(|dimension| view.stride(dimension)), [48, 16, 4]);
    assert_eq!(read(&view), data);
    assert_eq!(read(&view.at(&[1]).unwrap()), (12..24).collect::<Vec<_>>());
    assert_eq!(read(&view.at(&[1, 2]).unwrap()), [20, 21, 22, 23]);
    assert_eq!(read(&view.at(&[1, 2, 3]).unwrap()), [23]);
}

#[test]
fn indices_and_addresses_agree_for_any_shape_and_strides() {
    let data: Vec<i32> = (0..4096).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..500 {
        let rank = 1 + random.below(4);
        let shape: Vec<usize> = (0..rank).map(|_| random.below(5)).collect();
        let strides: Vec<isize> =
            (0..rank).map(|_| 4 * (random.below(201) as isize - 100)).collect();
        let array = descriptor(&raw const data[2048], &shape, Some(&strides));
        let view = view(&array);
        let mut expected = Vec::new();
        for linear in 0..shape.iter().product() {
            let mut rest = linear;
            let mut indices = vec![0; rank];
            for dimension in (0..rank).rev() {
                indices[dimension] = rest % shape[dimension];
                rest /= shape[dimension];
            }
            expected.extend(read(&view.at(&indices).unwrap()));
        }
        assert_eq!(read(&view), expected, "{shape:?} {strides:?}");
        assert_eq!(view.addresses().len(), view.length());
    }
}

#[test]
fn an_index_out_of_bounds_names_the_dimension() {
    let array = OwnedArray::new(Type::ARRAY, &[2, 4, 0]).unwrap();
    let message = |indices: &[usize]| {
        let error = array.view().at(indices).unwrap_err();
        assert_eq!(error.status(), Status::OutOfRange);
        error.message().to_owned()
    };
    assert_eq!(message(&[1, 5]), "index 5 is out of bounds of dimension 1 (0 to 3)");
    assert_eq!(
        message(&[usize::MAX]),
        format!("index {} is out of bounds of dimension 0 (0 to 1)", usize::MAX)
    );
    assert_eq!(message(&[0, 0, 0]), "index 0 is out of bounds of dimension 2 (which is empty)");
}

#[test]
fn what_is_seen_to_be_wrong_is_refused() {
    let refused = |array: *const metaffi_array, part: &str| {
        // SAFETY: refused before the elements are read.
        let error = unsafe { View::new(array) }.unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.message().starts_with(part), "{error}");
    };
    let good = descriptor(&7, &[1], None);
    assert_eq!(read(&view(&good)), [7]);
    refused(ptr::null(), "the array is NULL");
    refused(&metaffi_array { data: ptr::null_mut(), ..good }, "data is NULL, but the array has 1");
    refused(&metaffi_array { shape: ptr::null(), ..good }, "shape is NULL");
    refused(&metaffi_array { rank: 0, ..good }, "rank: ");
    refused(&metaffi_array { rank: 33, ..good }, "rank: ");
    refused(&metaffi_array { element: 3, ..good }, "element: 3 is not a type");
    refused(&metaffi_array { element: abi::metaffi_null_type, ..good }, "element: there are no");
    refused(&descriptor(&7, &[usize::MAX], None), "shape: ");
    let empty = metaffi_array { data: ptr::null_mut(), ..descriptor(ptr::null(), &[0], None) };
    assert!(read(&view(&empty)).is_empty());
}
