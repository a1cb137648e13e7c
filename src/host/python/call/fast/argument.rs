//! [`Argument`]: how an argument is given on the fast way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::call::{Callee, Lendable, Passing, Target, scratch};
use crate::handle::pin::CallScope;
use crate::host::python::call::loan;
use crate::host::python::callback::FunctionArgument;
use crate::host::python::data;
use crate::host::python::data::address::{self, Accepted};
use crate::python::api::{Api, Object};
use crate::python::convert::{self, NumberForm};
use crate::python::lifecycle::gil::Gil;
use crate::signature::{Kind, TypeInfo};

/// How an argument is given.
pub(super) enum Argument {
    /// As a number.
    Number(NumberForm),
    /// As an address.
    Address(Box<AddressArgument>),
    /// As the address of bytes.
    Bytes(Box<BytesArgument>),
    /// As a function pointer.
    Function(Box<FunctionArgument>),
}

/// What is given for an address.
pub(super) struct AddressArgument {
    target: Option<Arc<dyn Target>>,
    accepted: Accepted,
    lent: Lendable,
    /// How many dimensions an array has; 0 for any.
    rank: usize,
    /// Whether somebody was told that what C writes to a list is lost.
    told: AtomicBool,
}

/// What is given for bytes.
pub(super) struct BytesArgument {
    target: Arc<dyn Target>,
    accepted: Accepted,
}

/// The arguments whose memory is kept until the call has ended, a bit for each.
#[derive(Default)]
pub(super) struct Keeping(u64);

impl Argument {
    /// How one of that type is given; `None` if only the slow way knows.
    pub(super) fn new(info: &TypeInfo, callee: &dyn Callee, index: usize) -> Option<Argument> {
        Some(match callee.passing(index) {
            Passing::Slots => match NumberForm::of(info.r#type.kind()) {
                NumberForm::Other => return None,
                form if callee.counts_bools() => Argument::Number(form.counting_bools()),
                form => Argument::Number(form),
            },
            Passing::Address { target, lent } => Argument::Address(Box::new(AddressArgument {
                target,
                accepted: Accepted::default(),
                lent,
                rank: info.dimensions,
                told: AtomicBool::new(lent.constant),
            })),
            Passing::Function(target) => {
                Argument::Function(Box::new(FunctionArgument::new(target)))
            }
            Passing::Bytes(target) => {
                Argument::Bytes(Box::new(BytesArgument { target, accepted: Accepted::default() }))
            }
            Passing::Text | Passing::Object { .. } | Passing::Slow => return None,
        })
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Argument::Number(_))
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

    /// Whether an object that has no word is refused for sure.
    ///
    /// # Safety
    /// `object` is alive, and the GIL is held.
    #[cold]
    pub(super) unsafe fn refuses(&self, api: &Api, object: Object) -> bool {
        match self {
            // SAFETY: `object` is alive, and the GIL is held.
            Argument::Number(form) => unsafe { form.refuses(api, object) },
            _ => false,
        }
    }

    /// The word of the argument at `index`; `None` leaves it to the slow way. What is made for it lives
    /// as long as the scope, and what is kept for it is `kept`.
    ///
    /// # Safety
    /// `object` is alive as long as the scope, and the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn word(
        &self,
        api: &'static Api,
        scope: &CallScope,
        kept: &mut Keeping,
        index: usize,
        object: Object,
    ) -> Option<u64> {
        // SAFETY: `object` is alive as long as the scope, and the GIL is held.
        unsafe {
            match self {
                Argument::Number(form) => form.load(api, object),
                Argument::Address(address) => {
                    if let Some(word) = address::word(api, object, &address.accepted) {
                        kept.0 |= 1 << index;
                        return Some(word);
                    }
                    address.other(api, scope, object)
                }
                Argument::Bytes(bytes) => {
                    let word = address::word(api, object, &bytes.accepted);
                    match word {
                        Some(_) => kept.0 |= 1 << index,
                        None => update(api, &*bytes.target, object, &bytes.accepted),
                    }
                    word
                }
                Argument::Function(callback) => callback.word(api, scope, object),
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
    unsafe fn other(&self, api: &'static Api, scope: &CallScope, object: Object) -> Option<u64> {
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
                    self.list(api, scope, object)
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
    unsafe fn list(&self, api: &Api, scope: &CallScope, object: Object) -> Option<u64> {
        if self.lent.element == Kind::Null || self.rank > 1 {
            return None;
        }
        if !self.told.load(Ordering::Relaxed) {
            self.told.store(true, Ordering::Relaxed);
            return None;
        }
        // SAFETY: the caller has a live list or tuple, under the GIL.
        let numbers = unsafe { convert::packed(api, scope, object, self.lent.element) }?;
        Some(numbers.expose_provenance() as u64)
    }
}

impl Keeping {
    /// Lets the memory of the arguments go.
    ///
    /// # Safety
    /// `objects` are the arguments of the call, and the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn let_go(mut self, objects: *const Object) {
        while self.0 != 0 {
            // SAFETY: the caller has the arguments, and this one's memory is kept.
            unsafe { address::let_go(*objects.add(self.0.trailing_zeros() as usize)) };
            self.0 &= self.0 - 1;
        }
    }
}
