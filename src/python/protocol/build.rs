//! [`ObjectBuilder`]: a visitor that makes objects of Python of what it is told.

use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;

use super::entered::Kept;
use super::value;
use crate::abi::{
    METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_MAP, METAFFI_CONTAINER_OBJECT, METAFFI_CONTAINER_SET,
    metaffi_container, metaffi_container_kind, metaffi_value,
};
use crate::call::HostCall;
use crate::error::{Error, Result};
use crate::handle::{OwnedHandle, pin};
use crate::object::{ToldVisitor, ValuePlace, Visitor, VisitorCalls};
use crate::python::api::{Api, Object};
use crate::python::convert::{self, give_python};
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{PyRef, take_handle};
use crate::signature::TypeInfo;
use crate::thread::ThreadWords;
use crate::value::array::OwnedArray;

/// What containers are built with, and what is told of them.
#[derive(Default)]
pub struct BuildTargets {
    /// Makes maps, whose entries are set by their keys; a `dict` if there is none.
    pub map: Option<PyRef>,
    /// Makes sets, which are added to; a `set` if there is none.
    pub set: Option<PyRef>,
    /// Makes objects with fields, whose attributes are set, or the entries of a `dict`; a
    /// `types.SimpleNamespace` if there is none.
    pub record: Option<PyRef>,
    /// Makes something of each view of memory: of arrays, and of bytes that are viewed.
    pub array: Option<PyRef>,
    /// The list to which everything is appended that stays an object.
    pub objects: Option<PyRef>,
}

/// Builds an object of Python of what `produce` tells.
pub fn build(
    api: &'static Api,
    produce: &mut dyn FnMut(&VisitorCalls) -> Result<()>,
    to: ValuePlace<'_>,
) -> Result<()> {
    build_into(api, &BuildTargets::default(), produce, to)
}

/// Has a builder add an object as it is, as the one value that is told next.
///
/// # Safety
/// `builder` is what a producer of [`build_into`] was given, none of whose functions runs.
pub unsafe fn add_built(builder: *mut c_void, object: PyRef) -> Result<()> {
    // SAFETY: as the caller says.
    unsafe { &mut *builder.cast::<ObjectBuilder<'_>>() }.made_ref(object)
}

/// The same with containers of other types.
pub fn build_into(
    api: &'static Api,
    targets: &BuildTargets,
    produce: &mut dyn FnMut(&VisitorCalls) -> Result<()>,
    to: ValuePlace<'_>,
) -> Result<()> {
    let gil = gil::enter(api)?;
    let _paused = HostCall::pause(ThreadWords::here());
    let builder =
        ObjectBuilder { gil: &gil, targets, open: Vec::new(), known: HashMap::new(), root: None };
    let (mut builder, told) = ToldVisitor::new(builder).told(|calls| produce(&calls));
    told?;
    if let Some(open) = builder.open.last() {
        let name = name_of(open.kind);
        return Err(Error::invalid(format!("the producer has not closed a {name}")));
    }
    match builder.root.take() {
        // SAFETY: alive.
        Some(root) => unsafe { value::give(&gil, *root, to) },
        None => Err(Error::invalid("the producer has told of nothing")),
    }
}

struct ObjectBuilder<'a> {
    gil: &'a Gil,
    targets: &'a BuildTargets,
    /// The containers that are open.
    open: Vec<OpenContainer<'a>>,
    /// Those that have a number, by it; `None` as long as there is no object yet.
    known: HashMap<u64, Option<Kept<'a>>>,
    root: Option<Kept<'a>>,
}

struct OpenContainer<'a> {
    kind: metaffi_container_kind,
    id: u64,
    /// What things are added to; of what never changes, a list of what will be in it.
    object: Kept<'a>,
    /// Whether it is made of `object` when it is closed.
    is_frozen: bool,
    /// Whether all that is in it has to have a hash.
    must_hash: bool,
    /// The key, or the name, of the next value.
    key: Option<Kept<'a>>,
}

fn name_of(kind: metaffi_container_kind) -> &'static str {
    match kind {
        METAFFI_CONTAINER_LIST => "list",
        METAFFI_CONTAINER_SET => "set",
        METAFFI_CONTAINER_MAP => "map",
        METAFFI_CONTAINER_OBJECT => "object",
        _ => "tuple",
    }
}

