//! Runtimes: listed, loaded, released.

use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;

use super::guard::{guard_into, optional, report};
use super::{handle, input, text};
use crate::abi::{
    METAFFI_AFFINITY_ANY, METAFFI_AFFINITY_LOCK, METAFFI_AFFINITY_THREAD, metaffi_affinity,
    metaffi_error, metaffi_finalizer, metaffi_option, metaffi_runtime, metaffi_status,
    metaffi_waker,
};
use crate::backend::registry;
use crate::call::Userdata;
use crate::call::errors::failure::c_string;
use crate::fork::Once;
use crate::handle::HandleKind;
use crate::kit::{Interruption, Threads, Waker};
use crate::model::Runtime;
use crate::thread;

/// How many runtimes are built in.
///
/// @return Their number, the same for the life of the process.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_runtime_count() -> usize {
    registry::all().len()
}

/// The name of a runtime that is built in, whether or not it can be loaded here.
///
/// @param index Below metaffi_runtime_count.
/// @return Static text; NULL if there are not so many.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_runtime_name_at(index: usize) -> *const c_char {
    static NAMES: Once<Vec<CString>> = Once::new();
    let names = NAMES
        .get_or_init(|| registry::all().iter().map(|backend| c_string(backend.name())).collect());
    names.get(index).map_or(std::ptr::null(), |name| name.as_ptr())
}

/// Loads a runtime, or shares the one that is loaded already.
///
/// @param name The runtime's name or an alias of it, such as "c".
/// @param options `option_count` options, borrowed for the call; what a runtime takes is in its
///        documentation, and an unknown key is an error. To share a runtime that is loaded, give
///        none, or those it was loaded with. Of runtime c each set of options is a runtime: they
///        are what its modules have unless they are loaded with others.
/// @param runtime The new handle, owned by the caller: metaffi_runtime_free. The runtime is
///        released with the last handle of it and of what was loaded from it.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND for an unknown name or option;
///         METAFFI_STATUS_LOAD_FAILED if it is not installed here or cannot be started;
///         METAFFI_STATUS_INVALID_ARGUMENT.
///
/// # Safety
/// Texts are NUL-terminated; `options` has `option_count` of them; `runtime` and `error` are NULL
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_runtime_load(
    name: *const c_char,
    options: *const metaffi_option,
    option_count: usize,
    runtime: *mut *mut metaffi_runtime,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, runtime, "runtime", || {
        // SAFETY: texts are NUL-terminated; `options` has `option_count` of them.
        let (name, options) =
            unsafe { (input::name(name, "name")?, input::options(options, option_count)?) };
        handle::give(Runtime::load(name, options)?)
    })
}

/// A runtime's name.
///
/// @return Borrowed until the runtime is freed; "" if `runtime` is no runtime.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_runtime_name(runtime: *const metaffi_runtime) -> *const c_char {
    handle::ask(runtime, c"".as_ptr(), |runtime: &Runtime| runtime.c_name().as_ptr())
}

/// Another handle for the same runtime.
///
/// @param clone The new handle, owned by the caller: metaffi_runtime_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
///         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `clone` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_runtime_clone(
    runtime: *const metaffi_runtime,
    clone: *mut *mut metaffi_runtime,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    handle::clone(HandleKind::Runtime, runtime, clone, error)
}

/// Releases a handle of a runtime. NULL is fine.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no runtime or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_runtime_free(runtime: *mut metaffi_runtime) -> metaffi_status {
    handle::free(HandleKind::Runtime, runtime)
}

/// Where a runtime may be entered.
///
/// @param affinity METAFFI_AFFINITY_ANY, METAFFI_AFFINITY_LOCK or METAFFI_AFFINITY_THREAD.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
///         `affinity` is NULL.
///
/// # Safety
/// `affinity` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_runtime_affinity(
    runtime: *const metaffi_runtime,
    affinity: *mut metaffi_affinity,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, affinity, "affinity", || {
        Ok(match handle::get::<Runtime, _>(runtime)?.nature().threads {
            Threads::Any => METAFFI_AFFINITY_ANY,
            Threads::UnderLock => METAFFI_AFFINITY_LOCK,
            Threads::Owner(_) => METAFFI_AFFINITY_THREAD,
        })
    })
}

