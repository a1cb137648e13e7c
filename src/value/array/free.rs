use std::ptr;

use super::{View, load};
use crate::abi::metaffi_array;
use crate::signature::Type;
use crate::value::clear::clear_leaf;
use crate::value::{kind_of, memory};

/// Its address, as an array's `owner`, tells that the array and its elements are ours.
pub(super) static OURS: u8 = 0;

/// Whether the elements are metaffi's, so that they may be replaced and are freed with the array.
pub(super) fn is_ours(array: &metaffi_array) -> bool {
    ptr::eq(array.owner.cast(), &raw const OURS)
}

/// Whether its elements are of a type that owns something.
fn may_own(array: &metaffi_array) -> bool {
    Type::new(array.element).is_ok_and(|element| !element.kind().is_scalar())
}

/// Frees an array of ours whose elements own nothing; false for any other, which stays.
///
/// # Safety
/// As for [`free`].
#[inline]
pub unsafe fn free_memory(array: *mut metaffi_array) -> bool {
    // SAFETY: `array` is NULL or a valid array, and is not used again.
    unsafe {
        let is_memory = array.as_ref().is_some_and(|array| is_ours(array) && !may_own(array));
        if is_memory {
            memory::free(array);
        }
        is_memory
    }
}

/// What releases an array whose elements are not metaffi's; `None` of any other, and of none.
///
/// # Safety
/// `array` is NULL or a valid array.
#[inline(always)]
pub unsafe fn release_of_others(
    array: *const metaffi_array,
) -> Option<unsafe extern "C" fn(*mut metaffi_array)> {
    // SAFETY: `array` is NULL or a valid array.
    unsafe { array.as_ref() }.filter(|array| !is_ours(array))?.release
}

/// Frees an array, with the elements if they are metaffi's; NULL is fine.
///
/// # Safety
/// `array` is NULL or a valid array, and is not used again.
#[inline]
pub unsafe fn free(array: *mut metaffi_array) {
    // SAFETY: `array` is NULL or a valid array, and is not used again.
    unsafe {
        match release_of_others(array) {
            Some(release) => release(array),
            None if array.is_null() || !is_ours(&*array) => {}
            None => free_ours(array),
        }
    }
}

/// Frees an array of ours, with its elements.
///
/// Arrays in arrays wait in a list that needs no memory of its own, linked by their `owner`, so that
/// no depth of them exhausts the stack, and no number of them the memory.
#[inline(never)]
unsafe fn free_ours(array: *mut metaffi_array) {
    let mut pending = ptr::null_mut();
    // SAFETY: `array` is NULL or a valid array, and is not used again; and elements belong to their
    // array; those that wait are ours.
    unsafe {
        if free_memory(array) {
            return;
        }
        put_off(array, &mut pending);
        while let Some(next) = pending.as_mut() {
            pending = next.owner.cast();
            dismantle(next, &mut pending);
        }
    }
}

/// Puts an array of ours before those that wait; another one is released.
///
/// # Safety
/// As for [`free`].
unsafe fn put_off(array: *mut metaffi_array, pending: &mut *mut metaffi_array) {
    // SAFETY: `array` is NULL or a valid array, and is not used again.
    unsafe {
        match array.as_mut() {
            Some(ours) if is_ours(ours) => {
                ours.owner = pending.cast();
                *pending = array;
            }
            Some(metaffi_array { release: Some(release), .. }) => release(array),
            _ => {}
        }
    }
}

/// The `release` of our arrays, for whoever calls it directly.
pub(super) unsafe extern "C" fn release(array: *mut metaffi_array) {
    // SAFETY: an array is released once, by whoever owns it.
    unsafe { free(array) }
}

/// Frees what the elements own, but puts off the arrays among them, then the array.
///
/// # Safety
/// As for [`free`]; the array is ours.
unsafe fn dismantle(array: *mut metaffi_array, pending: &mut *mut metaffi_array) {
    // SAFETY: the array is valid until it is freed at the end.
    unsafe {
        if may_own(&*array)
            && let Ok(view) = View::new(array)
        {
            for address in view.addresses() {
                let value = load(address, view.element());
                match kind_of(&value) {
                    Ok(kind) if kind.is_held_as_array() => put_off(value.data.array, pending),
                    Ok(kind) => clear_leaf(value, kind),
                    Err(_) => {}
                }
            }
        }
        memory::free(array);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::{self, metaffi_value};
    use crate::signature::Kind;
    use crate::value::array::{OwnedArray, store};
    use crate::value::{object, string8, testing};

    #[test]
    fn what_the_elements_own_is_freed() {
        let (handle, alive) = testing::object();
        let handles = OwnedArray::new(Kind::Handle.into(), &[2]).unwrap();
        let outer = OwnedArray::new(Kind::Any.into(), &[3]).unwrap();
        // SAFETY: elements of those types, handed over.
        unsafe {
            store(handles.data.cast(), Kind::Handle.into(), object(handle));
            let values = outer.data.cast::<metaffi_value>();
            values.write(handles.into_value().into_raw());
            values.add(1).write(string8("text").unwrap().into_raw());
            values.add(2).write(5.into());
        }
        assert_eq!(alive(), 1);
        drop(outer);
        assert_eq!(alive(), 0);
    }

    #[test]
    fn no_depth_exhausts_the_stack() {
        let mut array = OwnedArray::new(Kind::Int8.into(), &[1]).unwrap();
        for _ in 0..100_000 {
            let outer = OwnedArray::new(Type::ARRAY, &[1]).unwrap();
            // SAFETY: an element of that type, handed over.
            unsafe { store(outer.data.cast(), Type::ARRAY, array.into_value().into_raw()) };
            array = outer;
        }
        // SAFETY: a live array, given up.
        unsafe { ((*array.as_ptr()).release.unwrap())(array.into_raw()) };
    }

    #[test]
    fn a_lent_array_is_left_alone() {
        let mut data = [1_i32];
        let mut array = metaffi_array {
            data: data.as_mut_ptr().cast(),
            element: abi::metaffi_int32_type,
            rank: 1,
            shape: &1,
            strides: ptr::null(),
            release: None,
            owner: ptr::null_mut(),
        };
        // SAFETY: a valid array without a release.
        unsafe {
            free(&raw mut array);
            free(std::ptr::null_mut());
        }
        assert_eq!(data, [1]);
    }
}
