//! [`Protocol`]: how the objects of a runtime are used, whatever their language.

use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use super::exchange::{self, OwnedColumns, OwnedSchema, OwnedStream, Tensor};
use super::memory::ObjectMemory;
use super::task::Completion;
use super::{
    Answer, Capabilities, Described, Family, InternedName, KnownMember, Visit, identity, refuse,
    refuse_slice, refuse_type,
};
use crate::abi::{METAFFI_CONVERTER_FIRST, metaffi_array, metaffi_status, metaffi_value};
use crate::call::CallArguments;
use crate::error::{Error, Result, Status};
use crate::handle::{self, Extension, HandleKind, Key, OwnedHandle, Twin};
use crate::signature::Signature;
use crate::value;
use crate::value::array::OwnedArray;

/// How the objects of a runtime are used: one for each runtime, without state. What is not
/// implemented, its objects cannot do.
///
/// Every method takes the handle of an object of that runtime, on a thread on which the runtime may be
/// entered, and may run code of guests: whoever calls is not inside a `catch_unwind`, and holds no
/// lock. Of an object whose bit is off an operation is refused by [`refuse`]; what is not there, an
/// attribute or a key, is `NotFound`; what the guest's code fails with is `Foreign`.
///
/// Values that are given are borrowed, and are what their types say; values that are got belong to
/// the caller. What the language has for numbers, text, truth values and null comes as a value,
/// everything else of its own as a handle of the object itself; what is a value already, as hosts give
/// it, comes as that.
#[expect(unused_variables, reason = "the methods that refuse do not look at what they are given")]
pub trait Protocol: Sync {
    /// What an object can do. Objects of one type may differ in it: in what a number fits, in whether
    /// there is memory and may be written, in whether a type can be called or made.
    fn capabilities(&self, object: Key) -> Result<Capabilities>;

    /// The same, with its family.
    fn describe(&self, object: Key) -> Result<Described> {
        let capabilities = self.capabilities(object)?;
        Ok(Described { capabilities, family: Family::NONE, errors: Family::NONE })
    }

    /// The error that an object is, as where it is raised; `None` of what is none.
    fn error(&self, object: Key) -> Result<Option<Error>> {
        Ok(None)
    }

    /// The member of that name which all of the object's family have, and none of which hides it:
    /// `None` if there is none, or if each is to be asked for it.
    fn known_member(&self, object: Key, name: &str) -> Result<Option<KnownMember>> {
        Ok(None)
    }

    /// Reads the attribute that is a member of the object's family.
    fn read_member(&self, object: Key, member: u32, to: ValuePlace<'_>) -> Result<()> {
        Err(refuse(object, Capabilities::READ_ATTRIBUTES))
    }

    /// Writes the attribute that is a member of the object's family.
    ///
    /// # Safety
    /// The value is what its type says.
    unsafe fn write_member(&self, object: Key, member: u32, value: &metaffi_value) -> Result<()> {
        Err(refuse(object, Capabilities::WRITE_ATTRIBUTES))
    }

    /// Calls the method that is a member of the object's family.
    ///
    /// # Safety
    /// The arguments are what their types say.
    unsafe fn run_member(
        &self,
        object: Key,
        member: u32,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        Err(refuse(object, Capabilities::CALL))
    }

