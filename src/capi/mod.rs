//! The C API: pointer checks, panic guard, status and error object around the layers below.
//! The only exported symbols.

#![expect(rustdoc::broken_intra_doc_links, reason = "these are the header's comments")]

pub mod array;
/// cbindgen:ignore
mod call;
pub mod callable;
pub mod cdata;
pub mod ctype;
pub mod entity;
pub mod errno;
pub mod error;
mod guard;
mod handle;
mod input;
pub mod memory;
pub mod module;
pub mod name;
pub mod neutral;
pub mod object;
pub mod runtime;
pub mod scope;
mod signature;
mod text;
pub mod types;
pub mod value;
pub mod version;
