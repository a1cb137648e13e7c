//! [`RawVariadics`]: the variadic calls of a function type that were made before.

use std::ops::Deref;
use std::sync::Arc;

use super::raw_call::RawCall;
use super::type_handle::TypeHandle;
use crate::backend::c::data::ctype::CType;
use crate::fork::Once;

/// How many are kept; calls with the types of others are prepared each time.
const MOST: usize = 16;

/// Prepared calls, by the types of the arguments behind `...`. They live as long as their function
/// type, so that nothing has to keep the one that is under way.
#[derive(Default)]
pub(in crate::backend::c) struct RawVariadics {
    first: Once<Box<Prepared>>,
}

struct Prepared {
    types: Box<[CType]>,
    call: Arc<RawCall>,
    next: RawVariadics,
}

impl RawVariadics {
    /// The call with these types, if it was prepared before.
    #[inline]
    pub(in crate::backend::c) fn find<T: Deref<Target = TypeHandle>>(
        &self,
        extra: &[T],
    ) -> Option<&RawCall> {
        let mut next = self;
        while let Some(prepared) = next.first.get() {
            if prepared.is_of(extra) {
                return Some(&prepared.call);
            }
            next = &prepared.next;
        }
        None
    }

    /// Keeps a call that was not found, unless there are too many: then it is given back.
    #[cold]
    pub(in crate::backend::c) fn keep<T: Deref<Target = TypeHandle>>(
        &self,
        extra: &[T],
        call: Arc<RawCall>,
    ) -> std::result::Result<&RawCall, Arc<RawCall>> {
        let types = extra.iter().map(|extra| CType::new(extra.types(), extra.id())).collect();
        let mut made = Box::new(Prepared { types, call, next: RawVariadics::default() });
        let mut last = self;
        for _ in 0..MOST {
            let refused = last.first.set(made);
            match (refused, last.first.get()) {
                (Ok(()), Some(kept)) => return Ok(&kept.call),
                (Err(back), Some(kept)) => (made, last) = (back, &kept.next),
                (_, None) => unreachable!("it is set"),
            }
        }
        Err(made.call)
    }
}

impl Prepared {
    fn is_of<T: Deref<Target = TypeHandle>>(&self, extra: &[T]) -> bool {
        let same = |(ctype, extra): (&CType, &T)| {
            ctype.id == extra.id() && Arc::ptr_eq(&ctype.types, extra.types())
        };
        self.types.len() == extra.len() && self.types.iter().zip(extra).all(same)
    }
}
