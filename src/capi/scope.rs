//! Scopes: a runtime entered for a batch of calls.

use std::time::Duration;

use super::guard::{guard, guard_into};
use super::handle;
use crate::abi::{metaffi_error, metaffi_runtime, metaffi_scope, metaffi_status};
use crate::handle::{self as handles, HandleKind};
use crate::model::{Runtime, Scope};

/// Enters a runtime on this thread. Inside, calls cost what the runtime's own calls cost; other
/// threads may have to wait for the runtime meanwhile. A thread may be in several scopes.
///
/// @param scope The new scope: leave it with metaffi_scope_leave, on this thread.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `scope`
///         is NULL; what the runtime reports.
///
/// # Safety
/// `scope` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_scope_enter(
    runtime: *const metaffi_runtime,
    scope: *mut *mut metaffi_scope,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, scope, "scope", || {
        let runtime = handle::get::<Runtime, _>(runtime)?;
        handle::give(Scope::enter(&runtime)?)
    })
}

/// Leaves a scope and frees it, on the thread that entered it. The scopes of a thread may be left in
/// any order, as those of fibers are: the runtime is left with the last of them.
///
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT on another
///         thread: then the scope stays entered.
///
/// # Safety
/// `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_scope_leave(
    scope: *mut metaffi_scope,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        handle::get::<Scope, _>(scope)?.leave()?;
        handles::free(scope.addr(), HandleKind::Scope)
    })
}

/// Sets how long code of the runtime may run on this thread in a scope: what it runs when the time has
/// passed is interrupted, and fails with METAFFI_STATUS_TIMED_OUT; if nothing runs then, the next
/// call. That happens once, and not after the scope has been left. Code that does not look whether it
/// is to end, such as C code that blocks, is not interrupted before it returns to the guest's own.
///
/// On the thread that entered the scope.
///
/// @param timeout Nanoseconds from now on, in place of what was set before; UINT64_MAX: for ever.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT on another
///         thread; METAFFI_STATUS_UNSUPPORTED if code of the runtime cannot be interrupted;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_scope_deadline(
    scope: *const metaffi_scope,
    timeout: u64,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard(error, || {
        let time = (timeout != u64::MAX).then(|| Duration::from_nanos(timeout));
        handle::get::<Scope, _>(scope)?.set_deadline(time)
    })
}
