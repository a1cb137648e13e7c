//! [`Inferred`]: types as annotations declare them, read from what the support package says.

use serde::Deserialize;

use crate::error::{Error, Result, Status};
use crate::signature::{MAX_RANK, Parameter, Signature, Type, TypeInfo};

/// What a function's annotations say.
#[derive(Deserialize)]
pub struct Inferred {
    params: Vec<InferredValue>,
    returns: Vec<InferredValue>,
    variadic: bool,
}

/// A parameter, a return or an attribute.
#[derive(Deserialize)]
pub struct InferredValue {
    name: Option<String>,
    #[serde(rename = "type")]
    type_name: String,
    alias: Option<String>,
    rank: usize,
    optional: bool,
}

/// The value that JSON text of the support package spells.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        Error::new(Status::Internal, format!("the support package's answer: {error}: {text}"))
    })
}

/// The signature of a function, and how many of its parameters must be given.
pub type FunctionDeclaration = (Signature, usize);

impl Inferred {
    /// The signature, and how many of its parameters must be given.
    pub fn signature(&self) -> Result<FunctionDeclaration> {
        let params = self.params.iter().map(InferredValue::parameter).collect::<Result<_>>()?;
        let returns = self.returns.iter().map(InferredValue::info).collect::<Result<_>>()?;
        let required = self.params.iter().filter(|param| !param.optional).count();
        Ok((Signature { params, returns, variadic: self.variadic }, required))
    }
}

impl InferredValue {
    /// The type.
    pub fn info(&self) -> Result<TypeInfo> {
        let alias = self.alias.as_deref().map(Box::from);
        let dimensions = self.rank.min(MAX_RANK);
        Ok(TypeInfo { r#type: Type::parse(&self.type_name)?, alias, dimensions })
    }

    fn parameter(&self) -> Result<Parameter> {
        Ok(Parameter { name: self.name.as_deref().map(Box::from), info: self.info()? })
    }
}
