//! What crosses the boundary: plain `repr(C)` data and numbers. Imports nothing.

#![expect(
    non_upper_case_globals,
    reason = "the constants have the names that programs written for C use"
)]

mod ctype;
mod error;
mod exchange;
mod function;
mod handle;
mod host_object;
mod neutral;
mod object;
mod source;
mod status;
mod types;
mod value;
mod version;
mod visit;

pub use ctype::*;
pub use error::*;
pub use exchange::*;
pub use function::*;
pub use handle::*;
pub use host_object::*;
pub use neutral::*;
pub use object::*;
pub use source::*;
pub use status::*;
pub use types::*;
pub use value::*;
pub use version::*;
pub use visit::*;
