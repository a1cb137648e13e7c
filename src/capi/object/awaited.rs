//! Awaiting what guests give, and promises, which guests await.

use std::ffi::c_void;
use std::ptr;

use super::answer;
use crate::abi::{
    METAFFI_OK, metaffi_completion, metaffi_error, metaffi_finalizer, metaffi_object,
    metaffi_runtime, metaffi_status, metaffi_task, metaffi_value,
};
use crate::call::errors::failure::to_c;
use crate::call::{Userdata, shielded};
use crate::capi::guard::{guard_into, optional};
use crate::capi::handle;
use crate::error::{Error, Failure, Result};
use crate::handle::{self as handles, HandleKind};
use crate::model::Runtime;
use crate::object::task::{Task, TaskResult};
use crate::object::{self, Promise};
use crate::value::{self, OwnedValue};

/// Awaits an object: a coroutine, a future or a promise of whatever runtime. A loop of that runtime
/// drives it, and what comes of it is said to `on_done` once, and to whoever waits for `task`.
///
/// In Python that is the loop which runs on this thread, if one does, the loop that a future belongs
/// to, and else one on a thread of metaffi's, which begins with the first.
///
/// @param on_done Called once, on any thread, maybe before this returns; may be NULL.
/// @param userdata Given to `on_done`; taken over on success.
/// @param finalizer Called once with `userdata`, after `on_done`; may be NULL.
/// @param task What is awaited, owned by the caller: metaffi_task_free. May be NULL if `on_done` is
///        not.
/// @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot be awaited;
///         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if nobody would be told;
///         METAFFI_STATUS_FOREIGN if it cannot begin, as the loop of a future is closed. On failure
///         `userdata` stays the caller's.
///
/// # Safety
/// `on_done` may be called as described until `finalizer` is called; `task` and `error` are NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_object_await(
    object: *const metaffi_object,
    on_done: metaffi_completion,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    task: *mut *mut metaffi_task,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let place = optional(task);
    let begin = move || -> Result<()> {
        if on_done.is_none() && !place.is_wanted() {
            return Err(Error::invalid(
                "on_done and task are both NULL: nobody would be told what came of it",
            ));
        }
        // What can fail comes first: what has begun is nobody's to take back.
        let (awaited, completion) = Task::begin();
        let given = match place.is_wanted() {
            true => Some(handle::give(awaited.clone())?),
            false => None,
        };
        let begun = object::of(object.addr())
            .and_then(|protocol| protocol.start(object.addr(), completion));
        if let Err(failure) = begun {
            let _ = given.map(|given| handle::free(HandleKind::Task, given));
            return Err(failure);
        }
        if let Some(given) = given {
            place.set(given);
        }
        if let Some(on_done) = on_done {
            let listener = CompletionListener::own(on_done, userdata, finalizer);
            awaited.then(move |outcome| listener.tell(outcome));
        } else {
            Userdata::of_host(userdata, finalizer).own();
        }
        Ok(())
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, begin) }
}

/// A function of a host's that is told what came of something.
struct CompletionListener {
    on_done: CompletionFunction,
    userdata: Userdata,
}

type CompletionFunction = unsafe extern "C-unwind" fn(
    *mut c_void,
    metaffi_status,
    *const metaffi_value,
    *const metaffi_error,
);

impl CompletionListener {
    /// The function with what it is given, which becomes the listener's.
    fn own(
        on_done: CompletionFunction,
        userdata: *mut c_void,
        end: metaffi_finalizer,
    ) -> CompletionListener {
        let userdata = Userdata::of_host(userdata, end);
        userdata.own();
        CompletionListener { on_done, userdata }
    }

    /// Tells it, once: its userdata is finalized then.
    fn tell(self, outcome: &TaskResult) {
        /// Frees the handle also if the function throws.
        struct Lent(*mut metaffi_error);
        impl Drop for Lent {
            fn drop(&mut self) {
                let _ = handles::free(self.0.addr(), HandleKind::Error);
            }
        }
        let userdata = self.userdata.pointer();
        // SAFETY: the function may be called until the finalizer is, which is when `userdata` is
        // dropped; value and error outlive the call.
        unsafe {
            match outcome.result() {
                Ok(value) => (self.on_done)(userdata, METAFFI_OK, &raw const **value, ptr::null()),
                Err(failed) => {
                    let lent = Lent(to_c(failed.clone()));
                    (self.on_done)(userdata, failed.status().code(), ptr::null(), lent.0);
                }
            }
        }
    }
}

