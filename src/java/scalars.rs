//! Callables of others that take and give a few numbers, as Java calls them: a word for each.

use std::ffi::c_void;

use jni_sys::{JNIEnv, jclass, jint, jlong};

use super::env::NativeMethod;
use super::foreign;
use super::nature::NATURE;
use crate::call::Callable;
use crate::handle::{self, HandleKind, Key};
use crate::object::of;
use crate::signature::{Parameter, Signature, Type, TypeInfo};

/// The functions that the part in Java calls.
pub(super) const ALL: [NativeMethod; 5] = [
    (c"callableOf", c"(JJ)J", callable_of as *mut c_void),
    (c"callWords", c"(JIJJJJ)J", call_words_native as *mut c_void),
    (c"identity", c"(J)J", identity_native as *mut c_void),
    (c"scalars", c"(J)J", scalars as *mut c_void),
    (c"takeFailure", c"()J", take_failure as *mut c_void),
];

/// So many arguments at the most.
const MOST: usize = 4;

/// Bits for each type: the number of the bit that it is, and one.
const BITS: usize = 6;

/// What a callable takes and gives, the result above all arguments; -1 if that is anything but numbers,
/// truth values and characters, or too many.
extern "system" fn scalars(_: *mut JNIEnv, _: jclass, callable: jlong) -> jlong {
    let Ok(callable) = handle::get::<Callable>(callable as Key) else { return -1 };
    let function = callable.function();
    let (params, returns) = (function.param_types(), function.return_types());
    if params.len() > MOST || returns.len() > 1 || function.is_variadic() {
        return -1;
    }
    let code = |at: usize, info: &TypeInfo| {
        let kind = info.r#type.kind();
        kind.is_scalar()
            .then(|| (i64::from(info.r#type.number().trailing_zeros()) + 1) << (at * BITS))
    };
    let params = params.iter().enumerate().map(|(at, info)| code(at, info));
    let all: Option<i64> = params.chain(returns.iter().map(|info| code(MOST, info))).sum();
    all.unwrap_or(-1)
}

/// What tells a callable or an object from all others that are there; 0 if it has been freed.
pub(super) extern "C" fn identity(handle: jlong) -> jlong {
    let key = handle as Key;
    let address = match HandleKind::of(key) {
        Some(HandleKind::Object) => handle::object_address(key),
        _ => handle::callee_address(key),
    };
    address.map_or(0, |address| address.addr().get() as jlong)
}

/// The signature that a code says; `None` if it is none.
fn signature(codes: jlong) -> Option<Signature> {
    let kind = |at: usize| {
        let code = codes >> (at * BITS) & ((1 << BITS) - 1);
        (code != 0).then(|| Type::new(1 << (code - 1)).ok()).flatten()
    };
    let params =
        (0..MOST).map_while(kind).map(|r#type| Parameter { name: None, info: r#type.into() });
    let (params, returns) =
        (params.collect(), kind(MOST).map(TypeInfo::from).into_iter().collect());
    (codes >= 0).then_some(Signature { params, returns, variadic: false })
}

/// A new handle of the callable that an object is, or becomes by types; 0 if it is none.
extern "system" fn callable_of(_: *mut JNIEnv, _: jclass, handle: jlong, types: jlong) -> jlong {
    let handle = handle as Key;
    // SAFETY: nothing is kept while the object's code runs.
    let found = unsafe { NATURE.go_out(|| of(handle)?.callable(handle, signature(types))) };
    found.ok().flatten().unwrap_or_default() as jlong
}

extern "system" fn identity_native(_: *mut JNIEnv, _: jclass, handle: jlong) -> jlong {
    identity(handle)
}

extern "system" fn call_words_native(
    _: *mut JNIEnv,
    _: jclass,
    callable: jlong,
    count: jint,
    a: jlong,
    b: jlong,
    c: jlong,
    d: jlong,
) -> jlong {
    call_words(callable, count, a, b, c, d)
}

/// Calls one, which the part in Java has, with so many arguments; 0 where it fails, too.
pub(super) extern "C" fn call_words(
    callable: jlong,
    count: jint,
    a: jlong,
    b: jlong,
    c: jlong,
    d: jlong,
) -> jlong {
    let mut frame = [a as u64, b as u64, c as u64, d as u64, 0];
    // SAFETY: the handle is one of the part in Java, which keeps it as long as this; the words are the
    // arguments that the callable takes, and there is room for its result behind each number of them.
    let called = unsafe {
        foreign::go_out(|| {
            let callable = handle::held::<Callable>(callable as Key)?;
            handle::using(|scope| callable.function().call(scope, frame.as_mut_ptr()))
        })
    };
    match called {
        Ok(()) => frame[count as usize] as jlong,
        Err(failed) => {
            foreign::fail(failed);
            0
        }
    }
}

/// What the last call failed with, once; 0 if it did not.
extern "system" fn take_failure(_: *mut JNIEnv, _: jclass) -> jlong {
    foreign::take_failure()
}
