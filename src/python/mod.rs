//! CPython from the inside, for whoever calls it and whoever it calls: its C API bound at run
//! time, its objects, and values between them and frames.
//!
//! Nothing here is linked against Python. The interpreter that is in the process is bound by name
//! as one table, [`api::Api`]; one build serves every version.

pub mod api;
pub mod arguments;
pub mod callable;
pub mod callback;
pub mod class;
pub mod convert;
pub mod end;
pub mod error;
#[cfg(unix)]
pub mod fork;
pub mod free_threaded;
pub mod function;
pub mod gil;
pub mod hook;
pub mod inbound;
pub mod inferred;
mod join;
mod kept;
pub mod library;
pub mod name;
pub mod numbers;
pub mod object;
mod released;
pub mod returns;
mod run;
pub mod spelling;
pub mod spread;
pub mod support;
pub mod version;

pub use join::{calling, join, joined, watch};
pub use kept::{Called, Kept, On};
pub use run::run;

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
