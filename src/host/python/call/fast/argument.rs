//! [`Argument`]: how an argument is given on the fast way.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::MOST;
use crate::abi::metaffi_slot;
use crate::call::{Callee, Lendable, Passing, Target, scratch};
use crate::handle::pin::CallScope;
use crate::host::python::call::loan;
use crate::host::python::callback::FunctionArgument;
use crate::host::python::data;
use crate::host::python::data::address::{self, Accepted, CallMemory};
use crate::python::api::{Api, Object};
use crate::python::convert::{self, NumberForm};
use crate::python::lifecycle::gil::Gil;
use crate::signature::{Kind, TypeInfo};

/// How an argument is given.
pub(super) enum Argument {
    /// As a number.
    Number(NumberForm),
    /// As an address.
    Address(Box<AddressArgument>, Text),
    /// As bytes: by their address, or, if so many are said, as the words that they are.
    Bytes(Box<BytesArgument>, usize),
    /// As a function pointer.
    Function(Box<FunctionArgument>, Text),
}

/// Whether text is given for an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Given,
    Refused,
    /// The declared type says.
    Declared,
}

/// What is given for an address.
pub(super) struct AddressArgument {
    target: Option<Arc<dyn Target>>,
    accepted: Accepted,
    lent: Lendable,
    /// How many dimensions an array has; 0 for any.
    rank: usize,
}

/// What is given for bytes.
pub(super) struct BytesArgument {
    target: Arc<dyn Target>,
    accepted: Accepted,
}

/// The memory that is used until the call has ended.
pub(super) struct Keeping<'a> {
    /// Whether somebody was told that what C writes to a list is lost.
    told: &'a AtomicBool,
    count: usize,
    used: [MaybeUninit<CallMemory>; MOST],
}

