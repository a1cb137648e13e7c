use serde::Serialize;

use crate::signature::{Signature, TypeInfo};

/// Everything in a module that can be loaded; `docs/describe.md` is its schema as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// The runtime's name.
    pub runtime: &'static str,
    /// The module's path as it was loaded.
    pub module: String,
    /// Its entities, in the order of their names.
    pub entities: Vec<Entry>,
    /// The types that it declares, in the order of their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<DescribedType>,
    /// What it declares and the runtime does not support.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<UnsupportedName>,
}

/// A type that a module declares.
#[derive(Clone, Debug, Serialize)]
pub struct DescribedType {
    /// Its name as its language spells it, such as `struct point`.
    pub name: String,
    /// What it is.
    pub kind: DescribedTypeKind,
    /// Bytes of a value; absent of what is not defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<usize>,
    /// What addresses of values are multiples of; absent of what is not defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub align: Option<usize>,
    /// The members of a record, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<DescribedField>>,
    /// The constants of an enum, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constants: Option<Vec<DescribedConstant>>,
    /// What another name stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// What a described type is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DescribedTypeKind {
    /// Members one behind the other.
    Struct,
    /// Members in one place.
    Union,
    /// Named integers.
    Enum,
    /// Another name of a type.
    Typedef,
}

/// A member of a record.
#[derive(Clone, Debug, Serialize)]
pub struct DescribedField {
    /// Its name, and its type as it is read.
    #[serde(flatten)]
    pub variable: DescribedParameter,
    /// Bytes from the start of the record; of a bit-field, to the byte of its first bit.
    pub offset: usize,
    /// The first bit in that byte; absent of what is no bit-field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bit: Option<u32>,
    /// The number of bits; absent of what is no bit-field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// The members of a record without a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<DescribedField>>,
}

/// A constant of an enum.
#[derive(Clone, Debug, Serialize)]
pub struct DescribedConstant {
    /// Its name.
    pub name: String,
    /// Its value; text where JSON has no such number.
    pub value: serde_json::Value,
}

/// A name of which nothing can be loaded.
#[derive(Clone, Debug, Serialize)]
pub struct UnsupportedName {
    /// The name.
    pub name: String,
    /// Where it is declared, and why it is not supported.
    pub reason: String,
}

/// One thing that can be loaded.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// The entity path that loads it.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its parameters; absent where the guest does not declare any types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<Vec<DescribedParameter>>,
    /// Its returns; absent where the guest does not declare any types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returns: Option<Vec<DescribedParameter>>,
    /// Whether it takes more arguments than it declares.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub variadic: bool,
    /// How its own language declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declaration: Option<String>,
    /// A constant's value; text where JSON has no such number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// What its author says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
}

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Called with arguments.
    Function,
    /// Read and written.
    Global,
    /// Read only, known when it is loaded.
    Constant,
    /// Makes an object.
    Constructor,
    /// Called on an object.
    Method,
    /// Read and written on an object.
    Field,
}

/// A parameter or return.
#[derive(Clone, Debug, Serialize)]
pub struct DescribedParameter {
    /// The parameter's name, where the guest knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The type's name, such as `int64` or `float64_array`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The foreign type's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// An array's rank; absent where any will do.
    #[serde(skip_serializing_if = "is_zero")]
    pub dimensions: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl DescribedParameter {
    /// A variable of a declared type.
    pub fn new(name: Option<&str>, info: &TypeInfo) -> DescribedParameter {
        DescribedParameter {
            name: name.map(str::to_owned),
            type_name: info.r#type.to_string(),
            alias: info.alias.as_deref().map(str::to_owned),
            dimensions: info.dimensions,
        }
    }
}

impl Entry {
    /// An entry of which nothing but its path is known.
    pub fn new(path: String, kind: EntryKind) -> Entry {
        Entry {
            path,
            kind,
            params: None,
            returns: None,
            variadic: false,
            declaration: None,
            value: None,
            documentation: None,
        }
    }

    /// The entry with the types of a signature.
    #[must_use]
    pub fn with_signature(mut self, signature: &Signature) -> Entry {
        let param = |param: &crate::signature::Parameter| {
            DescribedParameter::new(param.name.as_deref(), &param.info)
        };
        self.params = Some(signature.params.iter().map(param).collect());
        self.returns = Some(
            signature.returns.iter().map(|info| DescribedParameter::new(None, info)).collect(),
        );
        self.variadic = signature.variadic;
        self
    }
}

/// A float as JSON, which has no number for what is not finite: that is text.
pub fn float_as_json(value: f64) -> serde_json::Value {
    match serde_json::Number::from_f64(value) {
        Some(number) => number.into(),
        None if value.is_nan() => "NaN".into(),
        None if value > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}
