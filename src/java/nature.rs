//! What kind of running system the virtual machine is.

use crate::kit::{Exceptions, Floats, Forked, Jobs, Nature, Threads};
use crate::process::Belonging;

/// What is to be done where a loop of the host's runs: Java asks for nothing.
static JOBS: Jobs = Jobs::new();

/// What kind of running system it is.
pub const NATURE: Nature = Nature {
    changes: &[
        Belonging::SignalMask,
        Belonging::Locale,
        Belonging::FloatEnvironment,
        Belonging::FileLimit,
    ],
    threads: Threads::Any,
    jobs: &JOBS,
    exceptions: Exceptions::Stop,
    floats: Floats::Default,
    forked: Forked::Lost,
};

/// The runtime's name.
pub const NAME: &str = "jvm";
