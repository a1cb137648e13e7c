//! Values: tagged data that crosses the boundary, made, read, converted, copied and cleared.

pub mod array;
mod clear;
mod convert;
mod copy;
mod describe;
pub mod memory;
pub mod neutral;
mod new;
pub mod number;
mod owned;
#[cfg(test)]
mod testing;
pub mod text;

pub use clear::{clear, clear_later, clear_memory};
pub use convert::convert;
pub use copy::copy;
pub use describe::{describe, show};
pub use new::*;
pub use owned::OwnedValue;

use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::signature::{Kind, Type};

/// How deep arrays may be nested, in each other and in values of type any.
pub const MAX_DEPTH: usize = 64;

/// The type of a value; 0 is null. A value is never of type any: it has the type it is.
#[inline]
pub fn type_of(value: &metaffi_value) -> Result<Type> {
    if value.r#type == 0 {
        return Ok(Kind::Null.into());
    }
    let found = Type::new(value.r#type).map_err(|error| error.context("the value's type"))?;
    if found.kind() == Kind::Any {
        let message = "a value's own type cannot be any; give it the type of what it holds";
        return Err(Error::invalid(message));
    }
    Ok(found)
}

/// How a value is held.
#[inline]
pub fn kind_of(value: &metaffi_value) -> Result<Kind> {
    type_of(value).map(Type::kind)
}

/// The depth of what sits in an array at `depth`; refuses what is nested too deep to walk.
fn deeper(depth: usize) -> Result<usize> {
    if depth < MAX_DEPTH {
        return Ok(depth + 1);
    }
    Err(Error::invalid(format!(
        "arrays and collections are nested more than {MAX_DEPTH} deep; one may contain itself"
    )))
}

#[cold]
fn unconvertible(from: impl std::fmt::Display, to: impl std::fmt::Display) -> Error {
    Error::mismatch(format!("{from} given for {to}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi;

    #[test]
    fn the_type_of_a_value_is_checked() {
        assert_eq!(kind_of(&zero(Kind::Int8.into())).unwrap(), Kind::Int8);
        assert_eq!(kind_of(&metaffi_value { r#type: 0, ..null() }).unwrap(), Kind::Null);
        let any = metaffi_value { r#type: abi::metaffi_any_type, ..null() };
        assert!(kind_of(&any).unwrap_err().message().contains("cannot be any"));
        let both = metaffi_value { r#type: 3, ..null() };
        assert!(kind_of(&both).unwrap_err().message().starts_with("the value's type: 3 is not"));
    }
}
