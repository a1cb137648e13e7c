//! The C API: pointer checks, panic guard, status and error object around the layers below.

pub mod array;
mod guard;
mod input;
pub mod memory;
pub mod types;
pub mod value;
