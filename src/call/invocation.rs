//! [`Invocation`]: how the code of a C function is called.

use std::ops::Deref;
use std::ptr;

use super::libffi::interface::CallInterface;
use super::plan::native_type::{Convention, NativeType};
use super::plan::scalar::ScalarRow;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
use crate::error::Result;
use crate::handle::{Fast, Key};

/// How the call itself is made.
pub enum Invocation {
    /// All words, in registers.
    Registers(Fast),
    /// Of any types.
    Interface(Box<InterfaceCall>),
}

/// A call of any types, with a word for each argument: a scalar itself, or the address of anything
/// else.
pub struct InterfaceCall {
    interface: CallInterface,
    words: WordsOfCall,
}

/// What the words of a call are beyond what C sees of them.
#[derive(Clone, Copy, Default)]
pub struct WordsOfCall {
    /// What the result's word is; `None` for one that is the address of room for the result.
    pub result: Option<&'static ScalarRow>,
    /// A bit for each argument that is a character's unit, and that C takes as a signed byte.
    pub chars: u64,
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
                let words = WordsOfCall::default();
                Invocation::Interface(Box::new(InterfaceCall { interface, words }))
            }
        })
    }

    /// With what its words are.
    pub fn with_words(mut self, words: WordsOfCall) -> Invocation {
        if let Invocation::Interface(call) = &mut self {
            call.words = words;
        }
        self
    }

    /// How it is done in registers, if it is.
    pub fn fast(&self) -> Option<Fast> {
        match *self {
            Invocation::Registers(fast) => Some(fast),
            Invocation::Interface(_) => None,
        }
    }
}

impl InterfaceCall {
    /// How it is called by its words, with one for the result behind them, as long as this lives.
    pub fn fast(&self, code: *const ()) -> Fast {
        Fast { invoke, code, map: ptr::from_ref(self).expose_provenance() as u64 }
    }
}

impl Deref for InterfaceCall {
    type Target = CallInterface;

    #[inline(always)]
    fn deref(&self) -> &CallInterface {
        &self.interface
    }
}

unsafe extern "C-unwind" fn invoke(
    code: *const (),
    words: *mut metaffi_slot,
    map: u64,
    _: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    // SAFETY: the map is that of a call which whoever calls keeps; there is a word for each argument,
    // and one more, which is the address of room for the result where no word holds it.
    unsafe {
        let call = &*ptr::with_exposed_provenance::<InterfaceCall>(map as usize);
        let mut chars = call.words.chars;
        while chars != 0 {
            let word = words.add(chars.trailing_zeros() as usize);
            *word = *word as i8 as i64 as u64;
            chars &= chars - 1;
        }
        let result = words.add(call.argument_count());
        match call.words.result {
            None => {
                let room = ptr::with_exposed_provenance_mut(*result as usize);
                call.call_words(code.cast(), room, words);
            }
            Some(row) => {
                let mut word = 0_u64;
                call.call_words(code.cast(), (&raw mut word).cast(), words);
                *result = row.slot(word);
            }
        }
    }
    METAFFI_OK
}
