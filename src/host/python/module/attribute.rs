//! Attributes of a module: what its language declares by that name.

use std::cell::{Cell, OnceCell};
use std::ffi::c_int;
use std::ptr;
use std::sync::Arc;

use super::names::{KnownName, KnownVariable, Meaning};
use super::{CLASS, ModuleFields, content, fields, loaded};
use crate::backend::EntryKind;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::host::python::call::entity_fields;
use crate::host::python::data::raise::{exception, pending};
use crate::host::python::trampoline::{trampoline_of_guest, trampoline_status};
use crate::host::python::{data, entity, fork};
use crate::model::Module;
use crate::python::api::{
    Api, Object, TPFLAGS_DICT_SUBCLASS, TPFLAGS_LIST_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS,
    TPFLAGS_UNICODE_SUBCLASS,
};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::proxy;
use crate::python::support;
use crate::signature::Kind;

/// `Py_tp_getattro`
pub(super) unsafe extern "C-unwind" fn get(object: Object, name: Object) -> Object {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and a `str`, holding the GIL.
    unsafe {
        match (*class.fields(object)).names().get(name) {
            Some(named) if named.is_value() => {
                api.incref(named.object.as_ptr());
                named.object.as_ptr()
            }
            _ => get_other(object, name),
        }
    }
}

/// Reads a variable, or finds out what the name stands for.
#[inline(never)]
unsafe fn get_other(object: Object, name: Object) -> Object {
    // SAFETY: `object` is an instance and `name` a `str`, both alive; the GIL is held.
    unsafe {
        trampoline_of_guest(|gil| {
            let fields = fields(gil, object)?;
            if let Some(named) = fields.names().get(name) {
                return read(gil, named);
            }
            let generic = (gil.api.PyObject_GenericGetAttr)(object, name);
            if let Some(found) = PyRef::from_owned(generic) {
                return Ok(found);
            }
            if (gil.api.PyErr_ExceptionMatches)(gil.api.PyExc_AttributeError) == 0 {
                return Err(pending());
            }
            // Nothing is asked of Python with an exception pending.
            (gil.api.PyErr_Clear)();
            let (name, text) = interned(gil, name)?;
            if !fields.may_declare(&text) {
                let generic = (gil.api.PyObject_GenericGetAttr)(object, name.as_ptr());
                return PyRef::from_owned(generic).ok_or_else(pending);
            }
            let module = loaded(gil, object)?;
            match learn(gil, fields, module, &name, &text) {
                Err(error) if is_missing(&error) => {
                    let path = &fields.path;
                    let message = format!("module {path:?} has no attribute {text:?}: {error}");
                    Err(exception(gil, gil.api.PyExc_AttributeError, &message))
                }
                learned => learned.and_then(|()| match fields.names().get(name.as_ptr()) {
                    Some(named) => read(gil, named),
                    None => Err(changed()),
                }),
            }
        })
    }
}

/// The value of what is known.
fn read(gil: &Gil, named: &KnownName) -> Result<PyRef> {
    let object = named.object.clone_ref(gil);
    if named.is_value() {
        return Ok(object);
    }
    // SAFETY: a live entity, under the GIL.
    let value = unsafe { PyRef::from_owned((gil.api.PyObject_CallNoArgs)(object.as_ptr())) };
    value.ok_or_else(pending)
}

/// `Py_tp_setattro`
pub(super) unsafe extern "C-unwind" fn set(object: Object, name: Object, value: Object) -> c_int {
    // SAFETY: Python calls this with an instance, a `str`, and an object or NULL, holding the GIL.
    unsafe {
        trampoline_status(|gil| {
            let fields = fields(gil, object)?;
            let (name, text) = interned(gil, name)?;
            if (gil.api.PyObject_HasAttr)(gil.api.type_of(object), name.as_ptr()) != 0 {
                return match (gil.api.PyObject_GenericSetAttr)(object, name.as_ptr(), value) {
                    0 => Ok(()),
                    _ => Err(pending()),
                };
            }
            if value.is_null() {
                return delete(gil, fields, &name, &text);
            }
            if fields.names().get(name.as_ptr()).is_none() && fields.may_declare(&text) {
                match learn(gil, fields, loaded(gil, object)?, &name, &text) {
                    // What nothing declares is the object's own.
                    Err(error) if !is_missing(&error) => return Err(error),
                    _ => {}
                }
            }
            let value = PyRef::new_reference(gil, value);
            match fields.names().get(name.as_ptr()).map(|named| &named.meaning) {
                Some(Meaning::Variable(_)) => write(gil, object, &name, &value),
                Some(Meaning::Constant) => {
                    let message = format!(
                        "{text:?} is a constant of module {:?}: it is never written",
                        fields.path
                    );
                    Err(exception(gil, gil.api.PyExc_AttributeError, &message))
                }
                Some(Meaning::Entity | Meaning::Own) | None => {
                    let named = KnownName { name, object: value, meaning: Meaning::Own };
                    drop(fields.names_mut().put(named));
                    Ok(())
                }
            }
        })
    }
}

