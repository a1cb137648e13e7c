//! [`FunctionPointerType`]: what C gives to a function pointer of a type, and what it takes back. By
//! it a runtime prepares, once for the type, how functions of its own are called through such
//! pointers.

use std::any::Any;
use std::ffi::c_void;

use super::plan::native_type::NativeSignature;
use crate::error::Result;
use crate::fork::Once;
use crate::handle::pin::CallScope;
use crate::signature::Kind;
use crate::value::OwnedValue;

/// The type of a function pointer, as a runtime sees it whose function C calls.
pub struct FunctionPointerType {
    /// How its values travel.
    pub native: NativeSignature,
    /// What each argument is.
    pub params: Box<[PassedValue]>,
    /// What C takes back.
    pub returned: PassedValue,
    /// What its language knows of it.
    pub language: Box<dyn FunctionPointerLanguage>,
    /// What the runtime keeps with it.
    pub host: Once<Box<dyn Any + Send + Sync>>,
}

/// What an argument or a result is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PassedValue {
    /// No value: the result of a function that returns nothing.
    Nothing,
    /// A number, a bool or a character in the C type that stands for its kind.
    Number(Kind),
    /// A pointer to characters.
    Characters {
        /// Whether they are constant.
        constant: bool,
        /// Whether an integer is the next argument, which may say how many there are.
        integer_behind: bool,
        /// Whether that is a `size_t`, which does.
        size_behind: bool,
    },
    /// Any other pointer.
    Pointer,
    /// What only its language knows.
    Other,
}

/// What the language of a function pointer does for values that are no numbers.
pub trait FunctionPointerLanguage: Send + Sync {
    /// The type as its language spells it.
    fn spelling(&self) -> String;

    /// How values of an argument, or of the result, lie in memory, as hosts know it.
    fn layout(&self, argument: Option<usize>) -> Option<Box<dyn Any + Send + Sync>>;

    /// An argument: a pointer is an object, or a callable.
    ///
    /// # Safety
    /// A value of its type is at `from`.
    unsafe fn load(&self, argument: usize, from: *const c_void) -> Result<OwnedValue>;

    /// Gives a value as the result.
    ///
    /// # Safety
    /// `result` has room for the result of a closure of the type.
    unsafe fn give(&self, scope: &CallScope, value: OwnedValue, result: *mut c_void) -> Result<()>;
}