/// Has a function told what comes of something that is awaited, where a loop of the host's runs the jobs
/// of a runtime: by metaffi_runtime_run_jobs, also if it is done already.
///
/// @param runtime The runtime whose jobs that is one of: it may be another than that of what is awaited.
///        NULL: it is told at once if it is done, and else on whatever thread does it last, as by
///        metaffi_object_await.
/// @param on_done Called once; in the child of a fork it is not.
/// @param userdata Given to `on_done`; taken over on success.
/// @param finalizer Called once with `userdata`, after `on_done`; may be NULL.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `on_done` is
///         NULL. On failure `userdata` stays the caller's.
///
/// # Safety
/// `on_done` may be called as described until `finalizer` is called; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_task_then(
    task: *const metaffi_task,
    runtime: *const metaffi_runtime,
    on_done: metaffi_completion,
    userdata: *mut c_void,
    finalizer: metaffi_finalizer,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let listen = move || {
        let task = handle::get::<Task, _>(task)?;
        let on_done =
            on_done.ok_or_else(|| Error::invalid("on_done is NULL: nobody would be told"))?;
        let jobs = match runtime.is_null() {
            true => None,
            false => Some(handle::get::<Runtime, _>(runtime)?.nature().jobs),
        };
        let listener = CompletionListener::own(on_done, userdata, finalizer);
        task.then(move |outcome| match jobs {
            None => listener.tell(outcome),
            Some(jobs) => {
                let outcome = outcome.clone();
                jobs.post(move || outcome.tell(|outcome| listener.tell(outcome)));
            }
        });
        Ok(())
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, listen) }
}

/// Cancels what is awaited, some time: what comes of that is what came of it, which may be a value
/// all the same. Of what is done nothing happens.
///
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_CANCELLED in the child of a
///         process that was forked meanwhile.
///
/// # Safety
/// `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_task_cancel(
    task: *const metaffi_task,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, move || handle::get::<Task, _>(task)?.cancel()) }
}

/// Waits until what is awaited is done, and gives what came of it, as often as it is asked. Locks of
/// runtimes that this thread has, as in a scope, are given up meanwhile.
///
/// @param timeout How many nanoseconds to wait; 0 only asks, UINT64_MAX waits for ever.
/// @param value The result, owned by the caller: metaffi_value_clear. Zeroed on failure.
/// @return METAFFI_OK; METAFFI_STATUS_TIMED_OUT if it is not done by then;
///         METAFFI_STATUS_CANCELLED; what its code failed with; METAFFI_STATUS_ENDED if an
///         asynchronous iterator has no more values; METAFFI_STATUS_UNSUPPORTED on the thread that
///         drives it, which would wait for itself; METAFFI_STATUS_INVALID_HANDLE;
///         METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL.
///
/// # Safety
/// `value` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_task_wait(
    task: *const metaffi_task,
    timeout: u64,
    value: *mut metaffi_value,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let wait = move || {
        let task = handle::get::<Task, _>(task)?;
        let patience = (timeout != u64::MAX).then(|| std::time::Duration::from_nanos(timeout));
        let outcome = task.wait(patience)?;
        let result = outcome.result().as_ref().map_err(Error::clone)?;
        // SAFETY: a value that is the task's, which is there as long as its outcome.
        unsafe { value::copy(result) }.map(OwnedValue::into_raw)
    };
    // SAFETY: `value` and `error` are NULL or writable.
    unsafe { answer(error, value, "value", wait) }
}

/// Another handle for the same task.
///
/// @param clone The new handle, owned by the caller: metaffi_task_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
///         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `clone` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_task_clone(
    task: *const metaffi_task,
    clone: *mut *mut metaffi_task,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    handle::clone(HandleKind::Task, task, clone, error)
}

/// Frees a handle of a task. What is awaited goes on, and `on_done` is told all the same: to end it,
/// metaffi_task_cancel. NULL is fine.
///
/// @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no task or was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_task_free(task: *mut metaffi_task) -> metaffi_status {
    handle::free(HandleKind::Task, task)
}

/// A promise: an object that every guest can await, and metaffi_object_await too, until somebody
/// settles it. When the last handle of hosts is freed before that, who awaits it gets
/// METAFFI_STATUS_CANCELLED: guests have it, and do not settle it.
///
/// @param promise The new handle, owned by the caller: metaffi_object_free.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `promise` is NULL;
///         METAFFI_STATUS_OUT_OF_MEMORY.
///
/// # Safety
/// `promise` and `error` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_promise_new(
    promise: *mut *mut metaffi_object,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    guard_into(error, promise, "promise", || Promise::make().map(ptr::without_provenance_mut))
}

/// Settles a promise, once, on any thread. Who awaits it is told before this returns, or by a loop.
///
/// @param value What it gives, borrowed for the call and copied; NULL if it fails.
/// @param failure What it fails with, borrowed for the call; NULL if there is a value. An error of
///        status METAFFI_STATUS_CANCELLED cancels it.
/// @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if it is settled already, or is given both or
///         neither; METAFFI_STATUS_INVALID_HANDLE.
///
/// # Safety
/// `value` is NULL or what its type says; `error` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn metaffi_promise_settle(
    promise: *const metaffi_object,
    value: *const metaffi_value,
    failure: *const metaffi_error,
    error: *mut *mut metaffi_error,
) -> metaffi_status {
    let settle = move || {
        // SAFETY: `value` is NULL or what its type says.
        let value = unsafe { value.as_ref() };
        let result = match (value, failure.is_null()) {
            // SAFETY: the value is what its type says.
            (Some(value), true) => Ok(unsafe { value::copy(value) }?),
            (None, false) => Err(handle::get::<Failure, _>(failure)?.error()),
            _ => {
                return Err(Error::invalid(
                    "a promise is settled with a value or with a failure: give one, and NULL for the \
                     other",
                ));
            }
        };
        Promise::settle(promise.addr(), result)
    };
    // SAFETY: `error` is NULL or writable.
    unsafe { shielded(error, settle) }
}
