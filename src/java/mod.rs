//! The Java virtual machine from the inside: what a guest and a host of it have in common.
//!
//! There is one in a process. A part of ours runs in it, written in Java: it has the table of the
//! objects that are used from outside and that of the entities, and takes frames apart.

mod arrays;
mod buffers;
mod caller;
pub mod compiler;
pub mod direct;
mod direct_ways;
pub mod end;
pub mod env;
pub mod error;
mod foreign;
mod future;
mod interruption;
pub mod join;
pub mod library;
mod method_entry;
mod mirrors;
pub mod natives;
mod nature;
pub mod object;
mod operation;
mod operation_frame;
mod protocol;
mod scalars;
pub mod start;
pub mod support;
mod visit;
pub mod vm;

pub use nature::{NAME, NATURE};
