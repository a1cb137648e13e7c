//! What crosses the boundary: plain `repr(C)` data and numbers. Imports nothing.

mod status;

pub use status::*;
