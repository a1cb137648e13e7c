//! [`CFunction`]: calls of C functions of any type.

use std::any::Any;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use super::binding::ParameterNames;
use super::plan::CPlan;
use super::variadic::LastVariadic;
use crate::abi::metaffi_slot;
use crate::backend::c::convert::{self, from_c, to_c};
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::types::Types;
use crate::call::libffi::interface::CallInterface;
use crate::call::{
    Callee, Function, GivenObject, Invocation, Lifetime, Passing, Userdata, Wanted, c_mapping,
    guarded, with_stack,
};
use crate::errno;
use crate::error::Result;
use crate::fork::Lock;
use crate::handle::pin::CallScope;
use crate::handle::{Fast, Key};
use crate::signature::{Kind, Type, argument};

/// A C function with the conversions of its arguments and its result.
pub(super) struct CFunction {
    pub(super) code: *const (),
    pub(super) names: Option<ParameterNames>,
    /// Kept as long as the function may be called.
    pub(super) kept: Option<Arc<Userdata>>,
    pub(super) plan: Arc<CPlan>,
    /// Whether it was said that what C writes to a temporary is lost.
    pub(super) told: AtomicBool,
    /// If it is variadic, the last one made for a call, since calls in a loop have the same types.
    pub(super) last: Option<Box<Lock<LastVariadic>>>,
}

impl Deref for CFunction {
    type Target = CPlan;

    #[inline(always)]
    fn deref(&self) -> &CPlan {
        &self.plan
    }
}

/// The most words of a result in registers.
const MOST_RESULT: usize = 2;

/// Room for a small result.
#[repr(C, align(16))]
struct Small([u64; 8]);

// SAFETY: the pointer is code, which stays loaded.
unsafe impl Send for CFunction {}
// SAFETY: as above.
unsafe impl Sync for CFunction {}

impl Callee for CFunction {
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        match &self.maker {
            Invocation::Registers(fast) if self.words && self.result.plain => {
                // SAFETY: every slot is a register's word, the result's follows the last argument.
                unsafe { self.run(fast, frame) };
                return Ok(());
            }
            Invocation::Interface(interface) if self.words => {
                // SAFETY: the frame has the layout of the signature.
                return unsafe { self.interpret(scope, interface, frame, frame) };
            }
            _ => {}
        }
        if self.open
            // SAFETY: the frame has the layout of the signature.
            && let Some(function) = unsafe { self.of_objects(scope, frame) }?
        {
            // SAFETY: the same frame, of a function of the same signature, which the scope keeps.
            return unsafe { scope.keep(function).call(scope, frame) };
        }
        with_stack::<u64, _>(self.word_count + MOST_RESULT, |words| {
            // SAFETY: the frame has the layout of the signature, and the stack room for the words of
            // each argument and of the result; a block's word is the address of its bytes.
            unsafe {
                let mut at = words;
                for (index, param) in self.params.iter().enumerate() {
                    let slots = frame.add(param.slot as usize);
                    let word = match param.quick_word(scope, slots) {
                        Some(word) => word,
                        None => self.other_word(scope, index, slots)?,
                    };
                    match param.words {
                        0 => at.write(word),
                        _ => load_block(word, param.ctype.size, at),
                    }
                    at = at.add(param.word_count());
                }
                match &self.maker {
                    Invocation::Registers(fast) => {
                        self.run(fast, words);
                        let result = words.add(self.word_count);
                        match self.result.wanted {
                            Some((_, slot)) if self.result.plain => *frame.add(slot) = *result,
                            _ => self.finish(result, frame)?,
                        }
                        Ok(())
                    }
                    Invocation::Interface(interface) => {
                        self.interpret(scope, interface, words, frame)
                    }
                }
            }
        })
    }

    fn fast(&self) -> Option<Fast> {
        match &self.maker {
            Invocation::Registers(fast) => Some(Fast { code: self.code, ..*fast }),
            // Nobody has room for a result that nobody wants.
            Invocation::Interface(call) => {
                let is_given = self.result.word().is_some() || self.result.wanted.is_some();
                is_given.then(|| call.fast(self.code))
            }
        }
    }

    fn lifetime(&self) -> Lifetime {
        match (&self.kept, &self.maker) {
            (Some(kept), _) => kept.lifetime(),
            (None, Invocation::Registers(_)) => Lifetime::Forever,
            (None, Invocation::Interface(_)) => Lifetime::Kept,
        }
    }

    fn passing(&self, argument: usize) -> Passing {
        self.params[argument].passing(argument)
    }

    fn host(&self) -> Option<&Lock<Weak<dyn Any + Send + Sync>>> {
        Some(&self.host)
    }

    fn returning(&self) -> Passing {
        match self.result.wanted {
            _ if self.result.plain => Passing::Slots,
            None => Passing::Slots,
            Some((r#type, _)) => match (r#type.kind(), self.result.ctype.class) {
                (Kind::String8, Representation::Pointer(_)) => Passing::Text,
                (Kind::Handle, _) => self.object().unwrap_or(Passing::Slow),
                _ => Passing::Slow,
            },
        }
    }

    fn counts_bools(&self) -> bool {
        true
    }

    fn name(&self, argument: usize) -> Option<&str> {
        self.names.as_ref()?.get(argument)?.as_deref()
    }

    fn wanted(&self, argument: usize) -> Option<Wanted> {
        self.params[argument].wanted()
    }

    unsafe fn accept(
        &self,
        scope: &CallScope,
        argument: usize,
        given: Type,
        value: *const metaffi_slot,
        slots: *mut metaffi_slot,
    ) -> Result<()> {
        // SAFETY: `value` has a value of that type, valid for the scope; there is room in `slots`.
        guarded(|| unsafe { self.params[argument].accept(scope, given, value, slots) })
    }

    fn temporary(&self, argument: usize, length: Option<usize>) -> Result<Key> {
        guarded(|| self.params[argument].temporary(length))
    }

    fn is_new(&self) -> bool {
        !self.told.swap(true, Ordering::Relaxed)
    }

    fn symbol(&self) -> Option<*const ()> {
        self.follows_c_mapping.then_some(self.code)
    }

    fn with_variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        self.variadic(extra)
    }
}

