//! What is known of the members of a family by their names, so that nobody is asked again.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;

use super::{ProxyFields, class};
use crate::abi::metaffi_handle_type;
use crate::error::Result;
use crate::handle::OwnedHandle;
use crate::object::{AttributeName, Capabilities, Family, KnownMember, Protocol, of};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::HeapType;
use crate::value;

/// What a name stands for in a family.
#[derive(Clone, Copy)]
pub(super) enum NameOfFamily {
    /// The object has to be asked each time.
    Nothing,
    /// An attribute.
    Attribute(u32),
    /// A method.
    Method(u32, MethodClass),
    /// What is always the same.
    Constant(u32),
}

/// What methods of a runtime are as objects.
#[derive(Clone, Copy)]
pub(super) struct MethodClass {
    pub(super) class: &'static HeapType<ProxyFields>,
    pub(super) capabilities: Capabilities,
}

/// What was found lately.
#[derive(Clone, Copy)]
struct FamilyName {
    /// The `str`, to which there is a reference; or NULL.
    name: Object,
    family: Family,
    /// That of the runtime whose family it is.
    protocol: Option<&'static dyn Protocol>,
    known: NameOfFamily,
}

struct NamesOfFamilies([Cell<FamilyName>; PLACES]);

const PLACES: usize = 1024;

// SAFETY: it is used under the GIL only.
unsafe impl Sync for NamesOfFamilies {}

static NAMES: NamesOfFamilies = NamesOfFamilies([const { Cell::new(FamilyName::NONE) }; PLACES]);

impl FamilyName {
    const NONE: FamilyName = FamilyName {
        name: ptr::null_mut(),
        family: Family::NONE,
        protocol: None,
        known: NameOfFamily::Nothing,
    };

    #[inline(always)]
    fn is_of(&self, name: Object, fields: &ProxyFields) -> bool {
        let is_same = |one: &dyn Protocol| fields.protocol.is_some_and(|own| ptr::eq(own, one));
        self.name == name && self.family == fields.family && self.protocol.is_some_and(is_same)
    }
}

#[inline(always)]
fn place(name: Object, family: Family) -> &'static Cell<FamilyName> {
    let spread = (family.number() as usize).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
    &NAMES.0[(name.addr() >> 4 ^ spread) % PLACES]
}

/// What a name stands for among the members of an object; `None` if that is not known yet.
#[inline(always)]
pub(super) fn find(fields: &ProxyFields, name: Object) -> Option<NameOfFamily> {
    if fields.family == Family::NONE {
        return None;
    }
    let found = place(name, fields.family).get();
    found.is_of(name, fields).then_some(found.known)
}

/// Finds out what a name stands for.
///
/// # Safety
/// `name` is a live `str` under the GIL, with that text.
#[cold]
#[inline(never)]
pub(super) unsafe fn learn(
    gil: &Gil,
    fields: &ProxyFields,
    name: Object,
    text: &str,
) -> Result<NameOfFamily> {
    let member = fields.use_object(gil, |key, protocol| protocol.known_member(key, text))?;
    let known = match member {
        None => NameOfFamily::Nothing,
        Some(KnownMember::Attribute(member)) => NameOfFamily::Attribute(member),
        Some(KnownMember::Constant(member)) => NameOfFamily::Constant(member),
        Some(KnownMember::Method(member)) => match class_of_method(gil, fields, text)? {
            Some(class) => NameOfFamily::Method(member, class),
            None => NameOfFamily::Nothing,
        },
    };
    // SAFETY: live objects under the GIL; the place had a reference, or NULL.
    unsafe {
        let name = PyRef::new_reference(gil, name).into_ptr();
        let ProxyFields { family, protocol, .. } = *fields;
        let before = place(name, family).replace(FamilyName { name, family, protocol, known });
        drop(PyRef::from_owned(before.name));
    }
    Ok(known)
}

/// What a method is as an attribute: it is read once to see that.
fn class_of_method(gil: &Gil, fields: &ProxyFields, name: &str) -> Result<Option<MethodClass>> {
    let mut to = MaybeUninit::uninit();
    let capabilities = fields.use_object(gil, |key, protocol| {
        protocol.get_attribute(key, AttributeName::Text(name), &mut to)?;
        // SAFETY: written by what has not failed; a handle, as its type says, and freed here.
        unsafe {
            let mut found = to.assume_init();
            if found.r#type != metaffi_handle_type {
                value::clear(&mut found);
                return Ok(None);
            }
            let found = OwnedHandle::new(found.data.object.addr());
            of(found.key())?.capabilities(found.key()).map(Some)
        }
    })?;
    let Some(capabilities) = capabilities.filter(|can| can.has(Capabilities::CALL)) else {
        return Ok(None);
    };
    Ok(Some(MethodClass { class: class::of(gil, capabilities, None)?, capabilities }))
}
