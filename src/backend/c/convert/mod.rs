//! Between the slots of a frame and C values.
//!
//! A C value of at most eight bytes travels as a *word*, widened as its register would be; any
//! other as the address of its bytes ([`CType::by_address`]).

pub mod access;
pub(super) mod aggregate;
pub(super) mod assign;
pub mod buffer;
pub mod cast;
mod from_c;
pub mod half_float;
pub mod initialise;
mod layouts;
pub mod long_double;
#[cfg(test)]
mod neutral_tests;
mod number;
mod origin;
mod pointer;
pub(super) mod scalar;
#[cfg(test)]
mod table_tests;
pub mod text_view;
mod to_c;
mod word;

pub use crate::backend::c::data::accept::{Direction, check, is_passed_by_address};
pub use crate::backend::c::data::infer::infer;
use assign::assign_in;
pub use from_c::{from_c, object_again};
pub use number::SlotNumber;
pub use pointer::{ADDRESS, callable_at, quick_object};
pub use to_c::{same_type, scratch, to_c};
pub use word::store_word;