/// Runs what waits for a runtime's jobs to be run: what metaffi_task_then has told there, and calls of
/// other threads, if the runtime belongs to one. What was given up where the runtime was not entered is
/// given back, too, and is not counted.
///
/// On one thread of the host's, which is the one that the runtime belongs to, if it does. A loop calls it
/// when it is woken by metaffi_runtime_set_waker; what is left after `most` jobs wakes it again.
///
/// @param most How many to run at most; 0 only gives back.
/// @param ran How many were run; may be NULL.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT on another thread than the one that the runtime
///         belongs to; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_UNSUPPORTED if the runtime cannot
///         be used any more.
///
/// # Safety
/// `ran` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_runtime_run_jobs(
    runtime: *const metaffi_runtime,
    most: usize,
    ran: *mut usize,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let ran = optional(ran);
    let run = || {
        ran.set(handle::get::<Runtime, _>(runtime)?.run_jobs(most)?);
        Ok(())
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { report(error, run()) }
}

/// Says what wakes the loop in which a host runs the jobs of a runtime, in place of what was said
/// before: it is called where nothing waited and now something does, and at once if something does. A
/// process has one for each runtime. The child of a fork has none, and none of the jobs.
///
/// @param wake NULL: nothing. It may still be called by another thread until the finalizer is.
/// @param userdata Given to `wake`; taken over on success.
/// @param finalizer Called once with `userdata`, when it has been replaced and is not in a call; may be
///        NULL.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE. On failure `userdata` stays the caller's.
///
/// # Safety
/// `wake` may be called as described until `finalizer` is called; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_runtime_set_waker(
    runtime: *const metaffi_runtime,
    wake: metaffi_waker,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let set = || {
        let jobs = handle::get::<Runtime, _>(runtime)?.nature().jobs;
        let userdata = Userdata::of_host(userdata, finalizer);
        userdata.own();
        let waker = wake.map(|wake| -> Waker {
            // SAFETY: it may be called until the finalizer is, which is when `userdata` is dropped.
            Arc::new(move || unsafe { wake(userdata.pointer()) })
        });
        jobs.set_waker(waker);
        Ok(())
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { report(error, set()) }
}

/// The calling thread, for metaffi_runtime_interrupt.
///
/// @return Its number, which another thread may have when this one has ended.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_thread_id() -> u64 {
    thread::system_number()
}

/// Interrupts code of a runtime: what it runs when it notices fails with METAFFI_STATUS_CANCELLED, or
/// the next that the thread runs. In Python that is a `KeyboardInterrupt`, which the code may catch. In
/// Java the thread is interrupted, for what it runs at that time alone: METAFFI_STATUS_NOT_FOUND if that
/// is nothing. Code that does not look whether it is to end, such as C code that blocks, is not
/// interrupted before it returns to the guest's own.
///
/// @param thread That of metaffi_thread_id; 0: every other thread that runs code of the runtime,
///        except the one of the loop that drives what is awaited: see metaffi_task_cancel.
/// @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if the runtime does not know the thread;
///         METAFFI_STATUS_UNSUPPORTED if its code cannot be interrupted;
///         METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_runtime_interrupt(
    runtime: *const metaffi_runtime,
    thread: u64,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let interrupt = || {
        let runtime = handle::get::<Runtime, _>(runtime)?;
        let thread = (thread != 0).then_some(thread);
        let failed = runtime.running().interrupt(thread, Interruption::Asked, &|| true);
        failed.map_err(|failure| failure.in_runtime(runtime.name()))
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { report(error, interrupt()) }
}

/// What each runtime that is built in finds on this machine, without starting anything.
///
/// @param json An object from each runtime's name to a list of findings: `what`, `usable`, and
///        where known `path`, `version` and `advice`. Owned by the caller: metaffi_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `json` is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `json` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_doctor(
    json: *mut *mut c_char,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, json, "json", || {
        let findings: serde_json::Map<String, serde_json::Value> = registry::all()
            .iter()
            .map(|backend| (backend.name().to_owned(), serde_json::json!(backend.doctor())))
            .collect();
        text::give(&serde_json::Value::from(findings).to_string())
    })
}
