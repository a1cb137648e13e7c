//! [`CFunction`]: calls of C functions of any type.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::{Arc, Mutex, PoisonError};

use super::cdata::CData;
use super::convert::{self, Direction, check, from_c, infer, to_c};
use super::ctype::{CType, Class};
use super::errno;
use super::types::{FunctionType, Kind as CKind, TypeId, Types};
use crate::abi::{metaffi_handle_type, metaffi_slot};
use crate::call::interface::CallInterface;
use crate::call::native::NativeType;
use crate::call::{Callee, Function, guarded, natural, register, with_stack};
use crate::error::{Error, Result, Status};
use crate::handle::Direct;
use crate::handle::pin::Use;
use crate::signature::{Parameter, Signature, Type, TypeInfo};

/// The most arguments that a C function takes here.
pub const MOST_ARGUMENTS: usize = 128;

/// What a C function is bound with.
pub struct Binding<'a> {
    /// The arena of its type.
    pub types: &'a Arc<Types>,
    /// Its type.
    pub id: TypeId,
    /// Where it is.
    pub code: *const (),
    /// The names of its parameters, as far as they are known.
    pub names: &'a [Option<Box<str>>],
}

/// A C function with the conversions of its arguments and its result.
struct CFunction {
    code: *const (),
    params: Box<[Param]>,
    result: Outcome,
    maker: Maker,
    plain: Option<Direct>,
    /// Whether the signature's natural C types are those of the C function.
    natural: bool,
    variadic: Option<Variadic>,
}

struct Param {
    r#type: Type,
    ctype: CType,
    slot: usize,
    /// Whether the slot is the word.
    plain: bool,
    by_address: bool,
}

impl Param {
    /// The word of an argument that needs no conversion: a plain slot, or an object of exactly
    /// the type that is passed by value.
    #[inline(always)]
    fn quick_word(&self, span: Use, slot: u64) -> Option<u64> {
        if self.plain {
            return Some(slot);
        }
        if !self.by_address || self.r#type.number() != metaffi_handle_type {
            return None;
        }
        let object = span.get::<CData>(slot as usize).ok()?;
        if !object.ctype().is(&self.ctype) {
            return None;
        }
        let memory = object.memory(span).ok()?;
        Some(memory.address().expose_provenance() as u64)
    }
}

struct Outcome {
    ctype: CType,
    /// What is made of the result, and in which slot; `None` if nobody wants it.
    wanted: Option<(Type, usize)>,
    plain: bool,
}

/// How the call itself is made.
enum Maker {
    /// All words, in registers.
    Registers(Direct),
    /// By libffi.
    Interface(CallInterface),
}

struct Variadic {
    types: Arc<Types>,
    function: Arc<FunctionType>,
    signature: Signature,
    /// The last one made, since calls in a loop have the same types.
    last: Mutex<Option<(Vec<Type>, Arc<Function>)>>,
}

// SAFETY: the pointer is code, which stays loaded.
unsafe impl Send for CFunction {}
// SAFETY: as above.
unsafe impl Sync for CFunction {}