impl<'a> ObjectBuilder<'a> {
    /// Takes a new reference, or the exception that is set.
    ///
    /// # Safety
    /// `object` is a reference of its own, or NULL with an exception set.
    unsafe fn made(&mut self, object: Object) -> Result<()> {
        // SAFETY: as the caller says.
        let object = unsafe { Kept::owned(self.gil, object) }?;
        self.give(object)
    }

    fn made_ref(&mut self, object: PyRef) -> Result<()> {
        // SAFETY: a reference of its own.
        unsafe { self.made(object.into_ptr()) }
    }

    /// Adds an object where it belongs.
    fn give(&mut self, object: Kept<'a>) -> Result<()> {
        let api = self.gil.api;
        let Some(open) = self.open.last_mut() else {
            if self.root.is_some() {
                return Err(Error::invalid("the producer has told of more than one value"));
            }
            self.root = Some(object);
            return Ok(());
        };
        // SAFETY: live objects under the GIL.
        let done = unsafe {
            match (open.kind, open.key.take()) {
                (METAFFI_CONTAINER_MAP | METAFFI_CONTAINER_OBJECT, None) => {
                    open.key = Some(object);
                    0
                }
                (METAFFI_CONTAINER_MAP, Some(key)) => {
                    let is_dict = api.type_of(*open.object) == api.PyDict_Type;
                    let set = if is_dict { api.PyDict_SetItem } else { api.PyObject_SetItem };
                    set(*open.object, *key, *object)
                }
                (METAFFI_CONTAINER_OBJECT, Some(key)) => {
                    (api.PyObject_SetAttr)(*open.object, *key, *object)
                }
                (METAFFI_CONTAINER_SET, _) if !open.is_frozen && self.targets.set.is_some() => {
                    let set = PyRef::new_reference(self.gil, *open.object);
                    let object = PyRef::new_reference(self.gil, *object);
                    set.attribute(self.gil, c"add")?.call1(self.gil, &object).map(|_| 0)?
                }
                (METAFFI_CONTAINER_SET, _) if !open.is_frozen => {
                    (api.PySet_Add)(*open.object, *object)
                }
                _ => (api.PyList_Append)(*open.object, *object),
            }
        };
        match done {
            0 => Ok(()),
            _ => Err(error::fetch(self.gil)),
        }
    }

    /// Whether what comes next has to have a hash.
    fn is_key(&self) -> bool {
        self.open.last().is_some_and(|open| match open.kind {
            METAFFI_CONTAINER_MAP => open.key.is_none(),
            _ => open.must_hash,
        })
    }
}

