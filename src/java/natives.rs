//! The functions that the part in Java calls.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;

use jni_sys::{JNIEnv, jbyte, jclass, jint, jlong, jobject, jobjectArray, jstring};

use super::env::{Env, NativeMethod};
use super::{arrays, buffers, caller, end, error, foreign, future, mirrors, scalars, support};
use crate::call::errors::pending;
use crate::call::{Callable, Function, guarded};
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::handle::{self, OwnedHandle};
use crate::value::memory;

/// All of them.
pub fn all() -> Vec<NativeMethod> {
    let mut natives = vec![
        (c"allocate", c"(I)J", allocate_native as *mut c_void),
        (c"asksForCaller", c"(Ljava/lang/reflect/Method;)I", caller::asks as *mut c_void),
        (c"callable", c"(Ljava/lang/String;)J", callable as *mut c_void),
        (c"capabilities", c"(J)J", foreign::capabilities as *mut c_void),
        (c"cause", c"(J)J", cause as *mut c_void),
        (c"clear", c"(J)V", foreign::clear as *mut c_void),
        (c"complete", c"(JJIZ)V", future::complete as *mut c_void),
        (c"direct", c"(IJJ)V", direct as *mut c_void),
        (c"drop", c"(JI)V", foreign::give_up as *mut c_void),
        (c"ended", c"()V", ended as *mut c_void),
        (c"failed", c"(I)V", failed as *mut c_void),
        (c"failure", c"(J)[Ljava/lang/String;", failure as *mut c_void),
        (c"forget", c"(I)V", mirrors::forget as *mut c_void),
        (c"function", c"(I)J", function as *mut c_void),
        (c"free", c"(J)V", free as *mut c_void),
        (c"keep", c"(J)J", foreign::keep as *mut c_void),
        (c"method", c"(Ljava/lang/ClassLoader;)J", method as *mut c_void),
        (c"operate", c"(JIJIJ)J", foreign::operate as *mut c_void),
        (c"original", c"(J)J", original as *mut c_void),
        (c"release", c"(J)V", foreign::release as *mut c_void),
        (c"ready", c"(J)V", ready as *mut c_void),
        (c"releaseFailure", c"(J)V", release_failure as *mut c_void),
    ];
    natives.extend(arrays::ALL);
    natives.extend(buffers::ALL);
    natives.extend(scalars::ALL);
    natives
}

/// A call of a C function pointer has failed: its caller may ask for that.
extern "system" fn failed(_: *mut JNIEnv, _: jclass, thrown: jint) {
    pending::leave(error::of_call(thrown));
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

/// Whether a byte is among so many.
extern "C" fn has(data: jlong, length: jlong, byte: jbyte) -> bool {
    let data = ptr::with_exposed_provenance::<c_void>(data as usize);
    // SAFETY: the part in Java has so many bytes there.
    unsafe { !libc::memchr(data, c_int::from(byte), length as usize).is_null() }
}

/// The C functions that the part in Java calls by their addresses, as it counts.
extern "system" fn function(_: *mut JNIEnv, _: jclass, which: jint) -> jlong {
    let function = match which {
        0 => allocate as *const (),
        1 => has as *const (),
        2 => scalars::identity as *const (),
        _ => scalars::call_words as *const (),
    };
    function.expose_provenance() as jlong
}

extern "system" fn direct(_: *mut JNIEnv, _: jclass, index: jint, entry: jlong, module: jlong) {
    support::direct(index, entry, module);
}

/// The number of the method of a class that is defined by a loader; 0 if that cannot be.
extern "system" fn method(env: *mut JNIEnv, _: jclass, loader: jobject) -> jlong {
    // SAFETY: the interface on this thread.
    let env = unsafe { Env::from_raw(env) };
    guarded(|| support::method_entry(env, loader)).unwrap_or_default()
}

extern "system" fn ready(_: *mut JNIEnv, _: jclass, entry: jlong) {
    support::ready(entry);
}

extern "system" fn ended(_: *mut JNIEnv, _: jclass) {
    end::ended();
}

extern "system" fn free(_: *mut JNIEnv, _: jclass, at: jlong) {
    // SAFETY: the part in Java gives back what it was given.
    unsafe { memory::free(ptr::with_exposed_provenance_mut::<u8>(at as usize)) };
}

extern "system" fn failure(env: *mut JNIEnv, _: jclass, failure: jlong) -> jobjectArray {
    // SAFETY: an error that is lent, and the interface on this thread.
    unsafe {
        let told = error::told(error::of_lent(failure));
        Env::from_raw(env).texts(Some(&told)).unwrap_or(ptr::null_mut())
    }
}

extern "system" fn original(_: *mut JNIEnv, _: jclass, failure: jlong) -> jlong {
    // SAFETY: an error that is lent.
    let found = guarded(|| Ok(error::original(unsafe { error::of_lent(failure) })));
    let Ok(Some(handle)) = found else { return 0 };
    foreign::given_up(OwnedHandle::new(handle)).unwrap_or_default()
}

extern "system" fn cause(_: *mut JNIEnv, _: jclass, failure: jlong) -> jlong {
    // SAFETY: an error that is lent.
    let cause = guarded(|| Ok(error::cause(unsafe { error::of_lent(failure) })));
    cause.ok().flatten().map_or(0, error::lent)
}

extern "system" fn release_failure(_: *mut JNIEnv, _: jclass, failure: jlong) {
    // SAFETY: an error that is lent, which is released once.
    unsafe { error::release(failure) };
}

/// A new handle of a callable of an entity as the part in Java describes it; 0 if there can be none.
extern "system" fn callable(env: *mut JNIEnv, _: jclass, entity: jstring) -> jlong {
    let made = guarded(|| {
        // SAFETY: the interface on this thread, and a text.
        let entity = unsafe { Env::from_raw(env).text_of(entity) }?;
        let bind = BINDER.get().ok_or_else(|| Error::new(Status::Internal, "nothing binds"))?;
        handle::insert(Arc::new(Callable::new(bind(&entity)?)))
    });
    made.unwrap_or_default() as jlong
}

/// How a function is made of an entity as the part in Java describes it.
pub type BindEntity = fn(&str) -> Result<Arc<Function>>;

static BINDER: Once<BindEntity> = Once::new();

/// Says how that is done. The first to say so does.
pub fn set_binder(bind: BindEntity) {
    let _ = BINDER.set(bind);
}