    /// Reads an attribute.
    fn get_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        Err(refuse(object, Capabilities::READ_ATTRIBUTES))
    }

    /// Writes an attribute, or deletes it if there is no value.
    ///
    /// # Safety
    /// The value is what its type says.
    unsafe fn set_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        Err(refuse(object, Capabilities::WRITE_ATTRIBUTES))
    }

    /// [`get_attribute`](Protocol::get_attribute) for C, at the end of a function of the C API. Like the
    /// others of its kind it is what that is in each runtime, in one piece.
    fn answer_attribute(
        &self,
        object: Key,
        name: &'static InternedName,
        answer: Answer,
    ) -> metaffi_status {
        answer.give(move |to| self.get_attribute(object, AttributeName::Interned(name), to))
    }

    /// [`get_index`](Protocol::get_index) for C.
    fn answer_index(&self, object: Key, index: i64, answer: Answer) -> metaffi_status {
        answer.give(move |to| self.get_index(object, index, to))
    }

    /// [`get_entry`](Protocol::get_entry) for C.
    fn answer_entry(
        &self,
        object: Key,
        key: &'static InternedName,
        answer: Answer,
    ) -> metaffi_status {
        answer.give(move |to| self.get_entry(object, AttributeName::Interned(key), to))
    }

    /// The members by name: what the language's own listing has.
    fn members(&self, object: Key) -> Result<Vec<ObjectMember>> {
        Err(refuse(object, Capabilities::LIST_MEMBERS))
    }

    /// Reads an item by position, or an entry by key.
    ///
    /// # Safety
    /// The key is what its type says.
    unsafe fn get_item(&self, object: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
        Err(refuse(object, Capabilities::READ_ITEMS | Capabilities::READ_ENTRIES))
    }

    /// The same by a position, which counts from the end if it is below zero and the language does so.
    fn get_index(&self, object: Key, index: i64, to: ValuePlace<'_>) -> Result<()> {
        // SAFETY: a number.
        unsafe { self.get_item(object, &index.into(), to) }
    }

    /// Reads an entry whose key is a text.
    fn get_entry(&self, object: Key, key: AttributeName<'_>, to: ValuePlace<'_>) -> Result<()> {
        let key = value::string8(key.text())?;
        // SAFETY: a text.
        unsafe { self.get_item(object, &key, to) }
    }

    /// Writes an entry whose key is a text, or deletes it if there is no value.
    ///
    /// # Safety
    /// The value is what its type says.
    unsafe fn set_entry(
        &self,
        object: Key,
        key: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        let key = value::string8(key.text())?;
        // SAFETY: a text, and the value is what its type says.
        unsafe { self.set_item(object, &key, value) }
    }

    /// Writes an item by a position, or deletes it if there is no value.
    ///
    /// # Safety
    /// The value is what its type says.
    unsafe fn set_index(
        &self,
        object: Key,
        index: i64,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        // SAFETY: a number, and the value is what its type says.
        unsafe { self.set_item(object, &index.into(), value) }
    }

    /// Writes an item or an entry, or deletes it if there is no value.
    ///
    /// # Safety
    /// Key and value are what their types say.
    unsafe fn set_item(
        &self,
        object: Key,
        key: &metaffi_value,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        Err(refuse(object, Capabilities::WRITE_ITEMS | Capabilities::WRITE_ENTRIES))
    }

    /// The items of a range of positions, as the language slices: a handle of what has them.
    fn slice(
        &self,
        object: Key,
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    ) -> Result<Key> {
        Err(refuse_slice(object))
    }

    /// How many items or entries there are.
    fn length(&self, object: Key) -> Result<usize> {
        Err(refuse(object, Capabilities::LENGTH))
    }

    /// Whether a value is among the items, or among the keys.
    ///
    /// # Safety
    /// The value is what its type says.
    unsafe fn contains(&self, object: Key, value: &metaffi_value) -> Result<bool> {
        Err(refuse(object, Capabilities::CONTAIN))
    }

    /// Calls it.
    ///
    /// # Safety
    /// The arguments are what their types say.
    unsafe fn call(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        Err(refuse(object, Capabilities::CALL))
    }

    /// A new handle of the callable that it is, which has declared types, or becomes by the types that
    /// are wanted; `None` if it is none.
    fn callable(&self, object: Key, wanted: Option<Signature>) -> Result<Option<Key>> {
        Ok(None)
    }

    /// Makes an instance of it.
    ///
    /// # Safety
    /// As for [`call`](Protocol::call).
    unsafe fn construct(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        Err(refuse(object, Capabilities::CONSTRUCT))
    }

    /// Calls a member of it, without making an object of that.
    ///
    /// # Safety
    /// As for [`call`](Protocol::call).
    unsafe fn invoke(
        &self,
        object: Key,
        name: AttributeName<'_>,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        Err(refuse(object, Capabilities::READ_ATTRIBUTES))
    }

    /// A handle of an iterator over it.
    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        Err(refuse(object, Capabilities::ITERATE))
    }

    /// The next values of an iterator, as many as there is room for; fewer at the end, and none from
    /// then on. What was got before a failure is given, and the failure the next time.
    fn next(&self, iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
        Err(refuse(iterator, Capabilities::NEXT))
    }

    /// Goes on with a generator: true if it gave a value, false if it has ended, and gave its result.
    ///
    /// # Safety
    /// What is sent is what its type says.
    unsafe fn send(
        &self,
        generator: Key,
        with: Resumption<'_>,
        to: ValuePlace<'_>,
    ) -> Result<bool> {
        Err(refuse(generator, Capabilities::SEND))
    }

    /// A handle of an asynchronous iterator over it.
    fn iterate_async(&self, object: Key) -> Result<Key> {
        Err(refuse(object, Capabilities::ITERATE_ASYNC))
    }

    /// A handle of what is awaited for the next value of an asynchronous iterator.
    fn next_async(&self, iterator: Key) -> Result<Key> {
        Err(refuse(iterator, Capabilities::NEXT_ASYNC))
    }

    /// A handle of what is awaited for the end of an asynchronous iterator, which cleans up what it
    /// has to.
    fn close_async(&self, iterator: Key) -> Result<Key> {
        Err(refuse(iterator, Capabilities::NEXT_ASYNC))
    }

    /// Begins to await it. What comes of it is said to `completion`, on any thread, maybe before
    /// this returns; on failure nothing has begun.
    fn start(&self, object: Key, completion: Completion) -> Result<()> {
        Err(refuse(object, Capabilities::AWAIT))
    }

    /// Compares it with a value: what has no equality of its own is equal to itself alone.
    ///
    /// # Safety
    /// The value is what its type says.
    unsafe fn compare(
        &self,
        object: Key,
        comparison: Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        // SAFETY: the value is what its type says.
        unsafe { identity::compare(object, comparison, with) }
    }

    /// Its hash, which it has in common with what is equal to it.
    fn hash(&self, object: Key) -> Result<u64> {
        identity::hash(object)
    }

    /// Whether it counts as true where its language asks.
    fn truth(&self, object: Key) -> Result<bool>;

    /// A text about it.
    fn text(&self, object: Key, kind: TextKind) -> Result<String>;

    /// A handle of its type.
    fn type_of(&self, object: Key) -> Result<Key> {
        Err(refuse_type(object))
    }

    /// Handles of the types that a type is derived from directly.
    fn parents(&self, r#type: Key) -> Result<Vec<Key>> {
        Err(refuse(r#type, Capabilities::TYPE))
    }

    /// Whether it is an instance of a type, or of one of its heirs.
    fn is_instance(&self, object: Key, r#type: Key) -> Result<bool> {
        Err(refuse(r#type, Capabilities::TYPE))
    }

    /// Enters it as a context.
    fn enter(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        Err(refuse(object, Capabilities::ENTER))
    }

    /// Leaves it as a context, with what its body failed with: true if that is dealt with.
    fn exit(&self, object: Key, failure: Option<&Error>) -> Result<bool> {
        Err(refuse(object, Capabilities::ENTER))
    }

    /// A handle of what is awaited to enter it as an asynchronous context.
    fn enter_async(&self, object: Key) -> Result<Key> {
        Err(refuse(object, Capabilities::ENTER_ASYNC))
    }

    /// A handle of what is awaited to leave it, with what its body failed with: it gives true if
    /// that is dealt with.
    fn exit_async(&self, object: Key, failure: Option<&Error>) -> Result<Key> {
        Err(refuse(object, Capabilities::ENTER_ASYNC))
    }

    /// Its memory as an array, which keeps it until the array is freed.
    fn buffer(&self, object: Key, writable: bool) -> Result<*mut metaffi_array> {
        Err(refuse(object, Capabilities::BUFFER))
    }

    /// Its memory as a tensor, which keeps it.
    fn tensor(&self, object: Key) -> Result<Tensor> {
        Tensor::of_array(shown(self, object, Capabilities::DLPACK)?)
    }

    /// Its column or columns, with their type, which keep it.
    fn columns(&self, object: Key) -> Result<(OwnedSchema, OwnedColumns)> {
        exchange::column(shown(self, object, Capabilities::ARROW_ARRAY)?)
    }

    /// The type of its columns.
    fn schema(&self, object: Key) -> Result<OwnedSchema> {
        Err(refuse(object, Capabilities::ARROW_SCHEMA))
    }

    /// A stream of its columns.
    fn stream(&self, object: Key) -> Result<OwnedStream> {
        Err(refuse(object, Capabilities::ARROW_STREAM))
    }

    /// Its memory with the layout of its type, for hosts that look there themselves; `None` if it
    /// shows none.
    fn memory(&self, object: Key) -> Result<Option<Box<dyn ObjectMemory>>> {
        Ok(None)
    }

    /// Tells a visitor of it and all that is in it; of what has no conversion, as an object.
    fn visit(&self, object: Key, visit: &mut Visit<'_>) -> Result<()> {
        let asks = visit.begin_object();
        let object = OwnedHandle::new(handle::clone(object, HandleKind::Object)?);
        let is_of = |of_type| handle::describe_object(of_type, |_| false);
        match asks && visit.is_converted(&object, METAFFI_CONVERTER_FIRST, is_of)? {
            true => Ok(()),
            false => visit.whole(object, asks, is_of),
        }
    }

    /// The number that it is, as the value that holds it exactly.
    fn number(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        Err(refuse(object, Capabilities::NUMBER))
    }

    /// Whether what is done with it returns soon, and waits for nobody: then a runtime may keep its
    /// lock meanwhile.
    fn is_quick(&self, object: Key) -> bool {
        false
    }

    /// What a runtime shows it as, as long as it does; NULL if it does not.
    fn shadow(&self, object: Key, of: Twin) -> *mut () {
        ptr::null_mut()
    }

    /// Says what a runtime shows it as, or that it no longer does; under that runtime's lock.
    fn set_shadow(&self, object: Key, of: Twin, shadow: *mut ()) {}

    /// Where its source is; `None` if nobody knows.
    fn source(&self, object: Key) -> Result<Option<SourceLocation>> {
        Ok(None)
    }
}

/// The memory that an object shows, for what is made of it where the object itself cannot do what is
/// `wanted`.
fn shown<P: Protocol + ?Sized>(of: &P, object: Key, wanted: Capabilities) -> Result<OwnedArray> {
    if !of.capabilities(object)?.has(Capabilities::BUFFER) {
        return Err(refuse(object, wanted));
    }
    let array = NonNull::new(of.buffer(object, false)?)
        .ok_or_else(|| Error::new(Status::Foreign, "the object has given no array"))?;
    // SAFETY: an array that was given to us.
    Ok(unsafe { OwnedArray::from_raw(array) })
}

/// Where a value is written.
pub type ValuePlace<'a> = &'a mut MaybeUninit<metaffi_value>;

/// The name of an attribute.
#[derive(Clone, Copy)]
pub enum AttributeName<'a> {
    /// Made once for many uses.
    Interned(&'static InternedName),
    /// For this use.
    Text(&'a str),
}

impl AttributeName<'_> {
    /// Its text.
    #[inline]
    pub fn text(&self) -> &str {
        match self {
            AttributeName::Interned(name) => name.text(),
            AttributeName::Text(text) => text,
        }
    }
}

/// A member of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectMember {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: MemberKind,
}

/// What a member is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "documented where C reads them")]
pub enum MemberKind {
    Attribute,
    Method,
    Property,
    Type,
    Module,
}

/// What an iteration gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "documented where C reads them")]
pub enum Iteration {
    Itself,
    Keys,
    Values,
    Entries,
}

/// How two things are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "documented where C reads them")]
pub enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
}

/// A text about an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "documented where C reads them")]
pub enum TextKind {
    Display,
    Debug,
    Safe,
}

/// What a generator goes on with.
#[derive(Clone, Copy)]
pub enum Resumption<'a> {
    /// A value.
    Value(&'a metaffi_value),
    /// An error that is raised there.
    Error(&'a Error),
    /// Its end.
    Close,
}

/// A place in a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceLocation {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 if that is not known.
    pub line: u32,
}

/// What a type of objects states that is used by a protocol.
pub const fn used_by(protocol: &'static &'static dyn Protocol) -> Extension {
    Extension::new(protocol)
}

/// How an object is used.
#[inline(always)]
pub fn of(object: Key) -> Result<&'static dyn Protocol> {
    // SAFETY: extensions are made by `used_by` alone.
    match unsafe { handle::extension(object)?.get::<&'static dyn Protocol>() } {
        Some(protocol) => Ok(*protocol),
        None => Err(unused(object)),
    }
}

/// Why nothing can be done with what has no protocol: it is no object, or one that is only passed on.
#[cold]
fn unused(object: Key) -> Error {
    match HandleKind::of(object) {
        Some(HandleKind::Object) => refuse(object, Capabilities::NONE),
        _ => handle::refuse(object, HandleKind::Object),
    }
}
