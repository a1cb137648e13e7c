//! `MetaFFIModule`: what a runtime loads from a path.

mod attribute;
mod data;
mod names;
mod source;

use std::cell::{OnceCell, UnsafeCell};
use std::ffi::{CStr, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use self::names::{KnownNames, Meaning};
use super::argument_parser::{self, ArgumentParser};
use super::options::repr_of;
use super::trampoline::{trampoline, trampoline_of_guest, trampoline_status};
use super::{entity, fork, options, recipe, runtime_fields, type_info};
use crate::backend;
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::model::Module;
use crate::python::api::{Api, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{
    BASETYPE, HAVE_GC, HeapType, HeapTypeSpec, TP_CLEAR, TP_DEALLOC, TP_GETATTRO, TP_INIT, TP_NEW,
    TP_REPR, TP_SETATTRO, TP_TRAVERSE, method,
};
use crate::python::support;
use crate::python::upcall::callable::VisitReference;

/// What an instance has.
pub(super) struct ModuleFields {
    /// Its `MetaFFIRuntime`, since it was initialised.
    runtime: OnceCell<PyRef>,
    path: Box<str>,
    /// The options as they were given, a `dict`.
    options: Option<PyRef>,
    loaded: OnceCell<Arc<Module>>,
    names: UnsafeCell<KnownNames>,
    /// Its `Entities`, once they were asked for.
    entities: UnsafeCell<Option<PyRef>>,
    /// Types of data by their texts, a `dict`.
    types: OnceCell<PyRef>,
    weak: Object,
}

static CLASS: Once<HeapType<ModuleFields>> = Once::new();

/// The type.
pub(super) fn class(gil: &Gil) -> Result<&'static HeapType<ModuleFields>> {
    CLASS.get_or_make(|| {
        let class = HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.MetaFFIModule",
                doc: c"MetaFFIModule(runtime, module_path, **options)\n--\n\n\
                       A module of a runtime. It is loaded when something of it is first asked for.",
                flags: BASETYPE | HAVE_GC,
                slots: &[
                    (TP_NEW, new_instance as *const c_void),
                    (TP_INIT, initialise as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                    (TP_TRAVERSE, traverse as *const c_void),
                    (TP_CLEAR, clear as *const c_void),
                    (TP_GETATTRO, attribute::get as *const c_void),
                    (TP_SETATTRO, attribute::set as *const c_void),
                    (TP_REPR, repr as *const c_void),
                ],
                methods: [
                    vec![
                        method(
                            c"load_entity",
                            load_entity as *const c_void,
                            METH_VARARGS | METH_KEYWORDS,
                            c"load_entity($self, entity_path, params_metaffi_types=None, \
                              retval_metaffi_types=None)\n--\n\n\
                              The entity that a path names, with its types; those not given are \
                              what the guest declares.",
                        ),
                        method(
                            c"declare",
                            declare as *const c_void,
                            METH_O,
                            c"declare($self, declarations, /)\n--\n\n\
                              Adds declarations in the guest's language, such as `int abs(int);` \
                              in C.\n\nAll of the text is added, or nothing of it.",
                        ),
                        method(
                            c"describe",
                            describe as *const c_void,
                            METH_NOARGS,
                            c"describe($self, /)\n--\n\n\
                              What can be loaded, as in the page about the description of a module.",
                        ),
                        method(
                            c"__reduce_ex__",
                            reduce as *const c_void,
                            METH_O,
                            c"What loads it again, for pickle.",
                        ),
                        method(
                            c"__dir__",
                            dir as *const c_void,
                            METH_NOARGS,
                            c"What every module has, and what the guest declares.",
                        ),
                    ],
                    data::methods(),
                    source::methods(),
                ]
                .into_iter()
                .flatten()
                .collect(),
                attributes: &[
                    (c"runtime", get_runtime),
                    (c"module_path", path),
                    (c"options", get_options),
                    (c"entities", entities),
                ],
                offsets: &[(c"__weaklistoffset__", std::mem::offset_of!(ModuleFields, weak))],
            },
        )?;
        support::document(gil, class.object(), page)?;
        Ok(class)
    })
}

