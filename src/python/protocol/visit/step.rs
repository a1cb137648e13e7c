//! The way through a container that is open.

use super::super::entered::Kept;
use super::{ObjectWalk, leaf};
use crate::abi::{METAFFI_VISIT_MAPS_AS_OBJECTS, METAFFI_VISIT_WITHOUT_NULLS};
use crate::error::{Error, Result};
use crate::object::no_name;
use crate::python::api::{Object, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, type_name};

/// Where a walk is in a container.
pub(super) enum ContainerSteps<'a> {
    /// The next item of an exact list or tuple, and the length that it had.
    Items(usize, usize),
    /// An iterator over items.
    Iterator(Kept<'a>),
    /// What has entries, and where the walk is in one of them.
    Entries(EntrySource<'a>, EntryPosition<'a>),
}

/// What has entries.
pub(super) enum EntrySource<'a> {
    /// An exact dict: where `PyDict_Next` is, the length that it had, and how many entries it gave.
    Dict(isize, isize, isize),
    /// An iterator over pairs.
    Pairs(Kept<'a>),
    /// The names of fields, and how many were there.
    Fields(PyRef, isize),
}

/// Where a walk is in an entry.
pub(super) enum EntryPosition<'a> {
    /// Before it.
    Before,
    /// Behind its key.
    Value(Kept<'a>),
    /// Behind its value.
    Behind,
}

impl<'a> ContainerSteps<'a> {
    pub(super) fn list(length: isize) -> ContainerSteps<'a> {
        ContainerSteps::Items(0, length.unsigned_abs())
    }

    pub(super) fn dict(length: isize) -> ContainerSteps<'a> {
        ContainerSteps::Entries(EntrySource::Dict(0, length, 0), EntryPosition::Before)
    }

    pub(super) fn fields(names: PyRef) -> ContainerSteps<'a> {
        ContainerSteps::Entries(EntrySource::Fields(names, 0), EntryPosition::Before)
    }

    pub(super) fn iterator(gil: &'a Gil, of: &Kept<'a>) -> Result<ContainerSteps<'a>> {
        // SAFETY: alive, under the GIL.
        let iterator = unsafe { Kept::owned(gil, (gil.api.PyObject_GetIter)(**of)) }?;
        Ok(ContainerSteps::Iterator(iterator))
    }

    /// Over what `items()` gives.
    pub(super) fn entries(gil: &'a Gil, of: &Kept<'a>) -> Result<ContainerSteps<'a>> {
        // SAFETY: alive, under the GIL.
        let items =
            unsafe { PyRef::new_reference(gil, **of).attribute(gil, c"items")?.call0(gil)? };
        // SAFETY: as above.
        let iterator = unsafe { Kept::owned(gil, (gil.api.PyObject_GetIter)(items.as_ptr())) }?;
        Ok(ContainerSteps::Entries(EntrySource::Pairs(iterator), EntryPosition::Before))
    }
}

impl<'a> ObjectWalk<'a, '_, '_> {
    /// Goes on with the container that was opened last, until another is opened or it is closed.
    pub(super) fn step(&mut self) -> Result<()> {
        match self.frames.last().map(|frame| &frame.steps) {
            Some(ContainerSteps::Items(..)) => self.items(),
            Some(ContainerSteps::Iterator(_)) => self.iterate(),
            Some(ContainerSteps::Entries(EntrySource::Dict(..), EntryPosition::Before)) => {
                self.dict()
            }
            Some(ContainerSteps::Entries(..)) => self.entries(),
            None => Ok(()),
        }
    }

    fn items(&mut self) -> Result<()> {
        let (gil, depth) = (self.gil, self.frames.len());
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let ContainerSteps::Items(mut next, length) = frame.steps else { return Ok(()) };
        let container = *frame.container;
        // SAFETY: the frame keeps the container; its items are looked up anew each time, and are
        // alive as long as no other code runs.
        unsafe {
            loop {
                let item = match item(gil, container, next) {
                    Some(item) if next != length => item,
                    None if next == length => return self.close(),
                    _ => return Err(changed("list")),
                };
                next += 1;
                if leaf::plain(gil, self.visit, item)? {
                    continue;
                }
                if let Some(frame) = self.frames.last_mut() {
                    frame.steps = ContainerSteps::Items(next, length);
                }
                self.other(item, 0, true)?;
                if self.frames.len() != depth {
                    return Ok(());
                }
            }
        }
    }

