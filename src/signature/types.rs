//! [`Type`]: a checked `metaffi_type`, and its names.

use std::fmt;

use super::kind::{KINDS, Kind};
use crate::error::{Error, Result};
use crate::{abi, suggest};

/// A type that has been checked: exactly one of the types of `abi`, possibly as an array, and
/// if so possibly packed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Type(u64);

impl Type {
    /// Any array: of whatever elements the array itself says.
    pub const ARRAY: Type = Type(abi::metaffi_array_type);

    /// The type of a number from C.
    #[inline]
    pub fn new(number: abi::metaffi_type) -> Result<Type> {
        let (flags, base) = split(number);
        let valid = match Kind::of(base) {
            Some(Kind::Null) => flags == 0,
            Some(kind) => kind.is_element() && flags != abi::metaffi_packed_type,
            None => base == 0 && flags == abi::metaffi_array_type,
        };
        if valid { Ok(Type(number)) } else { Err(invalid(number)) }
    }

    /// The type of a name: `int64`, `float64_array`, `uint8_packed_array`, `array`; also as C
    /// spells them, `metaffi_int64_type`.
    pub fn parse(name: &str) -> Result<Type> {
        let short = name.trim();
        let short = short
            .strip_prefix("metaffi_")
            .and_then(|rest| rest.strip_suffix("_type"))
            .unwrap_or(short);
        Type::named(short).ok_or_else(|| unknown(name, short))
    }

    /// Every type there is.
    pub fn all() -> impl Iterator<Item = Type> {
        let array = abi::metaffi_array_type;
        Kind::elements()
            .flat_map(move |kind| {
                [0, array, array | abi::metaffi_packed_type].map(|flags| Type(kind as u64 | flags))
            })
            .chain([Kind::Null.into(), Type::ARRAY])
    }

    fn named(name: &str) -> Option<Type> {
        let (base, flags) = if let Some(base) = name.strip_suffix("_packed_array") {
            (base, abi::metaffi_array_type | abi::metaffi_packed_type)
        } else if let Some(base) = name.strip_suffix("_array") {
            (base, abi::metaffi_array_type)
        } else {
            (name, 0)
        };
        let (kind, _) = KINDS.into_iter().find(|(_, known)| *known == base)?;
        (flags == 0 || kind.is_element()).then_some(Type(kind as u64 | flags))
    }

    /// The number that C knows it by.
    pub const fn number(self) -> abi::metaffi_type {
        self.0
    }

    /// How values of this type are held; `Kind::Array` for every array.
    #[inline(always)]
    pub fn kind(self) -> Kind {
        match self.is_array() {
            true => Kind::Array,
            // SAFETY: without those of arrays, a type has the bit of one kind.
            false => unsafe { Kind::of(self.0).unwrap_unchecked() },
        }
    }

    /// Whether it is an array.
    #[inline(always)]
    pub const fn is_array(self) -> bool {
        self.0 & abi::metaffi_array_type != 0
    }

    /// Whether it is an array declared to be contiguous.
    pub const fn is_packed(self) -> bool {
        self.0 & abi::metaffi_packed_type != 0
    }

    /// What it is an array of, if it is one and says so.
    #[inline]
    pub fn element(self) -> Option<Type> {
        let (flags, base) = split(self.0);
        (flags != 0 && base != 0).then_some(Type(base))
    }

    /// The array of this type; an array's array is again that array, of more dimensions.
    /// `None` for null, of which there is no array.
    #[inline]
    pub fn array(self) -> Option<Type> {
        let unpacked = self.0 & !abi::metaffi_packed_type;
        (self.kind() != Kind::Null).then_some(Type(unpacked | abi::metaffi_array_type))
    }
}

