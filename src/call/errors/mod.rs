//! What goes wrong in a call, and how it travels: to C, to the host that called, past frames that cannot be unwound.

pub mod failure;
pub(super) mod guard;
pub(super) mod host_call;
pub mod host_error;
pub mod pending;
pub mod repeated;
pub(crate) mod sink;
pub mod unwind;
