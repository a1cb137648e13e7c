//! CPython from the inside, for whoever calls it and whoever it calls: its C API bound at run
//! time, its objects, and values between them and frames.
//!
//! Nothing here is linked against Python. The interpreter that is in the process is bound by name
//! as one table, [`api::Api`]; one build serves every version.

pub mod api;
pub mod convert;
pub mod downcall;
pub mod error;
pub mod join;
pub mod lifecycle;
pub mod object;
pub mod protocol;
pub mod proxy;
pub mod support;
pub mod upcall;

pub use api::run::run;
pub use join::{calling, join, joined, watch};
pub use lifecycle::lock_guarded::{CalledUnderLock, LockGuarded, On};
pub use lifecycle::{NAME, NATURE};
