//! The runtime kit: what runtimes with a lock, with threads that attach or with an end have in
//! common, so that each of them only says what is its own.
//!
//! A [`Nature`] says as data what kind of runtime it is. [`Life`] is how far it has come, from its
//! start to its end. [`Releases`] are what was given up where it was not entered. What a thread was
//! given for entering it goes back [at the end of the thread](at_thread_end), what belongs to one
//! thread has an [`Owner`], what waits for a loop of a host's are [`Jobs`], and [`at_process_end`] runs
//! its last words.

mod constraint;
mod jobs;
mod life;
mod nature;
mod owner;
mod posted;
mod process_end;
mod releases;
mod thread_end;
mod version;
mod watchdog;

pub use constraint::Constraint;
pub use jobs::{Jobs, Waker};
pub use life::{LateMessages, Life};
pub use nature::{Exceptions, Floats, Forked, Interruption, Nature, Threads};
pub use owner::Owner;
pub use posted::{Posted, PostedProtocol};
pub use process_end::{Ending, LastWords, at_process_end, speak, speak_all};
pub use releases::{Release, Releases};
pub use thread_end::at_thread_end;
pub use version::Version;
pub use watchdog::{Watch, watch};
