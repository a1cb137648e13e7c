use std::any::Any;
use std::sync::{Arc, OnceLock};

use super::closure::Locked;
use super::failure;
use super::frame::MAX_SLOTS;
use super::passing::{Lifetime, Passing};
use super::texts::SignatureTexts;
use crate::abi::{metaffi_slot, metaffi_type};
use crate::error::{Error, Result, Status};
use crate::handle::Fast;
use crate::handle::pin::Use;
use crate::signature::{FrameLayout, Kind, Signature, Type, TypeInfo};

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
    layout: FrameLayout,
    params: Box<[Place]>,
    returns: Box<[Place]>,
    texts: OnceLock<SignatureTexts>,
    callee: Box<dyn Callee>,
}

/// Where a parameter or return is, and what it is, as a call needs it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// How the value is held.
    pub kind: Kind,
    /// Its first slot.
    pub slot: usize,
    /// Its type's number.
    pub number: metaffi_type,
}

impl Place {
    /// A value of the type in slots of its own.
    pub fn of(r#type: Type) -> Place {
        Place { kind: r#type.kind(), slot: 0, number: r#type.number() }
    }

    fn new((info, slot): (&TypeInfo, &usize)) -> Place {
        Place { kind: info.r#type.kind(), slot: *slot, number: info.r#type.number() }
    }
}

impl Function {
    /// A function of `signature` that runs `callee`.
    pub fn new(signature: Signature, callee: impl Callee + 'static) -> Result<Function> {
        Function::check(&signature)?;
        let layout = FrameLayout::new(&signature);
        let params = signature.params.iter().map(|param| &param.info).zip(layout.params());
        let returns = signature.returns.iter().zip(layout.returns());
        let params = params.map(Place::new).collect();
        let returns = returns.map(Place::new).collect();
        let (texts, callee) = (OnceLock::new(), Box::new(callee));
        Ok(Function { params, returns, signature, layout, texts, callee })
    }

    /// Refuses a signature whose frame would be too large.
    fn check(signature: &Signature) -> Result<()> {
        match signature.layout().size() {
            0..=MAX_SLOTS => Ok(()),
            slots => Err(Error::new(
                Status::Unsupported,
                format!(
                    "the signature needs a frame of {slots} slots; the most is {MAX_SLOTS}: pass \
                     arrays instead of so many arguments"
                ),
            )),
        }
    }

    /// Its types.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Where its arguments and returns are in a frame.
    pub fn layout(&self) -> &FrameLayout {
        &self.layout
    }

    /// Its parameters as a call sees them.
    pub fn params(&self) -> &[Place] {
        &self.params
    }

    /// Its returns as a call sees them.
    pub fn returns(&self) -> &[Place] {
        &self.returns
    }

    /// The texts of its signature for C.
    pub fn texts(&self) -> &SignatureTexts {
        self.texts.get_or_init(|| SignatureTexts::new(&self.signature))
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
        let all = (0..self.params.len()).all(|index| is_slots(self.callee.passing(index)));
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
