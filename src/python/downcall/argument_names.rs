//! [`ArgumentNames`]: what the parameters of a function are called, in as little memory as that takes.

use crate::signature::{Parameter, argument};

/// The names up to the last that is known, each ended by a NUL, which no name has; an empty one is none.
#[derive(Clone, Default)]
pub struct ArgumentNames(Option<Box<str>>);

impl ArgumentNames {
    /// No names.
    pub const NONE: ArgumentNames = ArgumentNames(None);

    /// Those of parameters.
    pub fn new(params: &[Parameter]) -> ArgumentNames {
        let known = params.iter().rposition(|param| param.name.is_some());
        let known = &params[..known.map_or(0, |last| last + 1)];
        let length =
            known.iter().map(|param| param.name.as_deref().map_or(1, |name| name.len() + 1));
        let mut names = String::with_capacity(length.sum());
        for param in known {
            names.push_str(param.name.as_deref().unwrap_or_default());
            names.push('\0');
        }
        ArgumentNames((!names.is_empty()).then(|| names.into_boxed_str()))
    }

    /// What a parameter is called, if that is known.
    pub fn get(&self, index: usize) -> Option<&str> {
        self.0.as_deref()?.split_terminator('\0').nth(index).filter(|name| !name.is_empty())
    }

    /// What messages call the argument at an index.
    pub fn argument(&self, index: usize) -> String {
        argument(index, self.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Kind;

    #[test]
    fn each_parameter_has_its_own_name_or_none() {
        let param =
            |name: Option<&str>| Parameter { name: name.map(Box::from), info: Kind::Int64.into() };
        let names = ArgumentNames::new(&[param(None), param(Some("b")), param(None)]);
        assert_eq!([0, 1, 2, 3].map(|index| names.get(index)), [None, Some("b"), None, None]);
        assert_eq!(names.argument(1), "argument 1 (b)");
        assert!(ArgumentNames::new(&[param(None)]).0.is_none());
    }
}
