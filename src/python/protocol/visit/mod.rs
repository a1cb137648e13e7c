//! The visit of Python's objects: a visitor is told of an object and all that is in it.
//!
//! Containers that are open are on a stack of the walk's own, so that they may be nested as deep as
//! there is memory. Objects of the exact types of JSON are told as they lie in memory; what others
//! are visited as is found out once for each type ([`form`]).
//!
//! The visitor may run any code, also of Python: every container has its length and its items looked
//! up anew for each step, and what is looked at while others run is kept by a reference.

mod form;
mod leaf;
mod seen;
mod step;

use std::ffi::c_int;

use super::entered::Kept;
use crate::abi::{
    METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_MAP, METAFFI_CONTAINER_OBJECT, METAFFI_CONTAINER_SET,
    METAFFI_CONTAINER_TUPLE, METAFFI_CONVERTER_FIRST, METAFFI_CONVERTER_LAST,
    metaffi_container_kind, metaffi_converter_order, metaffi_value,
};
use crate::error::Result;
use crate::handle::{self, Key, OwnedHandle};
use crate::object::{Conversion, Visit, visit_value};
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, from_handle, is_carrier, to_handle};
use crate::signature::Kind;
use crate::value;
use form::{VisitForm, VisitedTypes};
use seen::SeenContainers;
use step::ContainerSteps;

/// Tells the visitor of an object and all that is in it.
pub(super) fn visit(gil: &Gil, object: Object, visit: &mut Visit<'_>) -> Result<()> {
    let first = is_asked(visit, METAFFI_CONVERTER_FIRST);
    let (frames, types) = (Vec::new(), VisitedTypes::default());
    let mut walk = ObjectWalk { gil, visit, frames, seen: SeenContainers::new(gil), types, first };
    let asks = walk.visit.begin_object();
    // SAFETY: whoever gave the object keeps it.
    unsafe { walk.object(object, OTHERS, asks)? };
    while !walk.frames.is_empty() {
        walk.step()?;
    }
    Ok(())
}

/// As how many references the walk has: others may have any number.
const OTHERS: u64 = u64::MAX;

fn is_asked(visit: &Visit<'_>, order: metaffi_converter_order) -> bool {
    visit.options.converters().iter().any(|converter| converter.order == order)
}

/// A walk over an object and all that is in it.
struct ObjectWalk<'a, 'v, 'o> {
    gil: &'a Gil,
    visit: &'v mut Visit<'o>,
    /// The containers that are open.
    frames: Vec<VisitedContainer<'a>>,
    seen: SeenContainers<'a>,
    types: VisitedTypes,
    /// Whether converters are asked about everything.
    first: bool,
}

/// A container that is open.
struct VisitedContainer<'a> {
    container: Kept<'a>,
    /// Whether others may refer to it, so that it is among those that are seen.
    is_shared: bool,
    steps: ContainerSteps<'a>,
}

impl<'a> ObjectWalk<'a, '_, '_> {
    /// Tells of an object, to which the walk has so many references; a container is opened, and its
    /// items come by [`step`](ObjectWalk::step). Converters are asked unless the object is already what one
    /// of them made.
    ///
    /// # Safety
    /// The object is alive, and stays so until this returns unless other code runs.
    unsafe fn object(&mut self, object: Object, held: u64, convert: bool) -> Result<()> {
        // SAFETY: alive, under the GIL.
        unsafe {
            match leaf::plain(self.gil, self.visit, object)? {
                true => Ok(()),
                false => self.other(object, held, convert),
            }
        }
    }