impl Binding<'_> {
    /// Binds the function to declared types; those not declared are inferred.
    pub fn bind(
        &self,
        params: Option<&[TypeInfo]>,
        returns: Option<&[TypeInfo]>,
    ) -> Result<Arc<Function>> {
        let function = self.function_type()?;
        let signature = self.signature(&function, params, returns)?;
        let ctypes = self.parameter_types(&function, &signature)?;
        let as_declared = params.is_none() && returns.is_none();
        self.compile(&function, signature, &ctypes, as_declared)
    }

    /// The signature that it has when nothing is declared.
    pub fn inferred(&self) -> Result<Signature> {
        self.signature(&*self.function_type()?, None, None)
    }

    fn function_type(&self) -> Result<Arc<FunctionType>> {
        match self.types.resolved(self.id) {
            CKind::Function(function) => Ok(function),
            _ => Err(Error::new(
                Status::TypeMismatch,
                format!("{} is no function type", self.types.spell(self.id)),
            )),
        }
    }

    /// The signature that a call has: declared types are kept, others inferred.
    fn signature(
        &self,
        function: &FunctionType,
        params: Option<&[TypeInfo]>,
        returns: Option<&[TypeInfo]>,
    ) -> Result<Signature> {
        let declared = function.parameters.len();
        let open = function.variadic || function.unspecified;
        if let Some(params) = params
            && (params.len() < declared || params.len() > declared && !open)
        {
            let least = if open { "at least " } else { "" };
            return Err(Error::new(
                Status::InvalidArgument,
                format!("{} parameters given, but C declares {least}{declared}", params.len()),
            ));
        }
        let name = |index: usize| self.names.get(index).cloned().flatten();
        let params = match params {
            Some(params) => params.to_vec(),
            None => function
                .parameters
                .iter()
                .filter_map(|id| infer(&CType::new(self.types, *id), Direction::ToC))
                .collect(),
        };
        let returns = match returns {
            Some(returns) => returns.to_vec(),
            None => infer(&CType::new(self.types, function.returns), Direction::FromC)
                .into_iter()
                .collect(),
        };
        let variadic = open && params.len() == declared;
        let params = params.into_iter().enumerate();
        let params = params.map(|(index, info)| Parameter { name: name(index), info }).collect();
        Ok(Signature { params, returns, variadic })
    }

    /// The C type of every parameter: the declared one, or for a variadic one what its type
    /// becomes by C's promotions.
    fn parameter_types(
        &self,
        function: &FunctionType,
        signature: &Signature,
    ) -> Result<Vec<CType>> {
        let mut ctypes = Vec::with_capacity(signature.params.len());
        for (index, param) in signature.params.iter().enumerate() {
            let ctype = match function.parameters.get(index) {
                Some(id) => CType::new(self.types, *id),
                None => {
                    let id = super::natural::c_type(self.types, &param.info)
                        .map_err(|error| error.context(format_args!("parameter {index}")))?;
                    CType::new(self.types, self.types.promoted(id))
                }
            };
            check(&param.info, &ctype, Direction::ToC)
                .map_err(|error| error.context(format_args!("parameter {index}")))?;
            ctypes.push(ctype);
        }
        Ok(ctypes)
    }

    fn compile(
        &self,
        function: &Arc<FunctionType>,
        signature: Signature,
        ctypes: &[CType],
        as_declared: bool,
    ) -> Result<Arc<Function>> {
        if ctypes.len() > MOST_ARGUMENTS {
            return Err(Error::new(
                Status::Unsupported,
                format!("{} parameters; the most is {MOST_ARGUMENTS}", ctypes.len()),
            ));
        }
        let convention = function.convention;
        let lowered: Vec<NativeType> = ctypes
            .iter()
            .map(|ctype| ctype.types.lower_parameter(ctype.id, convention))
            .collect::<Result<_>>()?;
        let returned = self.types.lower_return(function.returns, convention)?;
        let layout = signature.layout();
        let infos = signature.params.iter().map(|param| param.info.r#type);
        let params: Box<[Param]> = infos
            .zip(ctypes.iter().zip(&lowered))
            .zip(layout.params())
            .map(|((r#type, (ctype, native)), slot)| Param {
                r#type,
                ctype: ctype.clone(),
                slot: *slot,
                plain: is_plain(r#type, native),
                by_address: ctype.by_address(),
            })
            .collect();
        let result = self.outcome(function, &signature, &returned, layout.returns())?;
        let open = function.variadic || function.unspecified;
        let registers = match open {
            // A variadic callee is told how many float registers are used, which thunks do not.
            true => None,
            false => register::direct(self.code, &lowered, &returned, convention),
        };
        let all_plain = params.iter().all(|param| param.plain) && result.plain;
        let plain = registers.filter(|_| all_plain);
        let maker = match registers {
            Some(direct) => Maker::Registers(direct),
            None => {
                let fixed = function.variadic.then_some(function.parameters.len());
                Maker::Interface(CallInterface::new(&lowered, &returned, fixed, convention)?)
            }
        };
        let variadic = signature.variadic.then(|| Variadic {
            types: self.types.clone(),
            function: function.clone(),
            signature: signature.clone(),
            last: Mutex::new(None),
        });
        // A variadic callee is called otherwise than one with those fixed parameters.
        let mut natives = params.iter().zip(&lowered);
        let same = !open
            && result.plain
            && natives.all(|(param, native)| is_natural(param.r#type, native));
        let natural = as_declared || same;
        let callee = CFunction { code: self.code, params, result, maker, plain, natural, variadic };
        Ok(Arc::new(Function::new(signature, callee)?))
    }

    fn outcome(
        &self,
        function: &FunctionType,
        signature: &Signature,
        native: &NativeType,
        slots: &[usize],
    ) -> Result<Outcome> {
        let ctype = CType::new(self.types, function.returns);
        match signature.returns.as_slice() {
            [] => Ok(Outcome { plain: ctype.class == Class::Void, ctype, wanted: None }),
            [info] => {
                check(info, &ctype, Direction::FromC).map_err(|error| error.context("return"))?;
                let plain = is_plain(info.r#type, native);
                Ok(Outcome { ctype, wanted: Some((info.r#type, slots[0])), plain })
            }
            several => Err(Error::new(
                Status::InvalidArgument,
                format!("{} return types given; a C function returns at most one", several.len()),
            )),
        }
    }
}

/// Whether a slot of the type is the C value's register.
fn is_plain(r#type: Type, native: &NativeType) -> bool {
    use crate::signature::Kind;
    let kind = r#type.kind();
    match native {
        NativeType::Pointer => matches!(kind, Kind::Size | Kind::Uint64 | Kind::Int64),
        NativeType::U64 => matches!(kind, Kind::Uint64 | Kind::Size),
        _ => {
            !matches!(kind, Kind::Handle | Kind::Callable | Kind::Array | Kind::Any | Kind::Null)
                && natural::native(kind) == *native
        }
    }
}

/// Whether C has the type's natural C type.
pub(super) fn is_natural(r#type: Type, native: &NativeType) -> bool {
    use crate::signature::Kind;
    let is_text = matches!(r#type.kind(), Kind::String8 | Kind::String16 | Kind::String32);
    is_plain(r#type, native) || is_text && *native == NativeType::Pointer
}

impl Callee for CFunction {
    unsafe fn call(&self, span: Use, frame: *mut metaffi_slot) -> Result<()> {
        if let Some(direct) = self.plain {
            // SAFETY: every slot is a register's word, the result's follows the last argument.
            unsafe { (direct.thunk)(direct.code, frame, direct.order) };
            return Ok(());
        }
        let count = self.params.len();
        with_stack::<u64, _>(count + 1, |words| {
            // SAFETY: the frame has the layout of the signature, and the stack room for a word of
            // each argument and of the result.
            unsafe {
                for (index, param) in self.params.iter().enumerate() {
                    let slots = frame.add(param.slot);
                    let word = match param.quick_word(span, *slots) {
                        Some(word) => word,
                        None => self.word(span, index, slots)?,
                    };
                    words.add(index).write(word);
                }
                match &self.maker {
                    Maker::Registers(direct) => {
                        (direct.thunk)(direct.code, words, direct.order);
                        self.finish(words.add(count).cast(), frame)
                    }
                    Maker::Interface(interface) => self.interpret(span, interface, words, frame),
                }
            }
        })
    }

    fn direct(&self) -> Option<Direct> {
        self.plain
    }

    fn symbol(&self) -> Option<*const ()> {
        self.natural.then_some(self.code)
    }

    fn with_variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let Some(variadic) = &self.variadic else {
            return Err(Error::new(Status::Unsupported, "this C function is not variadic"));
        };
        let mut last = variadic.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((types, function)) = &*last
            && types == extra
        {
            return Ok(function.clone());
        }
        let function = variadic.bind(self.code, extra)?;
        *last = Some((extra.to_vec(), function.clone()));
        Ok(function)
    }
}

impl CFunction {
    /// The word of an argument that is not one already.
    #[inline(never)]
    unsafe fn word(&self, span: Use, index: usize, slots: *const metaffi_slot) -> Result<u64> {
        let param = &self.params[index];
        // SAFETY: the slots hold a value of the parameter's type.
        guarded(|| unsafe { to_c(span, param.r#type, &param.ctype, slots) })
            .map_err(|error| error.context(format_args!("argument {index}")))
    }

    /// Calls through libffi.
    unsafe fn interpret(
        &self,
        span: Use,
        interface: &CallInterface,
        words: *mut u64,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        let size = interface.return_size();
        // SAFETY: a word is an argument's value, or the address of its bytes.
        with_stack::<*mut c_void, _>(self.params.len(), |arguments| unsafe {
            for (index, param) in self.params.iter().enumerate() {
                let word = words.add(index);
                arguments.add(index).write(match param.by_address {
                    true => std::ptr::with_exposed_provenance_mut(*word as usize),
                    false => word.cast(),
                });
            }
            let mut small = [const { MaybeUninit::<u64>::uninit() }; 8];
            let result: *mut u64 = match size <= size_of_val(&small) {
                true => small.as_mut_ptr().cast(),
                false => convert::scratch(span, size)?.cast(),
            };
            interface.call(self.code.cast(), result.cast(), arguments);
            self.finish(result, frame)
        })
    }

    /// Puts the result where the caller wants it; `errno` stays as the callee left it.
    #[inline(always)]
    unsafe fn finish(&self, result: *const u64, frame: *mut metaffi_slot) -> Result<()> {
        let Some((r#type, slot)) = self.result.wanted else { return Ok(()) };
        // SAFETY: the result is a value of the C type; the frame has the slot.
        unsafe {
            if self.result.plain {
                natural::load(r#type.kind(), result.cast(), frame.add(slot));
                return Ok(());
            }
            let saved = errno::get();
            let converted =
                guarded(|| from_c(&self.result.ctype, result.cast(), r#type, frame.add(slot)));
            errno::set(saved);
            converted.map_err(|error| error.context("return value"))
        }
    }
}

impl Variadic {
    /// The function with the declared types of its fixed parameters, and `extra` after them.
    fn bind(&self, code: *const (), extra: &[Type]) -> Result<Arc<Function>> {
        let fixed = self.signature.params.iter();
        let params: Vec<TypeInfo> = fixed
            .map(|param| param.info.clone())
            .chain(extra.iter().map(|r#type| (*r#type).into()))
            .collect();
        let names: Vec<_> = self.signature.params.iter().map(|param| param.name.clone()).collect();
        let id = self.types.function((*self.function).clone())?;
        let binding = Binding { types: &self.types, id, code, names: &names };
        binding.bind(Some(&params), Some(&self.signature.returns))
    }
}

/// The function at an address, with the types inferred from its C type.
pub fn imported(types: &Arc<Types>, id: TypeId, code: *const ()) -> Result<Arc<Function>> {
    Binding { types, id, code, names: &[] }.bind(None, None)
}
