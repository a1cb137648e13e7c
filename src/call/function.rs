use std::any::Any;
use std::sync::Arc;

use super::closure::Locked;
use super::failure;
use super::frame::MAX_SLOTS;
use super::passing::{Lifetime, Passing};
use super::texts::SignatureTexts;
use crate::abi::{metaffi_slot, metaffi_type};
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::handle::Fast;
use crate::handle::pin::Use;
use crate::signature::{Kind, Signature, Type, TypeInfo, slots_of};

/// What runs when a function is called: a C symbol, a guest's function, a host's callback.
pub trait Callee: Any + Send + Sync {
    /// Calls with the arguments in `frame` and stores the returns there.
    ///
    /// `span` is the caller's span of use: handles among the arguments are pinned in it, and what
    /// has to be undone even if guest code leaves by an exception is deferred to it. Guest code may
    /// also leave by `longjmp`, which runs no destructor.
    ///
    /// # Safety
    /// `frame` has the layout of the function's signature and its arguments are filled in.
    unsafe fn call(&self, span: Use, frame: *mut metaffi_slot) -> Result<()>;

    /// How its code is called by a caller that passes arguments as [`passing`](Callee::passing)
    /// says, one behind the other, with room for the result after them; `None` if only by
    /// [`call`](Callee::call).
    fn fast(&self) -> Option<Fast> {
        None
    }

    /// How long what that invoker calls is there.
    fn lifetime(&self) -> Lifetime {
        Lifetime::Pinned
    }

    /// How that invoker is given an argument.
    fn passing(&self, argument: usize) -> Passing {
        let _ = argument;
        Passing::Slots
    }

    /// How that invoker gives the result.
    fn returning(&self) -> Passing {
        Passing::Slots
    }

    /// How it handles calls of its C function pointers that have its natural C signature, if it does
    /// that under the lock of its runtime.
    fn locked(&self) -> Option<Locked> {
        None
    }

    /// The C function pointer with the natural C signature, if it is one already.
    fn symbol(&self) -> Option<*const ()> {
        None
    }

    /// Reports a failure of a call that C made, of which nobody else is told, at once.
    fn report(&self, failure: &Error) {
        failure::print(failure);
    }

    /// The same function for a call with `extra` arguments after the declared ones. Asked only
    /// when the signature is variadic.
    fn with_variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let _ = extra;
        Err(Error::new(Status::Unsupported, "this function takes no variadic arguments"))
    }

    /// The same function for a call with only the first `count` of its arguments; `None` if the
    /// others have no defaults.
    fn with_fewer(&self, count: usize) -> Result<Option<Arc<Function>>> {
        let _ = count;
        Ok(None)
    }
}

/// Something that can be called: a signature, the layout of its frames, and what runs.
pub struct Function {
    signature: Signature,
    /// Of the parameters, then of the returns.
    places: Box<[Place]>,
    frame_size: usize,
    texts: Once<Box<SignatureTexts>>,
    callee: Box<dyn Callee>,
}

/// Where a parameter or return is, and what it is, as a call needs it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// How the value is held.
    pub kind: Kind,
    slot: u32,
    number: u32,
}

impl Place {
    /// A value of the type in slots of its own.
    pub fn of(r#type: Type) -> Place {
        Place::at(r#type, 0)
    }

    fn at(r#type: Type, slot: usize) -> Place {
        // Slots are at most MAX_SLOTS, and types have few bits.
        Place { kind: r#type.kind(), slot: slot as u32, number: r#type.number() as u32 }
    }

    /// Its first slot.
    #[inline(always)]
    pub fn slot(&self) -> usize {
        self.slot as usize
    }

    /// Its type's number.
    #[inline(always)]
    pub fn number(&self) -> metaffi_type {
        metaffi_type::from(self.number)
    }
}

impl Function {
    /// A function of `signature` that runs `callee`.
    pub fn new(signature: Signature, callee: impl Callee + 'static) -> Result<Function> {
        let mut frame_size = 0;
        let place = |info: &TypeInfo| {
            let place = Place::at(info.r#type, frame_size);
            frame_size += slots_of(info.r#type);
            place
        };
        let params = signature.params.iter().map(|param| &param.info);
        let places: Box<[Place]> = params.chain(&signature.returns).map(place).collect();
        if frame_size > MAX_SLOTS {
            return Err(too_large(frame_size));
        }
        let (texts, callee) = (Once::new(), Box::new(callee));
        Ok(Function { signature, places, frame_size, texts, callee })
    }

    /// Its types.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// How many slots its frames have.
    #[inline(always)]
    pub fn frame_size(&self) -> usize {
        self.frame_size
    }

    /// Its parameters as a call sees them.
    #[inline(always)]
    pub fn params(&self) -> &[Place] {
        &self.places[..self.signature.params.len()]
    }

    /// Its returns as a call sees them.
    #[inline(always)]
    pub fn returns(&self) -> &[Place] {
        &self.places[self.signature.params.len()..]
    }

    /// The texts of its signature for C.
    pub fn texts(&self) -> &SignatureTexts {
        self.texts.get_or_init(|| Box::new(SignatureTexts::new(&self.signature)))
    }

    /// What runs.
    pub fn callee(&self) -> &dyn Callee {
        &*self.callee
    }

    /// What calls it by frame and does not have to be kept alive, if something does.
    pub fn fast(&self) -> Option<Fast> {
        self.fast_of(|lifetime| lifetime != Lifetime::Pinned)
    }

    /// What calls it by frame, without a key, for somebody who keeps it; if something does.
    pub fn fast_while_kept(&self) -> Option<Fast> {
        self.fast_of(|lifetime| lifetime != Lifetime::Locked)
    }

    fn fast_of(&self, fits: impl FnOnce(Lifetime) -> bool) -> Option<Fast> {
        let fast = self.callee.fast().filter(|_| fits(self.callee.lifetime()))?;
        let is_slots = |passing| matches!(passing, Passing::Slots);
        let all = (0..self.params().len()).all(|index| is_slots(self.callee.passing(index)));
        (all && is_slots(self.callee.returning())).then_some(fast)
    }

    /// Calls by frame.
    ///
    /// # Safety
    /// As for [`Callee::call`].
    #[inline]
    pub unsafe fn call(&self, span: Use, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the caller's promise.
        unsafe { self.callee.call(span, frame) }
    }
}

#[cold]
fn too_large(slots: usize) -> Error {
    Error::new(
        Status::Unsupported,
        format!(
            "the signature needs a frame of {slots} slots; the most is {MAX_SLOTS}: pass arrays \
             instead of so many arguments"
        ),
    )
}
