//! [`Binding`]: a C function's type and declared types, compiled into a call.

use std::sync::Arc;

use super::convert::{Direction, check, infer};
use super::ctype::{CType, Class};
use super::function::{CFunction, Maker, Open, Outcome, Param, Quick, Variadic};
use super::types::{FunctionType, Kind as CKind, TypeId, Types};
use crate::call::interface::CallInterface;
use crate::call::native::NativeType;
use crate::call::{Function, Userdata, natural, register};
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::signature::{Kind, Parameter, Signature, Type, TypeInfo};

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
    /// What is kept as long as the function may be called; `None` if it is there for ever.
    pub kept: Option<&'a Arc<Userdata>>,
}

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

    /// The function with parameters of these C types.
    pub(super) fn with_types(
        &self,
        function: &Arc<FunctionType>,
        signature: Signature,
        ctypes: &[CType],
    ) -> Result<Arc<Function>> {
        self.compile(function, signature, ctypes, false)
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
        let unprototyped = function.variadic || function.unspecified;
        let types = signature.params.iter().map(|param| param.info.r#type);
        let chars = types.zip(&lowered).enumerate().fold(0, |chars, (index, (r#type, native))| {
            chars | u64::from(is_signed_char(r#type, native)) << (index % 64)
        });
        let registers = match unprototyped {
            // A variadic callee is told how many float registers are used, which thunks do not.
            true => None,
            false => {
                let returned = as_given(&signature, &returned);
                register::fast(self.code, &lowered, &returned, convention, chars)
            }
        };
        let layout = signature.layout();
        let params: Box<[Param]> = signature
            .params
            .iter()
            .zip(ctypes.iter().zip(&lowered))
            .zip(layout.params())
            .map(|((param, (ctype, native)), slot)| Param {
                name: param.name.clone(),
                r#type: param.info.r#type,
                slot: *slot,
                quick: match is_plain(param.info.r#type, native)
                    || registers.is_some() && is_signed_char(param.info.r#type, native)
                {
                    true => Quick::Slot,
                    false => Quick::of(param.info.r#type, ctype),
                },
                ctype: ctype.clone(),
            })
            .collect();
        let result = self.outcome(function, &signature, &returned, layout.returns())?;
        let plain = params.iter().all(|param| param.quick == Quick::Slot) && result.plain;
        let maker = match registers {
            Some(fast) => Maker::Registers(fast),
            None => {
                let fixed = function.variadic.then_some(function.parameters.len());
                let interface = CallInterface::new(&lowered, &returned, fixed, convention)?;
                Maker::Interface(Box::new(interface))
            }
        };
        let fixed = function.parameters.len();
        let behind = signature.params.iter().zip(ctypes).skip(fixed);
        // Known to be passed by value, they are no longer open.
        let undecided = |(param, ctype): (&Parameter, &CType)| {
            param.info.r#type.kind() == Kind::Handle && matches!(ctype.class, Class::Pointer(_))
        };
        let open = behind.clone().all(|(_, ctype)| !ctype.by_address())
            && behind.into_iter().any(undecided);
        let open = open.then(|| {
            let (types, function) = (self.types.clone(), function.clone());
            Box::new(Open { types, function, signature: signature.clone() })
        });
        let variadic = signature.variadic.then(|| Variadic {
            types: self.types.clone(),
            function: function.clone(),
            signature: signature.clone(),
            last: Lock::new(None),
        });
        let variadic = variadic.map(Box::new);
        if variadic.is_some() || open.is_some() {
            // They know the type's parts by their numbers.
            self.types.keep(self.id);
        }
        // A variadic callee is called otherwise than one with those fixed parameters.
        let mut natives = params.iter().zip(&lowered);
        let same = !unprototyped
            && result.plain
            && natives.all(|(param, native)| is_natural(param.r#type, native));
        let natural = as_declared || same;
        let (code, kept) = (self.code, self.kept.cloned());
        let callee =
            CFunction { code, kept, params, result, maker, plain, natural, variadic, open };
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
                let plain = is_plain(info.r#type, native) || is_char(info.r#type, native);
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

/// Whether a slot of the type is a code unit, for which C has an integer of its width and a sign.
fn is_char(r#type: Type, native: &NativeType) -> bool {
    matches!(
        (r#type.kind(), native),
        (Kind::Char8, NativeType::I8)
            | (Kind::Char16, NativeType::I16)
            | (Kind::Char32, NativeType::I32)
    )
}

fn is_signed_char(r#type: Type, native: &NativeType) -> bool {
    r#type.kind() == Kind::Char8 && *native == NativeType::I8
}

/// The C return type as the slot has it: without the sign that a code unit does not have.
fn as_given(signature: &Signature, returned: &NativeType) -> NativeType {
    match signature.returns.as_slice() {
        [info] if is_char(info.r#type, returned) => natural::native(info.r#type.kind()),
        _ => returned.clone(),
    }
}

/// Whether C has the type's natural C type.
pub(super) fn is_natural(r#type: Type, native: &NativeType) -> bool {
    let is_text = matches!(r#type.kind(), Kind::String8 | Kind::String16 | Kind::String32);
    is_plain(r#type, native) || is_text && *native == NativeType::Pointer
}

impl Variadic {
    /// The function with the declared types of its fixed parameters, and `extra` after them.
    pub(super) fn bind(
        &self,
        code: *const (),
        kept: Option<&Arc<Userdata>>,
        extra: &[Type],
    ) -> Result<Arc<Function>> {
        let fixed = self.signature.params.iter();
        let params: Vec<TypeInfo> = fixed
            .map(|param| param.info.clone())
            .chain(extra.iter().map(|r#type| (*r#type).into()))
            .collect();
        let names: Vec<_> = self.signature.params.iter().map(|param| param.name.clone()).collect();
        let id = self.types.function((*self.function).clone())?;
        let binding = Binding { types: &self.types, id, code, names: &names, kept };
        binding.bind(Some(&params), Some(&self.signature.returns))
    }
}

/// The function at an address, with the types inferred from its C type. It keeps `kept`.
pub fn imported(
    types: &Arc<Types>,
    id: TypeId,
    code: *const (),
    kept: Option<&Arc<Userdata>>,
) -> Result<Arc<Function>> {
    Binding { types, id, code, names: &[], kept }.bind(None, None)
}
