//! [`Function`]: a plan and what runs. What runs does not change as long as the function lives.

use std::any::Any;
use std::ops::Deref;
use std::sync::{Arc, Weak};

use super::errors::failure;
use super::function_pointer::FunctionPointerType;
use super::passing::{Lifetime, Passing};
use super::plan::Plan;
use super::plan::texts::SignatureTexts;
use super::upcall::{Closure, LockedEntry};
use super::wanted::Wanted;
use crate::abi::metaffi_slot;
use crate::error::{Error, Result};
use crate::fork::{Lock, Once};
use crate::handle::pin::CallScope;
use crate::handle::{Fast, Key};
use crate::signature::{self, Parameter, Signature, Type};

/// What runs when a function is called: a C symbol, a guest's function, a host's callback.
pub trait Callee: Any + Send + Sync {
    /// Calls with the arguments in `frame` and stores the returns there.
    ///
    /// `scope` is the caller's call scope: handles among the arguments are pinned in it, and what
    /// has to be undone even if guest code leaves by an exception is deferred to it. Guest code may
    /// also leave by `longjmp`, which runs no destructor.
    ///
    /// # Safety
    /// `frame` has the layout of the function's signature and its arguments are filled in.
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()>;

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

    /// Whether a bool is the integer 0 or 1 there, and these are bools, as in C.
    fn counts_bools(&self) -> bool {
        false
    }

    /// Where a host finds what it has made of how values are passed, as long as it has that: one place
    /// for all functions that are called alike.
    fn host(&self) -> Option<&Lock<Weak<dyn Any + Send + Sync>>> {
        None
    }

    /// How that invoker gives the result.
    fn returning(&self) -> Passing {
        Passing::Slots
    }

    /// How it handles calls of its C function pointers that have the C signature of its C mapping,
    /// if it does that under the lock of its runtime.
    fn locked(&self) -> Option<LockedEntry> {
        None
    }

    /// What a parameter is called, where the language knows that.
    fn name(&self, argument: usize) -> Option<&str> {
        let _ = argument;
        None
    }

    /// How many of its parameters have to be given: those before the first that has a default.
    fn required(&self) -> Option<usize> {
        None
    }

    /// Whether its own language calls it with arguments by name.
    fn takes_names(&self) -> bool {
        false
    }

    /// What it takes for an argument, where that is more than the declared type says.
    fn wanted(&self, argument: usize) -> Option<Wanted> {
        let _ = argument;
        None
    }

    /// Puts a value of any type into the slots of such an argument, if it can be given for it: they
    /// then hold what a call takes from there, until the scope ends.
    ///
    /// # Safety
    /// `value` has a value of type `given`, valid for the scope; there is room in `slots` for one of
    /// the declared type.
    unsafe fn accept(
        &self,
        scope: &CallScope,
        argument: usize,
        given: Type,
        value: *const metaffi_slot,
        slots: *mut metaffi_slot,
    ) -> Result<()> {
        let _ = (scope, argument, value, slots);
        Err(Error::unsupported(format!("{given} cannot be given here")))
    }

    /// A new object, all zero, that can be given for such an argument: so many elements, or a single
    /// one.
    fn temporary(&self, argument: usize, length: Option<usize>) -> Result<Key> {
        let _ = (argument, length);
        Err(Error::unsupported("nothing can be made for this argument"))
    }

    /// Whether this is the first time that somebody asks, to whom it is then said what there is to
    /// say once.
    fn is_new(&self) -> bool {
        false
    }

    /// The C function pointer with the natural C signature, if it is one already.
    fn symbol(&self) -> Option<*const ()> {
        None
    }

    /// The same made by its runtime, as long as this is there. A call that fails gives zero, and is left to be
    /// [taken](super::errors::pending).
    fn made_symbol(&self) -> Option<*const ()> {
        None
    }

    /// A function pointer of a type for one that takes what C gives, whatever that is; `None` if its
    /// own types say how each value is given.
    fn closure(&self, r#type: &Arc<FunctionPointerType>) -> Result<Option<Closure>> {
        let _ = r#type;
        Ok(None)
    }

    /// Reports a failure of a call that C made, of which nobody else is told, at once.
    fn report(&self, failure: &Error) {
        failure::report_uncaught(failure);
    }

    /// The same function for a call with `extra` arguments after the declared ones. Asked only
    /// when the signature is variadic.
    fn with_variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let _ = extra;
        Err(Error::unsupported("this function takes no variadic arguments"))
    }

    /// The same function for a call with only the first `count` of its arguments; `None` if the
    /// others have no defaults.
    fn with_fewer(&self, count: usize) -> Result<Option<Arc<Function>>> {
        let _ = count;
        Ok(None)
    }
}

/// Something that can be called: a plan of its signature, and what runs.
pub struct Function {
    plan: Arc<Plan>,
    callee: Box<dyn Callee>,
    texts: Once<Box<SignatureTexts>>,
}

impl Deref for Function {
    type Target = Plan;

    #[inline(always)]
    fn deref(&self) -> &Plan {
        &self.plan
    }
}

impl Function {
    /// A function of the types of `signature` that runs `callee`, which has the names.
    pub fn new(signature: Signature, callee: impl Callee + 'static) -> Result<Function> {
        Ok(Function::planned(Plan::of(signature)?, callee))
    }

    /// A function of a signature of which there is a plan.
    pub fn planned(plan: Arc<Plan>, callee: impl Callee + 'static) -> Function {
        Function { plan, callee: Box::new(callee), texts: Once::new() }
    }

    /// What a parameter is called, where that is known.
    pub fn name(&self, argument: usize) -> Option<&str> {
        self.callee.name(argument)
    }

    /// How many of its parameters have to be given.
    pub fn required(&self) -> usize {
        self.callee.required().unwrap_or_else(|| self.params().len())
    }

    /// What messages call an argument.
    pub fn argument(&self, index: usize) -> String {
        signature::argument(index, self.name(index))
    }

    /// Its types with the names of its parameters.
    pub fn signature(&self) -> Signature {
        let name = |index| self.name(index).map(Box::from);
        let params = self.param_types().iter().cloned().enumerate();
        let params = params.map(|(index, info)| Parameter { name: name(index), info }).collect();
        let (returns, variadic) = (self.return_types().to_vec(), self.is_variadic());
        Signature { params, returns, variadic }
    }

    /// The same as C reads it.
    pub fn texts(&self) -> &SignatureTexts {
        self.texts.get_or_init(|| {
            let names = (0..self.params().len()).map(|index| self.name(index));
            Box::new(SignatureTexts::new(names, self.param_types(), self.return_types()))
        })
    }

    /// What is known of its types.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// What runs.
    pub fn callee(&self) -> &dyn Callee {
        &*self.callee
    }

    /// The same, for whoever has it alone.
    pub fn callee_mut(&mut self) -> &mut dyn Callee {
        &mut *self.callee
    }

    /// What calls it by frame and does not have to be kept alive, if something does.
    pub fn fast(&self) -> Option<Fast> {
        if matches!(self.callee.lifetime(), Lifetime::Kept | Lifetime::Pinned) {
            return None;
        }
        let fast = self.callee.fast()?;
        let is_slots = |passing| matches!(passing, Passing::Slots);
        let all = (0..self.params().len()).all(|index| is_slots(self.callee.passing(index)));
        (all && is_slots(self.callee.returning())).then_some(fast)
    }

    /// Calls by frame.
    ///
    /// # Safety
    /// As for [`Callee::call`].
    #[inline]
    pub unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: `frame` has the layout of the function's signature and its arguments are filled
        // in.
        unsafe { self.callee.call(scope, frame) }
    }
}