    fn iterate(&mut self) -> Result<()> {
        let (gil, depth) = (self.gil, self.frames.len());
        while self.frames.len() == depth {
            let Some(ContainerSteps::Iterator(iterator)) =
                self.frames.last().map(|frame| &frame.steps)
            else {
                return Ok(());
            };
            // SAFETY: the frame keeps the iterator.
            match unsafe { next(gil, **iterator) }? {
                // SAFETY: kept until the visitor has been told.
                Some(item) => unsafe { self.object(*item, 1, true)? },
                None => return self.close(),
            }
        }
        Ok(())
    }

    /// The entries of a dict as long as they are plain, and maps come as they are.
    fn dict(&mut self) -> Result<()> {
        const OTHERWISE: u64 = crate::abi::METAFFI_VISIT_MAPS_AS_PAIRS
            | METAFFI_VISIT_MAPS_AS_OBJECTS
            | METAFFI_VISIT_WITHOUT_NULLS;
        if self.visit.options.has(OTHERWISE) {
            return self.entries();
        }
        let gil = self.gil;
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let ContainerSteps::Entries(EntrySource::Dict(mut position, length, mut told), _) =
            frame.steps
        else {
            return Ok(());
        };
        let container = *frame.container;
        // SAFETY: the frame keeps the dict; key and value are kept while others run.
        unsafe {
            loop {
                let Some((key, value)) = entry(gil, container, &mut position, length, &mut told)?
                else {
                    return self.close();
                };
                let value = Kept::new(gil, value);
                let is_told = leaf::plain(gil, self.visit, key)?;
                if is_told && leaf::plain(gil, self.visit, *value)? {
                    continue;
                }
                let at = EntrySource::Dict(position, length, told);
                if is_told {
                    // Behind the value, which is told of next.
                    self.set_steps(ContainerSteps::Entries(at, EntryPosition::Before));
                    let depth = self.frames.len();
                    self.other(*value, 1, true)?;
                    if self.frames.len() != depth {
                        return Ok(());
                    }
                    continue;
                }
                self.set_steps(ContainerSteps::Entries(at, EntryPosition::Value(value)));
                self.other(key, 0, true)?;
                return Ok(());
            }
        }
    }

    fn set_steps(&mut self, steps: ContainerSteps<'a>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.steps = steps;
        }
    }

    /// The entries of anything, one after the other.
    fn entries(&mut self) -> Result<()> {
        let depth = self.frames.len();
        while self.frames.len() == depth {
            let Some(ContainerSteps::Entries(source, entry)) =
                self.frames.last_mut().map(|frame| &mut frame.steps)
            else {
                return Ok(());
            };
            let is_map = !matches!(source, EntrySource::Fields(..));
            match std::mem::replace(entry, EntryPosition::Before) {
                EntryPosition::Before => {
                    let Some((key, value)) = self.next_entry()? else { return self.close() };
                    let is_null = *value == self.gil.api._Py_NoneStruct;
                    if is_null && self.visit.options.has(METAFFI_VISIT_WITHOUT_NULLS) {
                        continue;
                    }
                    if self.visit.options.has(METAFFI_VISIT_MAPS_AS_OBJECTS) {
                        self.check_name(*key)?;
                    }
                    if is_map {
                        self.visit.open_entry()?;
                    }
                    self.set_entry(EntryPosition::Value(value));
                    // SAFETY: kept.
                    unsafe { self.object(*key, 1, true)? };
                }
                EntryPosition::Value(value) => {
                    self.set_entry(EntryPosition::Behind);
                    // SAFETY: kept.
                    unsafe { self.object(*value, 1, true)? };
                }
                EntryPosition::Behind if is_map => self.visit.close_entry()?,
                EntryPosition::Behind => {}
            }
        }
        Ok(())
    }

    fn set_entry(&mut self, entry: EntryPosition<'a>) {
        if let Some(ContainerSteps::Entries(_, at)) =
            self.frames.last_mut().map(|frame| &mut frame.steps)
        {
            *at = entry;
        }
    }

    fn check_name(&self, key: Object) -> Result<()> {
        // SAFETY: a live object under the GIL.
        unsafe {
            match self.gil.api.flags_of(key) & TPFLAGS_UNICODE_SUBCLASS {
                0 => Err(no_name(&type_name(self.gil, self.gil.api.type_of(key)))),
                _ => Ok(()),
            }
        }
    }

    fn next_entry(&mut self) -> Result<Option<(Kept<'a>, Kept<'a>)>> {
        let gil = self.gil;
        let Some(frame) = self.frames.last_mut() else { return Ok(None) };
        let ContainerSteps::Entries(entries, _) = &mut frame.steps else { return Ok(None) };
        // SAFETY: the frame keeps the container and what goes through it.
        unsafe {
            match entries {
                EntrySource::Dict(position, length, told) => {
                    let found = entry(gil, *frame.container, position, *length, told)?;
                    Ok(found.map(|(key, value)| (Kept::new(gil, key), Kept::new(gil, value))))
                }
                EntrySource::Pairs(iterator) => {
                    let iterator = **iterator;
                    let container = *frame.container;
                    match next(gil, iterator)? {
                        None => Ok(None),
                        Some(pair) => halves(gil, container, &pair).map(Some),
                    }
                }
                EntrySource::Fields(names, index) => {
                    if *index >= (gil.api.PyTuple_Size)(names.as_ptr()) {
                        return Ok(None);
                    }
                    let name = Kept::new(gil, (gil.api.PyTuple_GetItem)(names.as_ptr(), *index));
                    *index += 1;
                    let object = Kept::new(gil, *frame.container);
                    let value = Kept::owned(gil, (gil.api.PyObject_GetAttr)(*object, *name))?;
                    Ok(Some((name, value)))
                }
            }
        }
    }
}

