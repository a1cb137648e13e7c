//! Reading, writing and deleting attributes and items, of one object or of each first argument.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use crate::abi::metaffi_slot;
use crate::call::{Callee, Function, Lifetime, Plan};
use crate::error::Result;
use crate::handle::Fast;
use crate::handle::pin::{self, CallScope};
use crate::python::api::{Api, Object};
use crate::python::convert::Loans;
use crate::python::downcall::argument_names::ArgumentNames;
use crate::python::downcall::marshallers::Marshallers;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{PyRef, from_handle};
use crate::python::{CalledUnderLock, LockGuarded, On, error};
use crate::signature::Signature;
use crate::thread::ThreadWords;

/// Where something is read, written or deleted.
pub(super) struct AccessedPlace {
    pub kind: PlaceKind,
    /// The object, unless it is the first argument.
    pub owner: Option<PyRef>,
    /// The name, or the key, unless it is the argument after the object; the built-in `next`.
    pub key: Option<PyRef>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceKind {
    Attribute,
    Item,
    /// Where an iterator is.
    Next,
}

/// What is done there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Get,
    Set,
    Delete,
}

/// What an entity does at a place. Its arguments are the object, the key and, last, the value.
struct Access {
    place: AccessedPlace,
    deed: Deed,
    marshallers: Arc<Marshallers>,
}

/// The object, the key and the value.
const MOST: usize = 3;

/// A function of that signature: it has the parameters that the place leaves open, then the value
/// if it is set, and a return if it is read.
pub(super) fn bind(
    api: &'static Api,
    place: AccessedPlace,
    deed: Deed,
    signature: Signature,
) -> Result<Arc<Function>> {
    let plan = Plan::of(signature)?;
    let marshallers = Marshallers::of(&plan)?;
    let access = LockGuarded::new(Access { place, deed, marshallers });
    Ok(Arc::new(Function::planned(plan, Accessor { api, access })))
}

struct Accessor {
    api: &'static Api,
    access: LockGuarded<Access>,
}

/// What the built-in `next`, which the key is, gives for an iterator.
#[inline(always)]
unsafe fn next(api: &Api, iterator: Object, function: Object) -> Object {
    // SAFETY: both live, under the GIL; one argument.
    unsafe {
        match api.next(iterator) {
            Some(item) => item,
            None => (api.vectorcall)(function, &raw const iterator, 1, ptr::null_mut()),
        }
    }
}

impl Access {
    /// Does it with the objects of the arguments; a new reference to what was read, else NULL.
    #[inline(always)]
    unsafe fn run(
        &self,
        gil: &Gil,
        (kind, deed): (PlaceKind, Deed),
        objects: *const Object,
        count: usize,
    ) -> Result<Object> {
        let api = gil.api;
        let own = usize::from(self.place.owner.is_none());
        // SAFETY: `objects` are as many live ones as there are arguments, in that order; the GIL is
        // held.
        unsafe {
            let of = self.place.owner.as_ref().map_or_else(|| *objects, PyRef::as_ptr);
            let key = self.place.key.as_ref().map_or_else(|| *objects.add(own), PyRef::as_ptr);
            let (mut read, mut status) = (ptr::null_mut(), 0);
            match (kind, deed) {
                (PlaceKind::Attribute, Deed::Get) => read = api.attribute(of, key),
                (PlaceKind::Item, Deed::Get) => read = (api.PyObject_GetItem)(of, key),
                (PlaceKind::Next, _) => read = next(api, of, key),
                (PlaceKind::Item, Deed::Delete) => status = (api.PyObject_DelItem)(of, key),
                (PlaceKind::Attribute, Deed::Delete) => {
                    status = (api.PyObject_SetAttr)(of, key, ptr::null_mut());
                }
                (PlaceKind::Attribute, Deed::Set) => {
                    status = api.set_attribute(of, key, *objects.add(count - 1));
                }
                (PlaceKind::Item, Deed::Set) => {
                    status = (api.PyObject_SetItem)(of, key, *objects.add(count - 1));
                }
            }
            if status != 0 || deed == Deed::Get && read.is_null() {
                return Err(match kind {
                    PlaceKind::Attribute => error::no_attribute(gil, of, key, deed == Deed::Get),
                    PlaceKind::Item => error::no_item(gil, of, key, deed == Deed::Set),
                    PlaceKind::Next => error::fetch(gil),
                });
            }
            Ok(read)
        }
    }

