//! [`Signature`]: what an entity or a callable takes and gives back.

mod frame;
mod info;
mod kind;
mod types;

use std::fmt;

pub use frame::{FrameLayout, slots_of};
pub use info::{MAX_RANK, SURROGATEPASS, TypeInfo};
pub use kind::Kind;
pub use types::Type;

/// One parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Its name, where the guest knows one.
    pub name: Option<Box<str>>,
    /// Its type.
    pub info: TypeInfo,
}

impl Parameter {
    /// What messages call the argument at that index.
    pub fn argument(&self, index: usize) -> String {
        argument(index, self.name.as_deref())
    }
}

/// What messages call the argument at an index, for a parameter of that name.
pub fn argument(index: usize, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("argument {index} ({name})"),
        None => format!("argument {index}"),
    }
}

impl<T: Into<TypeInfo>> From<T> for Parameter {
    fn from(info: T) -> Parameter {
        Parameter { name: None, info: info.into() }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}: {}", self.info),
            None => self.info.fmt(f),
        }
    }
}

/// The ordered parameters and returns of an entity or a callable.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Signature {
    /// What it takes.
    pub params: Vec<Parameter>,
    /// What it gives back.
    pub returns: Vec<TypeInfo>,
    /// Whether more arguments may follow the parameters.
    pub variadic: bool,
}

impl Signature {
    /// The layout of its frame.
    pub fn layout(&self) -> FrameLayout {
        FrameLayout::new(self)
    }
}

/// `(a: int64, b: string8, ...) -> (float64)`
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        list(f, &self.params)?;
        match (self.variadic, self.params.is_empty()) {
            (false, _) => {}
            (true, true) => f.write_str("...")?,
            (true, false) => f.write_str(", ...")?,
        }
        f.write_str(") -> (")?;
        list(f, &self.returns)?;
        f.write_str(")")
    }
}

fn list(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_reads_like_one() {
        let named =
            |name: &str, kind: Kind| Parameter { name: Some(name.into()), info: kind.into() };
        let mut signature = Signature {
            params: vec![named("a", Kind::Int64), named("b", Kind::String8)],
            returns: vec![Kind::Float64.into()],
            variadic: false,
        };
        assert_eq!(signature.to_string(), "(a: int64, b: string8) -> (float64)");
        signature.variadic = true;
        signature.returns.push(Kind::Bool.into());
        assert_eq!(signature.to_string(), "(a: int64, b: string8, ...) -> (float64, bool)");
        assert_eq!(Signature::default().to_string(), "() -> ()");
        let variadic = Signature { variadic: true, ..Signature::default() };
        assert_eq!(variadic.to_string(), "(...) -> ()");
        assert_eq!(Parameter::from(Kind::Any).to_string(), "any");
    }
}
