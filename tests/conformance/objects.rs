//! Objects do what they say they can, and refuse everything else.
//!
//! Of each object every operation is asked for. One whose bit is off refuses with the status that says
//! so; one whose bit is on does not, and works where it is known what to give it.

use std::mem::MaybeUninit;

use metaffi::abi::metaffi_value;
use metaffi::error::{Result, Status};
use metaffi::handle::{self, HandleKind, Key};
use metaffi::object::{
    self, AttributeName, CallArguments, Capabilities, Comparison, Iteration, Resumption, TextKind,
    ValuePlace,
};
use metaffi::value::{self, OwnedValue};

/// An object, and what it is used with.
pub struct Used {
    /// What it is called in messages.
    pub name: String,
    /// A handle of a new one.
    pub make: Box<dyn Fn() -> Key>,
    /// A position where it has an item, if it has items.
    pub position: Option<i64>,
    /// A key of an entry, if it has entries.
    pub key: Option<String>,
    /// An attribute that every object of its language has.
    pub attribute: &'static str,
    /// A method without arguments that every object has.
    pub method: &'static str,
}

/// What is allowed where a bit is on.
enum Expected {
    /// That it works.
    Works,
    /// That it fails in its own way, since what it is given may be wrong for it.
    MayFail,
}

use Expected::{MayFail, Works};

impl Used {
    /// Asks for every operation.
    ///
    /// # Panics
    /// If a bit says something else than what happens.
    pub fn check(&self) {
        let one = (self.make)();
        let can = object::of(one).and_then(|found| found.capabilities(one)).expect(&self.name);
        let again = object::of(one).and_then(|found| found.capabilities(one)).expect(&self.name);
        assert_eq!(can, again, "{}", self.name);
        free(one);
        self.items(can);
        self.attributes(can);
        self.calls(can);
        self.iterations(can);
        self.comparisons(can);
        self.others(can);
    }

    fn items(&self, can: Capabilities) {
        let number = self.position.unwrap_or(0);
        let of = |known: bool| if known { Works } else { MayFail };
        let key = self.key.clone().unwrap_or_else(|| "key".to_owned());
        let text = value::string8(&key).unwrap();
        let has = self.position.is_some();
        let got = |object, to: ValuePlace<'_>| object::of(object)?.get_index(object, number, to);
        self.ask(can, Capabilities::READ_ITEMS, of(has), "get_index", |o| into(|to| got(o, to)));
        let has = self.key.is_some();
        self.ask(can, Capabilities::READ_ENTRIES, of(has), "get_entry", |o| {
            into(|to| object::of(o)?.get_entry(o, AttributeName::Text(&key), to))
        });
        // SAFETY: numbers and texts.
        unsafe {
            self.ask(can, Capabilities::READ_ENTRIES, of(has), "get_item", |o| {
                into(|to| object::of(o)?.get_item(o, &text, to))
            });
            self.ask(can, Capabilities::WRITE_ITEMS, MayFail, "set_index", |o| {
                object::of(o)?.set_index(o, number, Some(&1_i64.into()))
            });
            self.ask(can, Capabilities::DELETE_ITEMS, MayFail, "delete an item", |o| {
                object::of(o)?.set_index(o, number, None)
            });
            let name = AttributeName::Text(&key);
            self.ask(can, Capabilities::WRITE_ENTRIES, of(has), "set_entry", |o| {
                object::of(o)?.set_entry(o, name, Some(&1_i64.into()))
            });
            self.ask(can, Capabilities::DELETE_ENTRIES, of(has), "delete an entry", |o| {
                object::of(o)?.set_entry(o, name, None)
            });
            self.ask(can, Capabilities::CONTAIN, MayFail, "contains", |o| {
                object::of(o)?.contains(o, &1_i64.into())
            });
        }
        self.ask(can, Capabilities::READ_ITEMS, MayFail, "slice", |o| {
            object::of(o)?.slice(o, None, Some(1), None).map(free)
        });
        self.ask(can, Capabilities::LENGTH, Works, "length", |o| object::of(o)?.length(o));
    }

