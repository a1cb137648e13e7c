//! [`ToldObject`]: what the visitor of a visit is, to the function of a class that tells it: values and
//! objects that it is told of are visited in turn.

use super::class::function;
use super::outcome::{Asked, run};
use super::{HOST, using};
use crate::abi::{
    METAFFI_CONTAINER_MAP, METAFFI_VISIT_MAPS_AS_OBJECTS, METAFFI_VISIT_WITHOUT_NULLS,
    metaffi_container, metaffi_string, metaffi_value,
};
use crate::error::{Error, Result, Status};
use crate::handle::{Key, OwnedHandle};
use crate::object::value_visit::is_null;
use crate::object::{ToldVisitor, Visit, Visitor, no_name, visit_value};
use crate::signature::Kind;
use crate::value::array::OwnedArray;
use crate::value::{self, OwnedValue};

/// What the function of an object tells.
struct ToldObject<'v, 'o> {
    visit: &'v mut Visit<'o>,
    object: Key,
    identity: u64,
    /// The containers that it has opened: of a map, how many keys and values were told.
    open: Vec<Option<usize>>,
    /// A key that is told with its item, where that may be left out.
    key: Option<OwnedValue>,
    /// The numbers that it gave its containers, and those that they have.
    ids: Vec<(u64, u64)>,
    /// Whether it has told of its one value.
    is_told: bool,
    /// Whether it is a container where none is opened any more.
    is_too_deep: bool,
}

/// What is told next of a map.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MapPlace {
    Key,
    Item,
}

/// Tells a visitor what the function of an object tells.
pub(super) fn visit(
    object: OwnedHandle,
    identity: u64,
    visit: &mut Visit<'_>,
    asks: bool,
    is_of: impl Fn(Key) -> Result<bool>,
) -> Result<()> {
    if visit.is_again(identity)? {
        return Ok(());
    }
    let told = ToldObject {
        visit,
        object: object.key(),
        identity,
        open: Vec::new(),
        key: None,
        ids: Vec::new(),
        is_told: false,
        is_too_deep: false,
    };
    let (told, outcome) = ToldVisitor::new(told).told(|calls| {
        let (functions, userdata) = calls.raw();
        using(object.key(), |host| {
            let Some(visit) = function!(host.class, visit) else { return Ok(()) };
            // SAFETY: called as its contract says.
            run(host, "visit", Asked::Itself, |error| unsafe {
                visit(host.pointer(), functions, userdata, error)
            })
        })
    });
    let ToldObject { open, is_told, is_too_deep, visit, .. } = told;
    if is_too_deep {
        return visit.whole(object, asks, is_of);
    }
    outcome?;
    match (is_told, open.len()) {
        (true, 0) => Ok(()),
        (_, 0) => Err(misled("has told of nothing")),
        (_, open) => Err(misled(&format!("has left {open} containers open"))),
    }
}

fn misled(what: &str) -> Error {
    let message =
        format!("the visit of an object {what}: it tells of one value, or of one container");
    Error::new(Status::Foreign, message).in_runtime(HOST)
}

impl ToldObject<'_, '_> {
    /// Whether a key is told next, or an item of a map.
    fn place(&self) -> Option<MapPlace> {
        self.open.last().copied().flatten().map(|told| match told.is_multiple_of(2) {
            true => MapPlace::Key,
            false => MapPlace::Item,
        })
    }

    /// Keeps a key until its item is told, if that may be left out.
    ///
    /// # Safety
    /// It is what its type says.
    unsafe fn is_kept(&mut self, key: &metaffi_value) -> Result<bool> {
        let is_kept = self.place() == Some(MapPlace::Key)
            && self.visit.options.has(METAFFI_VISIT_WITHOUT_NULLS);
        if is_kept {
            // SAFETY: it is what its type says.
            self.key = Some(unsafe { value::copy(key) }?);
            self.after_part();
        }
        Ok(is_kept)
    }

    /// Tells of the key that is kept.
    fn tell_key(&mut self) -> Result<()> {
        let Some(key) = self.key.take() else { return Ok(()) };
        let is_text = value::kind_of(&key)?.is_text();
        // SAFETY: a value of ours.
        let described = || unsafe { value::describe(&key) };
        self.before_key((!is_text).then_some(&described))?;
        // SAFETY: a value of ours.
        unsafe { visit_value(&key, self.visit) }
    }

