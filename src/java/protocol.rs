//! How Java's objects are used by hosts: Java's side of the protocol of objects.
//!
//! Each operation is an entity of the part in Java, which takes its arguments apart as those of every
//! other entity.

use std::mem::MaybeUninit;

use super::object::{self, JavaObject};
use super::operation::Operation;
use super::operation_frame::OperationFrame;
use super::{arrays, error, future, support, visit};
use crate::abi::{metaffi_array, metaffi_value};
use crate::call::CallArguments;
use crate::error::{Error, Result};
use crate::handle::{self, Counting, Extension, HandleKind, Key, ObjectType, OwnedHandle, using};
use crate::object::task::Completion;
use crate::object::{
    AttributeName, Capabilities, Comparison, Described, Family, Iteration, KnownMember, MemberKind,
    ObjectMember, Protocol, TextKind, ValuePlace, Visit, positions, refuse, refuse_slice, used_by,
};
use crate::value::{self, OwnedValue};

static PROTOCOL: &dyn Protocol = &JavaProtocol;

impl ObjectType for JavaObject {
    const COUNTING: Counting = JavaObject::COUNTING;
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

/// The protocol of Java's objects.
struct JavaProtocol;

impl JavaProtocol {
    /// Calls with arguments, whose objects are Java's, what `push` says in the frame.
    #[inline(always)]
    fn call_with(
        &self,
        object: Key,
        operation: Operation,
        push: impl FnOnce(&mut OperationFrame),
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        if !arguments.names.is_empty() {
            return Err(Error::unsupported("methods of Java take no arguments by name"));
        }
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            push(&mut frame);
            object::with_taken(scope, arguments.values, |values| {
                frame.push(values.as_ptr().expose_provenance() as u64).push(values.len() as u64);
                frame.run_at(operation, to)
            })
        })
    }
}

