//! The visit of Java's objects. What is in a container comes many at a time, as the part in Java gives it: values
//! as what they are, and containers as objects.
//!
//! Containers that are open are on a stack of the walk's own, so that they may be nested as deep as there is memory.

use std::collections::VecDeque;
use std::mem::{MaybeUninit, take};
use std::ptr::NonNull;
use std::slice;

use super::object::{self, JavaObject};
use super::operation::Operation;
use super::operation_frame::OperationFrame;
use super::protocol::next;
use crate::abi::{
    METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_MAP, METAFFI_CONTAINER_OBJECT, METAFFI_CONTAINER_SET,
    METAFFI_CONTAINER_TUPLE, METAFFI_CONVERTER_FIRST, METAFFI_VISIT_BYTES_VIEWED,
    METAFFI_VISIT_FIELDS, METAFFI_VISIT_MAPS_AS_OBJECTS, METAFFI_VISIT_WITHOUT_NULLS,
    metaffi_container_kind,
};
use crate::error::{Error, Result, Status};
use crate::handle::{self, ForeignObject, HandleKind, Key, OwnedHandle, using};
use crate::object::{Visit, no_name, of, visit_value};
use crate::signature::Kind;
use crate::value::array::OwnedArray;
use crate::value::{self, OwnedValue};

/// So many values come at a time; of maps, whole entries.
const AT_ONCE: usize = 64;

/// What an object is visited as, as the part in Java counts.
const VALUE: u64 = 1;
const CONTAINERS: [metaffi_container_kind; 5] = [
    METAFFI_CONTAINER_LIST,
    METAFFI_CONTAINER_TUPLE,
    METAFFI_CONTAINER_SET,
    METAFFI_CONTAINER_MAP,
    METAFFI_CONTAINER_OBJECT,
];

/// A container that is open.
struct OpenStep {
    identity: u64,
    kind: metaffi_container_kind,
    /// What gives the values in it.
    steps: OwnedHandle,
    /// Those that have come.
    here: VecDeque<OwnedValue>,
    /// Whether an entry is open.
    in_entry: bool,
}

struct JavaWalk<'v, 'o> {
    visit: &'v mut Visit<'o>,
    open: Vec<OpenStep>,
    /// How values come: those that converters may be asked about as objects.
    operation: Operation,
}

/// Tells a visitor of an object and all that is in it.
pub(super) fn visit(object: Key, visit: &mut Visit<'_>) -> Result<()> {
    let operation = match visit.options.converters().is_empty() {
        true => Operation::NextWhole,
        false => Operation::Next,
    };
    let mut walk = JavaWalk { visit, open: Vec::new(), operation };
    walk.object(object)?;
    while !walk.open.is_empty() {
        walk.step()?;
    }
    Ok(())
}

/// Whether an object is of a type, which may be one of another runtime.
fn is_of(object: Key, of_type: Key) -> Result<bool> {
    match handle::is_one_of::<JavaObject>(of_type) {
        true => of(object)?.is_instance(object, of_type),
        false => handle::describe_object(of_type, |_| false),
    }
}

impl JavaWalk<'_, '_> {
    fn object(&mut self, key: Key) -> Result<()> {
        let asks = self.visit.begin_object();
        let object = OwnedHandle::new(handle::clone(key, HandleKind::Object)?);
        let is_of = |of_type| is_of(key, of_type);
        if asks && self.visit.is_converted(&object, METAFFI_CONVERTER_FIRST, is_of)? {
            return Ok(());
        }
        let fields = self.visit.options.has(METAFFI_VISIT_FIELDS);
        let form = using(|scope| {
            let mut frame = OperationFrame::of(scope, key)?;
            Ok(frame.push(fields.into()).run(Operation::Form)?[0])
        })?;
        let (form, length) = (form & 0xff, (form >> 8) as usize);
        match form {
            VALUE => self.whole(key),
            0 => self.visit.whole(object, asks, is_of),
            _ if self.visit.is_full() => self.visit.too_deep(object),
            form => self.container(key, CONTAINERS[form as usize - 2], length),
        }
    }

    /// What is told in one piece.
    fn whole(&mut self, key: Key) -> Result<()> {
        let mut value = MaybeUninit::new(value::null());
        let told = using(|scope| {
            let mut frame = OperationFrame::of(scope, key)?;
            frame.push(value.as_mut_ptr().expose_provenance() as u64);
            frame.run(Operation::Whole)?;
            // SAFETY: a value of the part in Java, which is ours.
            unsafe { Ok(OwnedValue::from_raw(object::given(value.assume_init())?)) }
        })?;
        self.value(told)
    }