    /// The item of an exact list or tuple at an index that is in it, borrowed: nothing is made for that.
    #[inline(always)]
    unsafe fn listed(&self, on: &On, frame: *const metaffi_slot) -> Option<Object> {
        // SAFETY: the frame has the layout of the signature; the object is alive while the GIL is
        // held, and nothing runs until its item is taken.
        unsafe {
            let (key, index) = self.marshallers.arguments.handle_and_index(frame)?;
            let (items, length) = on.gil.api.items(from_handle(on.gil, key)?)?;
            let from_end = if index < 0 { length as i64 } else { 0 };
            let index = usize::try_from(index.checked_add(from_end)?).ok()?;
            (index < length).then(|| *items.add(index))
        }
    }

    /// Loads the arguments, does it, and stores what was read.
    #[inline(always)]
    unsafe fn call_as(
        &self,
        On { gil, .. }: On,
        what: (PlaceKind, Deed),
        loans: &Loans,
        frame: *mut metaffi_slot,
        count: usize,
    ) -> Result<()> {
        let (api, scope) = (gil.api, pin::enter());
        let mut objects = [const { MaybeUninit::<Object>::uninit() }; MOST];
        let objects: *mut Object = objects.as_mut_ptr().cast();
        // SAFETY: the frame has the layout of the signature, which has so many parameters, and the
        // GIL is held.
        unsafe {
            self.marshallers.arguments.load(
                gil,
                &scope,
                loans,
                &ArgumentNames::NONE,
                frame,
                (objects, count),
            )?;
            let done = self.run(gil, what, objects, count);
            self.marshallers.arguments.release(api, objects, count);
            scope.leave();
            let read = done?;
            if what.1 != Deed::Get {
                return Ok(());
            }
            let stored = self.marshallers.returns.store_one(gil, read, frame);
            api.decref(read);
            stored
        }
    }

    /// The same where arrays may be among the arguments, which are lent to Python for the call only:
    /// what is kept is a list of the elements, and a key of several parts a tuple of them.
    unsafe fn call_any(&self, on: On, frame: *mut metaffi_slot) -> Result<()> {
        let (loans, scope) = (Loans::new(), pin::enter());
        let count = self.marshallers.arguments.count();
        let mut objects = [const { MaybeUninit::<Object>::uninit() }; MOST];
        let objects: *mut Object = objects.as_mut_ptr().cast();
        // SAFETY: as above.
        unsafe {
            self.marshallers.arguments.load(
                on.gil,
                &scope,
                &loans,
                &ArgumentNames::NONE,
                frame,
                (objects, count),
            )?;
            let done = self.run_kept(on.gil, objects, count);
            self.marshallers.arguments.release(on.gil.api, objects, count);
            let stored = done.and_then(|read| match read {
                Some(read) => {
                    let stored = self.marshallers.returns.store_one(on.gil, read.as_ptr(), frame);
                    read.release(on.gil);
                    stored
                }
                None => Ok(()),
            });
            let ended = loans.end(on.gil);
            stored?;
            ended.inspect_err(|_| {
                self.marshallers.returns.clear(frame, self.marshallers.returns.count())
            })
        }
    }

    unsafe fn run_kept(
        &self,
        gil: &Gil,
        objects: *const Object,
        count: usize,
    ) -> Result<Option<PyRef>> {
        let own = usize::from(self.place.owner.is_none());
        // SAFETY: so many live objects under the GIL.
        unsafe {
            let given = std::slice::from_raw_parts(objects, count);
            let mut made: [Option<PyRef>; MOST] = [const { None }; MOST];
            let mut kept = [ptr::null_mut(); MOST];
            for (index, object) in given.iter().enumerate() {
                kept[index] = *object;
                let is_object = index < own;
                let is_value = self.deed == Deed::Set && index + 1 == count;
                if gil.api.type_of(*object) != gil.api.PyMemoryView_Type || is_object {
                    continue;
                }
                let view = PyRef::new_reference(gil, *object);
                let list = view.attribute(gil, c"tolist")?.call0(gil)?;
                let copy = match is_value {
                    true => list,
                    false => PyRef::owned(gil, (gil.api.PySequence_Tuple)(list.as_ptr()))?,
                };
                kept[index] = made[index].insert(copy).as_ptr();
            }
            let read = self.run(gil, (self.place.kind, self.deed), kept.as_ptr(), count)?;
            Ok(PyRef::from_owned(read))
        }
    }
}

