use std::sync::Arc;

use crate::abi::metaffi_slot;
use crate::error::Result;
use crate::handle::Direct;
use crate::handle::pin::Use;
use crate::signature::{FrameLayout, Signature, Type};

/// What runs when a function is called: a C symbol, a guest's function, a host's callback.
pub trait Callee: Send + Sync {
    /// Calls with the arguments in `frame` and stores the returns there.
    ///
    /// `span` is the caller's span of use: handles among the arguments are pinned in it, and what
    /// has to be undone even if guest code leaves by an exception or `longjmp` is deferred to it.
    /// Nothing with a destructor may be alive while guest code runs.
    ///
    /// # Safety
    /// `frame` has the layout of the function's signature and its arguments are filled in.
    unsafe fn call(&self, span: Use, frame: *mut metaffi_slot) -> Result<()>;

    /// How to call it without any conversion, if every argument travels in a register.
    fn direct(&self) -> Option<Direct> {
        None
    }

    /// The C function pointer with the natural C signature, if it is one already.
    fn symbol(&self) -> Option<*const ()> {
        None
    }

    /// The same function for a call with `extra` arguments after the declared ones. Asked only
    /// when the signature is variadic.
    fn with_variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let _ = extra;
        unreachable!("only variadic callees are asked")
    }
}

/// Something that can be called: a signature, the layout of its frames, and what runs.
pub struct Function {
    signature: Signature,
    layout: FrameLayout,
    callee: Box<dyn Callee>,
}

impl Function {
    /// A function of `signature` that runs `callee`.
    pub fn new(signature: Signature, callee: impl Callee + 'static) -> Function {
        let layout = FrameLayout::new(&signature);
        Function { signature, layout, callee: Box::new(callee) }
    }

    /// Its types.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Where its arguments and returns are in a frame.
    pub fn layout(&self) -> &FrameLayout {
        &self.layout
    }

    /// What runs.
    pub fn callee(&self) -> &dyn Callee {
        &*self.callee
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