impl Visitor for ObjectBuilder<'_> {
    unsafe fn value(&mut self, value: &metaffi_value) -> Result<()> {
        let scope = pin::enter();
        // SAFETY: the value is what its type says, and is copied.
        let object = unsafe { convert::copy_to_python(self.gil, &scope, value) }?;
        self.made_ref(object)
    }

    fn integer(&mut self, integer: i64) -> Result<()> {
        // SAFETY: under the GIL.
        unsafe { self.made((self.gil.api.PyLong_FromLongLong)(integer)) }
    }

    fn number(&mut self, number: f64) -> Result<()> {
        // SAFETY: under the GIL.
        unsafe { self.made((self.gil.api.PyFloat_FromDouble)(number)) }
    }

    fn text(&mut self, text: &str) -> Result<()> {
        // SAFETY: UTF-8, under the GIL.
        unsafe {
            let strict = c"strict".as_ptr();
            self.made(self.gil.api.new_utf8(text.as_ptr(), text.len(), strict))
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let length = bytes.len().cast_signed();
        // SAFETY: so many bytes, under the GIL.
        unsafe {
            self.made((self.gil.api.PyBytes_FromStringAndSize)(bytes.as_ptr().cast(), length))
        }
    }

    fn array(&mut self, array: OwnedArray) -> Result<()> {
        let r#type = array.view().array_type();
        let slot = array.into_raw().expose_provenance() as u64;
        let scope = pin::enter();
        // SAFETY: the array is Python's from now on.
        let object = unsafe {
            give_python(self.gil, &scope, r#type, &TypeInfo::from(r#type), &raw const slot)
        }?;
        // SAFETY: a live view under the GIL.
        let is_view =
            unsafe { self.gil.api.type_of(object.as_ptr()) == self.gil.api.PyMemoryView_Type };
        match &self.targets.array {
            Some(make) if is_view => self.made_ref(make.call1(self.gil, &object)?),
            _ => self.made_ref(object),
        }
    }

    fn object(&mut self, object: OwnedHandle) -> Result<()> {
        let object = take_handle(self.gil, object.key())?;
        if let Some(objects) = &self.targets.objects {
            // SAFETY: a live list, as far as it is one, and a live object under the GIL.
            if unsafe { (self.gil.api.PyList_Append)(objects.as_ptr(), object.as_ptr()) } != 0 {
                return Err(error::fetch(self.gil));
            }
        }
        self.made_ref(object)
    }

    fn open(&mut self, container: &metaffi_container) -> Result<()> {
        let (gil, api) = (self.gil, self.gil.api);
        let must_hash = self.is_key();
        let id = container.id;
        let is = |target: &Option<PyRef>, class: Object| {
            target.as_ref().is_some_and(|target| target.as_ptr() == class)
        };
        let kind = match container.kind {
            METAFFI_CONTAINER_OBJECT if is(&self.targets.record, api.PyDict_Type) => {
                METAFFI_CONTAINER_MAP
            }
            kind => kind,
        };
        let is_frozen = match kind {
            METAFFI_CONTAINER_SET => must_hash || is(&self.targets.set, api.PyFrozenSet_Type),
            kind => name_of(kind) == "tuple",
        };
        let target = match container.kind {
            METAFFI_CONTAINER_MAP => &self.targets.map,
            METAFFI_CONTAINER_OBJECT => &self.targets.record,
            METAFFI_CONTAINER_SET if !is_frozen => &self.targets.set,
            _ => &None,
        };
        // SAFETY: under the GIL.
        let object = unsafe {
            match (kind, target) {
                (_, Some(class)) => Kept::owned(gil, class.call0(gil)?.into_ptr()),
                (METAFFI_CONTAINER_MAP, None) => Kept::owned(gil, (api.PyDict_New)()),
                (METAFFI_CONTAINER_OBJECT, None) => {
                    let namespace =
                        PyRef::import(gil, c"types")?.attribute(gil, c"SimpleNamespace")?;
                    Kept::owned(gil, namespace.call0(gil)?.into_ptr())
                }
                (METAFFI_CONTAINER_SET, None) if !is_frozen => {
                    Kept::owned(gil, (api.PySet_New)(ptr::null_mut()))
                }
                _ => Kept::owned(gil, (api.PyList_New)(0)),
            }
        }?;
        if id != 0 {
            let known = (!is_frozen).then(|| Kept::new(gil, *object));
            self.known.insert(id, known);
        }
        // What is in a tuple that is a key has to have a hash as well.
        let must_hash = kind == METAFFI_CONTAINER_SET || is_frozen && must_hash;
        self.open.push(OpenContainer { kind, id, object, is_frozen, must_hash, key: None });
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        let (gil, api) = (self.gil, self.gil.api);
        let Some(open) = self.open.pop() else {
            return Err(Error::invalid("the producer has closed a container that is not open"));
        };
        if !open.is_frozen {
            if open.key.is_some() {
                let name = name_of(open.kind);
                return Err(Error::invalid(format!("a {name} was closed behind a key")));
            }
            return self.give(open.object);
        }
        // SAFETY: a live list under the GIL.
        let frozen = unsafe {
            let make = match open.kind {
                METAFFI_CONTAINER_SET => api.PyFrozenSet_New,
                _ => api.PySequence_Tuple,
            };
            Kept::owned(gil, make(*open.object))
        }?;
        if open.id != 0 {
            self.known.insert(open.id, Some(Kept::new(gil, *frozen)));
        }
        self.give(frozen)
    }

    fn again(&mut self, id: u64) -> Result<()> {
        match self.known.get(&id) {
            Some(Some(object)) => {
                let (gil, api) = (self.gil, self.gil.api);
                let mut object = Kept::new(gil, **object);
                // SAFETY: alive, under the GIL.
                unsafe {
                    if self.is_key() && api.type_of(*object) == api.PySet_Type {
                        object = Kept::owned(gil, (api.PyFrozenSet_New)(*object))?;
                    }
                }
                self.give(object)
            }
            Some(None) => Err(Error::invalid(
                "a tuple, or a set that is a key, contains itself, which Python has no way to make",
            )),
            None => Err(Error::not_found(format!("no container has been opened as {id}"))),
        }
    }
}