impl CalledUnderLock for Access {
    unsafe fn call(&self, on: On, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame has the layout of the signature.
        unsafe { self.call_any(on, frame) }
    }
}

/// An attribute, or else an item, that is read, or else written; with so many arguments, none of
/// them lent.
struct Known<const ATTRIBUTE: bool, const READ: bool, const COUNT: usize>;

impl<const ATTRIBUTE: bool, const READ: bool, const COUNT: usize>
    CalledUnderLock<Known<ATTRIBUTE, READ, COUNT>> for Access
{
    #[inline(always)]
    unsafe fn call(&self, on: On, frame: *mut metaffi_slot) -> Result<()> {
        let kind = if ATTRIBUTE { PlaceKind::Attribute } else { PlaceKind::Item };
        let deed = if READ { Deed::Get } else { Deed::Set };
        // SAFETY: the frame has the layout of the signature, which has so many parameters.
        unsafe {
            if !ATTRIBUTE
                && READ
                && COUNT == 2
                && let Some(item) = self.listed(&on, frame)
            {
                on.gil.api.incref(item);
                let stored = self.marshallers.returns.store_one(on.gil, item, frame);
                on.gil.api.decref(item);
                return stored;
            }
            self.call_as(on, (kind, deed), &Loans::new(), frame, COUNT)
        }
    }
}

/// What is read of the object whose handle is the one argument: an attribute, or else the next item.
struct OfHandle<const ATTRIBUTE: bool>;

impl<const ATTRIBUTE: bool> CalledUnderLock<OfHandle<ATTRIBUTE>> for Access {
    #[inline(always)]
    unsafe fn call(&self, on: On, frame: *mut metaffi_slot) -> Result<()> {
        let (gil, api) = (on.gil, on.gil.api);
        // SAFETY: the frame has a slot for the handle, and behind it the return; the object lives while
        // the GIL is held and, should Python code run, has a reference.
        unsafe {
            let (Some(of), Some(key)) = (from_handle(gil, *frame as usize), &self.place.key) else {
                return self.call_any(on, frame);
            };
            let key = key.as_ptr();
            api.incref(of);
            let value = match ATTRIBUTE {
                true => api.attribute(of, key),
                false => next(api, of, key),
            };
            if value.is_null() {
                let missing = match ATTRIBUTE {
                    true => error::no_attribute(gil, of, key, true),
                    false => error::fetch(gil),
                };
                api.decref(of);
                return Err(missing);
            }
            api.decref(of);
            let stored = match self.marshallers.returns.store_digit(api, value, frame.add(1)) {
                true => Ok(()),
                false => self.marshallers.returns.store_one(gil, value, frame),
            };
            api.decref(value);
            stored
        }
    }
}

impl Callee for Accessor {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        let gil = gil::enter(self.api)?;
        // SAFETY: the frame has the layout of the signature.
        unsafe { self.access.call_any(On { gil: &gil, words: ThreadWords::here() }, frame) }
    }

    fn fast(&self) -> Option<Fast> {
        let access = &self.access;
        if access.marshallers.arguments.make_loans() {
            return Some(access.fast::<()>());
        }
        let Marshallers { arguments, returns, .. } = &*access.marshallers;
        let of_handle = arguments.is_handle() && returns.count() == 1;
        Some(match (access.place.kind, access.deed, arguments.count()) {
            (PlaceKind::Attribute, Deed::Get, 1) if of_handle => access.fast::<OfHandle<true>>(),
            (PlaceKind::Next, _, _) if of_handle => access.fast::<OfHandle<false>>(),
            (PlaceKind::Attribute, Deed::Get, 0) => access.fast::<Known<true, true, 0>>(),
            (PlaceKind::Attribute, Deed::Get, 1) => access.fast::<Known<true, true, 1>>(),
            (PlaceKind::Attribute, Deed::Set, 2) => access.fast::<Known<true, false, 2>>(),
            (PlaceKind::Item, Deed::Get, 1) => access.fast::<Known<false, true, 1>>(),
            (PlaceKind::Item, Deed::Get, 2) => access.fast::<Known<false, true, 2>>(),
            (PlaceKind::Item, Deed::Set, 2) => access.fast::<Known<false, false, 2>>(),
            (PlaceKind::Item, Deed::Set, 3) => access.fast::<Known<false, false, 3>>(),
            _ => access.fast::<()>(),
        })
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::Locked
    }
}
