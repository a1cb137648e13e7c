//! [`Binding`]: a C function's type and declared types, compiled into a call.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::function::CFunction;
use super::plan::CPlanParts;
use crate::backend::c::convert::{Direction, check, infer};
use crate::backend::c::data::ctype::CType;
use crate::backend::c::types::{FunctionType, TypeId, TypeKind as CKind, Types};
use crate::call::{Function, Plan, Userdata};
use crate::error::{Error, Result};
use crate::signature::{Kind, Parameter, Signature, TypeInfo};

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
        let parts = CPlanParts {
            types: self.types,
            id: self.id,
            function,
            signature: &signature,
            ctypes,
            result: CType::new(self.types, function.returns),
            as_declared,
        };
        let plan = parts.plan()?;
        let last = signature.is_variadic().then(Box::default);
        let (code, names, kept) = (self.code, self.names.cloned(), self.kept.cloned());
        let callee = CFunction { code, names, kept, plan, told: AtomicBool::new(false), last };
        Ok(Arc::new(Function::planned(signature, callee)))
    }
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
