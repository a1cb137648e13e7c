//! [`Reserved`]: a closure's code before it is known what that runs.

use std::sync::Arc;

use super::arguments::AddressList;
use super::slot::ClosureSlot;
use super::{Closure, Handler, general};
use crate::call::plan::native_type::{Convention, NativeType};
use crate::error::{Error, Result};
use crate::fork::Lock;

/// A function pointer that becomes a [`Closure`]'s. Until then a call of it is a failure that gives
/// zero.
pub struct Reserved {
    slot: &'static ClosureSlot,
    is_prepared: Lock<bool>,
}

impl Reserved {
    /// A function pointer of any signature.
    pub fn new() -> Result<Reserved> {
        Ok(Reserved { slot: general::reserve()?, is_prepared: Lock::new(false) })
    }

    /// The function pointer.
    pub fn code(&self) -> *const () {
        general::code(self.slot)
    }

    /// The closure of that function pointer; once.
    pub fn prepare<H: Handler>(
        &self,
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
        handler: Arc<H>,
    ) -> Result<Closure> {
        let mut is_prepared = self.is_prepared.lock();
        if *is_prepared {
            return Err(prepared());
        }
        general::sign(self.slot, params, returns, convention)?;
        *is_prepared = true;
        let result = (returns.size(), general::is_small(returns));
        self.slot.fill::<H, AddressList>(handler, result);
        Ok(Closure(self.slot))
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if !*self.is_prepared.lock() {
            self.slot.give_up();
            general::give_back(self.slot);
        }
    }
}

#[cold]
fn prepared() -> Error {
    Error::invalid("closure was prepared already; make another")
}
