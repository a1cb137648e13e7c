//! Calls from Python to the host: objects to a frame's arguments, what the host returns to an object.

pub mod callable;
pub mod callback;
pub mod inbound;
pub mod numbers;
