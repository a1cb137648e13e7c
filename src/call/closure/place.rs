use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::locked::{Incoming, Locked, LockedPlace};
use super::{ErrorSink, Handler};
use crate::error::{Error, Status};
use crate::handle::pin::{self, Use};
use crate::handle::retire;

/// What a closure's code finds when it is called. Never given back to the system: a pointer that
/// C kept too long still finds a place, and learns there that its closure is gone.
pub(super) struct State {
    handler: AtomicPtr<Box<dyn Handler>>,
    result_size: AtomicUsize,
    sink: Mutex<Option<ErrorSink>>,
    pub(super) locked: LockedPlace,
}

impl State {
    pub(super) const fn new() -> State {
        State {
            handler: AtomicPtr::new(ptr::null_mut()),
            result_size: AtomicUsize::new(0),
            sink: Mutex::new(None),
            locked: LockedPlace::new(),
        }
    }

    /// Runs what the place holds.
    ///
    /// # Safety
    /// `arguments` and `result` are those of a call with the place's signature.
    pub(super) unsafe fn run(&self, arguments: *const *mut c_void, result: *mut c_void) {
        // SAFETY: the caller's promise.
        self.with(result, |handler, span| unsafe { handler.call(span, arguments, result) });
    }

    /// As [`run`](State::run), of a call whose arguments are in registers.
    ///
    /// # Safety
    /// As there, and `shape` is the signature's.
    #[inline(always)]
    pub(super) unsafe fn run_registers(
        &self,
        registers: *mut u64,
        shape: u64,
        count: usize,
        result: *mut u64,
    ) {
        // SAFETY: the caller's promise; the call is under way.
        unsafe {
            if let Some(enter) = self.locked.enter()
                && enter(&Incoming { state: self, registers, shape, result })
            {
                return;
            }
            self.run_handler(registers, shape, count, result.cast());
        }
    }

    #[inline(never)]
    unsafe fn run_handler(
        &self,
        registers: *mut u64,
        shape: u64,
        count: usize,
        result: *mut c_void,
    ) {
        // SAFETY: the caller's promise.
        self.with(result, |handler, span| unsafe {
            handler.call_registers(span, registers, shape, count, result)
        });
    }

    #[inline(always)]
    fn with(
        &self,
        result: *mut c_void,
        call: impl FnOnce(&dyn Handler, Use) -> crate::error::Result<()>,
    ) {
        let span = pin::enter();
        let outcome = match span.protect(&self.handler) {
            Some(handler) => call(&**handler, &span),
            None => Err(dead()),
        };
        drop(span);
        if let Err(error) = outcome {
            self.fail(&error, result);
        }
    }

    #[cold]
    pub(super) fn fail(&self, error: &Error, result: *mut c_void) {
        let size = self.result_size.load(Ordering::Relaxed);
        if size != 0 {
            // SAFETY: the caller of the closure made room for its result, at least eight bytes.
            unsafe { result.cast::<u8>().write_bytes(0, size.max(8)) };
        }
        self.sink().report(error);
    }

    pub(super) fn reports_at_once(&self) -> bool {
        self.sink().at_once
    }

    fn sink(&self) -> ErrorSink {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
    }
}

#[cold]
fn dead() -> Error {
    Error::new(
        Status::InvalidHandle,
        "C called a function pointer whose callable was freed; keep the callable as long as C \
         keeps its pointer",
    )
}

/// Where a closure lives: its code and its state.
pub(super) struct Place {
    pub(super) code: *const (),
    pub(super) state: &'static State,
    pub(super) owner: Owner,
}

/// Where a place goes back to.
pub(super) enum Owner {
    Trampoline(usize),
    General(super::general::Memory),
}

// SAFETY: `code` is a function pointer, and a place is used by one closure at a time.
unsafe impl Send for Place {}
// SAFETY: as above.
unsafe impl Sync for Place {}

impl Place {
    pub(super) fn code(&self) -> *const () {
        self.code
    }

    pub(super) fn fill(&self, handler: Box<dyn Handler>, result_size: usize, sink: ErrorSink) {
        self.state.result_size.store(result_size, Ordering::Relaxed);
        self.set_sink(sink);
        self.state.handler.store(Box::into_raw(Box::new(handler)), Ordering::Release);
    }

    pub(super) fn set_sink(&self, sink: ErrorSink) {
        *self.state.sink.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    }

    pub(super) fn set_locked(&self, locked: Locked) {
        self.state.locked.fill(locked);
    }

    /// Ends the closure. Its handler is dropped when no call is inside it.
    pub(super) fn empty(&mut self) {
        self.state.locked.empty();
        let handler = self.state.handler.swap(ptr::null_mut(), Ordering::SeqCst);
        if !handler.is_null() {
            // SAFETY: `fill` made the pointer from a box; the swap took it out exactly once.
            retire(unsafe { Box::from_raw(handler) });
        }
        match &mut self.owner {
            Owner::Trampoline(index) => super::trampoline::give_back(*index),
            Owner::General(memory) => super::general::give_back(memory.take()),
        }
    }
}
