//! The visit of objects of hosts: by the function for that, or by what they can do otherwise.
//!
//! Containers that are open are on a stack of the walk's own, so that they may be nested as deep as
//! there is memory.

use std::mem::MaybeUninit;
use std::slice;

use super::class::function;
use super::{HostObject, item, iteration, number, told, type_object, using};
use crate::abi::{
    METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_MAP, METAFFI_CONTAINER_SET, METAFFI_CONVERTER_FIRST,
    METAFFI_VISIT_MAPS_AS_OBJECTS, METAFFI_VISIT_WITHOUT_NULLS, metaffi_container_kind,
    metaffi_value,
};
use crate::error::Result;
use crate::handle::{self, HandleKind, Key, OwnedHandle};
use crate::object::value_visit::is_null;
use crate::object::{Capabilities, Iteration, Visit, no_name, of, visit_value};
use crate::signature::Kind;
use crate::value::array::OwnedArray;
use crate::value::{self, OwnedValue};

/// What an object is visited as.
enum HostForm {
    /// What its own function tells.
    Told,
    /// A list of its items by position.
    Items,
    /// What iterating it gives.
    Iterated(metaffi_container_kind),
    /// A map of its keys and entries.
    Entries,
    /// Numbers in memory.
    Memory,
    /// The number that it is.
    Number,
    /// What has no conversion.
    Nothing,
}

impl HostForm {
    fn of(host: &HostObject) -> HostForm {
        use Capabilities as Can;
        let able = host.capabilities;
        let is = |what| able.has(what);
        match () {
            () if function!(host.class, visit).is_some() => HostForm::Told,
            () if is(Can::SEQUENCE | Can::READ_ITEMS | Can::LENGTH) => HostForm::Items,
            () if is(Can::SEQUENCE | Can::ITERATE) => HostForm::Iterated(METAFFI_CONTAINER_LIST),
            () if is(Can::MAPPING | Can::READ_ENTRIES | Can::ITERATE) => HostForm::Entries,
            () if is(Can::SET | Can::ITERATE) => HostForm::Iterated(METAFFI_CONTAINER_SET),
            () if is(Can::BUFFER) => HostForm::Memory,
            () if is(Can::NUMBER) && function!(host.class, number).is_some() => HostForm::Number,
            () => HostForm::Nothing,
        }
    }
}

/// Where a walk is in a container.
enum HostSteps {
    /// Before the item at a position, and how many there are.
    Items(i64, i64),
    /// An iterator over items.
    Iterated(OwnedHandle),
    /// An iterator over keys, and whether an entry is open.
    Entries(OwnedHandle, bool),
}

/// A container that is open.
struct OpenObject {
    object: OwnedHandle,
    identity: u64,
    steps: HostSteps,
}

struct HostWalk<'v, 'o> {
    visit: &'v mut Visit<'o>,
    open: Vec<OpenObject>,
}

/// Tells a visitor of an object and all that is in it.
pub(super) fn visit(object: Key, visit: &mut Visit<'_>) -> Result<()> {
    let mut walk = HostWalk { visit, open: Vec::new() };
    walk.object(object)?;
    while !walk.open.is_empty() {
        walk.step()?;
    }
    Ok(())
}

