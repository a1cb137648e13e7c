//! How the interpreter is joined, entered, left, forked and ended, and what waits for its lock.

pub(super) mod deferred_release;
pub mod end;
#[cfg(unix)]
pub mod fork;
pub mod free_threaded;
pub mod gil;
pub mod hook;
pub(super) mod join;
pub(super) mod lock_guarded;
