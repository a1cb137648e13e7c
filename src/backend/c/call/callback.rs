//! C function pointers for callables, of the C type that is asked for.

use std::any::Any;
use std::ffi::{c_char, c_void};
use std::sync::Arc;

pub use super::binding::imported;
use super::compatible::is_callable_as;
use super::function::CFunction;
use super::function_pointer;
use super::plain::is_mapped_type;
use crate::abi::{metaffi_slot, metaffi_value};
use crate::backend::c::convert::{Direction, check, from_c, store_word, to_c};
use crate::backend::c::data::ctype::{CType, PointeeKind, Representation};
use crate::backend::c::types::{Convention, FunctionType, TypeId, TypeKind as CKind, Types};
use crate::call::upcall::{Closure, Handler, IncomingArguments};
use crate::call::{Callable, Function, NativePointer, c_mapping, guarded, with_stack};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::handle::{self, HandleKind};
use crate::signature::{Kind, Type};
use crate::value::{OwnedValue, clear_later, memory, text};

/// The function pointer of a callable as a C function of type `id`.
pub fn pointer(callable: &Callable, types: &Arc<Types>, id: TypeId) -> Result<*const ()> {
    let function = callable.function();
    callable.typed(types, id.number(), || {
        let kept = Box::new(CType::new(types, id));
        let wanted = function_type(types, id)?;
        if let Some(code) = own_code(function, &kept)? {
            return Ok((NativePointer::Symbol(code), kept));
        }
        if wanted.variadic {
            return Err(variadic(types, id));
        }
        if !wanted.unspecified
            && let Some(closure) = function.callee().closure(&function_pointer::of(types, id)?)?
        {
            return Ok((NativePointer::Adapted(closure), kept));
        }
        let count = wanted.parameters.len();
        if function.params().len() != count && !wanted.unspecified {
            let function = of_count(function, count)?.ok_or_else(|| other(function, types, id))?;
            return Ok((NativePointer::Adapted(compile(&function, types, &wanted, id)?), kept));
        }
        let native = match function.callee().symbol() {
            Some(symbol) if has_type(function, types, id)? => NativePointer::Symbol(symbol),
            _ => NativePointer::Closure(compile(function, types, &wanted, id)?),
        };
        Ok((native, kept))
    })
}

/// The address of a C function that can be called as the C type says, however its values are given.
fn own_code(function: &Function, wanted: &CType) -> Result<Option<*const ()>> {
    let callee: &dyn Any = function.callee();
    match callee.downcast_ref::<CFunction>() {
        Some(own) if is_callable_as(&own.ctype()?, wanted) => Ok(Some(own.code)),
        _ => Ok(None),
    }
}

