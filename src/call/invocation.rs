//! [`Invocation`]: how the code of a C function is called.

use super::libffi::interface::CallInterface;
use super::plan::native_type::{Convention, NativeType};
use crate::error::Result;
use crate::handle::Fast;

/// How the call itself is made.
pub enum Invocation {
    /// All words, in registers.
    Registers(Fast),
    /// Of any types.
    Interface(Box<CallInterface>),
}

impl Invocation {
    /// By `fast` if there is one, else as [`CallInterface::new`] prepares it.
    pub fn new(
        fast: Option<Fast>,
        params: &[NativeType],
        returns: &NativeType,
        fixed: Option<usize>,
        convention: Convention,
    ) -> Result<Invocation> {
        Ok(match fast {
            Some(fast) => Invocation::Registers(fast),
            None => {
                let interface = CallInterface::new(params, returns, fixed, convention)?;
                Invocation::Interface(Box::new(interface))
            }
        })
    }

    /// How it is done in registers, if it is.
    pub fn fast(&self) -> Option<Fast> {
        match *self {
            Invocation::Registers(fast) => Some(fast),
            Invocation::Interface(_) => None,
        }
    }
}