    fn before_key(&mut self, no_text: Option<&dyn Fn() -> String>) -> Result<()> {
        if self.visit.options.has(METAFFI_VISIT_MAPS_AS_OBJECTS)
            && let Some(described) = no_text
        {
            return Err(no_name(&described()));
        }
        self.visit.open_entry()
    }

    /// A part of an entry has been told, or kept.
    fn after_part(&mut self) {
        if let Some(Some(told)) = self.open.last_mut() {
            *told += 1;
        }
    }

    /// Before a text, or something else that is `no_text`: in a map, perhaps the beginning of an entry.
    fn before(&mut self, no_text: Option<&dyn Fn() -> String>) -> Result<()> {
        match self.place() {
            None if self.open.is_empty() && self.is_told => Err(misled("has told of more")),
            None => Ok(()),
            Some(MapPlace::Key) => self.before_key(no_text),
            Some(MapPlace::Item) => self.tell_key(),
        }
    }

    /// After a value: in a map, perhaps the end of an entry.
    fn after(&mut self) -> Result<()> {
        match self.open.last() {
            None => {
                self.is_told = true;
                Ok(())
            }
            Some(_) => {
                self.after_part();
                if self.place() == Some(MapPlace::Key) { self.visit.close_entry() } else { Ok(()) }
            }
        }
    }
}

impl Visitor for ToldObject<'_, '_> {
    unsafe fn value(&mut self, value: &metaffi_value) -> Result<()> {
        let kind = value::kind_of(value)?;
        // SAFETY: what is told is what its type says.
        if unsafe { self.is_kept(value) }? {
            return Ok(());
        }
        // SAFETY: as above.
        if unsafe { is_null(value, kind) } && self.key.take().is_some() {
            self.after_part();
            return Ok(());
        }
        let is_text = kind.is_text();
        // SAFETY: what is told is what its type says.
        let described = || unsafe { value::describe(value) };
        self.before((!is_text).then_some(&described))?;
        // SAFETY: what is told is what its type says.
        unsafe { visit_value(value, self.visit) }?;
        self.after()
    }

    fn text(&mut self, text: &str) -> Result<()> {
        let lent = metaffi_string { data: text.as_ptr().cast(), length: text.len() };
        // SAFETY: UTF-8, of so many bytes.
        if unsafe { self.is_kept(&value::string(lent, Kind::String8)) }? {
            return Ok(());
        }
        self.before(None)?;
        // SAFETY: UTF-8.
        unsafe { self.visit.visitor.text(text.as_ptr(), text.len()) }?;
        self.after()
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.before(Some(&|| "bytes".to_owned()))?;
        self.visit.visitor.bytes(bytes)?;
        self.after()
    }

    fn array(&mut self, array: OwnedArray) -> Result<()> {
        self.before(Some(&|| "array".to_owned()))?;
        self.visit.visitor.array(array)?;
        self.after()
    }

    fn object(&mut self, object: OwnedHandle) -> Result<()> {
        // SAFETY: a handle that is there until it is dropped.
        unsafe { Visitor::value(self, &value::object(object.pointer())) }
    }

    fn open(&mut self, container: &metaffi_container) -> Result<()> {
        let is_first = self.open.is_empty();
        if is_first && self.visit.is_full() {
            self.is_too_deep = true;
            return Err(Error::new(Status::Cancelled, "the container is too deep"));
        }
        self.before(Some(&|| "container".to_owned()))?;
        let length =
            Some(container.length).filter(|length| *length != crate::abi::METAFFI_UNSPECIFIED);
        // SAFETY: a text of so many bytes, or NULL.
        let name = unsafe { value::text::decode(&container.type_name, Kind::String8) };
        let name = (!container.type_name.data.is_null()).then_some(name).transpose()?;
        let id = self.visit.open(container.kind, length, name.as_deref())?;
        if is_first {
            self.visit.has_opened(self.object, self.identity, id)?;
        }
        if container.id != 0 {
            self.ids.push((container.id, id));
        }
        self.open.push((container.kind == METAFFI_CONTAINER_MAP).then_some(0));
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        if self.open.pop().is_none() {
            return Err(misled("has closed more containers than it has opened"));
        }
        self.visit.close()?;
        if self.open.is_empty() {
            self.visit.has_closed(self.identity);
        }
        self.after()
    }

    fn again(&mut self, id: u64) -> Result<()> {
        let Some((_, known)) = self.ids.iter().rev().find(|(given, _)| *given == id).copied()
        else {
            return Err(misled("names a container that it has not opened"));
        };
        self.before(Some(&|| "container".to_owned()))?;
        self.visit.visitor.again(known)?;
        self.after()
    }
}
