//! [`Mirror`]: a reference of the native interface to an object of Java's that is used from outside, beside
//! its index.
//!
//! It is made when the object is first used by the interface, and goes when the part in Java gives the
//! index back, before that is used again.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use jni_sys::{_jobject, JNIEnv, jclass, jint, jobject, jvalue};

use super::env::{Env, JavaMethod};
use super::support;
use crate::fork::Once;

/// The reference to the object of an index, if there is one.
pub(super) struct Mirror {
    reference: AtomicPtr<_jobject>,
    /// The number of a class that it is known to be of.
    class: AtomicU64,
}

const CHUNK_BITS: u32 = 16;
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNKS: usize = 1 << (31 - CHUNK_BITS);

type MirrorChunk = [Mirror; CHUNK];

/// By index. A chunk that was made stays.
static ALL: [AtomicPtr<MirrorChunk>; CHUNKS] = [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS];

/// That of an index, which is in use; `None` where there is no memory for it.
#[inline(always)]
pub(super) fn of(env: Env, index: i32) -> Option<&'static Mirror> {
    match known(index) {
        Some(mirror) if !mirror.reference().is_null() => Some(mirror),
        _ => make(env, index),
    }
}

#[inline(always)]
fn known(index: i32) -> Option<&'static Mirror> {
    let chunk = ALL.get(index as usize >> CHUNK_BITS)?.load(Ordering::Acquire);
    // SAFETY: NULL, or a chunk that stays.
    unsafe { chunk.as_ref() }?.get(index as usize % CHUNK)
}

#[cold]
fn make(env: Env, index: i32) -> Option<&'static Mirror> {
    let mirror = known(index).or_else(|| {
        let place = ALL.get(index as usize >> CHUNK_BITS)?;
        // SAFETY: of a size; NULL and 0 are what there is to begin with.
        let chunk = unsafe { alloc_zeroed(Layout::new::<MirrorChunk>()) }.cast::<MirrorChunk>();
        if chunk.is_null() {
            return None;
        }
        let order = (Ordering::AcqRel, Ordering::Acquire);
        if place.compare_exchange(ptr::null_mut(), chunk, order.0, order.1).is_err() {
            // SAFETY: as above, and nobody else knows it.
            unsafe { dealloc(chunk.cast(), Layout::new::<MirrorChunk>()) };
        }
        known(index)
    })?;
    let made = env.with_locals(|| {
        let method = mirrored(env)?;
        // SAFETY: the method takes an index and gives its object, which is not null.
        unsafe {
            let object = env.call_object(method, &[jvalue { i: index }])?;
            Ok((env.functions().NewGlobalRef)(env.raw(), object))
        }
    });
    let made = NonNull::new(made.ok()?)?;
    let order = (Ordering::AcqRel, Ordering::Acquire);
    let place = &mirror.reference;
    // Another thread may have been quicker.
    if place.compare_exchange(ptr::null_mut(), made.as_ptr(), order.0, order.1).is_err() {
        support::release_reference(made);
    }
    Some(mirror)
}

fn mirrored(env: Env) -> crate::error::Result<JavaMethod> {
    static METHOD: Once<JavaMethod> = Once::new();
    let find = || {
        let class = env.class(c"metaffi/guest/Objects")?;
        env.method(class, c"mirrored", c"(I)Ljava/lang/Object;")
    };
    METHOD.get_or_make(find).copied()
}

/// The part in Java gives an index back, of which there is one.
pub(super) extern "system" fn forget(_: *mut JNIEnv, _: jclass, index: jint) {
    let Some(mirror) = known(index) else { return };
    mirror.class.store(0, Ordering::Relaxed);
    let reference = mirror.reference.swap(ptr::null_mut(), Ordering::AcqRel);
    if let Some(reference) = NonNull::new(reference) {
        support::release_reference(reference);
    }
}

impl Mirror {
    #[inline(always)]
    pub(super) fn reference(&self) -> jobject {
        self.reference.load(Ordering::Acquire)
    }

    /// Whether it is known to be of the class of a number.
    #[inline(always)]
    pub(super) fn is_of(&self, class: u64) -> bool {
        self.class.load(Ordering::Relaxed) == class
    }

    /// Whether it is of a class, which is remembered.
    #[cold]
    pub(super) fn find_out(&self, env: Env, number: u64, class: jclass) -> bool {
        // SAFETY: a reference that stays as long as the index is in use, and a class.
        let is_one = unsafe { (env.functions().IsInstanceOf)(env.raw(), self.reference(), class) };
        if is_one {
            self.class.store(number, Ordering::Relaxed);
        }
        is_one
    }
}
