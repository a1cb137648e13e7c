use std::sync::Arc;

use super::{Jobs, Owner, Posted, posted};
use crate::call::Function;
use crate::call::errors::unwind;
use crate::error::{Result, Status};
use crate::process::{Belonging, float};

/// What kind of running system a language has, as data: what is the same for every runtime of a kind
/// is done by it in one place.
#[derive(Clone, Copy, Debug)]
pub struct Nature {
    /// What its start may change, and is put back.
    pub changes: &'static [Belonging],
    /// Which threads may enter it.
    pub threads: Threads,
    /// What is to be done where a host's loop runs; that of the owner, if it has one.
    pub jobs: &'static Jobs,
    /// What becomes of exceptions of other languages that arrive at its code.
    pub exceptions: Exceptions,
    /// In which floating-point environment its code runs.
    pub floats: Floats,
    /// What becomes of it in the child of a process that forks.
    pub forked: Forked,
}

/// Which threads may enter a runtime.
#[derive(Clone, Copy, Debug)]
pub enum Threads {
    /// Every one, and there is nothing to enter.
    Any,
    /// Every one, one at a time: it has a lock, and a thread is attached to it from its first call to
    /// the end of the thread. What others give up waits in [`Releases`](super::Releases).
    UnderLock,
    /// Only its own: what others ask of it is done there, and they wait.
    Owner(&'static Owner),
}

/// Why code of a guest is interrupted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interruption {
    /// A host has asked for it.
    Asked,
    /// The time for it has passed.
    TimedOut,
}

impl Interruption {
    /// What an error says that code has failed with because of it.
    pub fn told(self) -> (Status, &'static str) {
        match self {
            Interruption::Asked => {
                (Status::Cancelled, "it was interrupted by metaffi_runtime_interrupt")
            }
            Interruption::TimedOut => (Status::TimedOut, "the deadline of the scope has passed"),
        }
    }
}

/// What becomes of exceptions of other languages that arrive at a runtime's code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exceptions {
    /// They pass through it as through C: who catches them is further out.
    Pass,
    /// They would leave it in pieces: its calls of others are where they become errors.
    Stop,
}

/// In which floating-point environment code runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Floats {
    /// The caller's.
    Callers,
    /// The default one, which it depends on.
    Default,
}

/// What becomes of a runtime in the child of a process that forks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forked {
    /// It works.
    Works,
    /// It works if the thread that forks has its lock, and else refuses.
    WorksUnderLock,
    /// It refuses: its threads have stayed behind.
    Lost,
}

impl Nature {
    /// A thread goes in, from wherever: what it changes for that is put back when the result is
    /// dropped.
    #[inline(always)]
    pub fn go_in(&self) -> Option<float::Restored> {
        match self.floats == Floats::Default && !float::is_default() {
            true => Some(float::with_default()),
            false => None,
        }
    }

    /// Asks something of the runtime, on a thread that may.
    pub fn ask<R: Send>(&self, ask: impl FnOnce() -> Result<R> + Send) -> Result<R> {
        match self.threads {
            Threads::Any | Threads::UnderLock => ask(),
            Threads::Owner(owner) => owner.run(ask)?,
        }
    }

    /// A function of the runtime, for every thread.
    pub fn function(&self, function: Arc<Function>) -> Arc<Function> {
        match self.threads {
            Threads::Any | Threads::UnderLock => function,
            Threads::Owner(owner) => Posted::of(owner, function),
        }
    }

    /// Asks something that was made for this thread of the runtime, on one that may.
    pub fn ask_lent<R>(&self, ask: impl FnOnce() -> Result<R>) -> Result<R> {
        match self.threads {
            Threads::Any | Threads::UnderLock => ask(),
            Threads::Owner(owner) => posted::lend(owner, ask),
        }
    }

    /// Runs code of others that the runtime calls. What that throws is an error where the runtime's
    /// own code could not be left by it, and else passes.
    ///
    /// # Safety
    /// As for [`unwind::catching`].
    #[inline(always)]
    pub unsafe fn go_out<R>(&self, code: impl FnOnce() -> Result<R>) -> Result<R> {
        let code = || match self.threads {
            Threads::Any | Threads::UnderLock => code(),
            Threads::Owner(owner) => owner.away(code),
        };
        let result = match self.exceptions {
            Exceptions::Pass => code(),
            // SAFETY: what is thrown leaves nothing behind that C++'s own `catch` would not.
            Exceptions::Stop => unsafe { unwind::catching(code) }.flatten(),
        };
        self.come_back();
        result
    }

    /// Code of others has returned to the runtime, and may have changed what its own depends on.
    #[inline(always)]
    pub fn come_back(&self) {
        if self.floats == Floats::Default {
            float::keep_default();
        }
    }
}