/// Forgets what was assigned to a name that nothing declares as a variable.
unsafe fn delete(gil: &Gil, fields: &ModuleFields, name: &PyRef, text: &str) -> Result<()> {
    let is_it = |named: &KnownName| {
        matches!(named.meaning, Meaning::Own) && ptr::eq(named.name.as_ptr(), name.as_ptr())
    };
    // SAFETY: nobody has a reference into the table; what is dropped was taken out.
    let deleted = unsafe { fields.names_mut() }.keep(|named| !is_it(named));
    match deleted.is_empty() {
        false => Ok(()),
        true => {
            let message = format!("nothing was assigned to {text:?} of module {:?}", fields.path);
            Err(exception(gil, gil.api.PyExc_AttributeError, &message))
        }
    }
}

/// Writes a known variable.
unsafe fn write(gil: &Gil, object: Object, name: &PyRef, value: &PyRef) -> Result<()> {
    // SAFETY: the caller has an instance, under the GIL.
    let fields = unsafe { fields(gil, object) }?;
    let variable = || match &fields.names().get(name.as_ptr())?.meaning {
        Meaning::Variable(variable) => Some(variable),
        _ => None,
    };
    let Some(known) = variable() else { return Err(changed()) };
    let setter = match known.setter.get() {
        Some(setter) => setter.clone_ref(gil),
        None => {
            let path = known.path.clone().tag("setter");
            // SAFETY: as above.
            let made = entity(gil, unsafe { loaded(gil, object) }?, &path)?;
            if let Some(known) = variable() {
                let _ = known.setter.set(made.clone_ref(gil));
            }
            made
        }
    };
    if has_parts(gil, value)
        && takes_handle(&setter)
        && let Some(known) = fields.names().get(name.as_ptr())
    {
        let view = read(gil, known)?;
        // SAFETY: live objects under the GIL.
        unsafe {
            if (gil.api.PyObject_IsInstance)(view.as_ptr(), proxy::base(gil)?.object().as_ptr())
                == 1
            {
                let whole = support::text(gil, "")?;
                let (view, whole, value) = (view.as_ptr(), whole.as_ptr(), value.as_ptr());
                return match (gil.api.PyObject_SetItem)(view, whole, value) {
                    0 => Ok(()),
                    _ => Err(pending()),
                };
            }
        }
    }
    let read = || fields.names().get(name.as_ptr()).map(|known| known.object.clone_ref(gil));
    // SAFETY: as above.
    let made = read().map(|getter| unsafe { pointed_to(gil, object, &getter, value) });
    let made = made.transpose()?.flatten();
    let value = made.as_ref().unwrap_or(value);
    let arguments = [value.as_ptr()];
    // SAFETY: a live entity and its argument, under the GIL.
    let written =
        unsafe { (gil.api.vectorcall)(setter.as_ptr(), arguments.as_ptr(), 1, ptr::null_mut()) };
    // SAFETY: a reference of its own, or NULL.
    unsafe { PyRef::from_owned(written) }.map(drop).ok_or_else(pending)?;
    // SAFETY: a live object under the GIL.
    let is_kept = unsafe { data::of(gil.api, value.as_ptr()) }.is_some();
    let kept = is_kept.then(|| value.clone_ref(gil));
    let before = variable().map(|known| known.kept.replace(kept));
    drop(before);
    Ok(())
}

