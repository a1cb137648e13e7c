//! [`MethodEntry`]: what the native interface calls of an entity that is called often, where the JVM makes no
//! C functions: a method in which the compiler of Java knows what is called.

use jni_sys::jvalue;

use super::env::{Env, JavaMethod};

/// One of them, which stays. It is known by an odd number where those of functions are addresses.
pub(super) struct MethodEntry(JavaMethod);

/// What tells it from functions.
const ODD: usize = 1;

/// What the method gives is the other way round by this, so that it is not 0, which the interface gives where
/// something is thrown.
const TURN: i32 = i32::MIN;

impl MethodEntry {
    /// The number of one that calls a method, which takes the address of an entity and a frame.
    pub(super) fn of(method: JavaMethod) -> i64 {
        (Box::into_raw(Box::new(MethodEntry(method))).expose_provenance() | ODD) as i64
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
            let MethodEntry(method) = *entry.map_addr(|odd| odd & !ODD).cast::<MethodEntry>();
            let given = [entity, frame];
            env.call_int(method, &[jvalue { j: given.as_ptr().expose_provenance() as i64 }])
        };
        (turned != 0).then_some(turned ^ TURN)
    }
}
