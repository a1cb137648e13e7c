//! [`Reserved`]: a closure's code before it is known what that runs.

use super::arguments::Listed;
use super::place::Place;
use super::slot::{self, Content};
use super::{Closure, Handler, general};
use crate::call::native::{Convention, NativeType};
use crate::error::{Error, Result, Status};
use crate::fork::Lock;

/// A function pointer that becomes a [`Closure`]'s. Until then a call of it is a failure that gives
/// zero.
pub struct Reserved {
    code: *const (),
    place: Lock<Option<Place>>,
}

// SAFETY: `code` is a function pointer.
unsafe impl Send for Reserved {}
// SAFETY: as above.
unsafe impl Sync for Reserved {}

impl Reserved {
    /// A function pointer of any signature.
    pub fn new() -> Result<Reserved> {
        let place = general::reserve()?;
        Ok(Reserved { code: place.code(), place: Lock::new(Some(place)) })
    }

    /// The function pointer.
    pub fn code(&self) -> *const () {
        self.code
    }

    /// The closure of that function pointer; once.
    pub fn prepare<H: Handler>(
        &self,
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
        handler: H,
    ) -> Result<Closure> {
        let mut reserved = self.place.lock();
        let Some(place) = reserved.as_mut() else { return Err(prepared()) };
        general::sign(place, params, returns, convention)?;
        let slot = place.slot();
        if let Some(place) = reserved.take() {
            slot.fill(Content::new(handler, slot::run::<H, Listed>, place), returns.size());
        }
        Ok(Closure { code: self.code, slot })
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(place) = self.place.lock().take() {
            place.slot().end();
        }
    }
}

#[cold]
fn prepared() -> Error {
    Error::new(Status::InvalidArgument, "closure was prepared already; make another")
}
