//! How Python's objects are used by hosts: Python's side of the protocol of objects.

mod attribute;
mod buffer;
mod build;
mod call;
mod capability;
mod comparison;
mod context;
mod entered;
mod exchange;
mod item;
mod iteration;
mod member;
mod number;
mod source;
mod task;
mod text;
mod type_object;
mod value;
mod visit;

use std::mem::MaybeUninit;

use crate::abi::{metaffi_array, metaffi_status, metaffi_value};
use crate::error::{Error, Result};
use crate::handle::{Counting, Extension, Key, ObjectType};
use crate::object::exchange::{OwnedColumns, OwnedSchema, OwnedStream, Tensor};
use crate::object::task::Completion;
use crate::object::{
    Answer, AttributeName, CallArguments, Capabilities, Comparison, InternedName, Iteration,
    ObjectMember, Protocol, Resumption, SourceLocation, TextKind, ValuePlace, Visit, refuse,
    used_by,
};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyObjectHandle;
use crate::signature::Signature;
use attribute::{NameObject, known_twin};
pub use build::{BuildTargets, add_built, build, build_into};
use entered::{check_able, look, with_able, with_object, with_object_apart, with_object_at_hand};
pub use task::{install, loop_thread};
pub use value::give as give_value;

static PROTOCOL: &dyn Protocol = &PythonProtocol;

impl ObjectType for PyObjectHandle {
    const EXTENSION: Extension = used_by(&PROTOCOL);
    const COUNTING: Counting = PyObjectHandle::COUNTING;
}

/// The protocol of Python's objects. Each method takes the GIL if the thread does not hold it.
struct PythonProtocol;

