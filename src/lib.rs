//! One shared object that lets a program in any language call code in any other language,
//! in the same process, as if it were its own.
//!
//! The product is the C library `libmetaffi` with the header `include/metaffi.h`; this crate is
//! its implementation. Layers, each of which may use only those after it: `host`; [`capi`];
//! [`model`]; [`backend`]; `python`; [`kit`];
//! [`object`]; [`call`]; [`value`]; [`entity_path`] and [`signature`];
//! [`handle`]; [`errno`], [`error`], [`process`], `standard_error` and `suggest`; `fork`; `thread`;
//! [`abi`].

pub mod abi;
pub mod backend;
pub mod call;
pub mod capi;
pub mod entity_path;
pub mod errno;
pub mod error;
mod fork;
pub mod handle;
pub mod kit;
pub mod model;
pub mod object;
pub mod process;
pub mod signature;
pub mod value;

mod host;
mod java;
mod python;
mod standard_error;
mod suggest;
mod thread;
