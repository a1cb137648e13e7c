//! The protocol of objects of hosts.

use std::ptr;

use super::{
    asynchronous, attribute, buffer, call, comparison, context, item, iteration, member, number,
    source, text, type_object, using, visit,
};
use crate::abi::{metaffi_array, metaffi_value};
use crate::error::{Error, Result};
use crate::handle::{Key, Twin};
use crate::object::task::Completion;
use crate::object::{
    AttributeName, CallArguments, Capabilities, Comparison, Iteration, ObjectMember, Protocol,
    Resumption, SourceLocation, TextKind, ValuePlace, Visit,
};

/// The protocol of objects of hosts: each does what the functions of its class do.
pub(super) struct HostProtocol;

impl Protocol for HostProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        using(object, |host| Ok(host.capabilities))
    }

    fn is_quick(&self, object: Key) -> bool {
        using(object, |host| Ok(host.class.is_quick())).unwrap_or(false)
    }

    fn shadow(&self, object: Key, of: Twin) -> *mut () {
        using(object, |host| Ok(host.shadows.get(of))).unwrap_or(ptr::null_mut())
    }

    fn set_shadow(&self, object: Key, of: Twin, shadow: *mut ()) {
        let _ = using(object, |host| {
            host.shadows.set(of, shadow);
            Ok(())
        });
    }

    fn get_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        attribute::get(object, name, to)
    }

    unsafe fn set_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: the value is what its type says.
        unsafe { attribute::set(object, name, value) }
    }

    fn members(&self, object: Key) -> Result<Vec<ObjectMember>> {
        member::list(object)
    }

    unsafe fn get_item(&self, object: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
        // SAFETY: the key is what its type says.
        unsafe { item::get(object, key, to) }
    }

    fn get_index(&self, object: Key, index: i64, to: ValuePlace<'_>) -> Result<()> {
        item::at(object, index, to)
    }

    unsafe fn set_index(
        &self,
        object: Key,
        index: i64,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: the value is what its type says.
        unsafe { item::set_at(object, index, value) }
    }

    unsafe fn set_item(
        &self,
        object: Key,
        key: &metaffi_value,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: key and value are what their types say.
        unsafe { item::set(object, key, value) }
    }

    fn slice(
        &self,
        object: Key,
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    ) -> Result<Key> {
        item::slice(object, start, stop, step)
    }

    fn length(&self, object: Key) -> Result<usize> {
        item::length(object)
    }

    unsafe fn contains(&self, object: Key, value: &metaffi_value) -> Result<bool> {
        // SAFETY: the value is what its type says.
        unsafe { item::contains(object, value) }
    }

    unsafe fn call(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        // SAFETY: the arguments are what their types say.
        unsafe { call::call(object, arguments, to) }
    }

    unsafe fn construct(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        // SAFETY: the arguments are what their types say.
        unsafe { call::construct(object, arguments, to) }
    }

    unsafe fn invoke(
        &self,
        object: Key,
        name: AttributeName<'_>,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        // SAFETY: the arguments are what their types say.
        unsafe { call::invoke(object, name, arguments, to) }
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        iteration::iterate(object, iteration)
    }

    fn next(
        &self,
        iterator: Key,
        to: &mut [std::mem::MaybeUninit<metaffi_value>],
    ) -> Result<usize> {
        iteration::next(iterator, to)
    }

    unsafe fn send(
        &self,
        generator: Key,
        with: Resumption<'_>,
        to: ValuePlace<'_>,
    ) -> Result<bool> {
        // SAFETY: what is sent is what its type says.
        unsafe { iteration::send(generator, with, to) }
    }

    fn iterate_async(&self, object: Key) -> Result<Key> {
        asynchronous::iterate(object)
    }

    fn next_async(&self, iterator: Key) -> Result<Key> {
        asynchronous::next(iterator)
    }

    fn close_async(&self, iterator: Key) -> Result<Key> {
        asynchronous::close(iterator)
    }

    fn start(&self, object: Key, completion: Completion) -> Result<()> {
        asynchronous::start(object, completion)
    }

    unsafe fn compare(
        &self,
        object: Key,
        comparison: Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        // SAFETY: the value is what its type says.
        unsafe { comparison::compare(object, comparison, with) }
    }

    fn hash(&self, object: Key) -> Result<u64> {
        comparison::hash(object)
    }

    fn truth(&self, object: Key) -> Result<bool> {
        number::truth(object)
    }

    fn text(&self, object: Key, kind: TextKind) -> Result<String> {
        text::text(object, kind)
    }

    fn number(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        number::number(object, to)
    }

    fn type_of(&self, object: Key) -> Result<Key> {
        type_object::of(object)
    }

    fn parents(&self, r#type: Key) -> Result<Vec<Key>> {
        type_object::parents(r#type)
    }

    fn is_instance(&self, object: Key, r#type: Key) -> Result<bool> {
        type_object::is_instance(object, r#type)
    }

    fn enter(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        context::enter(object, to)
    }

    fn exit(&self, object: Key, failure: Option<&Error>) -> Result<bool> {
        context::exit(object, failure)
    }

    fn enter_async(&self, object: Key) -> Result<Key> {
        asynchronous::enter(object)
    }

    fn exit_async(&self, object: Key, failure: Option<&Error>) -> Result<Key> {
        asynchronous::exit(object, failure)
    }

    fn visit(&self, object: Key, visit: &mut Visit<'_>) -> Result<()> {
        visit::visit(object, visit)
    }

    fn source(&self, object: Key) -> Result<Option<SourceLocation>> {
        source::source(object)
    }

    fn buffer(&self, object: Key, writable: bool) -> Result<*mut metaffi_array> {
        buffer::buffer(object, writable)
    }
}
