//! Arrays as the part in Java makes them and looks at them.

use std::ffi::c_void;
use std::ptr::{self, NonNull};

use jni_sys::{JNIEnv, jboolean, jclass, jint, jlong, jlongArray};

use super::env::{Env, NativeMethod};
use super::object::{self, JavaReference};
use crate::abi::metaffi_array;
use crate::call::guarded;
use crate::error::Result;
use crate::handle;
use crate::signature::Type;
use crate::value::array::{OwnedArray, View, borrow as lend, borrow_read_only, free};
use crate::value::memory;

/// The functions that the part in Java calls.
pub(super) const ALL: [NativeMethod; 6] = [
    (c"array", c"(J[J)J", array as *mut c_void),
    (c"borrow", c"(JJJIZ)J", borrow as *mut c_void),
    (c"freeArray", c"(J)V", free_array as *mut c_void),
    (c"give", c"(J)J", give as *mut c_void),
    (c"isReadOnly", c"(J)Z", is_read_only as *mut c_void),
    (c"referenceOf", c"(J)J", reference_of as *mut c_void),
];

/// A new array whose elements the part in Java writes; 0 if there is no memory.
extern "system" fn array(env: *mut JNIEnv, _: jclass, element: jlong, shape: jlongArray) -> jlong {
    let made = guarded(|| {
        // SAFETY: the interface on this thread, and an array of lengths.
        let shape = unsafe { Env::from_raw(env).longs(shape) };
        let shape: Vec<usize> = shape.iter().map(|extent| *extent as usize).collect();
        OwnedArray::new(Type::new(element as u64)?, &shape)
    });
    made.map_or(0, |made| made.into_raw().expose_provenance() as jlong)
}

/// Gives back an array that failed to be written.
extern "system" fn free_array(_: *mut JNIEnv, _: jclass, array: jlong) {
    // SAFETY: made for the part in Java, which has not given it away.
    unsafe { free(ptr::with_exposed_provenance_mut(array as usize)) };
}

/// What stands for the object of a handle, which whoever calls keeps; the least number if there is none.
extern "system" fn reference_of(_: *mut JNIEnv, _: jclass, handle: jlong) -> jlong {
    handle::using(|scope| object::reference_of(scope, handle as usize)).unwrap_or(jlong::MIN)
}

/// A handle of what stands for an object, which it takes over; 0 if there is no room for one.
extern "system" fn give(_: *mut JNIEnv, _: jclass, reference: jlong) -> jlong {
    object::handle_of(reference).unwrap_or_default() as jlong
}

extern "system" fn is_read_only(_: *mut JNIEnv, _: jclass, array: jlong) -> jboolean {
    let array = ptr::with_exposed_provenance(array as usize);
    // SAFETY: the array of an argument.
    unsafe { View::new(array) }.is_ok_and(|view| view.is_read_only())
}

/// An array of elements that an object of Java's keeps, which it takes over; 0 if there is no memory.
extern "system" fn borrow(
    _: *mut JNIEnv,
    _: jclass,
    element: jlong,
    data: jlong,
    length: jlong,
    object: jint,
    read_only: jboolean,
) -> jlong {
    let keeps = Box::into_raw(Box::new(JavaReference::of_index(object)));
    let length = length as usize;
    let descriptor = metaffi_array {
        data: ptr::with_exposed_provenance_mut(data as usize),
        element: element as u64,
        rank: 1,
        shape: &raw const length,
        strides: ptr::null(),
        release: None,
        owner: ptr::null_mut(),
    };
    let lend = if read_only { borrow_read_only } else { lend };
    // SAFETY: so many elements, which are there as long as the object is.
    match unsafe { lend(&descriptor, Some(let_go), keeps.cast()) } {
        Ok(lent) => lent.into_raw().expose_provenance() as jlong,
        Err(_) => {
            // SAFETY: what fails has not taken it over.
            drop(unsafe { Box::from_raw(keeps) });
            0
        }
    }
}

/// Nobody looks at the memory any more.
unsafe extern "C-unwind" fn let_go(keeps: *mut c_void) {
    // SAFETY: the box that was given away above, once.
    drop(unsafe { Box::from_raw(keeps.cast::<JavaReference>()) });
}

/// An array that shows memory: as it is, or, below zero, a copy, which nobody writes to.
///
/// # Safety
/// An array that nobody else has.
pub(super) unsafe fn shown(found: i64) -> Result<*mut metaffi_array> {
    let array = ptr::with_exposed_provenance_mut::<metaffi_array>(found.unsigned_abs() as usize);
    let Some(array) = NonNull::new(array) else { return Err(memory::exhausted(0)) };
    if found > 0 {
        return Ok(array.as_ptr());
    }
    // SAFETY: as above; the copy lives until what shows it is let go.
    unsafe {
        let copy = OwnedArray::from_raw(array);
        let shown = borrow_read_only(&copy, Some(let_copy_go), copy.as_ptr().cast())?;
        let _ = copy.into_raw();
        Ok(shown.into_raw())
    }
}

unsafe extern "C-unwind" fn let_copy_go(copy: *mut c_void) {
    // SAFETY: the copy that was given away above, once.
    unsafe { free(copy.cast()) };
}