/// An item of an exact list or tuple; `None` behind the last.
#[inline(always)]
unsafe fn item(gil: &Gil, container: Object, index: usize) -> Option<Object> {
    // SAFETY: a live list or tuple under the GIL.
    unsafe {
        match gil.api.items(container) {
            Some((items, length)) => (index < length).then(|| *items.add(index)),
            None => item_by_call(gil, container, index),
        }
    }
}

#[cold]
unsafe fn item_by_call(gil: &Gil, container: Object, index: usize) -> Option<Object> {
    let api = gil.api;
    let index = index.cast_signed();
    // SAFETY: a live list or tuple under the GIL.
    unsafe {
        match api.type_of(container) == api.PyList_Type {
            true => (index < (api.PyList_Size)(container))
                .then(|| (api.PyList_GetItem)(container, index)),
            false => (index < (api.PyTuple_Size)(container))
                .then(|| (api.PyTuple_GetItem)(container, index)),
        }
    }
}

/// The next entry of a dict, which has had a length of `length`.
#[inline(always)]
unsafe fn entry(
    gil: &Gil,
    dict: Object,
    position: &mut isize,
    length: isize,
    told: &mut isize,
) -> Result<Option<(Object, Object)>> {
    let (mut key, mut value) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: a live dict under the GIL.
    unsafe {
        if (gil.api.PyDict_Size)(dict) != length {
            return Err(changed("dict"));
        }
        let is_there = (gil.api.PyDict_Next)(dict, position, &raw mut key, &raw mut value) != 0;
        match is_there == (*told < length) {
            true if is_there => {
                *told += 1;
                Ok(Some((key, value)))
            }
            true => Ok(None),
            false => Err(changed("dict")),
        }
    }
}

/// What was told of its length is no longer true.
#[cold]
fn changed(name: &str) -> Error {
    Error::invalid(format!("a {name} has changed while it was visited"))
}

/// What an iterator gives next; `None` at its end.
unsafe fn next<'a>(gil: &'a Gil, iterator: Object) -> Result<Option<Kept<'a>>> {
    // SAFETY: a live iterator under the GIL.
    unsafe {
        let item = (gil.api.PyIter_Next)(iterator);
        match item.is_null() {
            false => Kept::owned(gil, item).map(Some),
            true if (gil.api.PyErr_Occurred)().is_null() => Ok(None),
            true => Err(error::fetch(gil)),
        }
    }
}

/// The key and the value of a pair.
unsafe fn halves<'a>(gil: &'a Gil, of: Object, pair: &Kept<'a>) -> Result<(Kept<'a>, Kept<'a>)> {
    let api = gil.api;
    // SAFETY: live objects under the GIL; a tuple of two has both.
    unsafe {
        let tuple = Kept::owned(gil, (api.PySequence_Tuple)(**pair))?;
        if (api.PyTuple_Size)(*tuple) != 2 {
            let name = type_name(gil, api.type_of(of));
            let given = (api.PyTuple_Size)(*tuple);
            return Err(Error::mismatch(format!(
                "items() of an object of type {name} gave {given} things instead of a key and its \
                 value"
            )));
        }
        let half = |index| Kept::new(gil, (api.PyTuple_GetItem)(*tuple, index));
        Ok((half(0), half(1)))
    }
}
