//! [`Marshallers`]: what makes objects of arguments and a frame's returns of an object, once for all
//! functions of the same types.

use std::ptr;
use std::sync::Arc;

use super::arguments::ArgumentMarshaller;
use super::returns::ReturnMarshaller;
use crate::call::{Interned, Plan};
use crate::error::Result;

/// The converters of a plan's types.
pub struct Marshallers {
    /// Of the parameters.
    pub arguments: ArgumentMarshaller,
    /// Of the returns.
    pub returns: ReturnMarshaller,
    plan: Arc<Plan>,
}

static KNOWN: Interned<Marshallers> = Interned::new();

impl Marshallers {
    /// Those of a plan.
    pub fn of(plan: &Arc<Plan>) -> Result<Arc<Marshallers>> {
        let digest = Arc::as_ptr(plan).addr() as u64;
        if let Some(known) = KNOWN.find(digest, |known| Arc::ptr_eq(&known.plan, plan)) {
            return Ok(known);
        }
        let arguments = ArgumentMarshaller::new(plan)?;
        let returns = ReturnMarshaller::new(plan);
        Ok(KNOWN.add(digest, Marshallers { arguments, returns, plan: plan.clone() }))
    }

    /// Their types.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }
}

impl Drop for Marshallers {
    fn drop(&mut self) {
        KNOWN.forget(ptr::from_ref(&*self.plan).addr() as u64, self);
    }
}
