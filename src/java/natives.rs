//! The functions that the part in Java calls.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

use jni_sys::{JNIEnv, jclass, jint, jlong, jlongArray, jstring};

use super::env::{Env, NativeMethod};
use super::nature::NATURE;
use super::{error, object};
use crate::abi::{metaffi_handle_type, metaffi_value};
use crate::call::{CallArguments, guarded};
use crate::error::Result;
use crate::handle::{self, HandleKind};
use crate::object::call_callable;
use crate::signature::Type;
use crate::value::array::OwnedArray;
use crate::value::{self, memory};

/// All of them. `allocate` is called as a function of C where that is possible.
pub fn all(by_address: bool) -> Vec<NativeMethod> {
    let allocates: NativeMethod = match by_address {
        true => (c"allocator", c"()J", allocator as *mut c_void),
        false => (c"allocate", c"(I)J", allocate_native as *mut c_void),
    };
    vec![
        allocates,
        (c"array", c"(J[J)J", array as *mut c_void),
        (c"callBack", c"(JJIJ)J", call_back as *mut c_void),
        (c"free", c"(J)V", free as *mut c_void),
        (c"keepCallable", c"(J)J", keep_callable as *mut c_void),
        (c"releaseCallable", c"(J)V", release_callable as *mut c_void),
        (c"message", c"(J)Ljava/lang/String;", message as *mut c_void),
        (c"releaseFailure", c"(J)V", release_failure as *mut c_void),
    ]
}

/// Memory for a text of so many bytes, with a NUL behind it.
extern "C" fn allocate(length: jint) -> jlong {
    let length = length as usize;
    let Ok(text) = memory::alloc(length + 1) else { return 0 };
    // SAFETY: behind the text.
    unsafe { text.add(length).write(0) };
    text.expose_provenance() as jlong
}

extern "system" fn allocate_native(_: *mut JNIEnv, _: jclass, length: jint) -> jlong {
    allocate(length)
}

extern "system" fn allocator(_: *mut JNIEnv, _: jclass) -> jlong {
    allocate as *const () as jlong
}

extern "system" fn free(_: *mut JNIEnv, _: jclass, at: jlong) {
    // SAFETY: the part in Java gives back what it was given.
    unsafe { memory::free(ptr::with_exposed_provenance_mut::<u8>(at as usize)) };
}

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

/// Another handle of a callable.
extern "system" fn keep_callable(_: *mut JNIEnv, _: jclass, callable: jlong) -> jlong {
    handle::clone(callable as usize, HandleKind::Callable).unwrap_or_default() as jlong
}

extern "system" fn release_callable(_: *mut JNIEnv, _: jclass, callable: jlong) {
    let _ = handle::free(callable as usize, HandleKind::Callable);
}

/// Calls a callable with so many values, of which objects are indexes: 0, or the error, which is owned.
extern "system" fn call_back(
    _: *mut JNIEnv,
    _: jclass,
    callable: jlong,
    values: jlong,
    count: jint,
    result: jlong,
) -> jlong {
    let values = ptr::with_exposed_provenance::<metaffi_value>(values as usize);
    let result = ptr::with_exposed_provenance_mut::<metaffi_value>(result as usize);
    // SAFETY: values of the part in Java, and room for one.
    let called = unsafe {
        NATURE.go_out(|| {
            let values = std::slice::from_raw_parts(values, count as usize);
            call_with(callable as usize, values, &mut *result)
        })
    };
    match called {
        Ok(()) => 0,
        Err(error) => error::lent(error),
    }
}

unsafe fn call_with(
    callable: usize,
    values: &[metaffi_value],
    to: &mut metaffi_value,
) -> Result<()> {
    let mut given = Vec::with_capacity(values.len());
    for value in values {
        // SAFETY: a value of the part in Java, which is used once.
        let value = unsafe { value::OwnedValue::from_raw(object::given(ptr::read(value))?) };
        given.push(value);
    }
    let mut returned = MaybeUninit::uninit();
    // SAFETY: the values are what their types say; what has not failed has written one.
    let returned = unsafe {
        let arguments = CallArguments { values: value::OwnedValue::as_raw(&given), names: &[] };
        call_callable(callable, arguments, &mut returned)?;
        returned.assume_init()
    };
    *to = match returned.r#type == metaffi_handle_type {
        // SAFETY: a handle, as its type says, which becomes an index of the part in Java.
        true => unsafe { object::returned(returned)? },
        false => returned,
    };
    Ok(())
}

/// What an error says.
extern "system" fn message(env: *mut JNIEnv, _: jclass, failure: jlong) -> jstring {
    // SAFETY: an error that is lent, and the interface on this thread.
    unsafe {
        let text = Env::from_raw(env).text(error::of_lent(failure).message());
        text.unwrap_or(ptr::null_mut())
    }
}

extern "system" fn release_failure(_: *mut JNIEnv, _: jclass, failure: jlong) {
    // SAFETY: an error that is lent, which is released once.
    unsafe { error::release(failure) };
}
