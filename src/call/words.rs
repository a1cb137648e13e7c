//! [`Words`]: calls of functions whose arguments each travel as one word in a register.

use crate::handle::Direct;
use crate::signature::Kind;

/// How such a function is called by a caller that makes words itself.
pub struct Words {
    /// What runs it, given the words in order, with room for the result behind them.
    pub direct: Direct,
    /// How the word of each argument is made.
    pub params: Box<[Word]>,
    /// What the word of the result is; `None` if nobody wants it.
    pub returned: Option<Word>,
}

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// What the slot of a number has.
    Slot,
    /// The address of NUL-terminated UTF-8, which is only read.
    Text,
    /// The address of consecutive elements of this kind, lent for the call.
    Elements {
        /// What each of them is.
        element: Kind,
        /// Whether they are only read.
        constant: bool,
    },
    /// The address of an object, if [`Callee::takes_address`](super::Callee::takes_address) says
    /// so, or [`Callee::callable_word`](super::Callee::callable_word) of a function.
    Other,
}
