//! Signature → plan → thunk: how a call is described, compiled and made.

mod function;
pub mod native;
pub mod register;

pub use function::{Callee, Function};