impl Protocol for JavaProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            Ok(Capabilities::from_bits(frame.run(Operation::Capabilities)?[0]))
        })
    }

    fn describe(&self, object: Key) -> Result<Described> {
        using(|scope| {
            let mut told = [0_u64; 3];
            let mut frame = OperationFrame::of(scope, object)?;
            frame.push(told.as_mut_ptr().expose_provenance() as u64).run(Operation::Describe)?;
            let [can, family, errors] = told;
            let capabilities = Capabilities::from_bits(can);
            let [family, errors] = [family, errors].map(Family::new);
            Ok(Described { capabilities, family, errors })
        })
    }

    fn error(&self, object: Key) -> Result<Option<Error>> {
        if !self.capabilities(object)?.has(Capabilities::ERROR) {
            return Ok(None);
        }
        using(|scope| error::of_object(scope.get::<JavaObject>(object)?.index()).map(Some))
    }

    fn known_member(&self, object: Key, name: &str) -> Result<Option<KnownMember>> {
        let found = using(|scope| {
            Ok(OperationFrame::of(scope, object)?.text(name).run(Operation::Find)?[0])
        })?;
        let number = (found >> 2) as u32;
        Ok((number != 0).then_some(match found & 3 {
            0 => KnownMember::Attribute(number),
            1 => KnownMember::Method(number),
            _ => KnownMember::Constant(number),
        }))
    }

    fn read_member(&self, object: Key, member: u32, to: ValuePlace<'_>) -> Result<()> {
        using(|scope| {
            OperationFrame::of(scope, object)?.push(member.into()).run_at(Operation::Read, to)
        })
    }

    unsafe fn write_member(&self, object: Key, member: u32, value: &metaffi_value) -> Result<()> {
        using(|scope| {
            let mut value = object::taken(scope, value)?;
            let mut frame = OperationFrame::of(scope, object)?;
            let at = (&raw mut value).expose_provenance();
            frame.push(member.into()).push(at as u64).run(Operation::Write).map(drop)
        })
    }

    unsafe fn run_member(
        &self,
        object: Key,
        member: u32,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let numbered = |frame: &mut OperationFrame| {
            frame.push(member.into());
        };
        self.call_with(object, Operation::Run, numbered, arguments, to)
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
        using(|scope| {
            let key = object::taken(scope, key)?;
            OperationFrame::of(scope, object)?.value(&key).run_to(Operation::GetItem, to)
        })
    }

    fn get_index(&self, object: Key, index: i64, to: ValuePlace<'_>) -> Result<()> {
        using(|scope| {
            OperationFrame::of(scope, object)?.push(index as u64).run_to(Operation::GetIndex, to)
        })
    }

    unsafe fn set_index(
        &self,
        object: Key,
        index: i64,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        let needed = match value {
            Some(_) => Capabilities::WRITE_ITEMS,
            None => Capabilities::DELETE_ITEMS,
        };
        if !self.capabilities(object)?.has(needed) {
            return Err(refuse(object, needed));
        }
        // SAFETY: a number, and the value is what its type says.
        unsafe { self.set_item(object, &index.into(), value) }
    }

    unsafe fn set_item(
        &self,
        object: Key,
        key: &metaffi_value,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
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

    fn slice(
        &self,
        object: Key,
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    ) -> Result<Key> {
        if !self.capabilities(object)?.has(Capabilities::READ_ITEMS) {
            return Err(refuse_slice(object));
        }
        let step = step.unwrap_or(1);
        let mut positions = positions(self.length(object)? as i64, start, stop, step)?;
        let first = positions.next();
        let count = first.iter().count() + positions.count();
        // Of one item, or none, the next is nowhere.
        let step = if count > 1 { step } else { 1 };
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            frame.push(first.unwrap_or(0) as u64).push(count as u64).push(step as u64);
            frame.run_to_handle(Operation::Slice)
        })
    }

    fn length(&self, object: Key) -> Result<usize> {
        using(|scope| Ok(OperationFrame::of(scope, object)?.run(Operation::Length)?[0] as usize))
    }

    unsafe fn contains(&self, object: Key, value: &metaffi_value) -> Result<bool> {
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
        self.call_with(object, Operation::Call, |_| (), arguments, to)
    }

    unsafe fn construct(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        self.call_with(object, Operation::Construct, |_| (), arguments, to)
    }

    unsafe fn invoke(
        &self,
        object: Key,
        name: AttributeName<'_>,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let named = |frame: &mut OperationFrame| {
            frame.text(name.text());
        };
        self.call_with(object, Operation::Invoke, named, arguments, to)
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            frame.push(iteration as u64).run_to_handle(Operation::Iterate)
        })
    }

    fn next(&self, iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
        next(iterator, Operation::Next, to)
    }

    unsafe fn compare(
        &self,
        object: Key,
        comparison: Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        using(|scope| {
            let Ok(with) = object::taken(scope, with) else {
                return Ok(matches!(comparison, Comparison::NotEqual));
            };
            let mut frame = OperationFrame::of(scope, object)?;
            let found = frame.push(order(comparison)).value(&with).run(Operation::Compare)?;
            Ok(found[0] != 0)
        })
    }

    fn start(&self, object: Key, completion: Completion) -> Result<()> {
        future::start(object, completion)
    }

    fn number(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        using(|scope| OperationFrame::of(scope, object)?.run_to(Operation::Number, to))
    }

    fn hash(&self, object: Key) -> Result<u64> {
        using(|scope| Ok(OperationFrame::of(scope, object)?.run(Operation::Hash)?[0]))
    }

    fn truth(&self, object: Key) -> Result<bool> {
        using(|scope| Ok(OperationFrame::of(scope, object)?.run(Operation::Truth)?[0] != 0))
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
        let array =
            using(|scope| OperationFrame::of(scope, r#type)?.run_to_handle(Operation::Parents))?;
        let array = OwnedHandle::new(array);
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
        if !self.capabilities(r#type)?.has(Capabilities::TYPE) {
            return Err(refuse(r#type, Capabilities::TYPE));
        }
        using(|scope| {
            let class =
                object::taken(scope, &value::object(std::ptr::without_provenance_mut(r#type)))?;
            let mut frame = OperationFrame::of(scope, object)?;
            Ok(frame.value(&class).run(Operation::IsInstance)?[0] != 0)
        })
    }

    fn enter(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        if !self.capabilities(object)?.has(Capabilities::ENTER) {
            return Err(refuse(object, Capabilities::ENTER));
        }
        let same = handle::clone(object, HandleKind::Object)?;
        to.write(value::object(std::ptr::without_provenance_mut(same)));
        Ok(())
    }

    fn exit(&self, object: Key, _: Option<&Error>) -> Result<bool> {
        using(|scope| OperationFrame::of(scope, object)?.run(Operation::Close).map(|_| false))
    }

    fn visit(&self, object: Key, visit: &mut Visit<'_>) -> Result<()> {
        visit::visit(object, visit)
    }

    fn buffer(&self, object: Key, writable: bool) -> Result<*mut metaffi_array> {
        let wanted = if writable { Capabilities::WRITE_BUFFER } else { Capabilities::BUFFER };
        if !self.capabilities(object)?.has(wanted) {
            return Err(refuse(object, wanted));
        }
        let found = using(|scope| {
            let mut frame = OperationFrame::of(scope, object)?;
            Ok(frame.push(writable.into()).run(Operation::Buffer)?[0] as i64)
        })?;
        // SAFETY: an array that is ours; below zero that of a copy.
        unsafe { arrays::shown(found) }
    }
}

/// The next values of an iterator, by an operation that gives them.
pub(super) fn next(
    iterator: Key,
    operation: Operation,
    to: &mut [MaybeUninit<metaffi_value>],
) -> Result<usize> {
    using(|scope| {
        let mut frame = OperationFrame::of(scope, iterator)?;
        frame.push(to.as_mut_ptr().expose_provenance() as u64).push(to.len() as u64);
        let count = frame.run(operation)?[0] as usize;
        // SAFETY: the part in Java has written so many.
        unsafe { all_given(&mut to[..count]) }?;
        Ok(count)
    })
}

/// The same for what comes one after another: all of it, or nothing of it is left.
///
/// # Safety
/// Values of the part in Java, which are used once.
unsafe fn all_given(values: &mut [MaybeUninit<metaffi_value>]) -> Result<()> {
    let mut failed = None;
    for value in &mut *values {
        // SAFETY: as the caller says.
        let given = unsafe { object::given(value.assume_init_read()) };
        value.write(given.unwrap_or_else(|error| {
            failed = Some(error);
            value::null()
        }));
    }
    let Some(error) = failed else { return Ok(()) };
    for value in values {
        // SAFETY: they have become ours above.
        drop(unsafe { OwnedValue::from_raw(value.assume_init_read()) });
    }
    Err(error)
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
