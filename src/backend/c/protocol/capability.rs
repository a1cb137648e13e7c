//! What C's data can do.

use super::{item, number, part, text};
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::{CType, Format, PointeeKind, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::object::Capabilities;

/// What an object can do: what its type says, and of an array whether its length is known, of a
/// number what it fits.
pub(super) fn of(scope: &CallScope, data: BorrowedCData<'_>) -> Result<Capabilities> {
    let ctype = data.data().ctype().latest();
    let of_type = of_type(ctype);
    Ok(match ctype.class {
        Representation::Array(_) if ctype.length().is_none() => {
            let is_known = Lvalue::whole(scope, data)?.elements()?.1.is_some();
            of_type.with(item::COUNTED.when(is_known))
        }
        _ if of_type.has(Capabilities::NUMBER) => of_type.with(number::fits(scope, data)?),
        _ => of_type,
    })
}

fn of_type(ctype: &CType) -> Capabilities {
    let members = Capabilities::READ_ATTRIBUTES | Capabilities::LIST_MEMBERS;
    let memory = Capabilities::BUFFER | Capabilities::WRITE_BUFFER.when(!ctype.constant);
    let of_members = match part::record(ctype) {
        Some(record) => members | Capabilities::WRITE_ATTRIBUTES.when(!record.constant),
        None => Capabilities::NONE,
    };
    let of_items = match part::element(ctype) {
        Some(element) => {
            Capabilities::READ_ITEMS | Capabilities::WRITE_ITEMS.when(!element.constant)
        }
        None => Capabilities::NONE,
    };
    let ordered = Capabilities::ORDER;
    let itself = match ctype.class {
        Representation::Record => memory | Capabilities::HASH,
        Representation::Array(pointee) => {
            let is_text = text::is_text(ctype, pointee);
            let counted = item::COUNTED.when(ctype.length().is_some());
            let sequence = Capabilities::SEQUENCE | Capabilities::TEXT.when(is_text);
            memory | Capabilities::HASH | counted | sequence
        }
        Representation::Pointer(pointee) => {
            let calls = Capabilities::CALL.when(pointee.kind == PointeeKind::Function);
            Capabilities::POINTER | Capabilities::HASH | ordered | calls
        }
        Representation::Bool => Capabilities::BOOLEAN | Capabilities::NUMBER | memory | ordered,
        // Nothing here computes with these: they are bytes.
        Representation::Float(Format::Quad) | Representation::Complex(Format::Quad) => {
            memory | Capabilities::HASH
        }
        Representation::Integer { .. } | Representation::Wide { .. } | Representation::Float(_) => {
            Capabilities::NUMBER | memory | ordered
        }
        Representation::Complex(_) => Capabilities::NUMBER | memory | Capabilities::HASH,
        Representation::Function => Capabilities::CALL | Capabilities::HASH,
        Representation::Opaque => memory.when(ctype.is_complete()) | Capabilities::HASH,
        Representation::Void => Capabilities::HASH,
    };
    of_members | of_items | itself
}
