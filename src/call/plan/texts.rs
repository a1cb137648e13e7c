//! [`SignatureTexts`]: what the C API shows of a signature.

use std::ffi::{CStr, CString};

use crate::call::errors::failure::c_string;
use crate::signature::Signature;

/// The texts of a signature as C reads them.
pub struct SignatureTexts {
    names: Vec<Option<CString>>,
    aliases: Vec<Option<CString>>,
    return_aliases: Vec<Option<CString>>,
}

impl SignatureTexts {
    /// The texts of `signature`.
    pub fn new(signature: &Signature) -> SignatureTexts {
        let text = |text: &Option<Box<str>>| text.as_deref().map(c_string);
        SignatureTexts {
            names: signature.params.iter().map(|param| text(&param.name)).collect(),
            aliases: signature.params.iter().map(|param| text(&param.info.alias)).collect(),
            return_aliases: signature.returns.iter().map(|info| text(&info.alias)).collect(),
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
