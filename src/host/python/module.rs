//! `libmetaffi.Module`: a loaded module.

mod data;

use std::ffi::c_void;
use std::sync::Arc;

use super::argument_parser::{self, ArgumentParser};
use super::trampoline::{refuse_new, trampoline, trampoline_of_guest};
use super::{entity, fork, type_info};
use crate::backend;
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::model::Module;
use crate::python::api::{Api, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{HeapType, HeapTypeSpec, TP_DEALLOC, TP_NEW, TP_REPR, method};
use crate::python::support;

/// What an instance has.
pub(super) struct ModuleFields {
    module: Arc<Module>,
    path: Box<str>,
}

static CLASS: Once<HeapType<ModuleFields>> = Once::new();

/// The type.
pub(super) fn class(gil: &Gil) -> Result<&'static HeapType<ModuleFields>> {
    CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.libmetaffi.Module",
                doc: c"A loaded module.",
                flags: 0,
                slots: &[
                    (TP_NEW, refuse_new as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                    (TP_REPR, repr as *const c_void),
                ],
                methods: [
                    vec![
                        method(
                            c"load_entity",
                            load_entity as *const c_void,
                            METH_VARARGS | METH_KEYWORDS,
                            c"load_entity($self, path, params=None, returns=None)\n--\n\n\
                      Binds an entity; types not given are inferred.",
                        ),
                        method(
                            c"declare",
                            declare as *const c_void,
                            METH_O,
                            c"declare($self, text, /)\n--\n\nAdds declarations.",
                        ),
                        method(
                            c"describe",
                            describe as *const c_void,
                            METH_NOARGS,
                            c"describe($self, /)\n--\n\nEverything that can be loaded, as JSON.",
                        ),
                    ],
                    data::methods(),
                ]
                .into_iter()
                .flatten()
                .collect(),
                attributes: &[(c"path", path), (c"runtime_name", runtime_name)],
                offsets: &[],
            },
        )
    })
}

/// The object of a module.
pub(super) fn new(gil: &Gil, module: Arc<Module>, path: &str) -> Result<PyRef> {
    class(gil)?.instance(gil, ModuleFields { module, path: path.into() })
}

/// # Safety
/// `object` is an instance.
unsafe fn fields<'a>(gil: &Gil, object: Object) -> Result<&'a ModuleFields> {
    // SAFETY: `object` is an instance.
    Ok(unsafe { &*class(gil)?.fields(object) })
}

/// What an instance loaded.
///
/// # Safety
/// `object` is an instance, and outlives the result.
unsafe fn content<'a>(gil: &Gil, object: Object) -> Result<&'a dyn backend::Module> {
    // SAFETY: `object` is an instance, and outlives the result.
    Ok(&**unsafe { fields(gil, object) }?.module.content())
}

unsafe extern "C-unwind" fn load_entity(
    object: Object,
    arguments: Object,
    keywords: Object,
) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let names = ["path", "params", "returns"];
            let given = ArgumentParser::new(gil, names, 1, arguments, keywords)?;
            let path = given.text(gil, 0)?;
            let types = |index: usize| {
                let sequence = given.get(gil, index);
                sequence.map(|types| type_info::parse(gil, &types, names[index])).transpose()
            };
            let (params, returns) = (types(1)?, types(2)?);
            let module = &fields(gil, object)?.module;
            let entity = fork::load(gil, || {
                module.load_entity(&path, params.as_deref(), returns.as_deref())
            })?;
            entity::new(gil, entity)
        })
    }
}

unsafe extern "C-unwind" fn declare(object: Object, text: Object) -> Object {
    // SAFETY: Python calls this with an instance and an argument, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let text = argument_parser::text(gil, &PyRef::new_reference(gil, text), "text")?;
            let module = &fields(gil, object)?.module;
            fork::load(gil, || module.declare(&text))?;
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn describe(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let module = &fields(gil, object)?.module;
            let description = fork::load(gil, || module.describe())?;
            let json = serde_json::to_string(&description)
                .map_err(|error| Error::new(Status::Internal, error.to_string()))?;
            support::text(gil, &json)
        })
    }
}

unsafe extern "C-unwind" fn path(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &fields(gil, object)?.path)) }
}

unsafe extern "C-unwind" fn runtime_name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, fields(gil, object)?.module.runtime().name())) }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let ModuleFields { module, path } = fields(gil, object)?;
            let text = format!("<metaffi module {path:?} of runtime {}>", module.runtime().name());
            support::text(gil, &text)
        })
    }
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance.
    unsafe { class.destroy(api, object) };
}
