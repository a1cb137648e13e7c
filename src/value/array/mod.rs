//! Arrays: views of elements in memory, n-dimensional and ragged, made, read, copied and freed.

mod access;
mod borrow;
mod check;
mod copy;
mod element;
mod free;
mod owned;
mod shape;
#[cfg(test)]
pub(super) mod testing;
mod view;

pub use access::{get, set};
pub use borrow::{borrow, borrow_bytes, borrow_read_only, owner};
pub use check::{check, fits};
pub use copy::{copy, copy_of};
pub(super) use element::store;
pub use element::{align_of_element, load, size_of_element};
pub use free::{free, free_memory, release_of_others};
pub use owned::OwnedArray;
pub use shape::rank as check_rank;
pub use view::{ElementAddresses, View};