impl Argument {
    /// How one of that type is given; `None` if only the slow way knows.
    pub(super) fn new(info: &TypeInfo, callee: &dyn Callee, index: usize) -> Option<Argument> {
        let text = || match callee.wanted(index) {
            Some(wanted) if wanted.takes_text() => Text::Given,
            Some(_) => Text::Refused,
            None => Text::Declared,
        };
        let bytes = |target, size| {
            let accepted = Accepted::default();
            Argument::Bytes(Box::new(BytesArgument { target, accepted }), size)
        };
        Some(match callee.passing(index) {
            Passing::Slots => match NumberForm::of(info.r#type.kind()) {
                NumberForm::Other => return None,
                form if callee.counts_bools() => Argument::Number(form.counting_bools()),
                form => Argument::Number(form),
            },
            Passing::Address { target, lent } => {
                let address = AddressArgument {
                    target,
                    accepted: Accepted::default(),
                    lent,
                    rank: info.dimensions,
                };
                Argument::Address(Box::new(address), text())
            }
            Passing::Function(target) => {
                Argument::Function(Box::new(FunctionArgument::new(target)), text())
            }
            Passing::Bytes(target) => bytes(target, 0),
            Passing::Words { target, size } => bytes(target, size),
            Passing::Text | Passing::Object { .. } | Passing::Slow => return None,
        })
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Argument::Number(_))
    }

    /// How many words it has.
    pub(super) fn word_count(&self) -> usize {
        match self {
            Argument::Bytes(_, size) => size.div_ceil(8).max(1),
            _ => 1,
        }
    }

    /// The word of one that is a number.
    ///
    /// # Safety
    /// `object` is alive, and the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn number(&self, api: &Api, object: Object) -> Option<u64> {
        match self {
            // SAFETY: `object` is alive, and the GIL is held.
            Argument::Number(form) => unsafe { form.load(api, object) },
            _ => None,
        }
    }

    /// Whether an object that has no word is refused for sure. Then it is one that refers to no other.
    ///
    /// # Safety
    /// `object` is alive, and the GIL is held.
    #[cold]
    pub(super) unsafe fn refuses(&self, api: &Api, object: Object) -> bool {
        // SAFETY: `object` is alive, and the GIL is held.
        let r#type = unsafe { api.type_of(object) };
        let is_text = r#type == api.PyUnicode_Type;
        let is_no_address = [api.PyFloat_Type, api.PyComplex_Type, api.PyBool_Type];
        match self {
            // SAFETY: as above.
            Argument::Number(form) => unsafe { form.refuses(api, object) },
            Argument::Address(_, Text::Declared) | Argument::Function(_, Text::Declared) => false,
            Argument::Address(_, text) | Argument::Function(_, text) => {
                is_text && *text == Text::Refused || is_no_address.contains(&r#type)
            }
            Argument::Bytes(..) => {
                is_text
                    || r#type == api.PyLong_Type
                    || object == api._Py_NoneStruct
                    || is_no_address.contains(&r#type)
            }
        }
    }

    /// The last word of an argument, whose others are put where `at` says, which then says where that
    /// goes; `None` leaves it to the slow way. What is made for it lives as long as the scope, and what is
    /// kept for it is `kept`.
    ///
    /// # Safety
    /// `object` is alive as long as the scope, and the GIL is held; there is room for the words.
    #[inline(always)]
    pub(super) unsafe fn word(
        &self,
        api: &'static Api,
        scope: &CallScope,
        kept: &mut Keeping<'_>,
        object: Object,
        at: &mut *mut metaffi_slot,
    ) -> Option<u64> {
        // SAFETY: `object` is alive as long as the scope, and the GIL is held; there is room.
        unsafe {
            match self {
                Argument::Number(form) => form.load(api, object),
                Argument::Address(address, _) => {
                    match address::word(api, object, &address.accepted) {
                        Some((word, used)) => {
                            kept.keep(used);
                            Some(word)
                        }
                        None => address.other(api, scope, kept.told, object),
                    }
                }
                Argument::Bytes(bytes, size) => match address::word(api, object, &bytes.accepted) {
                    Some((word, used)) => {
                        kept.keep(used);
                        Some(if *size == 0 { word } else { last_word(word, *size, at) })
                    }
                    None => {
                        update(api, &*bytes.target, object, &bytes.accepted);
                        None
                    }
                },
                Argument::Function(callback, _) => callback.word(api, scope, object),
            }
        }
    }
}

/// The last word of a struct of up to two, at an address; the first of two is put where `at` says.
#[inline(always)]
unsafe fn last_word(address: u64, mut size: usize, at: &mut *mut metaffi_slot) -> u64 {
    let mut from = ptr::with_exposed_provenance::<u8>(address as usize);
    // SAFETY: the caller has so many bytes, and room for the word.
    unsafe {
        if size > 8 {
            at.write(from.cast::<u64>().read_unaligned());
            *at = at.add(1);
            (from, size) = (from.add(8), size - 8);
        }
        match size {
            8 => from.cast::<u64>().read_unaligned(),
            4 => u64::from(from.cast::<u32>().read_unaligned()),
            _ => {
                let mut word = [0; 8];
                word.as_mut_ptr().copy_from_nonoverlapping(from, size);
                u64::from_ne_bytes(word)
            }
        }
    }
}

/// Learns whether objects like this one are accepted, for the next time.
#[cold]
unsafe fn update(api: &'static Api, target: &dyn Target, object: Object, accepted: &Accepted) {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { address::update_accepted(&Gil::assume(api), target, object, accepted) };
}

impl AddressArgument {
    /// The word of what is no object of an accepted type.
    #[inline(never)]
    unsafe fn other(
        &self,
        api: &'static Api,
        scope: &CallScope,
        told: &AtomicBool,
        object: Object,
    ) -> Option<u64> {
        // SAFETY: `object` is alive as long as the scope, and the GIL is held.
        unsafe {
            let r#type = api.type_of(object);
            match () {
                _ if object == api._Py_NoneStruct => Some(0),
                _ if r#type == api.PyUnicode_Type => self.text(api, scope, object),
                _ if r#type == api.PyBytes_Type => self.bytes(api, scope, object),
                _ if r#type == api.PyLong_Type => {
                    let number = self.lent.numbers.then_some(NumberForm::of(Kind::Int64))?;
                    number.load(api, object)
                }
                _ if r#type == api.PyList_Type || r#type == api.PyTuple_Type => {
                    self.list(api, scope, told, object)
                }
                _ if data::is(api, object) => {
                    if let Some(target) = &self.target {
                        update(api, &**target, object, &self.accepted);
                    }
                    None
                }
                _ if self.lent.arrays == 0 => None,
                _ => loan::elements(api, scope, object, self.rank, &self.lent),
            }
        }
    }

    unsafe fn text(&self, api: &Api, scope: &CallScope, object: Object) -> Option<u64> {
        if !self.lent.text {
            return None;
        }
        // SAFETY: the caller has a live str, under the GIL.
        unsafe {
            let Some((data, length)) = api.utf8(object) else {
                (api.PyErr_Clear)();
                return None;
            };
            self.terminated(scope, data, length)
        }
    }

    unsafe fn bytes(&self, api: &Api, scope: &CallScope, object: Object) -> Option<u64> {
        let are_given = self.lent.arrays & Kind::Uint8 as u64 != 0
            || self.lent.text && self.lent.constant && self.lent.arrays == 0;
        if !are_given {
            return None;
        }
        // SAFETY: the caller has live bytes, under the GIL.
        unsafe {
            let (data, length) = ((api.PyBytes_AsString)(object), (api.PyBytes_Size)(object));
            self.terminated(scope, data.cast(), length.cast_unsigned())
        }
    }

    /// What has a NUL behind it: as it is if it is only read, and else a copy.
    #[inline(always)]
    unsafe fn terminated(&self, scope: &CallScope, data: *const u8, length: usize) -> Option<u64> {
        if self.lent.constant {
            return Some(data.expose_provenance() as u64);
        }
        let copy = scratch(scope, length + 1).ok()?;
        // SAFETY: there are so many bytes, and a NUL behind them.
        unsafe { copy.copy_from_nonoverlapping(data, length + 1) };
        Some(copy.expose_provenance() as u64)
    }

    /// A copy of numbers in a list. The first one that C might write to goes the slow way.
    unsafe fn list(
        &self,
        api: &Api,
        scope: &CallScope,
        told: &AtomicBool,
        object: Object,
    ) -> Option<u64> {
        if self.lent.element == Kind::Null || self.rank > 1 {
            return None;
        }
        if !self.lent.constant && !told.load(Ordering::Relaxed) {
            told.store(true, Ordering::Relaxed);
            return None;
        }
        // SAFETY: the caller has a live list or tuple, under the GIL.
        let numbers = unsafe { convert::packed(api, scope, object, self.lent.element) }?;
        Some(numbers.expose_provenance() as u64)
    }
}

impl<'a> Keeping<'a> {
    /// Nothing yet.
    #[inline(always)]
    pub(super) fn new(told: &'a AtomicBool) -> Keeping<'a> {
        Keeping { told, count: 0, used: [const { MaybeUninit::uninit() }; MOST] }
    }

    /// Keeps the memory of one more argument, if it has to be.
    #[inline(always)]
    fn keep(&mut self, used: Option<CallMemory>) {
        if let Some(used) = used {
            self.used[self.count].write(used);
            self.count += 1;
        }
    }

    /// Lets the memory go.
    ///
    /// # Safety
    /// The GIL is held, and nothing is kept twice.
    #[inline(always)]
    pub(super) unsafe fn let_go(&self) {
        for used in &self.used[..self.count] {
            // SAFETY: written when it was counted.
            unsafe { used.assume_init_read().end() };
        }
    }
}
