//! Texts about C's data.

use crate::backend::c::convert::access;
use crate::backend::c::convert::assign::text_kind;
use crate::backend::c::convert::text_view;
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::{CType, Pointee, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, Key};
use crate::object::TextKind;
use crate::signature::Kind;
use crate::value;

/// The most members and elements that are shown, and how deep.
const MOST: usize = 12;
const DEEPEST: usize = 4;

/// The text that data is, or what it consists of; safe: where it is.
pub(super) fn of(scope: &CallScope, data: BorrowedCData<'_>, kind: TextKind) -> Result<String> {
    let lvalue = Lvalue::whole(scope, data)?;
    if kind == TextKind::Display
        && let Some(text) = characters(data, &lvalue)
    {
        return Ok(text);
    }
    let spelled = lvalue.ctype.spell();
    let shown = match kind {
        TextKind::Safe => String::new(),
        _ => content(&lvalue, 0)?,
    };
    let is_number = lvalue.ctype.number.is_some();
    Ok(match (kind, shown.as_str()) {
        (TextKind::Display, number) if is_number => number.to_owned(),
        (_, "") => format!("<{spelled} at {:#x}>", lvalue.address.addr()),
        (_, content) => format!("<{spelled} {content}>"),
    })
}

/// What is said of an object that is no data.
pub(super) fn about(object: Key) -> Result<String> {
    handle::describe_object(object, |object| {
        format!("<{} at {:#x}>", object.type_name(), object.identity())
    })
}

/// The text in an array of characters, or at a pointer to them.
fn characters(data: BorrowedCData<'_>, lvalue: &Lvalue) -> Option<String> {
    let pointee = match lvalue.ctype.class {
        Representation::Array(pointee) => pointee,
        Representation::Pointer(pointee) => {
            // SAFETY: a pointer is there, aligned or not.
            let value = unsafe { lvalue.address.cast::<usize>().read_unaligned() };
            (value != 0).then_some(pointee)?
        }
        _ => return None,
    };
    if !is_text(lvalue.ctype, pointee) {
        return None;
    }
    // SAFETY: a pointer to characters points to text, which is its owner's word.
    let text = unsafe { text_view::string(&data.to_arc(), usize::MAX) }.ok()?;
    let kind = value::kind_of(&text).ok()?;
    // SAFETY: the value is text.
    unsafe { value::text::decode(&text.data.string, kind).map(|text| text.into_owned()).ok() }
}

/// The text in an array of characters of one byte, up to a NUL; `None` if it is none.
pub(super) fn of_array(lvalue: &Lvalue) -> Option<String> {
    let (element, length) = lvalue.elements().ok()?;
    if element.size != 1 {
        return None;
    }
    // SAFETY: the array has so many bytes, as it was found.
    let bytes = unsafe { std::slice::from_raw_parts(lvalue.address, length?) };
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    value::text::utf8(&bytes[..end]).ok().map(str::to_owned)
}

/// Whether what an array consists of, or a pointer points to, is characters.
pub(super) fn is_text(ctype: &CType, pointee: Pointee) -> bool {
    let number = ctype.inner().and_then(|inner| inner.number);
    let is_character = matches!(number, Some(Kind::Char8 | Kind::Char16 | Kind::Char32));
    is_character && text_kind(pointee).is_some()
}

/// The members of a record, the elements of an array, the number of a number; nothing of a pointer,
/// whose target may be anywhere, but that it is NULL.
fn content(lvalue: &Lvalue, depth: usize) -> Result<String> {
    if depth == DEEPEST {
        return Ok("…".to_owned());
    }
    Ok(match lvalue.ctype.class {
        Representation::Record if lvalue.ctype.is_complete() => {
            let parts = lvalue.ctype.parts();
            let shown = parts
                .iter()
                .take(MOST)
                .map(|part| Ok(format!("{}={}", part.name, brief(&lvalue.part(part), depth)?)));
            format!("{{{}}}", joined(shown, parts.len())?)
        }
        Representation::Array(_) => {
            let length = lvalue.elements()?.1.unwrap_or(0);
            let shown = (0..length.min(MOST))
                .map(|index| brief(&lvalue.element_at(index.cast_signed())?, depth));
            format!("[{}]", joined(shown, length)?)
        }
        Representation::Pointer(_) => {
            // SAFETY: the lvalue is there; a pointer may lie anywhere.
            let value = unsafe { lvalue.address.cast::<usize>().read_unaligned() };
            if value == 0 { "NULL".to_owned() } else { format!("{value:#x}") }
        }
        _ if lvalue.ctype.number.is_some() => number(lvalue)?,
        _ => String::new(),
    })
}

/// A part of what is shown.
fn brief(lvalue: &Lvalue, depth: usize) -> Result<String> {
    lvalue.check()?;
    if lvalue.bits.is_some() {
        return number(lvalue);
    }
    let shown = content(lvalue, depth + 1)?;
    Ok(if shown.is_empty() { format!("<{}>", lvalue.ctype.spell()) } else { shown })
}

fn number(lvalue: &Lvalue) -> Result<String> {
    // SAFETY: the lvalue is there, as it was found.
    let value = unsafe { access::read_object_at(lvalue) }?;
    Ok(value::show(&value))
}

fn joined(parts: impl Iterator<Item = Result<String>>, count: usize) -> Result<String> {
    let mut parts = parts.collect::<Result<Vec<String>>>()?;
    if count > MOST {
        parts.push("…".to_owned());
    }
    Ok(parts.join(", "))
}
