//! [`Gil`]: a thread attached to the interpreter, and [`GilGuard`], which attaches it.
//!
//! A thread gets its thread state once and keeps it until it ends. Whether it holds the GIL is
//! asked of the interpreter each time, never remembered: Python code may have released it around
//! whatever led here, and others in the process take and give it as well.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, Ordering};

use super::deferred_release;
use super::end::{self, LIFE};
use crate::call::is_thread_ending;
use crate::error::Result;
use crate::kit::at_thread_end;
use crate::process::float;
use crate::python::NATURE;
use crate::python::api::{Api, PyObject, PyThreadState};
use crate::thread::{ThreadWords, Word};

/// Proof that this thread holds the GIL.
pub struct Gil {
    /// The interpreter's functions.
    pub api: &'static Api,
    not_send: PhantomData<*mut ()>,
}

/// The GIL for as long as this is kept.
#[must_use = "dropping it releases the GIL"]
pub struct GilGuard {
    gil: Gil,
    /// This thread's state if the drop gives up the GIL, else NULL.
    state: *mut PyThreadState,
    /// Whether the drop gives up the state as well: nobody would when the thread has ended.
    is_passing: bool,
    /// What the drop puts back: Python computes by the default floating-point environment.
    float: Option<float::Restored>,
}

impl Deref for GilGuard {
    type Target = Gil;

    #[inline(always)]
    fn deref(&self) -> &Gil {
        &self.gil
    }
}

/// Set when the interpreter was started by somebody else.
static HOSTED: AtomicBool = AtomicBool::new(false);

/// Attaches this thread. Nests; inside, it costs a comparison.
#[inline]
pub fn enter(api: &'static Api) -> Result<GilGuard> {
    let mut gil = enter_for_host(api)?;
    gil.float = NATURE.go_in();
    Ok(gil)
}

/// The same for code of the host's: its floating-point environment stays.
#[inline]
pub fn enter_for_host(api: &'static Api) -> Result<GilGuard> {
    match Api::get().and_then(held) {
        Some(gil) => Ok(GilGuard::new(gil, ptr::null_mut())),
        None => attach(api),
    }
}

/// The GIL if this thread holds it already.
#[inline(always)]
pub fn held(api: &'static Api) -> Option<Gil> {
    if !is_held(api) {
        return None;
    }
    // SAFETY: it was asked for.
    let gil = unsafe { Gil::assume(api) };
    deferred_release::drop_all(&gil);
    Some(gil)
}

/// The GIL if this thread holds it already and can run Python code as it is: there is nothing to
/// give back first, and the floating-point environment is the default one.
#[inline(always)]
pub fn at_hand(words: ThreadWords) -> Option<Gil> {
    let gil = in_hand(words)?;
    (!deferred_release::any() && float::is_default()).then_some(gil)
}

/// The GIL if this thread holds it already, for whoever runs nothing of Python.
#[inline(always)]
pub fn in_hand(words: ThreadWords) -> Option<Gil> {
    let api = Api::get()?;
    // SAFETY: the GIL is held, and whoever is called gives it back before it returns.
    is_held_on(api, words).then(|| unsafe { Gil::assume(api) })
}

/// The same without a call, where that is possible; `None` also if it is not.
#[inline(always)]
pub fn at_a_glance() -> Option<Gil> {
    let (words, api) = (ThreadWords::at_a_glance()?, Api::get()?);
    let kept: *mut PyThreadState = words.get(Word::Python).cast_mut().cast();
    // SAFETY: the state is kept as long as the thread lives, for which it was made; where it is attached
    // the GIL is held, and whoever is called gives it back before it returns.
    unsafe {
        let is_held = !kept.is_null() && api.is_attached_at_a_glance(kept);
        is_held.then(|| Gil::assume(api))
    }
}

/// Whether this thread holds the GIL.
#[inline(always)]
pub fn is_held(api: &'static Api) -> bool {
    is_held_on(api, ThreadWords::here())
}

#[inline(always)]
fn is_held_on(api: &'static Api, words: ThreadWords) -> bool {
    let kept: *mut PyThreadState = words.get(Word::Python).cast_mut().cast();
    match kept.is_null() {
        // SAFETY: the state is kept as long as the thread lives, for which it was made.
        false => unsafe { api.is_attached(kept) },
        true => is_held_by_other(api),
    }
}

/// The same for a thread whose state is not ours.
#[inline(never)]
fn is_held_by_other(api: &'static Api) -> bool {
    let current = api.attached_thread();
    // SAFETY: needs no GIL.
    !current.is_null() && current == unsafe { (api.PyGILState_GetThisThreadState)() }
}

/// This thread's state: ours, or the one that Python or another library gave it.
fn own(api: &'static Api) -> *mut PyThreadState {
    let kept = Word::Python.get();
    if !kept.is_null() {
        return kept.cast_mut().cast();
    }
    // SAFETY: needs no GIL.
    unsafe { (api.PyGILState_GetThisThreadState)() }
}