impl HostWalk<'_, '_> {
    fn object(&mut self, key: Key) -> Result<()> {
        let asks = self.visit.begin_object();
        let object = OwnedHandle::new(handle::clone(key, HandleKind::Object)?);
        let is_of = |r#type| type_object::is_of(key, r#type);
        if asks && self.visit.is_converted(&object, METAFFI_CONVERTER_FIRST, is_of)? {
            return Ok(());
        }
        let (form, identity, name) = using(key, |host| {
            let identity = handle::ForeignObject::identity(host);
            Ok((HostForm::of(host), identity, host.class.name().to_owned()))
        })?;
        let (kind, length) = match form {
            HostForm::Told => return told::visit(object, identity, self.visit, asks, is_of),
            HostForm::Nothing => return self.visit.whole(object, asks, is_of),
            HostForm::Memory => {
                let array = super::buffer::buffer(key, false)?;
                // SAFETY: an array that is ours, and not NULL.
                let array = std::ptr::NonNull::new(array)
                    .map(|array| unsafe { OwnedArray::from_raw(array) });
                return array.map_or(Ok(()), |array| self.visit.visitor.array(array));
            }
            HostForm::Number => {
                let mut number = MaybeUninit::uninit();
                number::number(key, &mut number)?;
                // SAFETY: written, and ours.
                let number = unsafe { OwnedValue::from_raw(number.assume_init()) };
                // SAFETY: what its type says.
                return unsafe { visit_value(&number, self.visit) };
            }
            HostForm::Items => (METAFFI_CONTAINER_LIST, Some(item::length(key)?)),
            HostForm::Iterated(kind) => (kind, None),
            HostForm::Entries => (METAFFI_CONTAINER_MAP, None),
        };
        if self.visit.is_full() {
            return self.visit.whole(object, asks, is_of);
        }
        if self.visit.is_again(identity)? {
            return Ok(());
        }
        let steps = match form {
            HostForm::Items => HostSteps::Items(0, length.unwrap_or_default() as i64),
            HostForm::Entries => HostSteps::Entries(self.iterator(key)?, false),
            _ => HostSteps::Iterated(self.iterator(key)?),
        };
        let id = self.visit.open(kind, length, Some(&name))?;
        self.visit.has_opened(key, identity, id)?;
        self.open.push(OpenObject { object, identity, steps });
        Ok(())
    }

    fn iterator(&self, object: Key) -> Result<OwnedHandle> {
        iteration::iterate(object, Iteration::Itself).map(OwnedHandle::new)
    }

    /// Goes on with the container that was opened last.
    fn step(&mut self) -> Result<()> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        let (object, identity) = (open.object.key(), open.identity);
        let next = match &mut open.steps {
            HostSteps::Items(next, length) if *next < *length => {
                let index = *next;
                *next += 1;
                Some(value_of(|to| item::at(object, index, to))?)
            }
            HostSteps::Items(..) => None,
            HostSteps::Iterated(iterator) => next_of(iterator.key())?,
            HostSteps::Entries(keys, is_open) => {
                if std::mem::take(is_open) {
                    self.visit.close_entry()?;
                }
                match next_of(keys.key())? {
                    Some(key) => {
                        // SAFETY: a value of ours.
                        let item = value_of(|to| unsafe { item::get(object, &key, to) })?;
                        // SAFETY: as above.
                        let is_null = unsafe { is_null(&item, value::kind_of(&item)?) };
                        if is_null && self.visit.options.has(METAFFI_VISIT_WITHOUT_NULLS) {
                            return Ok(());
                        }
                        *is_open = true;
                        self.visit.open_entry()?;
                        self.key(&key)?;
                        Some(item)
                    }
                    None => None,
                }
            }
        };
        match next {
            Some(next) => self.value(&next),
            None => {
                self.open.pop();
                self.visit.has_closed(identity);
                self.visit.close()
            }
        }
    }

    fn key(&mut self, key: &metaffi_value) -> Result<()> {
        let as_name = self.visit.options.has(METAFFI_VISIT_MAPS_AS_OBJECTS);
        // SAFETY: a value of ours is what its type says.
        unsafe {
            if as_name && !value::kind_of(key)?.is_text() {
                return Err(no_name(&value::describe(key)));
            }
            visit_value(key, self.visit)
        }
    }

    fn value(&mut self, value: &metaffi_value) -> Result<()> {
        // SAFETY: a value of ours is what its type says.
        unsafe {
            if value::kind_of(value)? == Kind::Handle {
                let key = value.data.object.addr();
                if using(key, |_| Ok(())).is_ok() {
                    return self.object(key);
                }
            }
            visit_value(value, self.visit)
        }
    }
}

/// The value that is written.
fn value_of(
    write: impl FnOnce(&mut MaybeUninit<metaffi_value>) -> Result<()>,
) -> Result<OwnedValue> {
    let mut to = MaybeUninit::uninit();
    write(&mut to)?;
    // SAFETY: written, and ours.
    Ok(unsafe { OwnedValue::from_raw(to.assume_init()) })
}

/// The next value of an iterator of whatever runtime.
fn next_of(iterator: Key) -> Result<Option<OwnedValue>> {
    let mut to = MaybeUninit::uninit();
    let count = of(iterator)?.next(iterator, slice::from_mut(&mut to))?;
    // SAFETY: written, and ours, if there is one.
    Ok((count != 0).then(|| unsafe { OwnedValue::from_raw(to.assume_init()) }))
}
