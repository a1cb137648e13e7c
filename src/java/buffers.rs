//! Direct buffers, for a JVM whose part in Java does not make them itself.

use std::ffi::c_void;
use std::ptr;

use jni_sys::{JNIEnv, jclass, jlong, jobject};

use super::env::{Env, NativeMethod};

/// The functions that the part in Java calls.
pub(super) const ALL: [NativeMethod; 2] = [
    (c"buffer", c"(JJ)Ljava/nio/ByteBuffer;", buffer as *mut c_void),
    (c"address", c"(Ljava/nio/Buffer;)J", address as *mut c_void),
];

extern "system" fn buffer(env: *mut JNIEnv, _: jclass, data: jlong, bytes: jlong) -> jobject {
    // SAFETY: the interface on this thread, and so many bytes, which are there as long as they are lent.
    unsafe {
        Env::from_raw(env).direct_buffer(ptr::with_exposed_provenance_mut(data as usize), bytes)
    }
}

extern "system" fn address(env: *mut JNIEnv, _: jclass, buffer: jobject) -> jlong {
    // SAFETY: the interface on this thread, and a direct buffer.
    unsafe { Env::from_raw(env).buffer_address(buffer) }.expose_provenance() as jlong
}
