//! [`SignatureTexts`]: what the C API shows of a function's signature.

use std::ffi::{CStr, CString};

use crate::call::errors::failure::c_string;
use crate::signature::TypeInfo;

/// The names and the types of a function as C reads them.
pub struct SignatureTexts {
    names: Vec<Option<CString>>,
    aliases: Vec<Option<CString>>,
    return_aliases: Vec<Option<CString>>,
}

impl SignatureTexts {
    /// The texts of a function with parameters of these names and types.
    pub fn new<'a>(
        names: impl Iterator<Item = Option<&'a str>>,
        params: &[TypeInfo],
        returns: &[TypeInfo],
    ) -> SignatureTexts {
        let alias = |info: &TypeInfo| info.alias.as_deref().map(c_string);
        SignatureTexts {
            names: names.map(|name| name.map(c_string)).collect(),
            aliases: params.iter().map(alias).collect(),
            return_aliases: returns.iter().map(alias).collect(),
        }
    }

    /// A parameter's name.
    pub fn name(&self, index: usize) -> Option<&CStr> {
        self.names.get(index)?.as_deref()
    }

    /// The foreign name of a parameter's type.
    pub fn alias(&self, index: usize) -> Option<&CStr> {
        self.aliases.get(index)?.as_deref()
    }

    /// The foreign name of a return's type.
    pub fn return_alias(&self, index: usize) -> Option<&CStr> {
        self.return_aliases.get(index)?.as_deref()
    }
}
