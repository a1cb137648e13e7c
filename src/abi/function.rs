use std::ffi::{c_char, c_void};

use super::{metaffi_error, metaffi_name, metaffi_slot, metaffi_status, metaffi_value};

/// Any C function; cast it to its own type before calling.
pub type metaffi_function = Option<unsafe extern "C-unwind" fn()>;

/// A host function that a guest calls: arguments are read from `frame`, returns written to it.
///
/// Runs on whatever thread the guest calls from, re-entrantly. Arguments are borrowed for the
/// call; what it writes as a return (a string, an array, an object) becomes metaffi's: allocate
/// strings with `metaffi_alloc`. To fail, it returns a status and stores an error made by
/// `metaffi_error_new`, which metaffi then owns; with an error stored it has failed, whatever it
/// returns.
pub type metaffi_callback = Option<
    unsafe extern "C-unwind" fn(
        userdata: *mut c_void,
        frame: *mut metaffi_slot,
        error: *mut *mut metaffi_error,
    ) -> metaffi_status,
>;

/// A host function that takes any values: `arguments` has `count` of them, of which the last `named`
/// are those that were given by name, and have `names`: `metaffi_name_text`. What it gives it writes to
/// `value`, which is null before.
///
/// It runs as a `metaffi_callback` does: arguments and names are borrowed for the call, what it writes
/// becomes metaffi's, and it fails in the same way.
pub type metaffi_values_callback = Option<
    unsafe extern "C-unwind" fn(
        userdata: *mut c_void,
        arguments: *const metaffi_value,
        count: usize,
        names: *const *const metaffi_name,
        named: usize,
        value: *mut metaffi_value,
        error: *mut *mut metaffi_error,
    ) -> metaffi_status,
>;

/// Called exactly once, on whatever thread drops the last use, when `userdata` is no longer needed.
pub type metaffi_finalizer = Option<unsafe extern "C-unwind" fn(userdata: *mut c_void)>;

/// Told what came of something that was awaited: `value` with `METAFFI_OK`, else `error`, of which
/// `status` is the status: `METAFFI_STATUS_CANCELLED`, what the guest raised, … The other is NULL.
/// Both are borrowed for the call.
///
/// Runs once, on whatever thread did it last, which may be that of a loop: it is to be short, and must
/// not wait for what that loop drives.
pub type metaffi_completion = Option<
    unsafe extern "C-unwind" fn(
        userdata: *mut c_void,
        status: metaffi_status,
        value: *const metaffi_value,
        error: *const metaffi_error,
    ),
>;

/// Wakes the loop of a host, in which it calls metaffi_runtime_run_jobs: by a pipe, an event, a flag.
///
/// Runs on any thread, also in the middle of what that does: it returns at once, and calls nothing of
/// metaffi.
pub type metaffi_waker = Option<unsafe extern "C" fn(userdata: *mut c_void)>;

/// Told of a failure that has no caller to return to; `error` is borrowed for the call.
pub type metaffi_error_handler =
    Option<unsafe extern "C" fn(userdata: *mut c_void, error: *const metaffi_error)>;

/// A closure's handler at C's own level: `arguments` points to one pointer to each argument, as C
/// has it in memory; what the function returns is written to `returned`, which is zero before and
/// has room for the function's return type and for at least eight bytes. Both are valid for the
/// call.
///
/// Runs on whatever thread C calls from, re-entrantly. It may be left by an exception or `longjmp`.
pub type metaffi_raw_handler = Option<
    unsafe extern "C-unwind" fn(
        returned: *mut c_void,
        arguments: *mut *mut c_void,
        userdata: *mut c_void,
    ),
>;

/// An option of a runtime; both are NUL-terminated UTF-8.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_option {
    /// The option's name; an unknown one is an error.
    pub key: *const c_char,
    /// Its value.
    pub value: *const c_char,
}

/// Where a runtime may be entered.
pub type metaffi_affinity = u32;

/// On any thread, by many at once.
pub const METAFFI_AFFINITY_ANY: metaffi_affinity = 0;
/// On any thread, by one at a time: the others wait for its lock.
pub const METAFFI_AFFINITY_LOCK: metaffi_affinity = 1;
/// On its own thread only: what others ask of it is done there, and fails at once if that thread is
/// in a call of other code, which may wait for them.
pub const METAFFI_AFFINITY_THREAD: metaffi_affinity = 2;