/// The words of so many bytes at an address.
unsafe fn load_block(address: u64, size: usize, words: *mut u64) {
    let from = ptr::with_exposed_provenance::<u8>(address as usize);
    // SAFETY: the caller has the bytes, and room for their words.
    unsafe {
        words.add((size - 1) / 8).write(0);
        words.cast::<u8>().copy_from_nonoverlapping(from, size);
    }
}

impl CFunction {
    /// Runs the code, which neither fails nor is freed, and so looks at no error and no key.
    #[inline(always)]
    unsafe fn run(&self, fast: &Fast, words: *mut metaffi_slot) {
        // SAFETY: the caller has a word for each argument, and room for the result's.
        unsafe { (fast.invoke)(self.code, words, fast.map, ptr::null_mut(), 0) };
    }

    /// Its C type.
    pub(super) fn ctype(&self) -> Result<CType> {
        let types: &Arc<Types> = &self.result.ctype.types;
        types.passing(|| types.function((*self.function).clone()))
    }

    /// How a result is given that is an object; `None` if only its language knows what is in it.
    fn object(&self) -> Option<Passing> {
        let ctype = &self.result.ctype;
        let is_pointer = matches!(ctype.class, Representation::Pointer(_));
        if !is_pointer && (!self.result.object || !ctype.by_address()) {
            return None;
        }
        let given = match &self.maker {
            _ if is_pointer => GivenObject::Address,
            Invocation::Interface(call) => GivenObject::Room(call.return_size()),
            Invocation::Registers(_) => GivenObject::Words,
        };
        Some(Passing::Object { layout: ctype.layout()?, given })
    }

    /// The word of an argument that is not one already.
    #[inline(never)]
    unsafe fn other_word(
        &self,
        scope: &CallScope,
        index: usize,
        slots: *const metaffi_slot,
    ) -> Result<u64> {
        let param = &self.params[index];
        // SAFETY: the slots hold a value of the parameter's type.
        guarded(|| unsafe { to_c(scope, param.r#type, &param.ctype, slots) })
            .map_err(|error| error.context(argument(index, self.name(index))))
    }

    /// Calls through libffi.
    unsafe fn interpret(
        &self,
        scope: &CallScope,
        interface: &CallInterface,
        words: *mut u64,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        let size = interface.return_size();
        let mut small = MaybeUninit::<Small>::uninit();
        // SAFETY: a word is an argument's value, or the address of its bytes.
        unsafe {
            let align = self.result.ctype.align;
            let result: *mut u64 = match size <= size_of::<Small>() && align <= align_of::<Small>()
            {
                true => small.as_mut_ptr().cast(),
                false => {
                    let place = convert::scratch(scope, size + align)?;
                    place.add(place.align_offset(align.max(8))).cast()
                }
            };
            interface.call_words(self.code.cast(), result.cast(), words);
            self.finish(result, frame)
        }
    }

    /// Makes what the caller wants of a result that is not one already.
    #[inline(never)]
    unsafe fn convert(
        &self,
        result: *const u64,
        r#type: Type,
        slots: *mut metaffi_slot,
    ) -> Result<()> {
        let saved = errno::get();
        // SAFETY: as in `finish`.
        let converted =
            guarded(|| unsafe { from_c(&self.result.ctype, result.cast(), r#type, slots) });
        errno::set(saved);
        converted.map_err(|error| error.context("return value"))
    }

    /// Puts the result where the caller wants it; `errno` stays as the callee left it.
    #[inline(always)]
    unsafe fn finish(&self, result: *const u64, frame: *mut metaffi_slot) -> Result<()> {
        let Some((r#type, slot)) = self.result.wanted else { return Ok(()) };
        // SAFETY: the result is a value of the C type; the frame has the slot.
        unsafe {
            if self.result.plain {
                c_mapping::load(r#type.kind(), result.cast(), frame.add(slot));
                return Ok(());
            }
            if self.result.object
                && let Some(object) = convert::object_again(&self.result.ctype, result.cast())
            {
                *frame.add(slot) = object;
                return Ok(());
            }
            self.convert(result, r#type, frame.add(slot))
        }
    }
}

#[cfg(test)]
#[path = "function_tests.rs"]
mod tests;