    fn container(&mut self, key: Key, kind: metaffi_container_kind, length: usize) -> Result<()> {
        let (identity, name) = using(|scope| {
            let object = scope.get::<JavaObject>(key)?;
            let is_record = kind == METAFFI_CONTAINER_OBJECT;
            Ok((object.identity(), is_record.then(|| object.type_name())))
        })?;
        if self.visit.is_again(identity)? {
            return Ok(());
        }
        let steps = using(|scope| OperationFrame::of(scope, key)?.run_to_handle(Operation::Steps))?;
        let steps = OwnedHandle::new(steps);
        let id = self.visit.open(kind, Some(length), name.as_deref())?;
        self.visit.has_opened(key, identity, id)?;
        let here = VecDeque::new();
        self.open.push(OpenStep { identity, kind, steps, here, in_entry: false });
        Ok(())
    }

    /// Goes on with the container that was opened last.
    fn step(&mut self) -> Result<()> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        let (kind, identity) = (open.kind, open.identity);
        if take(&mut open.in_entry) {
            self.visit.close_entry()?;
        }
        let Some(mut found) = self.next()? else {
            self.open.pop();
            self.visit.has_closed(identity);
            return self.visit.close();
        };
        if [METAFFI_CONTAINER_MAP, METAFFI_CONTAINER_OBJECT].contains(&kind) {
            let key = found;
            found = self.next()?.unwrap_or_else(null);
            let is_null = value::kind_of(&found)? == Kind::Null;
            if is_null && self.visit.options.has(METAFFI_VISIT_WITHOUT_NULLS) {
                return Ok(());
            }
            self.key(key, kind == METAFFI_CONTAINER_MAP)?;
        }
        self.value(found)
    }

    fn key(&mut self, key: OwnedValue, of_map: bool) -> Result<()> {
        let as_name = self.visit.options.has(METAFFI_VISIT_MAPS_AS_OBJECTS);
        if of_map {
            let kind = value::kind_of(&key)?;
            if as_name && !kind.is_text() && kind != Kind::Char16 {
                // SAFETY: a value of ours is what its type says.
                return Err(no_name(&unsafe { value::describe(&key) }));
            }
            self.visit.open_entry()?;
            if let Some(open) = self.open.last_mut() {
                open.in_entry = true;
            }
        }
        // What is in a key that is a container is told before what belongs to it.
        match value::kind_of(&key)? {
            // SAFETY: as above.
            Kind::Handle => unsafe { visit_value(&key, self.visit) },
            _ => self.value(key),
        }
    }

    /// The next value in the container that was opened last.
    fn next(&mut self) -> Result<Option<OwnedValue>> {
        let Some(open) = self.open.last_mut() else { return Ok(None) };
        if open.here.is_empty() {
            let mut room = [const { MaybeUninit::uninit() }; AT_ONCE];
            let count = next(open.steps.key(), self.operation, &mut room)?;
            // SAFETY: so many are there, each of which is ours.
            let owned =
                |value: &MaybeUninit<_>| unsafe { OwnedValue::from_raw(value.assume_init_read()) };
            open.here.extend(room[..count].iter().map(owned));
        }
        Ok(open.here.pop_front())
    }

    fn value(&mut self, value: OwnedValue) -> Result<()> {
        // SAFETY: a value of ours is what its type says, which says which member.
        unsafe {
            match value::kind_of(&value)? {
                Kind::Handle if handle::is_one_of::<JavaObject>(value.data.object.addr()) => {
                    self.object(value.data.object.addr())
                }
                Kind::Char16 => self.character(value.data.char16),
                Kind::Array => self.memory(value),
                _ => visit_value(&value, self.visit),
            }
        }
    }

    /// A character is a text of one.
    fn character(&mut self, unit: u16) -> Result<()> {
        let Some(character) = char::from_u32(unit.into()) else {
            let message = format!("U+{unit:04X} is half of a surrogate pair, and no text");
            return Err(Error::new(Status::InvalidText, message));
        };
        let mut room = [0; 4];
        let text = character.encode_utf8(&mut room);
        // SAFETY: a text.
        unsafe { self.visit.visitor.text(text.as_ptr(), text.len()) }
    }

    /// Numbers in memory; bytes are what Java has for that.
    fn memory(&mut self, value: OwnedValue) -> Result<()> {
        let raw = value.into_raw();
        // SAFETY: an array, as its type says, which is ours.
        let array =
            unsafe { NonNull::new(raw.data.array).map(|array| OwnedArray::from_raw(array)) };
        let Some(array) = array else { return self.visit.null() };
        let view = array.view();
        let (shape, data) = (view.shape(), view.data());
        let is_bytes = view.element().kind() == Kind::Uint8 && shape.len() == 1;
        if !is_bytes || self.visit.options.has(METAFFI_VISIT_BYTES_VIEWED) {
            return self.visit.visitor.array(array);
        }
        let bytes = match shape[0] {
            0 => &[],
            // SAFETY: so many bytes are there.
            length => unsafe { slice::from_raw_parts(data.cast::<u8>(), length) },
        };
        self.visit.visitor.bytes(bytes)
    }
}

fn null() -> OwnedValue {
    // SAFETY: null.
    unsafe { OwnedValue::from_raw(value::null()) }
}
