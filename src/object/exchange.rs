//! Arrays and tables without a copy, as libraries of all languages hand them to one another: tensors of
//! DLPack, and what Arrow's C data interface has.

mod arrow;
mod exchanged;
mod tensor;

pub use arrow::{Columns, OwnedColumns, OwnedSchema, OwnedStream, column};
pub use exchanged::Exchanged;
pub use tensor::Tensor;