impl ModuleFields {
    fn names(&self) -> &KnownNames {
        // SAFETY: whoever changes it does so under the GIL, while nobody refers to it.
        unsafe { &*self.names.get() }
    }

    /// # Safety
    /// The GIL is held, nobody else refers into the names, and nothing is called meanwhile.
    #[expect(clippy::mut_from_ref, reason = "the caller says that it is the only one")]
    unsafe fn names_mut(&self) -> &mut KnownNames {
        // SAFETY: the caller is the only one.
        unsafe { &mut *self.names.get() }
    }

    /// Whether the guest is asked what a name is: Python asks every object for names such as
    /// `__wrapped__`, for which nothing is loaded.
    fn may_declare(&self, name: &str) -> bool {
        let is_protocol = name.starts_with("__") && name.ends_with("__");
        self.runtime.get().is_some() && (!is_protocol || self.loaded.get().is_some())
    }
}

/// A module of a `MetaFFIRuntime`, with a dict of options.
pub(super) fn new(gil: &Gil, runtime: PyRef, path: String, options: PyRef) -> Result<PyRef> {
    let (runtime, path) = (OnceCell::from(runtime), path.into_boxed_str());
    let fields = ModuleFields { runtime, path, options: Some(options), ..not_initialised() };
    class(gil)?.instance(gil, fields)
}

fn not_initialised() -> ModuleFields {
    ModuleFields {
        runtime: OnceCell::new(),
        path: Box::default(),
        options: None,
        loaded: OnceCell::new(),
        names: UnsafeCell::default(),
        entities: UnsafeCell::default(),
        types: OnceCell::new(),
        weak: ptr::null_mut(),
    }
}

/// # Safety
/// `object` is an instance, and outlives the result.
unsafe fn fields<'a>(gil: &Gil, object: Object) -> Result<&'a ModuleFields> {
    // SAFETY: `object` is an instance, and outlives the result.
    Ok(unsafe { &*class(gil)?.fields(object) })
}

/// What an instance stands for, which is loaded now if it was not yet.
///
/// # Safety
/// `object` is an instance, and outlives the result.
unsafe fn loaded<'a>(gil: &Gil, object: Object) -> Result<&'a Arc<Module>> {
    // SAFETY: `object` is an instance, and outlives the result.
    let fields = unsafe { fields(gil, object) }?;
    match fields.loaded.get() {
        Some(module) => Ok(module),
        None => {
            let runtime = fields.runtime.get().ok_or_else(not_made)?;
            // SAFETY: it was checked to be one.
            let runtime = unsafe { runtime_fields::loaded(gil, runtime.as_ptr()) }?;
            let options = match &fields.options {
                Some(options) => options::pairs(gil, options)?,
                None => Vec::new(),
            };
            let load = || Module::load_with(&runtime, &fields.path, options);
            let module = fork::load(gil, load)?;
            // Another thread may have been faster.
            Ok(fields.loaded.get_or_init(|| module))
        }
    }
}

/// What an instance loaded.
///
/// # Safety
/// `object` is an instance, and outlives the result.
unsafe fn content<'a>(gil: &Gil, object: Object) -> Result<&'a dyn backend::Module> {
    // SAFETY: `object` is an instance, and outlives the result.
    Ok(&**unsafe { loaded(gil, object) }?.content())
}

unsafe extern "C-unwind" fn new_instance(subtype: Object, _: Object, _: Object) -> Object {
    // SAFETY: Python calls this with the type or a derived one, holding the GIL.
    unsafe { trampoline(|gil| class(gil)?.instance_of(gil, subtype, not_initialised())) }
}

