//! [`FrameLayout`]: where each argument and return sits in a call's frame.

use super::{Kind, Signature, Type};

/// How many eight-byte slots a value of the type takes in a frame.
pub fn slots_of(r#type: Type) -> usize {
    match r#type.kind() {
        Kind::String8 | Kind::String16 | Kind::String32 => 2,
        Kind::Any => 3,
        _ => 1,
    }
}

/// The first slot of each parameter and return: arguments first, then returns, without gaps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameLayout {
    params: Box<[usize]>,
    returns: Box<[usize]>,
    size: usize,
}

impl FrameLayout {
    /// The layout of a signature's frame.
    pub fn new(signature: &Signature) -> FrameLayout {
        let mut size = 0;
        let mut place = |r#type| {
            let slot = size;
            size += slots_of(r#type);
            slot
        };
        let params = signature.params.iter().map(|param| place(param.info.r#type)).collect();
        let returns = signature.returns.iter().map(|info| place(info.r#type)).collect();
        FrameLayout { params, returns, size }
    }

    /// The first slot of each parameter.
    pub fn params(&self) -> &[usize] {
        &self.params
    }

    /// The first slot of each return.
    pub fn returns(&self) -> &[usize] {
        &self.returns
    }

    /// The number of slots in all.
    pub fn size(&self) -> usize {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Parameter;

    #[test]
    fn every_kind_takes_its_slots() {
        let slots = |name| slots_of(Type::parse(name).unwrap());
        for name in ["bool", "int8", "float64", "size", "char32", "null", "handle", "callable"] {
            assert_eq!(slots(name), 1, "{name}");
        }
        for name in ["array", "string8_array", "any_array", "int64_packed_array"] {
            assert_eq!(slots(name), 1, "{name}");
        }
        for name in ["string8", "string16", "string32"] {
            assert_eq!(slots(name), 2, "{name}");
        }
        assert_eq!(slots("any"), 3);
    }

    #[test]
    fn an_any_takes_a_whole_value() {
        assert_eq!(slots_of(Kind::Any.into()) * 8, size_of::<crate::abi::metaffi_value>());
    }

    #[test]
    fn arguments_come_first_without_gaps() {
        let signature = Signature {
            params: [Kind::String8, Kind::Int64, Kind::Any].map(Parameter::from).into(),
            returns: vec![Kind::String16.into(), Kind::Bool.into()],
            variadic: false,
        };
        let layout = FrameLayout::new(&signature);
        assert_eq!(layout.params(), [0, 2, 3]);
        assert_eq!(layout.returns(), [6, 8]);
        assert_eq!(layout.size(), 9);
        assert_eq!(FrameLayout::new(&Signature::default()).size(), 0);
    }
}
