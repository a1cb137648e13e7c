//! [`Binding`]: a C function's type and declared types, compiled into a call.

use std::ptr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Weak};

use super::function::{self, CFunction, CParam, CPlan, ReturnPlan, WordPassing};
use crate::backend::c::convert::{Direction, check, infer};
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::types::{FunctionType, TypeId, TypeKind as CKind, Types};
use crate::call::plan::native_type::NativeType;
use crate::call::plan::scalar::ScalarRow;
use crate::call::{
    Digest, Function, Invocation, Plan, Userdata, WordsOfCall, c_mapping, registers,
};
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::signature::{Kind, Parameter, Signature, Type, TypeInfo};

/// The most arguments that a C function takes here.
pub const MOST_ARGUMENTS: usize = 128;

/// What parameters are called, as far as they are called anything: as the declaration has it.
pub type ParameterNames = Arc<[Option<Arc<str>>]>;

/// What a C function is bound with.
pub struct Binding<'a> {
    /// The arena of its type.
    pub types: &'a Arc<Types>,
    /// Its type.
    pub id: TypeId,
    /// Where it is.
    pub code: *const (),
    /// What its parameters are called, if it is declared.
    pub names: Option<&'a ParameterNames>,
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
        let mut signature = self.signature(&*self.function_type()?, None, None)?;
        let names = self.names.map(|names| &**names).unwrap_or_default();
        for (param, name) in signature.params.iter_mut().zip(names) {
            param.name = name.as_deref().map(Box::from);
        }
        Ok(signature)
    }

    fn function_type(&self) -> Result<Arc<FunctionType>> {
        match self.types.resolved(self.id) {
            CKind::Function(function) => Ok(function),
            _ => Err(Error::mismatch(format!("{} is no function type", self.types.spell(self.id)))),
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
            return Err(Error::invalid(format!(
                "{} parameters given, but C declares {least}{declared}",
                params.len()
            )));
        }
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
        let params = params.into_iter().map(Parameter::from).collect();
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
                // Whatever is given as an address.
                None if param.info.r#type.kind() == Kind::Any => {
                    CType::new(self.types, self.types.pointer(self.types.void()))
                }
                None => {
                    let id = super::c_mapping::c_type(self.types, &param.info)
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
    pub(in crate::backend::c) fn with_types(
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
            return Err(Error::unsupported(format!(
                "{} parameters; the most is {MOST_ARGUMENTS}",
                ctypes.len()
            )));
        }
        let signature = Plan::of(signature)?;
        let result = CType::new(self.types, function.returns);
        let digest = digest(&signature, function, ctypes, &result, as_declared);
        let is = |plan: &CPlan| {
            let ctypes = plan.params.iter().map(|param| &param.ctype).zip(ctypes);
            Arc::ptr_eq(&plan.signature, &signature)
                && plan.as_declared == as_declared
                && same_calls(&plan.function, function)
                && plan.result.ctype.is_known_as(&result)
                && ctypes.into_iter().all(|(one, other)| one.is_known_as(other))
        };
        let plan = match function::PLANS.find(digest, is) {
            Some(plan) => plan,
            None => {
                let made = self.plan(function, &signature, ctypes, (digest, as_declared))?;
                function::PLANS.add(digest, made)
            }
        };
        let last = signature.is_variadic().then(Box::default);
        let (code, names, kept) = (self.code, self.names.cloned(), self.kept.cloned());
        let callee = CFunction { code, names, kept, plan, told: AtomicBool::new(false), last };
        Ok(Arc::new(Function::planned(signature, callee)))
    }

    /// What calls of the type need that has these parts.
    fn plan(
        &self,
        function: &Arc<FunctionType>,
        signature: &Arc<Plan>,
        ctypes: &[CType],
        (digest, as_declared): (u64, bool),
    ) -> Result<CPlan> {
        let convention = function.convention;
        let lowered: Vec<NativeType> = ctypes
            .iter()
            .map(|ctype| ctype.types.lower_parameter(ctype.id, convention))
            .collect::<Result<_>>()?;
        let returned = self.types.lower_return(function.returns, convention)?;
        let unprototyped = function.variadic || function.unspecified;
        let types = signature.param_types().iter().map(|info| info.r#type);
        let chars =
            types.clone().zip(&lowered).enumerate().fold(0, |chars, (index, (r#type, native))| {
                chars | u64::from(index < 64 && is_signed_char(r#type, native)) << (index % 64)
            });
        let registers = match unprototyped {
            // A variadic callee is told how many float registers are used, which thunks do not.
            true => None,
            false => {
                let returned = as_given(signature, &returned);
                registers::fast(ptr::null(), &lowered, &returned, convention, chars)
            }
        };
        let places = types.zip(signature.params()).zip(ctypes.iter().zip(&lowered));
        let params: Box<[CParam]> = places
            .map(|((r#type, place), (ctype, native))| CParam {
                r#type,
                slot: place.slot(),
                words: match (registers, native.register_class()) {
                    (Some(_), None) => registers::slot_count(native).unwrap_or(0),
                    _ => 0,
                },
                quick: match is_plain(r#type, native)
                    || registers.is_some() && is_signed_char(r#type, native)
                {
                    true => WordPassing::Slot,
                    false => WordPassing::of(r#type, ctype),
                },
                ctype: ctype.clone(),
            })
            .collect();
        let result = self.outcome(function, signature, &returned)?;
        let words = params.iter().all(|param| param.quick == WordPassing::Slot);
        let word_count = params.iter().map(|param| param.words.max(1)).sum();
        let fixed = function.variadic.then_some(function.parameters.len());
        let maker = Invocation::new(registers, &lowered, &returned, fixed, convention)?
            .with_words(WordsOfCall { result: result.word().and_then(ScalarRow::of), chars });
        let behind = params.iter().skip(function.parameters.len());
        // Known to be passed by value, they are no longer open.
        let undecided = |param: &CParam| {
            param.r#type.kind() == Kind::Handle
                && matches!(param.ctype.class, Representation::Pointer(_))
        };
        let open = behind.clone().all(|param| !param.ctype.by_address())
            && behind.into_iter().any(undecided);
        // Functions with other parameters are made of the type later.
        let whole = (signature.is_variadic() || open).then(|| CType::new(self.types, self.id));
        // A variadic callee is called otherwise than one with those fixed parameters.
        let mut natives = params.iter().zip(&lowered);
        let same = !unprototyped
            && result.plain
            && natives.all(|(param, native)| is_mapped_type(param.r#type, native));
        let follows_c_mapping = as_declared || same;
        let (signature, function) = (signature.clone(), function.clone());
        Ok(CPlan {
            digest,
            signature,
            params,
            result,
            maker,
            words,
            word_count,
            as_declared,
            follows_c_mapping,
            function,
            whole,
            open,
            host: Lock::new(Weak::<()>::new()),
        })
    }

    fn outcome(
        &self,
        function: &FunctionType,
        signature: &Plan,
        native: &NativeType,
    ) -> Result<ReturnPlan> {
        let ctype = CType::new(self.types, function.returns);
        match signature.return_types() {
            [] => {
                let plain = ctype.class == Representation::Void;
                Ok(ReturnPlan { ctype, wanted: None, plain, object: false })
            }
            [info] => {
                check(info, &ctype, Direction::FromC).map_err(|error| error.context("return"))?;
                let plain = is_plain(info.r#type, native) || is_char(info.r#type, native);
                Ok(ReturnPlan {
                    object: info.r#type.kind() == Kind::Handle && ctype.is_settled(),
                    ctype,
                    wanted: Some((info.r#type, signature.returns()[0].slot())),
                    plain,
                })
            }
            several => Err(Error::invalid(format!(
                "{} return types given; a C function returns at most one",
                several.len()
            ))),
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
                && c_mapping::native(kind) == *native
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

/// The C return type as the slot has it: without the sign that a code unit does not have. What nobody
/// wants has no slot.
fn as_given(signature: &Plan, returned: &NativeType) -> NativeType {
    match signature.return_types() {
        [] if registers::slot_count(returned).is_some() => NativeType::Void,
        [info] if is_char(info.r#type, returned) => c_mapping::native(info.r#type.kind()),
        _ => returned.clone(),
    }
}

/// Whether C has the C type of the C mapping.
pub(in crate::backend::c) fn is_mapped_type(r#type: Type, native: &NativeType) -> bool {
    let is_text = matches!(r#type.kind(), Kind::String8 | Kind::String16 | Kind::String32);
    is_plain(r#type, native) || is_text && *native == NativeType::Pointer
}

/// Whether functions of the types are called alike, but for their parts.
fn same_calls(one: &FunctionType, other: &FunctionType) -> bool {
    one.convention == other.convention
        && (one.variadic, one.unspecified) == (other.variadic, other.unspecified)
        && one.parameters.len() == other.parameters.len()
}

fn digest(
    signature: &Arc<Plan>,
    function: &FunctionType,
    ctypes: &[CType],
    result: &CType,
    as_declared: bool,
) -> u64 {
    let flags = [function.variadic, function.unspecified, as_declared];
    let flags = flags.iter().fold(1, |flags, flag| flags << 1 | u64::from(*flag));
    let parts = Digest::EMPTY.word(Arc::as_ptr(signature).addr() as u64).word(flags);
    let ctypes = ctypes.iter().chain([result]).map(|ctype| u64::from(ctype.id.number()));
    ctypes.fold(parts, Digest::word).number()
}

/// The function at an address, with the types inferred from its C type. It keeps `kept`.
pub fn imported(
    types: &Arc<Types>,
    id: TypeId,
    code: *const (),
    kept: Option<&Arc<Userdata>>,
) -> Result<Arc<Function>> {
    Binding { types, id, code, names: None, kept }.bind(None, None)
}
