//! How Java's objects are used by hosts: Java's side of the protocol of objects.
//!
//! Each operation is an entity of the part in Java, which takes its arguments apart as those of every
//! other entity.

use std::mem::MaybeUninit;

use super::arrays;
use super::object::{self, JavaObject};
use super::operation::Operation;
use super::support;
use crate::abi::{metaffi_array, metaffi_handle_type, metaffi_value};
use crate::call::CallArguments;
use crate::error::{Error, Result, Status};
use crate::handle::pin::CallScope;
use crate::handle::{Counting, Key, ObjectType, using};
use crate::object::{
    AttributeName, Capabilities, Comparison, Iteration, MemberKind, ObjectMember, Protocol,
    TextKind, ValuePlace, refuse, used_by,
};
use crate::value;

static PROTOCOL: &dyn Protocol = &JavaProtocol;

impl ObjectType for JavaObject {
    const COUNTING: Counting = JavaObject::COUNTING;
    const EXTENSION: crate::handle::Extension = used_by(&PROTOCOL);
}

/// Room for the arguments of every operation, and its result.
const ROOM: usize = 12;

/// What an operation is given, and where its result comes.
struct OperationFrame {
    slots: [u64; ROOM],
    filled: usize,
}

impl OperationFrame {
    /// With an object.
    fn of(scope: &CallScope, object: Key) -> Result<OperationFrame> {
        let mut frame = OperationFrame { slots: [0; ROOM], filled: 0 };
        frame.push(object::index_of(scope, object)? as u64);
        Ok(frame)
    }

    fn push(&mut self, slot: u64) -> &mut OperationFrame {
        self.slots[self.filled] = slot;
        self.filled += 1;
        self
    }

    /// A text that outlives the frame's use.
    fn text(&mut self, text: &str) -> &mut OperationFrame {
        self.push(text.as_ptr().expose_provenance() as u64).push(text.len() as u64)
    }

    /// A value whose objects are Java's.
    fn value(&mut self, value: &metaffi_value) -> &mut OperationFrame {
        // SAFETY: three words; what of them is not initialised is not looked at.
        let words = unsafe { (&raw const *value).cast::<[MaybeUninit<u64>; 3]>().read() };
        for (word, slot) in words.iter().zip(&mut self.slots[self.filled..]) {
            // SAFETY: copied bit by bit into what is compared with nothing.
            *slot = unsafe { word.as_ptr().read() };
        }
        self.filled += words.len();
        self
    }

    /// Does it. What it gives is in the slots behind the arguments.
    fn run(&mut self, operation: Operation) -> Result<&mut [u64]> {
        // SAFETY: the operations are the first entities, with these arguments.
        unsafe { support::call(operation as i64, self.slots.as_mut_ptr())? };
        Ok(&mut self.slots[self.filled..])
    }

    /// Does what gives a value.
    fn run_to(&mut self, operation: Operation, to: ValuePlace<'_>) -> Result<()> {
        let found = self.run(operation)?.as_mut_ptr().cast::<metaffi_value>();
        // SAFETY: a value of the part in Java.
        to.write(unsafe { object::given(found.read()) }?);
        Ok(())
    }

    /// Does what gives an object.
    fn run_to_handle(&mut self, operation: Operation) -> Result<Key> {
        let found = self.run(operation)?.as_mut_ptr().cast::<metaffi_value>();
        // SAFETY: a value of the part in Java, which is an object.
        unsafe {
            let found = object::given(found.read())?;
            match found.r#type == metaffi_handle_type {
                true => Ok(found.data.object.addr()),
                false => Err(Error::new(Status::Internal, "the part in Java gives no object")),
            }
        }
    }
}

/// The protocol of Java's objects.
struct JavaProtocol;

impl JavaProtocol {
    /// Refuses what an object cannot do.
    fn check(&self, object: Key, wanted: Capabilities) -> Result<()> {
        match self.capabilities(object)?.has_any(wanted) {
            true => Ok(()),
            false => Err(refuse(object, wanted)),
        }
    }