impl Protocol for PythonProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        with_object(object, capability::of)
    }

    #[inline(always)]
    fn get_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        match known_twin(name) {
            Some(key) => with_object_at_hand(
                object,
                #[inline(always)]
                |gil, object| attribute::get(gil, object, (name, key), to),
            ),
            None => with_object_apart(object, |gil, object| {
                let key = NameObject::of(gil, name)?;
                attribute::get(gil, object, (name, key.object), to)
            }),
        }
    }

    unsafe fn set_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        let of = |found| ((object, found), name, value);
        // SAFETY: the value is what its type says.
        unsafe {
            match known_twin(name) {
                Some(key) => with_object_at_hand(
                    object,
                    #[inline(always)]
                    |gil, found| set_attribute(gil, of(found), key),
                ),
                None => with_object_apart(object, |gil, found| {
                    let key = NameObject::of(gil, name)?;
                    set_attribute(gil, of(found), key.object)
                }),
            }
        }
    }

    fn callable(&self, object: Key, wanted: Option<Signature>) -> Result<Option<Key>> {
        // SAFETY: alive, under the GIL.
        with_object(object, |gil, object| unsafe { call::callable_of(gil, object, wanted) })
    }

    fn members(&self, object: Key) -> Result<Vec<ObjectMember>> {
        with_object(object, member::of)
    }

    unsafe fn get_item(&self, object: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
        // SAFETY: the key is what its type says.
        with_object(object, |gil, found| unsafe { item::get(gil, (object, found), key, to) })
    }

    fn get_index(&self, object: Key, index: i64, to: ValuePlace<'_>) -> Result<()> {
        let looked = look(
            object,
            to,
            #[inline(always)]
            |gil, found| item::listed(gil, found, index),
        );
        match looked {
            true => Ok(()),
            false => with_object_apart(object, |gil, found| {
                item::get_index(gil, (object, found), index, to)
            }),
        }
    }

    fn answer_index(&self, object: Key, index: i64, answer: Answer) -> metaffi_status {
        match item::glance(object, index) {
            Some(number) => answer.give_value(number),
            None => answer_index(object, index, answer),
        }
    }

    fn answer_entry(
        &self,
        object: Key,
        key: &'static InternedName,
        answer: Answer,
    ) -> metaffi_status {
        match item::glance_at_entry(object, key) {
            Some(number) => answer.give_value(number),
            None => answer_entry(object, key, answer),
        }
    }

    fn get_entry(&self, object: Key, key: AttributeName<'_>, to: ValuePlace<'_>) -> Result<()> {
        let looked = look(
            object,
            to,
            // SAFETY: alive under the GIL, and the twin of a name is an exact `str`.
            #[inline(always)]
            |gil, found| unsafe { gil.api.entry(found, known_twin(key)?) },
        );
        match looked {
            true => Ok(()),
            false => with_object_apart(object, |gil, found| {
                let key = NameObject::of(gil, key)?;
                item::get_entry(gil, (object, found), key.object, to)
            }),
        }
    }

    unsafe fn set_item(
        &self,
        object: Key,
        key: &metaffi_value,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: key and value are what their types say.
        with_object(object, |gil, found| unsafe { item::set(gil, (object, found), key, value) })
    }

    unsafe fn set_index(
        &self,
        object: Key,
        index: i64,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: the value is what its type says.
        with_object(object, |gil, found| unsafe {
            item::set_index(gil, (object, found), index, value)
        })
    }

    unsafe fn set_entry(
        &self,
        object: Key,
        key: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: the value is what its type says.
        with_object(object, |gil, found| unsafe {
            item::set_entry(gil, (object, found), key, value)
        })
    }

    fn slice(
        &self,
        object: Key,
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    ) -> Result<Key> {
        with_able(object, Capabilities::READ_ITEMS, |gil, object| {
            item::slice(gil, object, [start, stop, step])
        })
    }

    fn length(&self, object: Key) -> Result<usize> {
        with_able(object, Capabilities::LENGTH, item::length)
    }

    unsafe fn contains(&self, object: Key, value: &metaffi_value) -> Result<bool> {
        // SAFETY: the value is what its type says.
        with_able(object, Capabilities::CONTAIN, |gil, object| unsafe {
            item::contains(gil, object, value)
        })
    }

    unsafe fn call(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        // SAFETY: the arguments are what their types say.
        with_able(object, Capabilities::CALL, |gil, found| unsafe {
            let called = call::call(gil, found, arguments, to);
            called.map_err(|failure| match capability::is_type(gil, found) {
                true => capability::explained(gil, (object, found), Capabilities::CALL, failure),
                false => failure,
            })
        })
    }

    unsafe fn construct(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        with_object(object, |gil, found| {
            if !capability::of(gil, found)?.has(Capabilities::CONSTRUCT) {
                return Err(refuse(object, Capabilities::CONSTRUCT));
            }
            // SAFETY: the arguments are what their types say.
            unsafe { call::call(gil, found, arguments, to) }
        })
    }

    unsafe fn invoke(
        &self,
        object: Key,
        name: AttributeName<'_>,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        // SAFETY: the arguments are what their types say.
        with_object(object, |gil, object| unsafe { call::invoke(gil, object, name, arguments, to) })
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        with_object(object, |gil, found| {
            let (needed, wanted) = match iteration {
                Iteration::Itself => (Capabilities::ITERATE, Capabilities::ITERATE),
                _ => (Capabilities::MAPPING, Capabilities::READ_ENTRIES),
            };
            match capability::may(gil, found, needed)? {
                true => iteration::iterate(gil, found, iteration),
                false => Err(refuse(object, wanted)),
            }
        })
    }

    fn next(&self, iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
        with_able(iterator, Capabilities::NEXT, |gil, object| {
            iteration::next(gil, iterator, object, to)
        })
    }

    unsafe fn send(
        &self,
        generator: Key,
        with: Resumption<'_>,
        to: ValuePlace<'_>,
    ) -> Result<bool> {
        // SAFETY: what is sent is what its type says.
        with_able(generator, Capabilities::SEND, |gil, object| unsafe {
            iteration::send(gil, object, with, to)
        })
    }

    unsafe fn compare(
        &self,
        object: Key,
        comparison: Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        with_object(object, |gil, found| {
            let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
            match is_equality || capability::may(gil, found, Capabilities::ORDER)? {
                // SAFETY: the value is what its type says.
                true => unsafe { comparison::compare(gil, found, comparison, with) },
                false => Err(refuse(object, Capabilities::ORDER)),
            }
        })
    }

    fn number(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        with_object(object, |gil, found| number::of(gil, (object, found), to))
    }

    fn hash(&self, object: Key) -> Result<u64> {
        with_able(object, Capabilities::HASH, comparison::hash)
    }

    fn type_of(&self, object: Key) -> Result<Key> {
        with_object(object, type_object::of)
    }

    fn parents(&self, r#type: Key) -> Result<Vec<Key>> {
        with_able(r#type, Capabilities::TYPE, type_object::parents)
    }

    fn is_instance(&self, object: Key, r#type: Key) -> Result<bool> {
        with_able(r#type, Capabilities::TYPE, |gil, r#type| {
            type_object::is_instance(gil, object, r#type)
        })
    }

    fn enter(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        with_able(object, Capabilities::ENTER, |gil, object| context::enter(gil, object, to))
    }

    fn exit(&self, object: Key, failure: Option<&Error>) -> Result<bool> {
        with_able(object, Capabilities::ENTER, |gil, object| context::exit(gil, object, failure))
    }

    fn buffer(&self, object: Key, writable: bool) -> Result<*mut metaffi_array> {
        let wanted = if writable { Capabilities::WRITE_BUFFER } else { Capabilities::BUFFER };
        with_object_at_hand(
            object,
            #[inline(always)]
            |gil, found| {
                buffer::view(gil, found, writable)
                    .map_err(|failure| capability::explained(gil, (object, found), wanted, failure))
            },
        )
    }

    fn tensor(&self, object: Key) -> Result<Tensor> {
        with_able(object, Capabilities::DLPACK | Capabilities::BUFFER, exchange::tensor)
    }

    fn columns(&self, object: Key) -> Result<(OwnedSchema, OwnedColumns)> {
        with_able(object, Capabilities::ARROW_ARRAY | Capabilities::BUFFER, exchange::columns)
    }

    fn schema(&self, object: Key) -> Result<OwnedSchema> {
        with_able(object, Capabilities::ARROW_SCHEMA, exchange::schema)
    }

    fn stream(&self, object: Key) -> Result<OwnedStream> {
        with_able(object, Capabilities::ARROW_STREAM, exchange::stream)
    }

    fn source(&self, object: Key) -> Result<Option<SourceLocation>> {
        with_object(object, source::of)
    }

    fn iterate_async(&self, object: Key) -> Result<Key> {
        task::step(object, Capabilities::ITERATE_ASYNC, |loops| &loops.iterate)
    }

    fn next_async(&self, iterator: Key) -> Result<Key> {
        task::step(iterator, Capabilities::NEXT_ASYNC, |loops| &loops.next_of)
    }

    fn close_async(&self, iterator: Key) -> Result<Key> {
        task::step(iterator, Capabilities::NEXT_ASYNC, |loops| &loops.close_of)
    }

    fn start(&self, object: Key, completion: Completion) -> Result<()> {
        task::start(object, completion)
    }

    fn enter_async(&self, object: Key) -> Result<Key> {
        task::step(object, Capabilities::ENTER_ASYNC, |loops| &loops.enter)
    }

    fn exit_async(&self, object: Key, failure: Option<&Error>) -> Result<Key> {
        task::exit(object, failure)
    }

    fn truth(&self, object: Key) -> Result<bool> {
        with_object(object, value::truth)
    }

    fn visit(&self, object: Key, visit: &mut Visit<'_>) -> Result<()> {
        with_object(object, |gil, object| visit::visit(gil, object, visit))
    }

    fn text(&self, object: Key, kind: TextKind) -> Result<String> {
        with_object(object, |gil, object| text::of(gil, object, kind))
    }
}

