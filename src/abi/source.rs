use std::ffi::c_char;

use super::{metaffi_object, metaffi_value};

/// How source text is run, by `metaffi_module_run`. What is zero is as without options.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_run_options {
    /// `sizeof(metaffi_run_options)`: what later versions add is zero for who is compiled with this.
    pub size: usize,
    /// The namespace that it runs in, an object of `metaffi_module_new_namespace`; NULL for the
    /// module's own.
    pub globals: *const metaffi_object,
    /// What the text is called in traces, NUL-terminated UTF-8; NULL for a name of its own. Of several
    /// texts of one name traces show the lines of the last that was run.
    pub file: *const c_char,
    /// Names that the text finds first, `local_count` of them, each NUL-terminated UTF-8.
    pub local_names: *const *const c_char,
    /// What they stand for.
    pub local_values: *const metaffi_value,
    /// How many there are.
    pub local_count: usize,
}
