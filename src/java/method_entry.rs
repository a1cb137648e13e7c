//! [`MethodEntry`]: what the native interface calls of an entity that is called often, where the JVM makes no
//! C functions: a method in which the compiler of Java knows what is called.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use jni_sys::jvalue;

use super::env::{Env, JavaMethod};

/// One of them, which stays. It is known by an odd number where those of functions are addresses.
pub(super) struct MethodEntry {
    method: JavaMethod,
    /// The number of the module whose class loader the thread has in it; NULL if that is not known.
    module: AtomicPtr<()>,
}

/// What tells it from functions.
const ODD: usize = 1;

/// What the method gives is the other way round by this, so that it is not 0, which the interface gives where
/// something is thrown.
const TURN: i32 = i32::MIN;

impl MethodEntry {
    /// The number of one that calls a method, which takes the address of an entity and a frame.
    pub(super) fn of(method: JavaMethod) -> i64 {
        let entry = Box::new(MethodEntry { method, module: AtomicPtr::new(ptr::null_mut()) });
        (Box::into_raw(entry).expose_provenance() | ODD) as i64
    }

    /// Says what the module is of the entity that it calls from now on.
    ///
    /// # Safety
    /// It is one.
    pub(super) unsafe fn set_module(entry: *mut (), module: i64) {
        let module = ptr::without_provenance_mut(module as usize);
        // SAFETY: as the caller says.
        unsafe { MethodEntry::at(entry) }.module.store(module, Ordering::Relaxed);
    }

    /// That module. If it is that of an earlier entity, that one's number is refused.
    ///
    /// # Safety
    /// It is one.
    #[inline(always)]
    pub(super) unsafe fn module(entry: *mut ()) -> *const () {
        // SAFETY: as the caller says.
        unsafe { MethodEntry::at(entry) }.module.load(Ordering::Relaxed)
    }

    #[inline(always)]
    unsafe fn at(entry: *mut ()) -> &'static MethodEntry {
        // SAFETY: as the caller says; it stays.
        unsafe { &*entry.map_addr(|odd| odd & !ODD).cast::<MethodEntry>() }
    }

    /// Whether something is one.
    #[inline(always)]
    pub(super) fn is(entry: *mut ()) -> bool {
        entry.addr() & ODD != 0
    }

    /// Calls it: 0, or the index of what it has thrown, which is the caller's; `None` if there was no memory
    /// or stack even for that, and it is still on its way.
    ///
    /// # Safety
    /// It is one. The frame is as the entity was bound to, if that is there.
    #[inline(always)]
    pub(super) unsafe fn call(entry: *mut (), env: Env, entity: i64, frame: i64) -> Option<i32> {
        // SAFETY: as the caller says.
        let turned = unsafe {
            let given = [entity, frame];
            env.call_int(
                MethodEntry::at(entry).method,
                &[jvalue { j: given.as_ptr().expose_provenance() as i64 }],
            )
        };
        (turned != 0).then_some(turned ^ TURN)
    }
}