/// New data of text, bytes, a list or a dict for a variable that is a pointer, which the getter reads;
/// `None` of other values and variables.
unsafe fn pointed_to(
    gil: &Gil,
    object: Object,
    getter: &PyRef,
    value: &PyRef,
) -> Result<Option<PyRef>> {
    if !has_parts(gil, value) {
        return Ok(None);
    }
    // SAFETY: a live entity.
    let function = unsafe { entity_fields::fields(getter.as_ptr()) }.entity.function();
    let spelled = function.signature().returns.first().and_then(|one| one.alias.clone());
    let Some(spelled) = spelled else { return Ok(None) };
    // SAFETY: the caller has an instance.
    match unsafe { content(gil, object) }?.layout(&spelled)? {
        Some(layout) => data::pointed_to(gil, &layout, value),
        None => Ok(None),
    }
}

/// Whether a value is written part by part to memory that has parts.
fn has_parts(gil: &Gil, value: &PyRef) -> bool {
    const PARTS: u64 = TPFLAGS_LIST_SUBCLASS
        | TPFLAGS_TUPLE_SUBCLASS
        | TPFLAGS_DICT_SUBCLASS
        | TPFLAGS_UNICODE_SUBCLASS;
    // SAFETY: a live object under the GIL.
    unsafe {
        gil.api.flags_of(value.as_ptr()) & PARTS != 0
            || gil.api.type_of(value.as_ptr()) == gil.api.PyBytes_Type
    }
}

/// Whether a variable is written as an object, such as an array or a record: pointers are not.
fn takes_handle(setter: &PyRef) -> bool {
    // SAFETY: a live entity.
    let function = unsafe { entity_fields::fields(setter.as_ptr()) }.entity.function();
    function.params().first().is_some_and(|param| param.kind == Kind::Handle)
}

/// Finds out what a name stands for. Others may be faster meanwhile: theirs is it then.
unsafe fn learn(
    gil: &Gil,
    fields: &ModuleFields,
    module: &Arc<Module>,
    name: &PyRef,
    text: &str,
) -> Result<()> {
    let (path, kind) = fork::load(gil, || module.find(text))?;
    let object = entity(gil, module, &path)?;
    let (object, meaning) = match kind {
        EntryKind::Constant => {
            // SAFETY: a live entity, under the GIL.
            let value =
                unsafe { PyRef::from_owned((gil.api.PyObject_CallNoArgs)(object.as_ptr())) };
            (value.ok_or_else(pending)?, Meaning::Constant)
        }
        EntryKind::Global | EntryKind::Field => (
            object,
            Meaning::Variable(Box::new(KnownVariable {
                path,
                setter: OnceCell::new(),
                kept: Cell::new(None),
            })),
        ),
        EntryKind::Function | EntryKind::Constructor | EntryKind::Method => {
            (object, Meaning::Entity)
        }
    };
    if fields.names().get(name.as_ptr()).is_none() {
        // SAFETY: nobody has a reference into the table.
        unsafe { fields.names_mut() }.put(KnownName { name: name.clone_ref(gil), object, meaning });
    }
    Ok(())
}

/// The entity of a path, with the types that are declared.
fn entity(gil: &Gil, module: &Arc<Module>, path: &EntityPath) -> Result<PyRef> {
    let path = path.to_string();
    entity::new(gil, fork::load(gil, || module.load_entity(&path, None, None))?)
}

/// Whether a failure says that there is nothing of that name.
fn is_missing(error: &Error) -> bool {
    matches!(error.status(), Status::NotFound | Status::Unsupported)
}

#[cold]
fn changed() -> Error {
    Error::new(Status::Internal, "what the module declares has changed meanwhile")
}

/// The `str` of a name by which others that are equal are found, and its characters.
unsafe fn interned(gil: &Gil, name: Object) -> Result<(PyRef, String)> {
    // SAFETY: the caller has a live `str`, under the GIL; the one in its place is handed over.
    unsafe {
        let mut name = PyRef::new_reference(gil, name).into_ptr();
        (gil.api.PyUnicode_InternInPlace)(&mut name);
        let name = PyRef::owned(gil, name)?;
        let text = text_of(gil, &name)?;
        Ok((name, text))
    }
}
