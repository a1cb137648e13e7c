//! How the interpreter is entered, left and ended, and what waits for its lock.

pub(super) mod deferred_release;
pub mod end;
pub mod free_threaded;
pub mod gil;
pub mod lock_guarded;

use crate::kit::{Exceptions, Floats, Forked, Nature, Threads};
use crate::process::Belonging;

/// What kind of running system it is.
pub const NATURE: Nature = Nature {
    changes: &[
        Belonging::SignalHandlers,
        Belonging::SignalMask,
        Belonging::Locale,
        Belonging::FloatEnvironment,
    ],
    threads: Threads::UnderLock,
    jobs: &deferred_release::JOBS,
    exceptions: Exceptions::Stop,
    floats: Floats::Default,
    forked: Forked::WorksUnderLock,
};

/// The runtime's name.
pub const NAME: &str = "python3";
