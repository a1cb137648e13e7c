//! Values.
pub mod memory;
