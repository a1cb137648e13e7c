//! CPython from the inside, for whoever calls it and whoever it calls: its C API bound at run
//! time, its objects, and values between them and frames.
//!
//! Nothing here is linked against Python. The interpreter that is in the process is bound by name
//! as one table, [`api::Api`]; one build serves every version.

pub mod api;
pub mod convert;
pub mod downcall;
pub mod error;
pub mod lifecycle;
pub mod object;
pub mod support;
pub mod upcall;

pub use lifecycle::join::{calling, join, joined, watch};
pub use lifecycle::lock_guarded::{CalledUnderLock, LockGuarded, On};
pub use support::run::run;

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
    threads: Threads::Attached,
    exceptions: Exceptions::Stop,
    floats: Floats::Default,
    forked: Forked::WorksUnderLock,
};

/// The runtime's name.
pub const NAME: &str = "python3";
