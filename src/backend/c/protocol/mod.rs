//! How C's data is used by hosts: C's side of the protocol of objects.
//!
//! | object | what it can do |
//! |---|---|
//! | a struct or union, or a pointer to one | attributes: its members |
//! | an array | items, length, iteration; text, if it is of characters; its memory |
//! | a pointer | items, where what it points to has a size; order; a hash |
//! | a pointer to a function | calls |
//! | a number | that it is one; order |
//! | an [iterator](iterator) over an array | next values |
//! | a [type](type_object) | instances, what it says of itself |

mod attribute;
mod call;
mod capability;
mod compare;
mod item;
mod iterator;
mod lent;
mod memory;
mod number;
mod part;
mod text;
mod type_object;
mod visit;

use super::data::borrowed::BorrowedCData;
use super::data::cdata::CData;
use crate::abi::{metaffi_array, metaffi_value};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::handle::{self, Extension, Key, ObjectType};
use crate::object::memory::ObjectMemory;
use crate::object::{
    AttributeName, CallArguments, Capabilities, Comparison, Iteration, ObjectMember, Protocol,
    TextKind, ValuePlace, Visit, refuse, used_by,
};
use crate::value::OwnedValue;
use lent::LentData;

static PROTOCOL: &dyn Protocol = &DataProtocol;

impl ObjectType for CData {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

/// The protocol of C's data. Any thread may use it, as C's data may be used; keeping two threads
/// from writing at once is up to the host.
struct DataProtocol;

/// Runs `body` with the data of a handle, which is there until it returns.
#[inline(always)]
fn with_data<R>(
    object: Key,
    body: impl for<'a> FnOnce(&'a CallScope, BorrowedCData<'a>) -> Result<R>,
) -> Result<R> {
    handle::using(|scope| body(scope, BorrowedCData::get(scope, object)?))
}

/// Writes a value to where the caller wants it.
#[inline(always)]
fn give(value: OwnedValue, to: ValuePlace<'_>) -> Result<()> {
    to.write(value.into_raw());
    Ok(())
}

impl Protocol for DataProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        with_data(object, capability::of)
    }

    fn get_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let found = with_data(object, |scope, data| attribute::get(scope, data, object, name))?;
        give(found, to)
    }

    unsafe fn set_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: the value is what its type says.
        with_data(object, |scope, data| unsafe { attribute::set(scope, data, object, name, value) })
    }

    fn members(&self, object: Key) -> Result<Vec<ObjectMember>> {
        with_data(object, |_, data| attribute::list(data, object))
    }

    unsafe fn get_item(&self, object: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
        let wanted = Capabilities::READ_ITEMS | Capabilities::READ_ENTRIES;
        let index = item::position(object, key, wanted)?;
        self.get_index(object, index, to)
    }

    fn get_entry(&self, object: Key, _: AttributeName<'_>, _: ValuePlace<'_>) -> Result<()> {
        Err(refuse(object, Capabilities::READ_ENTRIES))
    }

    unsafe fn set_entry(
        &self,
        object: Key,
        _: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        let wanted = match value {
            Some(_) => Capabilities::WRITE_ENTRIES,
            None => Capabilities::DELETE_ENTRIES,
        };
        Err(refuse(object, wanted))
    }

    fn get_index(&self, object: Key, index: i64, to: ValuePlace<'_>) -> Result<()> {
        give(with_data(object, |scope, data| item::get(scope, data, object, index))?, to)
    }

    unsafe fn set_item(
        &self,
        object: Key,
        key: &metaffi_value,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        let wanted = match value {
            Some(_) => Capabilities::WRITE_ITEMS | Capabilities::WRITE_ENTRIES,
            None => Capabilities::DELETE_ITEMS | Capabilities::DELETE_ENTRIES,
        };
        let index = item::position(object, key, wanted)?;
        // SAFETY: the value is what its type says.
        with_data(object, |scope, data| unsafe { item::set(scope, data, object, index, value) })
    }

    fn slice(
        &self,
        object: Key,
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    ) -> Result<Key> {
        with_data(object, |scope, data| item::slice(scope, data, object, (start, stop, step)))
    }

    fn length(&self, object: Key) -> Result<usize> {
        with_data(object, |scope, data| item::length(scope, data, object))
    }

    unsafe fn contains(&self, object: Key, value: &metaffi_value) -> Result<bool> {
        // SAFETY: the value is what its type says.
        with_data(object, |scope, data| unsafe { item::contains(scope, data, object, value) })
    }

    unsafe fn call(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let function = with_data(object, |scope, data| call::function(scope, data, object))?;
        // SAFETY: the arguments are what their types say.
        unsafe { call::call(function, arguments, to) }
    }

    unsafe fn invoke(
        &self,
        object: Key,
        name: AttributeName<'_>,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let function = with_data(object, |scope, data| call::member(scope, data, object, name))?;
        // SAFETY: the arguments are what their types say.
        unsafe { call::call(function, arguments, to) }
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        with_data(object, |scope, data| iterator::over(scope, data, object, iteration))
    }

    unsafe fn compare(
        &self,
        object: Key,
        comparison: Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        // SAFETY: the value is what its type says.
        with_data(object, |scope, data| unsafe {
            compare::compare(scope, data, object, comparison, with)
        })
    }

    fn number(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        give(with_data(object, |scope, data| number::of(scope, data, object))?, to)
    }

    fn hash(&self, object: Key) -> Result<u64> {
        with_data(object, |scope, data| compare::hash(scope, data, object))
    }

    fn truth(&self, object: Key) -> Result<bool> {
        with_data(object, compare::truth)
    }

    fn text(&self, object: Key, kind: TextKind) -> Result<String> {
        with_data(object, |scope, data| text::of(scope, data, kind))
    }

    fn type_of(&self, object: Key) -> Result<Key> {
        with_data(object, |_, data| type_object::of(data.ctype()))
    }

    fn memory(&self, object: Key) -> Result<Option<Box<dyn ObjectMemory>>> {
        Ok(Some(Box::new(LentData::new(handle::get::<CData>(object)?))))
    }

    fn visit(&self, object: Key, visit: &mut Visit<'_>) -> Result<()> {
        with_data(object, |scope, data| visit::visit(scope, data, visit))
    }

    fn buffer(&self, object: Key, writable: bool) -> Result<*mut metaffi_array> {
        with_data(object, |scope, data| memory::buffer(scope, data, object, writable))
    }
}

#[cfg(test)]
mod tests;