    /// Calls with arguments, whose objects are Java's.
    fn call_with(
        &self,
        object: Key,
        (operation, name): (Operation, Option<&str>),
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        if !arguments.names.is_empty() {
            return Err(Error::unsupported("methods of Java take no arguments by name"));
        }
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            if let Some(name) = name {
                frame.text(name);
            }
            let values = arguments.values.iter().map(|one| object::taken(scope, one));
            let values = values.collect::<Result<Vec<_>>>()?;
            frame.push(values.as_ptr().expose_provenance() as u64).push(values.len() as u64);
            frame.run_to(operation, to)
        })
    }
}

const ITEMS: Capabilities = Capabilities::READ_ITEMS.with(Capabilities::READ_ENTRIES);
const WRITTEN: Capabilities = Capabilities::WRITE_ITEMS.with(Capabilities::WRITE_ENTRIES);
const DELETED: Capabilities = Capabilities::DELETE_ITEMS.with(Capabilities::DELETE_ENTRIES);

impl Protocol for JavaProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            Ok(Capabilities::from_bits(frame.run(Operation::Capabilities)?[0]))
        })
    }

    fn get_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        using(|scope| {
            OperationFrame::of(scope, object)?.text(name.text()).run_to(Operation::GetAttribute, to)
        })
    }

    unsafe fn set_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        let Some(value) = value else {
            return Err(refuse(object, Capabilities::DELETE_ATTRIBUTES));
        };
        using(|scope| {
            let value = object::taken(scope, value)?;
            let mut frame = OperationFrame::of(scope, object)?;
            frame.text(name.text()).value(&value).run(Operation::SetAttribute).map(drop)
        })
    }

    fn members(&self, object: Key) -> Result<Vec<ObjectMember>> {
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            let found = frame.run(Operation::Members)?;
            let text = support::taken_text(found);
            Ok(text.lines().filter_map(member).collect())
        })
    }

    unsafe fn get_item(&self, object: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
        self.check(object, ITEMS)?;
        using(|scope| {
            let key = object::taken(scope, key)?;
            OperationFrame::of(scope, object)?.value(&key).run_to(Operation::GetItem, to)
        })
    }

    unsafe fn set_item(
        &self,
        object: Key,
        key: &metaffi_value,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        self.check(object, if value.is_some() { WRITTEN } else { DELETED })?;
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            frame.value(&object::taken(scope, key)?);
            let operation = match value {
                Some(value) => {
                    frame.value(&object::taken(scope, value)?);
                    Operation::SetItem
                }
                None => Operation::DeleteItem,
            };
            frame.run(operation).map(drop)
        })
    }

    fn length(&self, object: Key) -> Result<usize> {
        self.check(object, Capabilities::LENGTH)?;
        using(|scope| Ok(OperationFrame::of(scope, object)?.run(Operation::Length)?[0] as usize))
    }

    unsafe fn contains(&self, object: Key, value: &metaffi_value) -> Result<bool> {
        self.check(object, Capabilities::CONTAIN)?;
        using(|scope| {
            let value = object::taken(scope, value)?;
            let mut frame = OperationFrame::of(scope, object)?;
            Ok(frame.value(&value).run(Operation::Contains)?[0] != 0)
        })
    }

    unsafe fn call(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        self.check(object, Capabilities::CALL)?;
        self.call_with(object, (Operation::Call, None), arguments, to)
    }

    unsafe fn construct(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        self.check(object, Capabilities::CONSTRUCT)?;
        self.call_with(object, (Operation::Construct, None), arguments, to)
    }

    unsafe fn invoke(
        &self,
        object: Key,
        name: AttributeName<'_>,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        self.call_with(object, (Operation::Invoke, Some(name.text())), arguments, to)
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        self.check(object, Capabilities::ITERATE)?;
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            frame.push(iteration as u64).run_to_handle(Operation::Iterate)
        })
    }

    fn next(&self, iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
        self.check(iterator, Capabilities::NEXT)?;
        using(|scope| {
            let mut frame = OperationFrame::of(scope, iterator)?;
            frame.push(to.as_mut_ptr().expose_provenance() as u64).push(to.len() as u64);
            let count = frame.run(Operation::Next)?[0] as usize;
            for value in &mut to[..count] {
                // SAFETY: the part in Java has written so many.
                unsafe { value.write(object::given(value.assume_init_read())?) };
            }
            Ok(count)
        })
    }

    unsafe fn compare(
        &self,
        object: Key,
        comparison: Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        if !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            self.check(object, Capabilities::ORDER)?;
        }
        using(|scope| {
            let Ok(with) = object::taken(scope, with) else {
                return Ok(matches!(comparison, Comparison::NotEqual));
            };
            let mut frame = OperationFrame::of(scope, object)?;
            let found = frame.push(order(comparison)).value(&with).run(Operation::Compare)?;
            Ok(found[0] != 0)
        })
    }

    fn hash(&self, object: Key) -> Result<u64> {
        using(|scope| Ok(OperationFrame::of(scope, object)?.run(Operation::Hash)?[0]))
    }

    fn truth(&self, object: Key) -> Result<bool> {
        match self.capabilities(object)?.has(Capabilities::LENGTH) {
            true => Ok(self.length(object)? != 0),
            false => Ok(true),
        }
    }

    fn text(&self, object: Key, kind: TextKind) -> Result<String> {
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            let found = frame.push(kind as u64).run(Operation::Text)?;
            Ok(support::taken_text(found))
        })
    }

    fn type_of(&self, object: Key) -> Result<Key> {
        using(|scope| OperationFrame::of(scope, object)?.run_to_handle(Operation::TypeOf))
    }

    fn parents(&self, r#type: Key) -> Result<Vec<Key>> {
        self.check(r#type, Capabilities::TYPE)?;
        let array =
            using(|scope| OperationFrame::of(scope, r#type)?.run_to_handle(Operation::Parents))?;
        let array = crate::handle::OwnedHandle::new(array);
        let mut parents = Vec::new();
        for index in 0..self.length(array.key())? {
            let mut found = MaybeUninit::uninit();
            self.get_index(array.key(), index as i64, &mut found)?;
            // SAFETY: written by what has not failed: a class.
            parents.push(unsafe { found.assume_init().data.object.addr() });
        }
        Ok(parents)
    }

    fn is_instance(&self, object: Key, r#type: Key) -> Result<bool> {
        self.check(r#type, Capabilities::TYPE)?;
        using(|scope| {
            let class =
                object::taken(scope, &value::object(std::ptr::without_provenance_mut(r#type)))?;
            let mut frame = OperationFrame::of(scope, object)?;
            Ok(frame.value(&class).run(Operation::IsInstance)?[0] != 0)
        })
    }

    fn enter(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        self.check(object, Capabilities::ENTER)?;
        let same = crate::handle::clone(object, crate::handle::HandleKind::Object)?;
        to.write(value::object(std::ptr::without_provenance_mut(same)));
        Ok(())
    }

    fn exit(&self, object: Key, _: Option<&Error>) -> Result<bool> {
        self.check(object, Capabilities::ENTER)?;
        using(|scope| OperationFrame::of(scope, object)?.run(Operation::Close).map(|_| false))
    }

    fn buffer(&self, object: Key, writable: bool) -> Result<*mut metaffi_array> {
        let wanted = if writable { Capabilities::WRITE_BUFFER } else { Capabilities::BUFFER };
        self.check(object, wanted)?;
        let found = using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            Ok(frame.push(writable.into()).run(Operation::Buffer)?[0] as i64)
        })?;
        // SAFETY: an array that is ours; below zero that of a copy.
        unsafe { arrays::shown(found) }
    }
}

/// As the part in Java counts.
fn order(comparison: Comparison) -> u64 {
    match comparison {
        Comparison::Less => 0,
        Comparison::LessOrEqual => 1,
        Comparison::Equal => 2,
        Comparison::NotEqual => 3,
        Comparison::Greater => 4,
        Comparison::GreaterOrEqual => 5,
    }
}

/// A line of the part in Java.
fn member(line: &str) -> Option<ObjectMember> {
    let (kind, name) = line.split_once(' ')?;
    let kind = match kind {
        "method" => MemberKind::Method,
        "type" => MemberKind::Type,
        _ => MemberKind::Attribute,
    };
    Some(ObjectMember { name: name.to_owned(), kind })
}
