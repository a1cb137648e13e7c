//! [`NativeType`]: a type as a calling convention sees it.

/// Which registers and stack slots a call uses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Convention {
    /// The platform's own.
    #[default]
    Default,
    /// System V x86-64 (`__attribute__((sysv_abi))`).
    SysV,
    /// Microsoft x64 as GCC implements it (`__attribute__((ms_abi))`).
    Win64,
}

/// A parameter or return type reduced to what decides how it travels.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum NativeType {
    /// Nothing; only as a return type.
    Void,
    /// A signed 8-bit integer.
    I8,
    /// An unsigned 8-bit integer.
    U8,
    /// A signed 16-bit integer.
    I16,
    /// An unsigned 16-bit integer.
    U16,
    /// A signed 32-bit integer.
    I32,
    /// An unsigned 32-bit integer.
    U32,
    /// A signed 64-bit integer.
    I64,
    /// An unsigned 64-bit integer.
    U64,
    /// An IEEE single.
    F32,
    /// An IEEE double.
    F64,
    /// The platform's `long double`.
    LongDouble,
    /// Two singles, as `_Complex float`.
    ComplexF32,
    /// Two doubles, as `_Complex double`.
    ComplexF64,
    /// Two `long double`s, as `_Complex long double`.
    ComplexLongDouble,
    /// Sixteen bytes in one vector register, as `_Float128` and GNU vectors of that size.
    Vector,
    /// A data or function pointer.
    Pointer,
    /// A block of bytes passed by value.
    ///
    /// `size` and `align` are those of the C type. `elements` is what the convention's
    /// classification looks at: it need not cover the block, nor name its real members.
    Aggregate {
        /// Bytes in the block; zero for an empty C struct, which occupies no register.
        size: usize,
        /// Alignment in bytes.
        align: usize,
        /// The leaves that give the block its register classes.
        elements: Vec<NativeType>,
    },
}

/// A kind of registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegisterClass {
    /// Those of integers and pointers.
    Integer,
    /// Those of floats.
    Float,
}

impl NativeType {
    /// The registers in which a scalar travels; `None` for what is no scalar of at most eight
    /// bytes.
    pub fn register_class(&self) -> Option<RegisterClass> {
        Some(match self {
            NativeType::F32 | NativeType::F64 => RegisterClass::Float,
            NativeType::I8
            | NativeType::U8
            | NativeType::I16
            | NativeType::U16
            | NativeType::I32
            | NativeType::U32
            | NativeType::I64
            | NativeType::U64
            | NativeType::Pointer => RegisterClass::Integer,
            _ => return None,
        })
    }

    /// Bytes of storage; zero for [`NativeType::Void`].
    pub fn size(&self) -> usize {
        match self {
            NativeType::Void => 0,
            NativeType::I8 | NativeType::U8 => 1,
            NativeType::I16 | NativeType::U16 => 2,
            NativeType::I32 | NativeType::U32 | NativeType::F32 => 4,
            NativeType::I64 | NativeType::U64 | NativeType::F64 | NativeType::ComplexF32 => 8,
            NativeType::LongDouble => LONG_DOUBLE_SIZE,
            NativeType::ComplexF64 | NativeType::Vector => 16,
            NativeType::ComplexLongDouble => 2 * LONG_DOUBLE_SIZE,
            NativeType::Pointer => size_of::<*const ()>(),
            NativeType::Aggregate { size, .. } => *size,
        }
    }
}

/// What a call needs to know about a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NativeSignature {
    /// The parameters in order; of a variadic function, the fixed ones.
    pub parameters: Vec<NativeType>,
    /// The return type.
    pub returns: NativeType,
    /// Whether more arguments may follow.
    pub variadic: bool,
    /// The convention.
    pub convention: Convention,
}

/// Bytes of the platform's `long double`.
pub const LONG_DOUBLE_SIZE: usize =
    if cfg!(target_env = "msvc") || cfg!(all(target_vendor = "apple", target_arch = "aarch64")) {
        8
    } else {
        16
    };
