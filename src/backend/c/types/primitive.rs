//! [`Primitive`]: the types C spells with keywords.

use super::target;

/// A type without parts. Each is distinct, also where two have the same size.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Primitive {
    /// `void`
    Void,
    /// `_Bool`
    Bool,
    /// `char`
    Char,
    /// `signed char`
    SignedChar,
    /// `unsigned char`
    UnsignedChar,
    /// `short`
    Short,
    /// `unsigned short`
    UnsignedShort,
    /// `int`
    Int,
    /// `unsigned int`
    UnsignedInt,
    /// `long`
    Long,
    /// `unsigned long`
    UnsignedLong,
    /// `long long`
    LongLong,
    /// `unsigned long long`
    UnsignedLongLong,
    /// `__int128`
    Int128,
    /// `unsigned __int128`
    UnsignedInt128,
    /// `wchar_t`
    WChar,
    /// `char16_t`
    Char16,
    /// `char32_t`
    Char32,
    /// `_Float16`
    Float16,
    /// `float`
    Float,
    /// `double`
    Double,
    /// `long double`
    LongDouble,
    /// `_Float128`
    Float128,
    /// `_Complex float`
    ComplexFloat,
    /// `_Complex double`
    ComplexDouble,
    /// `_Complex long double`
    ComplexLongDouble,
}

impl Primitive {
    /// Every primitive.
    pub const ALL: [Primitive; 26] = [
        Primitive::Void,
        Primitive::Bool,
        Primitive::Char,
        Primitive::SignedChar,
        Primitive::UnsignedChar,
        Primitive::Short,
        Primitive::UnsignedShort,
        Primitive::Int,
        Primitive::UnsignedInt,
        Primitive::Long,
        Primitive::UnsignedLong,
        Primitive::LongLong,
        Primitive::UnsignedLongLong,
        Primitive::Int128,
        Primitive::UnsignedInt128,
        Primitive::WChar,
        Primitive::Char16,
        Primitive::Char32,
        Primitive::Float16,
        Primitive::Float,
        Primitive::Double,
        Primitive::LongDouble,
        Primitive::Float128,
        Primitive::ComplexFloat,
        Primitive::ComplexDouble,
        Primitive::ComplexLongDouble,
    ];

    /// The type as C text.
    pub const fn name(self) -> &'static str {
        match self {
            Primitive::Void => "void",
            Primitive::Bool => "_Bool",
            Primitive::Char => "char",
            Primitive::SignedChar => "signed char",
            Primitive::UnsignedChar => "unsigned char",
            Primitive::Short => "short",
            Primitive::UnsignedShort => "unsigned short",
            Primitive::Int => "int",
            Primitive::UnsignedInt => "unsigned int",
            Primitive::Long => "long",
            Primitive::UnsignedLong => "unsigned long",
            Primitive::LongLong => "long long",
            Primitive::UnsignedLongLong => "unsigned long long",
            Primitive::Int128 => "__int128",
            Primitive::UnsignedInt128 => "unsigned __int128",
            Primitive::WChar => "wchar_t",
            Primitive::Char16 => "char16_t",
            Primitive::Char32 => "char32_t",
            Primitive::Float16 => "_Float16",
            Primitive::Float => "float",
            Primitive::Double => "double",
            Primitive::LongDouble => "long double",
            Primitive::Float128 => "_Float128",
            Primitive::ComplexFloat => "_Complex float",
            Primitive::ComplexDouble => "_Complex double",
            Primitive::ComplexLongDouble => "_Complex long double",
        }
    }

    /// Bytes of storage; `None` for `void`.
    pub const fn size(self) -> Option<usize> {
        Some(match self {
            Primitive::Void => return None,
            Primitive::Bool | Primitive::Char | Primitive::SignedChar | Primitive::UnsignedChar => {
                1
            }
            Primitive::Short
            | Primitive::UnsignedShort
            | Primitive::Char16
            | Primitive::Float16 => 2,
            Primitive::Int | Primitive::UnsignedInt | Primitive::Char32 | Primitive::Float => 4,
            Primitive::Long | Primitive::UnsignedLong => target::LONG_SIZE,
            Primitive::LongLong
            | Primitive::UnsignedLongLong
            | Primitive::Double
            | Primitive::ComplexFloat => 8,
            Primitive::WChar => target::WCHAR_SIZE,
            Primitive::LongDouble => target::LONG_DOUBLE_SIZE,
            Primitive::Int128
            | Primitive::UnsignedInt128
            | Primitive::Float128
            | Primitive::ComplexDouble => 16,
            Primitive::ComplexLongDouble => 2 * target::LONG_DOUBLE_SIZE,
        })
    }

    /// Alignment in bytes; `None` for `void`.
    pub const fn align(self) -> Option<usize> {
        match self {
            Primitive::ComplexFloat => Primitive::Float.size(),
            Primitive::ComplexDouble => Primitive::Double.size(),
            Primitive::ComplexLongDouble => Primitive::LongDouble.size(),
            _ => self.size(),
        }
    }

    /// Whether it is an integer type, characters and `_Bool` included.
    pub const fn is_integer(self) -> bool {
        !matches!(self, Primitive::Void) && !self.is_float() && !self.is_complex()
    }

    /// Whether it is a real floating type.
    pub const fn is_float(self) -> bool {
        matches!(
            self,
            Primitive::Float16
                | Primitive::Float
                | Primitive::Double
                | Primitive::LongDouble
                | Primitive::Float128
        )
    }

    /// Whether it is a complex floating type.
    pub const fn is_complex(self) -> bool {
        matches!(
            self,
            Primitive::ComplexFloat | Primitive::ComplexDouble | Primitive::ComplexLongDouble
        )
    }

    /// Whether it can hold negative numbers.
    pub const fn is_signed(self) -> bool {
        match self {
            Primitive::Char => target::CHAR_SIGNED,
            Primitive::WChar => target::WCHAR_SIGNED,
            Primitive::SignedChar
            | Primitive::Short
            | Primitive::Int
            | Primitive::Long
            | Primitive::LongLong
            | Primitive::Int128 => true,
            _ => self.is_float() || self.is_complex(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_host() {
        assert_eq!(Primitive::Long.size(), Some(size_of::<std::ffi::c_long>()));
        assert_eq!(Primitive::Int.size(), Some(size_of::<std::ffi::c_int>()));
        assert_eq!(Primitive::Int128.align(), Some(align_of::<u128>()));
        assert_eq!(Primitive::Void.size(), None);
    }

    #[test]
    fn names_are_distinct() {
        let mut names: Vec<_> = Primitive::ALL.iter().map(|p| p.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Primitive::ALL.len());
    }

    #[test]
    fn every_type_but_void_is_of_one_class() {
        for p in Primitive::ALL {
            let classes = [p.is_integer(), p.is_float(), p.is_complex()];
            let expected = usize::from(p != Primitive::Void);
            assert_eq!(classes.into_iter().filter(|c| *c).count(), expected, "{p:?}");
        }
    }
}
