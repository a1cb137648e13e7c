//! Values between slots and Python objects; `docs/python_types.md` has the table.

mod alias;
mod any;
mod array;
mod arrow;
mod buffer;
mod callables;
mod cffi;
mod complex;
mod declared;
mod describe;
mod dlpack;
mod element;
mod element_line;
mod exchange;
mod exporter;
mod format;
mod from_python;
mod held_array;
mod lend;
mod list;
mod loan;
mod neutral;
mod number;
mod number_form;
mod packed;
mod path;
mod repeated;
mod sequence;
mod slot;
mod stream;
mod text;
mod to_python;

pub use alias::of_python;
pub use array::{bytes, new_bytes, to_list};
pub use buffer::{has_bytes, is_viewed, store_bytes, view};
pub use callables::{Callables, set_callables};
pub use cffi::is_cffi_data;
pub use declared::{declared, names_of_builtin};
pub use describe::describe;
pub use dlpack::capsule_of as capsule_of_tensor;
pub use element_line::ElementLine;
pub use exchange::{exchanges, in_capsule};
pub use exporter::{lies_as_asked as buffer_lies_as_asked, strip as strip_buffer};
pub use format::kind as format_kind;
pub use from_python::{any_from_python, from_python};
pub use lend::{
    HeldNumber, cannot, date_advice, is_number_object, lend, name_of, number_in, number_kind,
};
pub use loan::Loans;
pub use number::{counted, exact, is_number};
pub use number_form::NumberForm;
pub use packed::packed;
pub use path::path;
pub use slot::clear;
pub use stream::stream;
pub use to_python::{copy_to_python, give_python, to_python};

pub mod inferred;
pub mod plain_value;
pub mod scalar;
pub mod spelling;
#[cfg(test)]
mod tests;
