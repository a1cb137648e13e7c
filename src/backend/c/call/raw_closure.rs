//! Closures whose handler gets arguments and result as C has them in memory.

use std::ffi::c_void;
use std::ops::Deref;
use std::sync::Arc;

use super::binding::imported;
use super::raw_call::{self, check_count};
use super::type_handle::TypeHandle;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::types::{TypeId, Types};
use crate::call::plan::native_type::{Convention, NativeSignature};
use crate::call::upcall::{ArgumentAddresses, Closure, Handler, IncomingArguments, Reserved};
use crate::call::{Callable, NativePointer, Userdata};
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::handle::pin::CallScope;
use crate::handle::{HandleKind, Handled};

/// A `metaffi_raw_handler` that is there.
pub type RawCode = unsafe extern "C-unwind" fn(
    result: *mut c_void,
    arguments: *mut *mut c_void,
    userdata: *mut c_void,
);

/// What a closure runs, and what it runs it with.
struct RawHandler {
    code: RawCode,
    userdata: Arc<Userdata>,
    result: ResultKind,
}

/// What has to be done to a result after the handler has stored it.
#[derive(Clone, Copy)]
enum ResultKind {
    None,
    /// An integer that its register holds widened.
    Integer {
        size: usize,
        signed: bool,
    },
    Other {
        size: usize,
    },
}

/// A C function pointer of a type that runs `code`, as a callable. `code` gets the declared arguments
/// and, behind them, those of the types `extra`, as C promotes them; C gives at least these.
///
/// The callable refers to `userdata`, which its maker gives it to own.
pub fn closure<T: Deref<Target = TypeHandle>>(
    r#type: &TypeHandle,
    extra: &[T],
    code: RawCode,
    userdata: &Arc<Userdata>,
) -> Result<Callable> {
    let ClosurePlan { types, id, native, convention, handler } =
        plan(r#type, extra, code, userdata)?;
    let closure = Closure::new(&native.parameters, &native.returns, convention, handler)?;
    callable(types, id, closure.code(), || Ok(closure))
}

/// A closure whose function pointer is known before its type: what a `metaffi_closure` stands for.
pub struct ReservedClosure {
    reserved: Reserved,
    /// It keeps the closure, also if nobody else keeps the callable.
    prepared: Once<Arc<Callable>>,
}

impl Handled for ReservedClosure {
    const KIND: HandleKind = HandleKind::Closure;
}

impl ReservedClosure {
    /// One that nothing is known of.
    pub fn new() -> Result<ReservedClosure> {
        Ok(ReservedClosure { reserved: Reserved::new()?, prepared: Once::new() })
    }

    /// Its function pointer.
    pub fn code(&self) -> *const () {
        self.reserved.code()
    }

    /// Makes it, once, what [`closure`] makes. After a failure it may be tried again.
    pub fn prepare<T: Deref<Target = TypeHandle>>(
        &self,
        r#type: &TypeHandle,
        extra: &[T],
        code: RawCode,
        userdata: &Arc<Userdata>,
    ) -> Result<()> {
        let ClosurePlan { types, id, native, convention, handler } =
            plan(r#type, extra, code, userdata)?;
        let callable = callable(types, id, self.code(), || {
            self.reserved.prepare(&native.parameters, &native.returns, convention, handler)
        })?;
        self.prepared.get_or_set(Arc::new(callable));
        Ok(())
    }

    /// The callable that it is, once it is prepared.
    pub fn callable(&self) -> Result<Arc<Callable>> {
        let message = "closure is not prepared: metaffi_closure_prepare it before";
        let unprepared = || Error::invalid(message);
        self.prepared.get().cloned().ok_or_else(unprepared)
    }
}

/// What a closure of a type takes.
struct ClosurePlan<'a> {
    types: &'a Arc<Types>,
    id: TypeId,
    native: NativeSignature,
    convention: Convention,
    handler: Arc<RawHandler>,
}

fn plan<'a, T: Deref<Target = TypeHandle>>(
    r#type: &'a TypeHandle,
    extra: &[T],
    code: RawCode,
    userdata: &Arc<Userdata>,
) -> Result<ClosurePlan<'a>> {
    let types = r#type.types();
    let (id, function) = r#type.function()?;
    let mut native = types.lower_function(id)?;
    check_count(&function, &r#type.ctype(), extra.len())?;
    let extra = raw_call::variadic(&function, extra)?;
    native.parameters.extend(extra.into_iter().map(|(native, _)| native));
    let result = ResultKind::of(&CType::new(types, function.returns));
    let handler = Arc::new(RawHandler { code, userdata: userdata.clone(), result });
    Ok(ClosurePlan { types, id, native, convention: function.convention, handler })
}

/// The callable of the closure that has this code.
fn callable(
    types: &Arc<Types>,
    id: TypeId,
    code: *const (),
    closure: impl FnOnce() -> Result<Closure>,
) -> Result<Callable> {
    let callable = Callable::new(imported(types, id, code, None)?);
    let kept = CType::new(types, id);
    callable
        .typed(types, id.number(), || Ok((NativePointer::Closure(closure()?), Box::new(kept))))?;
    Ok(callable)
}

impl ResultKind {
    fn of(ctype: &CType) -> ResultKind {
        let size = ctype.size;
        match ctype.class {
            Representation::Void => ResultKind::None,
            Representation::Bool => ResultKind::Integer { size, signed: false },
            Representation::Integer { signed } => ResultKind::Integer { size, signed },
            _ => ResultKind::Other { size },
        }
    }
}

impl Handler for RawHandler {
    unsafe fn call(
        &self,
        _: &CallScope,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> Result<()> {
        let mut room = ArgumentAddresses::default();
        // SAFETY: the closure was made for this type; its result has room for it, and for eight
        // bytes where that is an integer.
        unsafe {
            let arguments = arguments.all(&mut room);
            match self.result {
                ResultKind::None => (self.code)(result, arguments, self.userdata.pointer()),
                ResultKind::Other { size } => {
                    result.cast::<u8>().write_bytes(0, size.max(size_of::<u64>()));
                    (self.code)(result, arguments, self.userdata.pointer());
                }
                ResultKind::Integer { size, signed } => {
                    let mut word = 0_u64;
                    (self.code)((&raw mut word).cast(), arguments, self.userdata.pointer());
                    result.cast::<u64>().write(widened((&raw const word).cast(), size, signed));
                }
            }
        }
        Ok(())
    }
}

/// The integer of `size` bytes at `from`, widened to eight.
unsafe fn widened(from: *const u8, size: usize, signed: bool) -> u64 {
    // SAFETY: the caller has eight bytes, aligned to eight.
    unsafe {
        match (size, signed) {
            (1, false) => u64::from(from.read()),
            (1, true) => from.cast::<i8>().read() as i64 as u64,
            (2, false) => u64::from(from.cast::<u16>().read()),
            (2, true) => from.cast::<i16>().read() as i64 as u64,
            (4, false) => u64::from(from.cast::<u32>().read()),
            (4, true) => from.cast::<i32>().read() as i64 as u64,
            _ => from.cast::<u64>().read(),
        }
    }
}

#[cfg(test)]
#[path = "raw_closure_tests.rs"]
mod tests;
