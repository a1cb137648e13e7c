//! The C mapping, the C signature that stands for a signature when nothing is declared: what its
//! native function pointer looks like.
//!
//! Numbers, bool and characters are themselves; `string8`, `string16` and `string32` are
//! NUL-terminated `const char *`, `const uint16_t *` and `const uint32_t *`; `handle`,
//! `callable`, `array` and `any` are `metaffi_object *`, `metaffi_callable *`,
//! `const metaffi_array *` and `const metaffi_value *`. One return is the C return value; several
//! are stored through pointers that follow the arguments. Returned strings, handles, arrays and
//! values are owned by the caller: free them with `metaffi_free`, `metaffi_object_free`,
//! `metaffi_callable_free`, `metaffi_array_free`, and `metaffi_value_clear` then `metaffi_free`.

mod export;
mod import;
mod load;
mod store;
mod strings;

pub use export::{export, export_as};
pub use import::import;
pub use load::load;
pub use strings::length;

pub use super::plan::default_mapping::native;
