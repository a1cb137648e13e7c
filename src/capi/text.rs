//! Text out.

use std::ffi::c_char;

use crate::error::Result;
use crate::signature::Kind;
use crate::value::text;

/// A NUL-terminated copy that C frees with `metaffi_free`.
pub(crate) fn give(content: &str) -> Result<*mut c_char> {
    Ok(text::encode(content, Kind::String8)?.data.cast_mut().cast())
}
