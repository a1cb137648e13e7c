//! The members of Python's objects.

use crate::error::Result;
use crate::object::{MemberKind, ObjectMember};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;

/// What `dir` lists, with what each is; no attribute is read for that.
pub(super) fn of(gil: &Gil, object: Object) -> Result<Vec<ObjectMember>> {
    // SAFETY: alive, under the GIL.
    let object = unsafe { PyRef::new_reference(gil, object) };
    let found = support::call(gil, &support::objects(gil)?.members, &[&object])?;
    let texts = |index| -> Result<Vec<String>> {
        let texts = support::items(gil, &support::item(gil, &found, index)?)?;
        texts.iter().map(|text| text_of(gil, text)).collect()
    };
    let kind = |name: &str| match name {
        "method" => MemberKind::Method,
        "property" => MemberKind::Property,
        "type" => MemberKind::Type,
        "module" => MemberKind::Module,
        _ => MemberKind::Attribute,
    };
    let kinds = texts(1)?;
    let members = texts(0)?.into_iter().zip(&kinds);
    Ok(members.map(|(name, of)| ObjectMember { name, kind: kind(of) }).collect())
}
