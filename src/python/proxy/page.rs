//! What `help` shows of an object of another runtime.

use std::mem::MaybeUninit;

use super::fields;
use crate::error::Result;
use crate::handle::{self, Key};
use crate::object::{self, AttributeName, Capabilities, MemberKind, Protocol};
use crate::python::NATURE;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::PyRef;
use crate::python::support;
use crate::python::upcall::lent_value;

const SOURCE: &str = include_str!("../support/pages.py");

/// The page of a proxy.
pub(super) fn of_proxy(gil: &Gil, proxy: &PyRef) -> Result<PyRef> {
    // SAFETY: a live proxy under the GIL.
    let (key, _) = unsafe { fields(proxy.as_ptr()) }.object()?;
    page_of(gil, key, None)
}

/// The page of the object of a handle. Its members, each with what it is, are those that are given, or
/// what it tells itself.
pub fn page_of(gil: &Gil, key: Key, members: Option<Vec<(String, String)>>) -> Result<PyRef> {
    let title = handle::describe_object(key, |object| {
        format!("{} of runtime {}", object.type_name(), object.runtime())
    })?;
    let protocol = object::of(key)?;
    let can = protocol.capabilities(key)?;
    let names: Vec<&str> = can.names().collect();
    let place = match ask(gil, || protocol.source(key)) {
        Ok(Some(place)) if place.line == 0 => Some(place.file),
        Ok(Some(place)) => Some(format!("{}, line {}", place.file, place.line)),
        _ => None,
    };
    let members = match members {
        Some(members) => members,
        None if can.has(Capabilities::LIST_MEMBERS) => {
            let found = ask(gil, || protocol.members(key)).unwrap_or_default();
            found.into_iter().map(|found| (found.name, kind(found.kind).to_owned())).collect()
        }
        None => Vec::new(),
    };
    let members: Vec<&str> =
        members.iter().flat_map(|(name, kind)| [name.as_str(), kind.as_str()]).collect();
    let told = |name| told(gil, key, protocol, can, name);
    let page = support::module(gil, c"_metaffi.pages", SOURCE)?.attribute(gil, c"page")?;
    let given = [
        &support::text(gil, &title)?,
        &told("__doc__").unwrap_or_else(|| support::none(gil)),
        &told("__text_signature__").unwrap_or_else(|| support::none(gil)),
        &place.map_or_else(|| Ok(support::none(gil)), |place| support::text(gil, &place))?,
        &support::texts(gil, &names)?,
        &support::texts(gil, &members)?,
    ];
    support::call(gil, &page, &given)
}

/// The signature of a proxy: the one that its object tells as functions of C tell Python, or any arguments.
pub(super) fn signature(gil: &Gil, key: Key, protocol: &'static dyn Protocol) -> Result<PyRef> {
    let can = protocol.capabilities(key)?;
    let text = told(gil, key, protocol, can, "__text_signature__");
    let text = text.unwrap_or_else(|| support::none(gil));
    support::call(gil, &support::signatures(gil)?.told_signature, &[&text])
}

/// What an object says of itself by an attribute: text, or nothing.
fn told(
    gil: &Gil,
    key: Key,
    protocol: &'static dyn Protocol,
    can: Capabilities,
    name: &str,
) -> Option<PyRef> {
    if !can.has(Capabilities::READ_ATTRIBUTES) {
        return None;
    }
    let mut to = MaybeUninit::uninit();
    ask(gil, || protocol.get_attribute(key, AttributeName::Text(name), &mut to)).ok()?;
    // SAFETY: it was written, and is what its type says.
    let found = unsafe { lent_value::got(gil, to) }.ok()?;
    // SAFETY: a live object under the GIL.
    let is_text = unsafe { gil.api.type_of(found.as_ptr()) } == gil.api.PyUnicode_Type;
    is_text.then_some(found)
}

/// Asks an object, which may take its time.
fn ask<T>(gil: &Gil, ask: impl FnOnce() -> Result<T>) -> Result<T> {
    // SAFETY: what is thrown leaves nothing behind that C++'s own `catch` would not.
    gil::release(gil, || unsafe { NATURE.go_out(ask) })
}

fn kind(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::Attribute => "attribute",
        MemberKind::Method => "method",
        MemberKind::Property => "property",
        MemberKind::Type => "type",
        MemberKind::Module => "module",
    }
}
