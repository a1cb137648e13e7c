//! Names of time zones.

use super::store;
use crate::abi::metaffi_zone;
use crate::error::{Error, Result};
use crate::signature::Kind;
use crate::value::OwnedValue;

/// The name of a time zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Zone<'a>(pub &'a str);

impl<'a> Zone<'a> {
    /// # Safety
    /// What it points to is valid for `'a`.
    pub(super) unsafe fn read(zone: &metaffi_zone) -> Result<Zone<'a>> {
        // SAFETY: what it points to is valid for `'a`.
        let name = unsafe { store::read_text(&zone.name) };
        Ok(Zone(name.map_err(|error| error.context("zone"))?))
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.0.is_empty() || self.0.contains(['\0', '[', ']']) {
            let name = self.0;
            let message = format!("{name:?} is no name of a time zone, such as Europe/Paris");
            return Err(Error::invalid(message));
        }
        Ok(())
    }

    pub(super) fn to_value(self) -> Result<OwnedValue> {
        store::with_text(self.0, Kind::Zone, |name| metaffi_zone { name })
    }
}
