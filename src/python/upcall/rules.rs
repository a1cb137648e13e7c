//! [`ConversionRules`]: in what calls from Python differ by what they call.

use std::borrow::Cow;

use crate::error::Result;
use crate::handle::Key;
use crate::python::api::Object;
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::TypeInfo;

/// How the arguments and returns of a call are converted.
pub struct ConversionRules {
    /// Whether a bool is a number where one is declared.
    pub bool_is_number: bool,
    /// Whether an alias that names a Python class is heeded. It is the callee's business otherwise.
    pub aliases: bool,
    /// Whether arrays come back as lists, or bytes, and not as memoryviews of the callee's memory.
    pub lists: bool,
    /// Whether the callee may be asked for another number of arguments than it declares.
    pub other_counts: bool,
    /// What messages call a return; nothing of the only one if there is no word.
    pub returned: Option<&'static str>,
    /// How a new object is filled with what a list, a tuple or a dict says; else nothing is made of
    /// them.
    pub fill: Option<FillObject>,
    /// How callables are converted; else as everywhere.
    pub callables: Option<CallableRules>,
}

/// Fills a new object, by its handle, with what a Python object says.
///
/// # Safety
/// Nobody else uses the object.
pub type FillObject = unsafe fn(&Gil, Key, &PyRef) -> Result<()>;

/// How callables are converted.
pub struct CallableRules {
    /// A new handle of what is not None; 0 if it stands for none.
    ///
    /// # Safety
    /// The object is alive, and the GIL is held.
    pub to_handle: unsafe fn(&Gil, Object) -> Result<Key>,
    /// The object of a handle, which is the caller's still.
    pub to_python: fn(&Gil, Key) -> Result<PyRef>,
}

impl ConversionRules {
    /// A declared type as it counts here.
    #[inline]
    pub(super) fn declared<'a>(&self, gil: &Gil, info: &'a TypeInfo) -> Cow<'a, TypeInfo> {
        match (self.aliases, &info.alias) {
            (_, None) => Cow::Borrowed(info),
            (true, Some(_)) => convert::of_python(gil, info),
            (false, Some(_)) => {
                Cow::Owned(TypeInfo { dimensions: info.dimensions, ..info.r#type.into() })
            }
        }
    }
}
