use std::sync::Arc;

use crate::abi::metaffi_slot;
use crate::call::{Callee, Function};
use crate::error::{Error, Result};
use crate::handle::pin::{self, CallScope};
use crate::kit::Owner;

/// What calls a function on the thread that its runtime belongs to.
pub struct Posted {
    owner: &'static Owner,
    function: Arc<Function>,
}

impl Posted {
    /// A function like `function` for every thread.
    pub fn of(owner: &'static Owner, function: Arc<Function>) -> Arc<Function> {
        let plan = function.plan().clone();
        Arc::new(Function::planned(plan, Posted { owner, function }))
    }
}

/// A frame whose owner waits.
struct PostedFrame(*mut metaffi_slot);

// SAFETY: nobody uses it while the other thread does.
unsafe impl Send for PostedFrame {}

impl PostedFrame {
    fn get(&self) -> *mut metaffi_slot {
        self.0
    }
}

impl Callee for Posted {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        let (frame, function) = (PostedFrame(frame), &self.function);
        // What the call pins is pinned where it is used.
        // SAFETY: the frame has the layout of the signature.
        self.owner.run(move || unsafe { function.call(&pin::enter(), frame.get()) })?
    }

    fn name(&self, argument: usize) -> Option<&str> {
        self.function.name(argument)
    }

    fn report(&self, failure: &Error) {
        self.function.callee().report(failure);
    }
}
