//! [`VisitForm`]: what the objects of a type are visited as.

use std::collections::HashMap;
use std::collections::hash_map::Entry as MapEntry;

use super::super::capability;
use crate::abi::{
    METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_SET, METAFFI_CONTAINER_TUPLE, METAFFI_VISIT_FIELDS,
    metaffi_container_kind,
};
use crate::error::Result;
use crate::object::{Capabilities, VisitOptions};
use crate::python::api::{
    Object, TPFLAGS_BYTES_SUBCLASS, TPFLAGS_DICT_SUBCLASS, TPFLAGS_LIST_SUBCLASS,
    TPFLAGS_LONG_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS, TPFLAGS_UNICODE_SUBCLASS,
};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, is_carrier, type_name};

/// What the objects of a type are visited as.
#[derive(Clone, Copy)]
pub(super) enum VisitForm {
    /// An `int`, also of a subclass.
    Integer,
    /// A `float`, also of a subclass.
    Number,
    /// A `str`, also of a subclass.
    Text,
    /// `bytes`, also of a subclass.
    Bytes,
    /// What iterating it gives.
    Items(metaffi_container_kind),
    /// What its `items()` gives.
    Entries,
    /// Its fields, whose names the type has.
    Fields,
    /// The value that it is as an `any`.
    Value,
    /// An object of another runtime, which is visited as that has it.
    Foreign,
    /// What has no conversion.
    Nothing,
}

/// A type that a visit has met.
pub(super) struct VisitedType {
    /// What its objects are visited as.
    pub form: VisitForm,
    /// Its name, if they are containers.
    pub name: String,
    /// The names of their fields, a tuple of `str`, if they are visited as that.
    pub fields: Option<PyRef>,
    /// Keeps the type, so that no other gets its address.
    _type: PyRef,
}

/// The types that a visit has met.
#[derive(Default)]
pub(super) struct VisitedTypes(HashMap<usize, VisitedType>);

impl VisitedTypes {
    /// That of an object.
    ///
    /// # Safety
    /// The object is alive.
    pub(super) unsafe fn of(
        &mut self,
        gil: &Gil,
        object: Object,
        options: &VisitOptions<'_>,
    ) -> Result<&VisitedType> {
        // SAFETY: alive, under the GIL.
        let r#type = unsafe { PyRef::new_reference(gil, gil.api.type_of(object)) };
        match self.0.entry(r#type.as_ptr().addr()) {
            MapEntry::Occupied(known) => Ok(known.into_mut()),
            MapEntry::Vacant(place) => {
                // SAFETY: alive, under the GIL.
                let visited = unsafe { look(gil, object, r#type, options) }?;
                Ok(place.insert(visited))
            }
        }
    }
}

unsafe fn look(
    gil: &Gil,
    object: Object,
    r#type: PyRef,
    options: &VisitOptions<'_>,
) -> Result<VisitedType> {
    // SAFETY: both are alive, under the GIL.
    unsafe {
        let fields = match options.has(METAFFI_VISIT_FIELDS) {
            true => fields(gil, &r#type)?,
            false => None,
        };
        let form = match fields {
            Some(_) => VisitForm::Fields,
            None => form(gil, object, &r#type)?,
        };
        let has_name = matches!(form, VisitForm::Items(_) | VisitForm::Entries | VisitForm::Fields);
        let name = if has_name { type_name(gil, r#type.as_ptr()) } else { String::new() };
        Ok(VisitedType { form, name, fields, _type: r#type })
    }
}

unsafe fn form(gil: &Gil, object: Object, r#type: &PyRef) -> Result<VisitForm> {
    let api = gil.api;
    // SAFETY: both are alive, under the GIL.
    unsafe {
        let flags = api.flags_of(object);
        let has = |flag| flags & flag != 0;
        let is = |base| (api.PyType_IsSubtype)(r#type.as_ptr(), base) != 0;
        Ok(match () {
            _ if has(TPFLAGS_DICT_SUBCLASS) => VisitForm::Entries,
            _ if has(TPFLAGS_LIST_SUBCLASS) => VisitForm::Items(METAFFI_CONTAINER_LIST),
            _ if has(TPFLAGS_TUPLE_SUBCLASS) => VisitForm::Items(METAFFI_CONTAINER_TUPLE),
            _ if has(TPFLAGS_UNICODE_SUBCLASS) => VisitForm::Text,
            _ if has(TPFLAGS_LONG_SUBCLASS) => VisitForm::Integer,
            _ if has(TPFLAGS_BYTES_SUBCLASS) => VisitForm::Bytes,
            _ if is(api.PyFloat_Type) => VisitForm::Number,
            _ if is(api.PySet_Type) || is(api.PyFrozenSet_Type) => {
                VisitForm::Items(METAFFI_CONTAINER_SET)
            }
            _ if is_carrier(api, object) => VisitForm::Foreign,
            _ => of_abilities(capability::of_type(gil, object)?),
        })
    }
}

/// What objects are visited as that are of no type with a form of its own.
fn of_abilities(can: Capabilities) -> VisitForm {
    match () {
        () if can.has(Capabilities::TYPE) => VisitForm::Nothing,
        () if can.has(Capabilities::BUFFER) => VisitForm::Value,
        () if can.has(Capabilities::MAPPING) => VisitForm::Entries,
        () if can.has(Capabilities::SET) => VisitForm::Items(METAFFI_CONTAINER_SET),
        () if can.has(Capabilities::SEQUENCE) => VisitForm::Items(METAFFI_CONTAINER_LIST),
        // A function is not asked for a value of its own.
        () if can.has(Capabilities::CALL) => VisitForm::Nothing,
        () => VisitForm::Value,
    }
}

/// The names of the fields that a type declares: those of a dataclass, or of a named tuple.
fn fields(gil: &Gil, r#type: &PyRef) -> Result<Option<PyRef>> {
    let api = gil.api;
    // SAFETY: live objects under the GIL.
    unsafe {
        let has = |name: &std::ffi::CStr| {
            (api.PyObject_HasAttrString)(r#type.as_ptr(), name.as_ptr()) != 0
        };
        if has(c"__dataclass_fields__") {
            let all = PyRef::import(gil, c"dataclasses")?.attribute(gil, c"fields")?;
            let all = all.call1(gil, r#type)?;
            let count = (api.PyTuple_Size)(all.as_ptr());
            let names = PyRef::owned(gil, (api.PyTuple_New)(count))?;
            for index in 0..count {
                let field = PyRef::new_reference(gil, (api.PyTuple_GetItem)(all.as_ptr(), index));
                let name = field.attribute(gil, c"name")?;
                (api.PyTuple_SetItem)(names.as_ptr(), index, name.into_ptr());
            }
            return Ok(Some(names));
        }
        let is_tuple = (api.PyType_IsSubtype)(r#type.as_ptr(), api.PyTuple_Type) != 0;
        if !is_tuple || !has(c"_fields") {
            return Ok(None);
        }
        let names = r#type.attribute(gil, c"_fields")?;
        PyRef::owned(gil, (api.PySequence_Tuple)(names.as_ptr())).map(Some)
    }
}