unsafe extern "C-unwind" fn initialise(object: Object, given: Object, keywords: Object) -> c_int {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline_status(|gil| {
            let names = ["runtime", "module_path"];
            let (given, options) = ArgumentParser::with_others(gil, names, 2, given, keywords)?;
            let runtime = given.get(gil, 0).filter(|runtime| runtime_fields::is_one(gil, runtime));
            let runtime =
                runtime.ok_or_else(|| Error::invalid("runtime: pass a MetaFFIRuntime"))?;
            let path = given.text(gil, 1)?.into_boxed_str();
            let fields = class(gil)?.fields(object);
            if (*fields).runtime.get().is_some() {
                return Err(Error::invalid("the module is initialised already"));
            }
            (*fields).path = path;
            (*fields).options = Some(options);
            let _ = (*fields).runtime.set(runtime);
            Ok(())
        })
    }
}

/// The types of data that an instance remembers: a dict, borrowed.
///
/// # Safety
/// `object` is an instance.
unsafe fn types(gil: &Gil, object: Object) -> Result<Object> {
    // SAFETY: `object` is an instance, under the GIL.
    unsafe {
        let types = &fields(gil, object)?.types;
        if types.get().is_none() {
            let _ = types.set(PyRef::owned(gil, (gil.api.PyDict_New)())?);
        }
        Ok(types.get().map_or(ptr::null_mut(), PyRef::as_ptr))
    }
}

unsafe extern "C-unwind" fn load_entity(
    object: Object,
    arguments: Object,
    keywords: Object,
) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let names = ["entity_path", "params_metaffi_types", "retval_metaffi_types"];
            let given = ArgumentParser::new(gil, names, 1, arguments, keywords)?;
            let path = given.text(gil, 0)?;
            let types = |index: usize| {
                let sequence = given.get(gil, index);
                sequence.map(|types| type_info::parse(gil, &types, names[index])).transpose()
            };
            let (mut params, mut returns) = (types(1)?, types(2)?);
            let module = loaded(gil, object)?;
            // Of what nothing declares, None is what it has none of, as other hosts of MetaFFI say it.
            let none = [1, 2].map(|index| given.is_none(gil, index));
            if none != [false; 2] && !fork::load(gil, || module.declares(&path))? {
                params = params.or_else(|| none[0].then(Vec::new));
                returns = returns.or_else(|| none[1].then(Vec::new));
            }
            let entity = fork::load(gil, || {
                module.load_entity(&path, params.as_deref(), returns.as_deref())
            })?;
            entity::new(gil, entity)
        })
    }
}

unsafe extern "C-unwind" fn declare(object: Object, text: Object) -> Object {
    // SAFETY: Python calls this with an instance and an argument, holding the GIL; what is taken
    // out is dropped when nobody refers to it.
    unsafe {
        trampoline_of_guest(|gil| {
            let text =
                argument_parser::text(gil, &PyRef::new_reference(gil, text), "declarations")?;
            let module = loaded(gil, object)?;
            fork::load(gil, || module.declare(&text))?;
            let fields = fields(gil, object)?;
            let known = fields.names_mut().keep(|named| matches!(named.meaning, Meaning::Own));
            let entities = (*fields.entities.get()).take();
            drop((known, entities));
            // What was spelled may mean something else now.
            (gil.api.PyDict_Clear)(types(gil, object)?);
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn describe(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let module = loaded(gil, object)?;
            let description = fork::load(gil, || module.describe())?;
            let json = serde_json::to_string(&description)
                .map_err(|error| Error::new(Status::Internal, error.to_string()))?;
            let loads = PyRef::import(gil, c"json")?.attribute(gil, c"loads")?;
            loads.call1(gil, &support::text(gil, &json)?)
        })
    }
}

/// A function of the package's module about entities.
fn exploring(gil: &Gil, name: &CStr) -> Result<PyRef> {
    PyRef::import(gil, c"metaffi._entities")?.attribute(gil, name)
}

/// What `help` shows of a module.
fn page(gil: &Gil, module: &PyRef) -> Result<PyRef> {
    support::call(gil, &exploring(gil, c"page_of")?, &[module])
}

unsafe extern "C-unwind" fn dir(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let own = fields(gil, object)?.names().iter();
            let own = own.filter(|named| matches!(named.meaning, Meaning::Own));
            let own = support::tuple(gil, own.map(|named| named.name.clone_ref(gil)).collect())?;
            let object = PyRef::new_reference(gil, object);
            support::call(gil, &exploring(gil, c"dir_of")?, &[&object, &own])
        })
    }
}