/// The item at a position that is more than a glance shows.
#[inline(never)]
fn answer_index(object: Key, index: i64, answer: Answer) -> metaffi_status {
    answer.give(move |to| PythonProtocol.get_index(object, index, to))
}

/// The same of an entry.
#[inline(never)]
fn answer_entry(object: Key, key: &'static InternedName, answer: Answer) -> metaffi_status {
    answer.give(move |to| PythonProtocol.get_entry(object, AttributeName::Interned(key), to))
}

/// Writes an attribute whose name is `key`, or deletes it if there is no value.
///
/// # Safety
/// The value is what its type says.
#[inline(always)]
unsafe fn set_attribute(
    gil: &Gil,
    (of, name, value): ((Key, Object), AttributeName<'_>, Option<&metaffi_value>),
    key: Object,
) -> Result<()> {
    let wanted = match value {
        Some(_) => Capabilities::WRITE_ATTRIBUTES,
        None => Capabilities::DELETE_ATTRIBUTES,
    };
    // SAFETY: alive under the GIL. What cannot be written then fails, and is explained below.
    if !unsafe { gil.api.writes_as_objects_do(of.1) } {
        check_able(gil, of, wanted)?;
    }
    // SAFETY: the value is what its type says.
    unsafe { attribute::set(gil, of.1, (name, key), value) }
        .map_err(|failure| capability::explained(gil, of, wanted, failure))
}

#[cfg(test)]
mod tests;
