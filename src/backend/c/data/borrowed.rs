use std::ops::Deref;
use std::sync::Arc;

use super::cdata::CData;
use super::memory::MemoryOwner;
use crate::error::Result;
use crate::handle::Key;
use crate::handle::pin::CallScope;

/// An object that others hold by counted references, borrowed from one of them.
#[derive(Clone, Copy)]
pub struct BorrowedCData<'a>(pub(super) &'a CData);

impl<'a> From<&'a Arc<CData>> for BorrowedCData<'a> {
    fn from(object: &'a Arc<CData>) -> BorrowedCData<'a> {
        BorrowedCData(object)
    }
}

impl Deref for BorrowedCData<'_> {
    type Target = CData;

    #[inline(always)]
    fn deref(&self) -> &CData {
        self.0
    }
}

impl<'a> BorrowedCData<'a> {
    /// The object of a handle.
    #[inline(always)]
    pub fn get(scope: &'a CallScope, key: Key) -> Result<BorrowedCData<'a>> {
        scope.get::<CData>(key).map(BorrowedCData)
    }

    /// The object, for as long as the reference that this was borrowed from.
    #[inline(always)]
    pub fn data(self) -> &'a CData {
        self.0
    }

    /// A counted reference.
    pub fn to_arc(self) -> Arc<CData> {
        // SAFETY: it was borrowed from a counted reference, which is still there.
        unsafe {
            Arc::increment_strong_count(self.0);
            Arc::from_raw(self.0)
        }
    }

    /// The object whose memory this is: itself, or what it is a part of.
    #[inline]
    pub fn root(self, scope: &'a CallScope) -> Result<BorrowedCData<'a>> {
        match self.0.memory(scope)?.owner() {
            Some(MemoryOwner::Part(root)) => Ok(BorrowedCData(root)),
            _ => Ok(self),
        }
    }
}