unsafe extern "C-unwind" fn reduce(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let fields = fields(gil, object)?;
            let runtime = fields.runtime.get().ok_or_else(not_made)?;
            let (name, options) = runtime_fields::name_and_options(gil, runtime)?;
            let loaded = fields.loaded.get().map(|module| &**module);
            let own = fields.options.as_ref().ok_or_else(not_made)?;
            recipe::of_module(gil, [&name, &options, own], &fields.path, loaded)
        })
    }
}

#[cold]
fn not_made() -> Error {
    Error::invalid("the module was not initialised: call __init__")
}

unsafe extern "C-unwind" fn entities(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let place = fields(gil, object)?.entities.get();
            if let Some(entities) = &*place {
                return Ok(entities.clone_ref(gil));
            }
            let made =
                exploring(gil, c"Entities")?.call1(gil, &PyRef::new_reference(gil, object))?;
            Ok((*place).get_or_insert(made).clone_ref(gil))
        })
    }
}

unsafe extern "C-unwind" fn get_runtime(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let runtime = fields(gil, object)?.runtime.get();
            Ok(runtime.map_or_else(|| support::none(gil), |runtime| runtime.clone_ref(gil)))
        })
    }
}

unsafe extern "C-unwind" fn path(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &fields(gil, object)?.path)) }
}

unsafe extern "C-unwind" fn get_options(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let options = fields(gil, object)?.options.as_ref();
            Ok(options.map_or_else(|| support::none(gil), |options| options.clone_ref(gil)))
        })
    }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let ModuleFields { runtime, path, options, .. } = fields(gil, object)?;
            let runtime = match runtime.get() {
                Some(runtime) => repr_of(gil, runtime)?,
                None => String::new(),
            };
            let path = repr_of(gil, &support::text(gil, path)?)?;
            let given = options.as_ref().map(|options| options::spell(gil, options)).transpose()?;
            let given = given.unwrap_or_default();
            support::text(gil, &format!("MetaFFIModule({runtime}, {path}{given})"))
        })
    }
}

/// `Py_tp_traverse`
unsafe extern "C-unwind" fn traverse(
    object: Object,
    visit: VisitReference,
    data: *mut c_void,
) -> c_int {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return 0 };
    let mut outcome = 0;
    let mut show = |object: Object| {
        if outcome == 0 {
            // SAFETY: what is kept is alive.
            outcome = unsafe { visit(object, data) };
        }
    };
    // SAFETY: the garbage collector calls this with an instance, and nothing runs meanwhile.
    unsafe {
        let fields = &*class.fields(object);
        show(api.type_of(object));
        fields.runtime.get().into_iter().for_each(|runtime| show(runtime.as_ptr()));
        for named in fields.names().iter() {
            show(named.object.as_ptr());
            named.kept().into_iter().for_each(&mut show);
        }
        (*fields.entities.get()).iter().for_each(|entities| show(entities.as_ptr()));
    }
    outcome
}

/// `Py_tp_clear`: nobody can reach the instance any more.
unsafe extern "C-unwind" fn clear(object: Object) -> c_int {
    if let (Some(_), Some(class)) = (Api::get(), CLASS.get()) {
        // SAFETY: the garbage collector calls this with an instance, holding the GIL; what is taken
        // out is dropped when nobody refers to it.
        unsafe {
            let fields = &*class.fields(object);
            let names = std::mem::take(fields.names_mut());
            let entities = (*fields.entities.get()).take();
            drop((names, entities));
        }
    }
    0
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance.
    unsafe {
        (api.PyObject_GC_UnTrack)(object.cast());
        if !(*class.fields(object)).weak.is_null() {
            (api.PyObject_ClearWeakRefs)(object);
        }
        class.destroy(api, object);
    }
}
