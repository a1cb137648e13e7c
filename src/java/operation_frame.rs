//! [`OperationFrame`]: what an operation on an object is given, and what it gives.

use std::mem::MaybeUninit;

use super::object::{self, JavaObject};
use super::operation::Operation;
use super::support;
use crate::abi::{metaffi_handle_type, metaffi_value};
use crate::error::{Error, Result, Status};
use crate::handle::Key;
use crate::handle::pin::CallScope;
use crate::object::{Capabilities, ValuePlace, of, refuse};

/// Room for the arguments of every operation, and its result.
const ROOM: usize = 12;

/// What an operation is given, and where its result comes.
pub(super) struct OperationFrame {
    object: Key,
    slots: [u64; ROOM],
    filled: usize,
}

impl OperationFrame {
    /// With an object.
    pub(super) fn of(scope: &CallScope, object: Key) -> Result<OperationFrame> {
        let mut frame = OperationFrame { object, slots: [0; ROOM], filled: 0 };
        frame.push(scope.get::<JavaObject>(object)?.reference() as u64);
        Ok(frame)
    }

    pub(super) fn push(&mut self, slot: u64) -> &mut OperationFrame {
        self.slots[self.filled] = slot;
        self.filled += 1;
        self
    }

    /// A text that outlives the frame's use.
    pub(super) fn text(&mut self, text: &str) -> &mut OperationFrame {
        self.push(text.as_ptr().expose_provenance() as u64).push(text.len() as u64)
    }

    /// A value whose objects are Java's.
    pub(super) fn value(&mut self, value: &metaffi_value) -> &mut OperationFrame {
        // SAFETY: three words; what of them is not initialised is not looked at.
        let words = unsafe { (&raw const *value).cast::<[MaybeUninit<u64>; 3]>().read() };
        for (word, slot) in words.iter().zip(&mut self.slots[self.filled..]) {
            // SAFETY: copied bit by bit into what is compared with nothing.
            *slot = unsafe { word.as_ptr().read() };
        }
        self.filled += words.len();
        self
    }

    /// Does it. What it gives is in the slots behind the arguments.
    pub(super) fn run(&mut self, operation: Operation) -> Result<&mut [u64]> {
        // SAFETY: the operations are the first entities, with these arguments.
        let done = unsafe { support::call(operation as i64, self.slots.as_mut_ptr()) };
        done.map_err(|error| self.refused(operation, error))?;
        Ok(&mut self.slots[self.filled..])
    }

    /// What an operation has failed with: what the object cannot do at all is said as for all objects.
    #[cold]
    fn refused(&self, operation: Operation, error: Error) -> Error {
        let needs = operation.needs();
        let able = || of(self.object)?.capabilities(self.object);
        match error.status() == Status::Unsupported && needs != Capabilities::NONE {
            true if able().is_ok_and(|able| !able.has_any(needs)) => refuse(self.object, needs),
            _ => error,
        }
    }

    /// Does what gives a value.
    pub(super) fn run_to(&mut self, operation: Operation, to: ValuePlace<'_>) -> Result<()> {
        let found = self.run(operation)?.as_mut_ptr().cast::<metaffi_value>();
        // SAFETY: a value of the part in Java.
        to.write(unsafe { object::given(found.read()) }?);
        Ok(())
    }

    /// Does what writes a value where it is told, which is the last of its arguments.
    #[inline(always)]
    pub(super) fn run_at(&mut self, operation: Operation, to: ValuePlace<'_>) -> Result<()> {
        self.push(to.as_mut_ptr().expose_provenance() as u64).run(operation)?;
        // SAFETY: a value of the part in Java.
        let found = unsafe { to.assume_init_read() };
        if found.r#type == metaffi_handle_type {
            // SAFETY: as above.
            to.write(unsafe { object::given(found) }?);
        }
        Ok(())
    }

    /// Does what gives an object.
    pub(super) fn run_to_handle(&mut self, operation: Operation) -> Result<Key> {
        let found = self.run(operation)?.as_mut_ptr().cast::<metaffi_value>();
        // SAFETY: a value of the part in Java, which is an object.
        unsafe {
            let found = object::given(found.read())?;
            match found.r#type == metaffi_handle_type {
                true => Ok(found.data.object.addr()),
                false => Err(Error::new(Status::Internal, "the part in Java gives no object")),
            }
        }
    }
}
