//! Signature → plan → thunk: how a call is described, compiled and made.

mod callable;
mod cif;
pub mod closure;
mod descriptor;
pub mod failure;
mod fast;
mod frame;
mod function;
mod guard;
mod host;
mod host_call;
mod image;
pub mod interface;
pub mod native;
pub mod natural;
mod passing;
pub mod pending;
pub mod register;
mod texts;
pub mod unwind;
mod userdata;
mod values;

pub use callable::{Callable, Native, Shadow};
pub use failure::report;
pub use fast::{Called, by_frame, by_values, fast};
pub use frame::{MAX_SLOTS, with_frame, with_stack};
pub use function::{Callee, Function, Place};
pub use guard::{begin_ending_threads, guarded, is_thread_ending};
pub use host::{HostCode, HostFunction};
pub use host_call::HostCall;
pub use passing::{Lifetime, Passing, Target};
pub use texts::SignatureTexts;
pub use userdata::Userdata;
pub use values::{call_values, load_as_is, load_unread, store};