impl From<Kind> for Type {
    #[inline]
    fn from(kind: Kind) -> Type {
        Type(kind as u64)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(element) = self.element() else { return f.write_str(self.kind().name()) };
        let suffix = if self.is_packed() { "_packed_array" } else { "_array" };
        write!(f, "{}{suffix}", element.kind().name())
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The array and packed flags of a number, and the rest of it.
#[inline]
const fn split(number: u64) -> (u64, u64) {
    let flags = abi::metaffi_array_type | abi::metaffi_packed_type;
    (number & flags, number & !flags)
}

#[cold]
fn invalid(number: u64) -> Error {
    let (flags, base) = split(number);
    let what = match base.count_ones() {
        0 if flags == 0 => "no type at all".to_owned(),
        0 => "packed without the type of its elements".to_owned(),
        1 if base == abi::metaffi_null_type => "null, of which there is no array".to_owned(),
        1 if Kind::of(base).is_some() => "packed, but not an array".to_owned(),
        1 => "a flag that no type has".to_owned(),
        _ => {
            let set = KINDS.into_iter().filter(|(kind, _)| base & *kind as u64 != 0);
            let names: Vec<_> = set.map(|(_, name)| name).collect();
            format!("several types at once ({})", names.join(", "))
        }
    };
    Error::invalid(format!(
        "{number} is not a type: it is {what}; pass one metaffi_…_type, with \
             metaffi_array_type added for an array"
    ))
}

#[cold]
fn unknown(name: &str, short: &str) -> Error {
    let names = KINDS.map(|(_, name)| name);
    let base = short.trim_end_matches("_array").trim_end_matches("_packed");
    let close = suggest::hint(base, names);
    Error::not_found(format!(
        "no type is named \"{name}\"{close}; the types are {}, and of all but null and array \
             also …_array and …_packed_array",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn every_type_round_trips_through_its_number_and_names() {
        assert_eq!(Type::all().count(), 34 * 3 + 2);
        for each in Type::all() {
            assert_eq!(Type::new(each.number()).unwrap(), each);
            assert_eq!(Type::parse(&each.to_string()).unwrap(), each);
            assert_eq!(Type::parse(&format!("metaffi_{each}_type")).unwrap(), each);
        }
        assert_eq!(
            Type::new(abi::metaffi_uint8_packed_array_type).unwrap().to_string(),
            "uint8_packed_array"
        );
    }

    #[test]
    fn only_those_numbers_are_types() {
        let legal: Vec<u64> = Type::all().map(Type::number).collect();
        for low in 0..46 {
            for high in low..46 {
                let number = 1u64 << low | 1 << high;
                assert_eq!(Type::new(number).is_ok(), legal.contains(&number), "{number}");
            }
        }
    }

    #[test]
    fn a_bad_number_says_why() {
        let message = |number| {
            let error = Type::new(number).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument);
            error.message().to_owned()
        };
        assert!(message(0).contains("no type at all"));
        assert!(message(33).contains("several types at once (float64, int64)"));
        assert!(message(abi::metaffi_packed_type).contains("packed without"));
        assert!(message(abi::metaffi_packed_type | 32).contains("packed, but not an array"));
        assert!(
            message(abi::metaffi_null_type | abi::metaffi_array_type).contains("null, of which")
        );
        assert!(message(2048).contains("a flag that no type has"));
    }

    #[test]
    fn an_unknown_name_is_not_found_with_a_hint() {
        for (name, close) in
            [("in64", "int64"), ("sting8_array", "string8"), ("metaffi_flaot64_type", "float64")]
        {
            let error = Type::parse(name).unwrap_err();
            assert_eq!(error.status(), Status::NotFound);
            assert!(error.message().contains(&format!("did you mean \"{close}\"")), "{error}");
            assert!(error.message().contains("char32"), "{error}");
        }
        for name in ["", "null_array", "array_array", "metaffi_int64", "int64_type", "_array"] {
            assert_eq!(Type::parse(name).unwrap_err().status(), Status::NotFound, "{name}");
        }
    }

    #[test]
    fn arrays_know_their_elements() {
        let matrix = Type::parse("float64_packed_array").unwrap();
        assert!(matrix.is_array() && matrix.is_packed());
        assert_eq!(matrix.kind(), Kind::Array);
        assert_eq!(matrix.element(), Some(Kind::Float64.into()));
        assert_eq!(Type::from(Kind::Float64).array(), Type::parse("float64_array").ok());
        assert_eq!(matrix.array(), Type::parse("float64_array").ok());
        assert_eq!(Type::ARRAY.element(), None);
        assert_eq!(Type::ARRAY.array(), Some(Type::ARRAY));
        assert_eq!(Type::from(Kind::Null).array(), None);
        assert_eq!(Type::from(Kind::Int8).element(), None);
    }
}