/// Whether the types of a function by the C mapping are those of the C type, so that a pointer to
/// the one is a pointer to the other.
fn has_type(function: &Function, types: &Types, id: TypeId) -> Result<bool> {
    let native = types.lower_function(id)?;
    let callee: &dyn Any = function.callee();
    let convention = callee
        .downcast_ref::<CFunction>()
        .map_or(Convention::Default, |own| own.function.convention);
    let params = function.param_types().iter().map(|info| info.r#type);
    let same =
        params.zip(&native.parameters).all(|(r#type, native)| is_mapped_type(r#type, native));
    Ok(same
        && native.convention == convention
        && match function.return_types() {
            [] => true,
            [info, ..] => is_mapped_type(info.r#type, &native.returns),
        })
}

fn function_type(types: &Types, id: TypeId) -> Result<Arc<FunctionType>> {
    match types.resolved(id) {
        CKind::Function(function) => Ok(function),
        _ => Err(Error::mismatch(format!("{} is no function type", types.spell(id)))),
    }
}

/// The function as it takes so many arguments: without its last ones if those have defaults, or with
/// more, of any type, if it takes any number.
fn of_count(function: &Function, count: usize) -> Result<Option<Arc<Function>>> {
    let callee = function.callee();
    match count.checked_sub(function.params().len()) {
        None => callee.with_fewer(count),
        Some(extra) if function.is_variadic() => {
            callee.with_variadic(&vec![Kind::Any.into(); extra]).map(Some)
        }
        Some(_) => Ok(None),
    }
}

#[cold]
fn variadic(types: &Types, id: TypeId) -> Error {
    let message = format!(
        "a callable given for C's {}: only C functions find the arguments behind `...`; give a \
         function of C, or its address",
        types.spell(id),
    );
    Error::unsupported(message)
}

#[cold]
fn other(function: &Function, types: &Types, id: TypeId) -> Error {
    let message = format!(
        "a callable that takes {} given for C's {}: take what C gives",
        function.signature(),
        types.spell(id),
    );
    Error::mismatch(message)
}

fn compile(
    function: &Arc<Function>,
    types: &Arc<Types>,
    wanted: &FunctionType,
    id: TypeId,
) -> Result<Closure> {
    let mut params = Vec::with_capacity(wanted.parameters.len());
    for (index, (info, id)) in function.param_types().iter().zip(&wanted.parameters).enumerate() {
        let ctype = CType::new(types, *id);
        check(info, &ctype, Direction::FromC)
            .map_err(|error| error.context(format_args!("the callable's parameter {index}")))?;
        let slot = function.params()[index].slot();
        let behind = wanted.parameters.get(index + 1).map(|id| CType::new(types, *id));
        let size_behind = behind.is_some_and(|ctype| function_pointer::is_size(&ctype));
        params.push(CallbackParam { size_behind, ..CallbackParam::new(info.r#type, ctype, slot) });
    }
    let returns = result(function, CType::new(types, wanted.returns))?;
    let native = types.lower_function(id)?;
    let follows_c_mapping = params.iter().chain(&returns).all(|param| param.plain)
        && params.len() == function.params().len()
        && returns.is_some() != function.returns().is_empty();
    let convention = wanted.convention;
    if follows_c_mapping {
        return c_mapping::export_as(function, &native.parameters, &native.returns, convention);
    }
    let inbound = CallableUpcall { function: function.clone(), params: params.into(), returns };
    Closure::new(&native.parameters, &native.returns, convention, Arc::new(inbound))
}

/// How the callable's return becomes the C function's.
fn result(function: &Function, ctype: CType) -> Result<Option<CallbackParam>> {
    match (function.return_types(), ctype.class) {
        (_, Representation::Void) => Ok(None),
        ([info], _) => {
            let kind = info.r#type.kind();
            if kind.is_text() || kind == Kind::Array {
                return Err(unowned(info.r#type));
            }
            check(info, &ctype, Direction::ToC)
                .map_err(|error| error.context("the callable's return"))?;
            Ok(Some(CallbackParam::new(info.r#type, ctype, function.returns()[0].slot())))
        }
        (returns, _) => Err(Error::mismatch(format!(
            "a callable of {} returns given where C expects one of type {}",
            returns.len(),
            ctype.spell()
        ))),
    }
}

/// One parameter, or the return.
pub(super) struct CallbackParam {
    r#type: Type,
    pub(super) ctype: CType,
    slot: usize,
    /// Whether the C value can be read or written as the kind's own C type.
    plain: bool,
    /// Whether it is text that C has, terminated by NUL.
    text: bool,
    /// Whether the next argument is how long it is at most.
    size_behind: bool,
}

impl CallbackParam {
    pub(super) fn new(r#type: Type, ctype: CType, slot: usize) -> CallbackParam {
        let kind = r#type.kind();
        let native = ctype.types.lower_parameter(ctype.id, Default::default());
        let pointer = matches!(ctype.class, Representation::Pointer(_))
            && matches!(kind, Kind::Size | Kind::Uint64 | Kind::Int64);
        let same = native.is_ok_and(|native| native == c_mapping::native(kind));
        let text = kind == Kind::String8 && matches!(ctype.class, Representation::Pointer(_));
        let plain = pointer || kind.is_scalar() && same;
        CallbackParam { r#type, ctype, slot, plain, text, size_behind: false }
    }
}

/// Runs a callable when C calls.
struct CallableUpcall {
    function: Arc<Function>,
    params: Box<[CallbackParam]>,
    returns: Option<CallbackParam>,
}

impl Handler for CallableUpcall {
    unsafe fn call(
        &self,
        scope: &CallScope,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> Result<()> {
        with_stack(self.function.frame_size(), |frame: *mut metaffi_slot| {
            // SAFETY: the closure was made for these C types, and the frame has the function's
            // layout.
            unsafe {
                for (index, param) in self.params.iter().enumerate() {
                    let from = arguments.get(index);
                    let slots = frame.add(param.slot);
                    if param.plain {
                        c_mapping::load(param.r#type.kind(), from, slots);
                    } else if param.text {
                        let size = param.size_behind.then(|| arguments.get(index + 1));
                        let most = size.map(|size| size.cast::<usize>().read());
                        borrow_text(from, most, slots).map_err(|error| argument(index, error))?;
                    } else {
                        self.take(scope, index, from, slots)?;
                    }
                }
                self.function.call(scope, frame)?;
                match &self.returns {
                    None => Ok(()),
                    Some(param) => give(scope, param, frame.add(param.slot), result),
                }
            }
        })
    }

    fn report(&self, failure: &Error) {
        self.function.callee().report(failure);
    }
}

impl CallableUpcall {
    /// Takes an argument that has to be converted; what is made for it ends with the call.
    #[inline(never)]
    unsafe fn take(
        &self,
        scope: &CallScope,
        index: usize,
        from: *const c_void,
        slots: *mut metaffi_slot,
    ) -> Result<()> {
        let param = &self.params[index];
        // SAFETY: C gave an argument of the parameter's type at `from`; `slots` are the
        // parameter's.
        unsafe {
            guarded(|| from_c(&param.ctype, from.cast(), param.r#type, slots))
                .map_err(|error| argument(index, error))?;
            clear_later(scope, param.r#type.kind(), slots);
        }
        Ok(())
    }
}

#[cold]
fn argument(index: usize, error: Error) -> Error {
    error.context(format_args!("argument {index} from C"))
}

/// Lends text of C's for the call, where it is: up to a zero, or so many bytes.
#[inline]
unsafe fn borrow_text(
    from: *const c_void,
    most: Option<usize>,
    slots: *mut metaffi_slot,
) -> Result<()> {
    // SAFETY: the caller has a pointer that is NULL or to such text, and two slots.
    unsafe {
        let data = from.cast::<*const c_char>().read();
        let mut length = 0;
        if memory::is_failure(data) {
            return Err(text::nowhere(data));
        }
        if !data.is_null() {
            length = most.map_or_else(|| libc::strlen(data), |most| libc::strnlen(data, most));
            let bytes = std::slice::from_raw_parts(data.cast::<u8>(), length);
            text::utf8(bytes).map_err(|error| {
                error.context("text from C (declare it as handle to get its bytes)")
            })?;
        }
        *slots = data.expose_provenance() as u64;
        *slots.add(1) = length as u64;
    }
    Ok(())
}

/// Stores the callable's return as the closure's result.
pub(super) unsafe fn give(
    scope: &CallScope,
    param: &CallbackParam,
    slots: *const metaffi_slot,
    result: *mut c_void,
) -> Result<()> {
    // SAFETY: the caller's slots hold a value of the type; the result has room.
    unsafe {
        let word = match param.plain {
            true => *slots,
            false => guarded(|| {
                if param.r#type.kind() == Kind::Any {
                    check_any(slots.cast(), &param.ctype)?;
                }
                to_c(scope, param.r#type, &param.ctype, slots)
            })
            .map_err(|error| error.context("the callback's return"))?,
        };
        match param.ctype.by_address() {
            true => store_word(&param.ctype, word, result.cast()),
            false => result.cast::<u64>().write_unaligned(word),
        }
        // C has a copy of it; what is behind a pointer stays.
        if !matches!(param.ctype.class, Representation::Pointer(_))
            && let Some(key) = returned_object(param, slots)
        {
            let _ = handle::free(key, HandleKind::Object);
        }
    }
    Ok(())
}

/// The object that a callback has returned, whose handle is its caller's.
unsafe fn returned_object(param: &CallbackParam, slots: *const metaffi_slot) -> Option<usize> {
    // SAFETY: the caller's slots hold a value of the type.
    unsafe {
        match param.r#type.kind() {
            Kind::Handle => Some(*slots as usize),
            Kind::Any => {
                let value = &*slots.cast::<metaffi_value>();
                (crate::value::kind_of(value).ok()? == Kind::Handle)
                    .then(|| value.data.object.addr())
            }
            _ => None,
        }
    }
}

/// Refuses a value that C could not use: text, which nobody would own and which ends here, and a
/// number where C takes the address of something.
unsafe fn check_any(value: *const metaffi_value, ctype: &CType) -> Result<()> {
    let Representation::Pointer(pointee) = ctype.class else { return Ok(()) };
    // SAFETY: the caller has a value, which is the callee's no more.
    let (value, kind) = unsafe { (value.read(), crate::value::kind_of(&*value)?) };
    if kind.is_text() || kind == Kind::Array {
        // SAFETY: as above; nobody looks at it any more.
        drop(unsafe { OwnedValue::from_raw(value) });
        return Err(unowned(kind));
    }
    if kind.is_scalar() && pointee.kind != PointeeKind::Unknown {
        return Err(Error::mismatch(format!(
            "a number given for C's {}: return a handle, or declare the return as size to give \
                 an address",
            ctype.spell()
        )));
    }
    Ok(())
}

#[cold]
fn unowned(what: impl std::fmt::Display) -> Error {
    let message = format!(
        "a callback cannot return {what} to C: nobody would own its memory; return a handle to \
         memory that you keep"
    );
    Error::mismatch(message)
}

#[cfg(test)]
#[path = "callback_tests.rs"]
mod tests;
