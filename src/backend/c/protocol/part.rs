//! Parts of C's data by one step: a member, an element.

use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::backend::path::Step;
use crate::error::Result;
use crate::handle::pin::CallScope;

/// The record whose members are the attributes of data of a type: it, or what it points to.
#[inline(always)]
pub(super) fn record(ctype: &CType) -> Option<&CType> {
    let record = match ctype.class {
        Representation::Record => ctype.latest(),
        Representation::Pointer(_) => ctype.inner()?.latest(),
        _ => return None,
    };
    let is_record = record.class == Representation::Record;
    (is_record && record.is_complete()).then_some(record)
}

/// What the items of data of a type are: elements, or what a pointer points to the first of.
#[inline(always)]
pub(super) fn element(ctype: &CType) -> Option<&CType> {
    match ctype.class {
        Representation::Array(_) => ctype.inner(),
        Representation::Pointer(_) => {
            let target = ctype.inner()?.latest();
            let is_there = !matches!(target.class, Representation::Void | Representation::Function);
            (is_there && target.is_complete()).then_some(target)
        }
        _ => None,
    }
}

/// Where the first element is, of an array or of what a pointer points to, whether it is there or not.
pub(super) fn first<'a>(scope: &'a CallScope, data: BorrowedCData<'a>) -> Result<Lvalue<'a>> {
    let mut lvalue = Lvalue::whole(scope, data)?;
    match lvalue.ctype.class {
        Representation::Pointer(_) => {
            lvalue.step(scope, Step::Follow, data.data().kept(scope)?)?;
        }
        _ => lvalue.ctype = lvalue.elements()?.0,
    }
    Ok(lvalue)
}