/// While the interpreter is being finalised this returns on the thread that does that; on others
/// it does not, as [`end`] has it.
#[cold]
fn attach(api: &'static Api) -> Result<GilGuard> {
    LIFE.check()?;
    let (mut state, mut is_passing) = (own(api), false);
    // SAFETY: the thread does not hold the GIL; its state, if it has one, is its own.
    unsafe {
        if state.is_null() {
            let arrival = LIFE.arrive(|| end::is_near(api))?;
            (api.PyGILState_Ensure)();
            drop(arrival);
            state = (api.current_thread)();
            is_passing = !keep(state);
        } else {
            (api.PyEval_RestoreThread)(state);
        }
    }
    // SAFETY: taken above, until the guard gives it up.
    let mut gil = GilGuard::new(unsafe { Gil::assume(api) }, state);
    gil.is_passing = is_passing;
    deferred_release::drop_all(&gil);
    Ok(gil)
}

/// Keeps a thread state that was just made until the thread ends, unless it is ending already.
fn keep(state: *mut PyThreadState) -> bool {
    let is_kept = at_thread_end(detach);
    if is_kept {
        Word::Python.set(state.cast());
    }
    is_kept
}

/// Whether the GIL may be held beyond the call that takes it. Not where a Python thread of a host
/// has released it, as ctypes does around a call: whoever did that takes it back afterwards.
pub fn may_stay_held(api: &'static Api) -> bool {
    is_held(api)
        || !HOSTED.load(Ordering::Relaxed)
        || !Word::Python.get().is_null()
        || own(api).is_null()
}

/// Remembers the state of the thread that started the interpreter, which lasts as long as the
/// process: nobody gives it back.
pub fn started(state: *mut PyThreadState) {
    Word::Python.set(state.cast());
    deferred_release::drop_at_thread_end();
}

/// Says that the interpreter is not ours.
pub fn joined() {
    HOSTED.store(true, Ordering::Relaxed);
}

impl Gil {
    /// The GIL that this thread holds: the interpreter's own for code that it calls, or what somebody
    /// else gives up.
    ///
    /// # Safety
    /// This thread holds the GIL, and does so longer than the result lives.
    #[inline(always)]
    pub unsafe fn assume(api: &'static Api) -> Gil {
        Gil { api, not_send: PhantomData }
    }
}

impl GilGuard {
    #[inline(always)]
    fn new(gil: Gil, state: *mut PyThreadState) -> GilGuard {
        GilGuard { gil, state, is_passing: false, float: None }
    }

    /// Whether dropping it gives up the GIL, which this thread did not hold before.
    pub fn is_taken(&self) -> bool {
        !self.state.is_null()
    }
}

impl Drop for GilGuard {
    #[inline]
    fn drop(&mut self) {
        let api = self.gil.api;
        // SAFETY: this thread's own state. It holds the GIL since `attach`, unless it is being
        // ended by the interpreter.
        unsafe {
            if !self.state.is_null() && api.is_attached(self.state) {
                match self.is_passing {
                    false => _ = (api.PyEval_SaveThread)(),
                    true => (api.PyGILState_Release)(UNLOCKED),
                }
            }
        }
    }
}

/// Runs `wait` with the GIL released, as long as the host takes.
#[inline(always)]
pub fn release<R>(gil: &Gil, wait: impl FnOnce() -> R) -> R {
    /// Takes the GIL again for whoever sees a panic, or a foreign exception.
    struct Unwound(&'static Api, *mut PyThreadState);
    impl Drop for Unwound {
        #[cold]
        fn drop(&mut self) {
            if !is_thread_ending() {
                // SAFETY: the state that was saved on this thread.
                unsafe { (self.0.PyEval_RestoreThread)(self.1) };
            }
        }
    }
    // SAFETY: the GIL is held, as `gil` proves; the state that was saved on this thread is restored.
    unsafe {
        let state = (gil.api.PyEval_SaveThread)();
        let unwound = Unwound(gil.api, state);
        let result = wait();
        std::mem::forget(unwound);
        (gil.api.PyEval_RestoreThread)(state);
        NATURE.come_back();
        deferred_release::drop_all(gil);
        result
    }
}

pub use deferred_release::give_back;

/// Gives back a reference: now if this thread holds the GIL, else when a thread next attaches.
#[inline]
pub fn drop_ref(object: NonNull<PyObject>) {
    unsafe fn release(gil: &Gil, object: NonNull<()>) {
        // SAFETY: the reference was given up; the GIL is held.
        unsafe { gil.api.decref(object.as_ptr().cast()) };
    }
    deferred_release::give_back(object.cast(), release);
}

/// Gives the thread's state back when the thread ends.
fn detach() {
    let state: *mut PyThreadState = Word::Python.get().cast_mut().cast();
    Word::Python.set(ptr::null());
    let Some(api) = Api::get() else { return };
    if state.is_null() || LIFE.check().is_err() || end::is_near(api) {
        return;
    }
    // SAFETY: the state that `attach` made on this thread, which nobody uses any more: what was
    // entered has been left.
    unsafe {
        if (api.current_thread)() != state {
            (api.PyEval_RestoreThread)(state);
        }
        (api.PyGILState_Release)(UNLOCKED);
    }
}

/// `PyGILState_UNLOCKED`: there was no thread state before.
const UNLOCKED: std::ffi::c_int = 1;

#[cfg(test)]
mod tests;