    fn attributes(&self, can: Capabilities) {
        let (name, number) = (AttributeName::Text("some_new_attribute"), 1_i64.into());
        // SAFETY: a number.
        unsafe {
            self.ask(can, Capabilities::WRITE_ATTRIBUTES, MayFail, "set_attribute", |o| {
                object::of(o)?.set_attribute(o, name, Some(&number))
            });
            self.ask(can, Capabilities::DELETE_ATTRIBUTES, MayFail, "delete an attribute", |o| {
                object::of(o)?.set_attribute(o, name, None)
            });
        }
        self.ask(can, Capabilities::READ_ATTRIBUTES, Works, "get_attribute", |o| {
            into(|to| object::of(o)?.get_attribute(o, AttributeName::Text(self.attribute), to))
        });
        self.ask(can, Capabilities::LIST_MEMBERS, Works, "members", |o| {
            let members = object::of(o)?.members(o)?;
            assert!(members.iter().any(|member| member.name == self.attribute), "{}", self.name);
            Ok(())
        });
    }

    fn calls(&self, can: Capabilities) {
        let nothing = CallArguments { values: &[], names: &[] };
        // SAFETY: no arguments.
        unsafe {
            self.ask(can, Capabilities::CALL, MayFail, "call", |o| {
                into(|to| object::of(o)?.call(o, nothing, to))
            });
            self.ask(can, Capabilities::CONSTRUCT, MayFail, "construct", |o| {
                into(|to| object::of(o)?.construct(o, nothing, to))
            });
            let method = AttributeName::Text(self.method);
            if !can.has(Capabilities::TYPE) {
                self.ask(can, Capabilities::READ_ATTRIBUTES, Works, "invoke", |o| {
                    into(|to| object::of(o)?.invoke(o, method, nothing, to))
                });
            }
        }
    }

    fn iterations(&self, can: Capabilities) {
        self.ask(can, Capabilities::ITERATE, Works, "iterate", |o| {
            object::of(o)?.iterate(o, Iteration::Itself).map(free)
        });
        for iteration in [Iteration::Keys, Iteration::Values, Iteration::Entries] {
            self.ask(can, Capabilities::MAPPING, Works, "iterate entries", |o| {
                object::of(o)?.iterate(o, iteration).map(free)
            });
        }
        self.ask(can, Capabilities::NEXT, Works, "next", |o| {
            let mut room = [const { MaybeUninit::uninit() }; 2];
            let count = object::of(o)?.next(o, &mut room)?;
            // SAFETY: so many were written.
            room[..count].iter().for_each(|value| unsafe { drop(owned(value.assume_init())) });
            Ok(())
        });
        // SAFETY: null.
        unsafe {
            self.ask(can, Capabilities::SEND, Works, "send", |o| {
                into(|to| object::of(o)?.send(o, Resumption::Value(&value::null()), to).map(drop))
            });
        }
        self.ask(can, Capabilities::SEND, Works, "close", |o| {
            // SAFETY: nothing is sent.
            into(|to| unsafe { object::of(o)?.send(o, Resumption::Close, to).map(drop) })
        });
        self.ask(can, Capabilities::ITERATE_ASYNC, Works, "iterate_async", |o| {
            object::of(o)?.iterate_async(o).map(free)
        });
    }

    fn comparisons(&self, can: Capabilities) {
        let with_itself = |o: Key, comparison| {
            let other = handle::clone(o, HandleKind::Object)?;
            let other = owned(value::object(std::ptr::without_provenance_mut(other)));
            // SAFETY: a handle.
            unsafe { object::of(o)?.compare(o, comparison, &other) }
        };
        self.ask(can, Capabilities::ORDER, MayFail, "order", |o| with_itself(o, Comparison::Less));
        if can.has(Capabilities::ORDER) && !can.has(Capabilities::BUFFER) {
            self.ask(can, Capabilities::ORDER, Works, "order", |o| {
                with_itself(o, Comparison::LessOrEqual)
                    .or_else(|_| with_itself(o, Comparison::Less))
            });
        }
        self.ask(can, Capabilities::HASH, MayFail, "hash", |o| object::of(o)?.hash(o));
    }