    /// The same of what is not plain.
    ///
    /// # Safety
    /// As for [`object`](ObjectWalk::object).
    #[inline(never)]
    unsafe fn other(&mut self, object: Object, held: u64, convert: bool) -> Result<()> {
        let api = self.gil.api;
        // SAFETY: alive, under the GIL, and kept before any code runs.
        unsafe {
            let r#type = api.type_of(object);
            if self.first && convert {
                let is_scalar = [api.PyLong_Type, api.PyUnicode_Type].contains(&r#type);
                if !is_scalar && !is_carrier(api, object) {
                    return self.converted(object);
                }
            }
            // What only its container refers to is met once; what never changes and has nothing in it
            // is the same wherever it is.
            let mut is_shared = held == OTHERS || api.references(object) != held + 1;
            let exact = match () {
                _ if r#type == api.PyList_Type => {
                    let size = (api.PyList_Size)(object);
                    (METAFFI_CONTAINER_LIST, size, ContainerSteps::list(size))
                }
                _ if r#type == api.PyDict_Type => {
                    let size = (api.PyDict_Size)(object);
                    (METAFFI_CONTAINER_MAP, size, ContainerSteps::dict(size))
                }
                _ if r#type == api.PyTuple_Type => {
                    let size = (api.PyTuple_Size)(object);
                    is_shared &= size != 0;
                    (METAFFI_CONTAINER_TUPLE, size, ContainerSteps::list(size))
                }
                _ if r#type == api.PySet_Type || r#type == api.PyFrozenSet_Type => {
                    let length = (api.PyObject_Size)(object).unsigned_abs();
                    let is_nothing = length == 0 && r#type == api.PyFrozenSet_Type;
                    let (kind, set) = (METAFFI_CONTAINER_SET, Kept::new(self.gil, object));
                    let is_shared = is_shared && !is_nothing;
                    return self.open(
                        set,
                        kind,
                        Some(length),
                        None,
                        is_shared,
                        ContainerSteps::iterator,
                    );
                }
                _ => return self.of_type(Kept::new(self.gil, object), convert),
            };
            let (kind, length, steps) = exact;
            let container = Kept::new(self.gil, object);
            self.open(container, kind, Some(length.unsigned_abs()), None, is_shared, |_, _| {
                Ok(steps)
            })
        }
    }

    /// An object of a type that has to be looked at.
    fn of_type(&mut self, object: Kept<'a>, convert: bool) -> Result<()> {
        // SAFETY: alive, under the GIL.
        let r#type = unsafe { self.types.of(self.gil, *object, &self.visit.options) }?;
        let fields = match (&r#type.fields, r#type.form) {
            (Some(names), VisitForm::Fields) => Some(names.clone_ref(self.gil)),
            _ => None,
        };
        let name = match r#type.form {
            VisitForm::Items(_) | VisitForm::Entries | VisitForm::Fields => {
                Some(r#type.name.clone())
            }
            _ => None,
        };
        let name = name.as_deref();
        match (r#type.form, fields) {
            (VisitForm::Fields, Some(names)) => {
                // SAFETY: a live tuple under the GIL.
                let count = unsafe { (self.gil.api.PyTuple_Size)(names.as_ptr()) };
                let (kind, length) = (METAFFI_CONTAINER_OBJECT, Some(count.unsigned_abs()));
                self.open(object, kind, length, name, true, |_, _| {
                    Ok(ContainerSteps::fields(names))
                })
            }
            (VisitForm::Items(kind), _) => {
                self.open(object, kind, None, name, true, ContainerSteps::iterator)
            }
            (VisitForm::Entries, _) => {
                let kind = METAFFI_CONTAINER_MAP;
                self.open(object, kind, None, name, true, ContainerSteps::entries)
            }
            (VisitForm::Foreign, _) => self.foreign(&object),
            (form, _) => match leaf::of_form(self.gil, self.visit, *object, form)? {
                true => Ok(()),
                false => self.unconvertible(object, convert),
            },
        }
    }

    /// Opens a container, unless it was met before or is too deep.
    fn open(
        &mut self,
        container: Kept<'a>,
        kind: metaffi_container_kind,
        length: Option<usize>,
        name: Option<&str>,
        is_shared: bool,
        steps: impl FnOnce(&'a Gil, &Kept<'a>) -> Result<ContainerSteps<'a>>,
    ) -> Result<()> {
        if self.visit.is_full() {
            return self.visit.too_deep(new_handle(self.gil, *container)?);
        }
        if is_shared
            && let Some(met) = self.seen.get(*container)
            && met.is_again(self.visit)?
        {
            return Ok(());
        }
        let steps = steps(self.gil, &container)?;
        let id = self.visit.open(kind, length, name)?;
        if is_shared && self.seen.get(*container).is_none() {
            // SAFETY: alive.
            unsafe { self.seen.add(*container, id) };
        }
        self.frames.push(VisitedContainer { container, is_shared, steps });
        Ok(())
    }

    /// Closes the container that was opened last.
    fn close(&mut self) -> Result<()> {
        self.visit.close()?;
        if let Some(VisitedContainer { container, is_shared: true, .. }) = self.frames.pop()
            && let Some(met) = self.seen.get(*container)
        {
            met.is_open = false;
        }
        Ok(())
    }

    /// An object of another runtime, whose protocol asks the converters.
    fn foreign(&mut self, object: &Kept<'a>) -> Result<()> {
        let object = new_handle(self.gil, **object)?;
        // SAFETY: a handle that is there until it is dropped.
        unsafe { visit_value(&value::object(object.pointer()), self.visit) }
    }

    /// What has no conversion: what a converter makes of it, or an object.
    #[cold]
    fn unconvertible(&mut self, object: Kept<'a>, convert: bool) -> Result<()> {
        if convert
            && is_asked(self.visit, METAFFI_CONVERTER_LAST)
            && self.asked(&object, METAFFI_CONVERTER_LAST)?
        {
            return Ok(());
        }
        self.visit.unconverted(new_handle(self.gil, *object)?)
    }

    /// An object that converters are asked about before anything else.
    #[cold]
    unsafe fn converted(&mut self, object: Object) -> Result<()> {
        // SAFETY: alive, under the GIL.
        unsafe {
            let object = Kept::new(self.gil, object);
            match self.asked(&object, METAFFI_CONVERTER_FIRST)? {
                true => Ok(()),
                false => {
                    // Others may still be asked, if it turns out that nothing else is made of it.
                    let first = std::mem::replace(&mut self.first, false);
                    let told = self.other(*object, OTHERS, true);
                    self.first = first;
                    told
                }
            }
        }
    }

    /// Whether a converter has told of an object, or of what it has made of it.
    fn asked(&mut self, object: &Kept<'a>, order: metaffi_converter_order) -> Result<bool> {
        let gil = self.gil;
        let is_of = |r#type| is_of(gil, object, r#type);
        match self.visit.ask(order, is_of, || new_handle(gil, **object))? {
            Conversion::None => return Ok(false),
            Conversion::Told => {}
            Conversion::Replaced(made) => self.instead(&made)?,
        }
        Ok(true)
    }

    /// What a converter has made.
    fn instead(&mut self, made: &metaffi_value) -> Result<()> {
        // SAFETY: a converter's value is what its type says; an object is kept before any code runs.
        unsafe {
            if value::kind_of(made)? == Kind::Handle
                && let Some(object) = from_handle(self.gil, made.data.object.addr())
            {
                let object = Kept::new(self.gil, object);
                return self.object(*object, OTHERS, false);
            }
            self.visit.instead(made)
        }
    }
}

/// A new handle of an object, which is alive.
fn new_handle(gil: &Gil, object: Object) -> Result<OwnedHandle> {
    // SAFETY: alive, under the GIL.
    let object = unsafe { PyRef::new_reference(gil, object) };
    Ok(OwnedHandle::new(to_handle(gil, &object)?.addr()))
}

/// Whether an object is of the type of a converter; of none of another runtime.
fn is_of(gil: &Gil, object: &Kept<'_>, r#type: Key) -> Result<bool> {
    let Some(class) = from_handle(gil, r#type) else {
        return handle::describe_object(r#type, |_| false);
    };
    // SAFETY: both are alive under the GIL, since nobody frees the type while it is used.
    let answer: c_int = unsafe {
        let class = Kept::new(gil, class);
        (gil.api.PyObject_IsInstance)(**object, *class)
    };
    match answer {
        -1 => Err(error::fetch(gil)),
        answer => Ok(answer != 0),
    }
}