    fn others(&self, can: Capabilities) {
        self.ask(can, Capabilities::ENTER, MayFail, "enter", |o| {
            into(|to| object::of(o)?.enter(o, to))
        });
        self.ask(can, Capabilities::BUFFER, Works, "buffer", |o| {
            // SAFETY: a new array.
            object::of(o)?.buffer(o, false).map(|array| unsafe { value::array::free(array) })
        });
        self.ask(can, Capabilities::WRITE_BUFFER, Works, "writable buffer", |o| {
            // SAFETY: a new array.
            object::of(o)?.buffer(o, true).map(|array| unsafe { value::array::free(array) })
        });
        // What shows its memory hands that over as well.
        let or_memory = |bit| if can.has(bit) { bit } else { Capabilities::BUFFER };
        self.ask(can, or_memory(Capabilities::DLPACK), Works, "tensor", |o| {
            object::of(o)?.tensor(o)
        });
        self.ask(can, or_memory(Capabilities::ARROW_ARRAY), Works, "columns", |o| {
            object::of(o)?.columns(o)
        });
        self.ask(can, Capabilities::ARROW_SCHEMA, Works, "schema", |o| object::of(o)?.schema(o));
        self.ask(can, Capabilities::ARROW_STREAM, Works, "stream", |o| object::of(o)?.stream(o));
        self.ask(can, Capabilities::TYPE, Works, "parents", |o| {
            object::of(o)?.parents(o).map(|parents| parents.into_iter().for_each(free))
        });
        self.ask(can, Capabilities::TYPE, Works, "is_instance", |o| {
            object::of(o)?.is_instance(o, o)
        });
        for kind in [TextKind::Display, TextKind::Debug, TextKind::Safe] {
            self.ask(can, Capabilities::NONE, Works, "text", |o| object::of(o)?.text(o, kind));
        }
        self.ask(can, Capabilities::NONE, Works, "type_of", |o| {
            object::of(o)?.type_of(o).map(free)
        });
        self.ask(can, Capabilities::NONE, MayFail, "source", |o| object::of(o)?.source(o));
    }

    /// Asks a new object for what needs a bit.
    fn ask<R>(
        &self,
        can: Capabilities,
        bit: Capabilities,
        expected: Expected,
        what: &str,
        operation: impl FnOnce(Key) -> Result<R>,
    ) {
        let object = (self.make)();
        let done = operation(object).map(drop);
        free(object);
        let name = &self.name;
        match (can.has(bit), done, expected) {
            (true, Ok(()), _) => {}
            (true, Err(error), Works) => panic!("{name}, which can: {what}: {error}"),
            (true, Err(error), MayFail) => {
                let refused = error.status() == Status::Unsupported;
                assert!(!refused, "{name}, which can: {what}: {error}");
            }
            (false, Ok(()), _) => panic!("{name}, which cannot: {what} works"),
            (false, Err(error), _) => {
                assert_eq!(error.status(), Status::Unsupported, "{name}: {what}: {error}");
            }
        }
    }
}

/// Runs what gives a value, which is cleared.
fn into(body: impl FnOnce(ValuePlace<'_>) -> Result<()>) -> Result<()> {
    let mut place = MaybeUninit::uninit();
    body(&mut place)?;
    // SAFETY: written.
    drop(owned(unsafe { place.assume_init() }));
    Ok(())
}

fn owned(value: metaffi_value) -> OwnedValue {
    // SAFETY: a value that is the caller's.
    unsafe { OwnedValue::from_raw(value) }
}

fn free(key: Key) {
    handle::free(key, HandleKind::Object).expect("a handle is freed");
}
