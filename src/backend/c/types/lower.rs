//! C types as a calling convention sees them.
//!
//! libffi knows scalars and structs of scalars. Unions, bit-fields, packed structs and the like
//! become a *surrogate*: an aggregate of the same size and alignment with elements that libffi
//! classifies as the C compiler classifies the original.

use super::{
    FunctionType, Kind, Primitive, TypeId, Types,
    classify::{self, Class, SysV},
    leaf::LeafKind,
    store::Store,
    target::{self, Abi},
};
use crate::call::native::{Convention, NativeSignature, NativeType};
use crate::error::{Error, Result, Status};

/// The strictest alignment a stack argument can have: that of the stack itself.
const STACK_ALIGN: usize = 16;

impl Types {
    /// How an argument of the type is passed; arrays and functions as pointers.
    ///
    /// # Errors
    /// `UNSUPPORTED` if libffi cannot express it; `TYPE_MISMATCH` if there are no such values.
    pub fn lower_parameter(&self, id: TypeId, convention: Convention) -> Result<NativeType> {
        let store = self.read();
        store.lower_parameter(id, abi(convention)?)
    }

    /// How a value of the type is returned.
    ///
    /// # Errors
    /// Those of [`Types::lower_parameter`].
    pub fn lower_return(&self, id: TypeId, convention: Convention) -> Result<NativeType> {
        let store = self.read();
        store.lower_return(id, abi(convention)?)
    }

    /// What a call to a function of the type needs to know.
    ///
    /// # Errors
    /// Those of [`Types::lower_parameter`], with the parameter's number; `TYPE_MISMATCH` if the
    /// type is no function.
    pub fn lower_function(&self, id: TypeId) -> Result<NativeSignature> {
        let store = self.read();
        let Kind::Function(function) = store.resolved(id) else {
            let message = format!("`{}` is not a function", store.spell(id));
            return Err(Error::new(Status::TypeMismatch, message));
        };
        store.lower_function(function)
    }

    /// The type an argument after `...` is passed as: C's default argument promotions.
    pub fn promoted(&self, id: TypeId) -> TypeId {
        let mut store = self.write();
        let int = Primitive::Int;
        let promoted = match (store.resolved(id), store.integer(id)) {
            (Kind::Primitive(Primitive::Float), _) => Primitive::Double,
            (_, Some(integer)) if integer.size() < int.size() => int,
            _ => return id,
        };
        store.intern(Kind::Primitive(promoted))
    }
}

fn abi(convention: Convention) -> Result<Abi> {
    target::abi(convention).ok_or_else(|| {
        let message = format!("there is no {convention:?} calling convention on this platform");
        Error::new(Status::Unsupported, message)
    })
}

impl Store {
    fn lower_function(&self, function: &FunctionType) -> Result<NativeSignature> {
        let abi = abi(function.convention)?;
        let parameter = |(index, id): (usize, &TypeId)| {
            self.lower_parameter(*id, abi)
                .map_err(|error| error.context(format!("parameter {index}")))
        };
        let returns = self.lower_return(function.returns, abi);
        Ok(NativeSignature {
            parameters: function
                .parameters
                .iter()
                .enumerate()
                .map(parameter)
                .collect::<Result<_>>()?,
            returns: returns.map_err(|error| error.context("return type"))?,
            variadic: function.variadic,
            convention: function.convention,
        })
    }

    fn lower_parameter(&self, id: TypeId, abi: Abi) -> Result<NativeType> {
        match self.resolved(id) {
            Kind::Array { .. } | Kind::Function(_) => return Ok(NativeType::Pointer),
            Kind::VaList if target::VA_LIST_IS_ARRAY => return Ok(NativeType::Pointer),
            _ => {}
        }
        let native = self.lower(id, abi)?;
        match native {
            NativeType::Void => Err(Error::new(Status::TypeMismatch, "`void` has no values")),
            // libffi aligns the slot, but not the stack it lies on.
            NativeType::Aggregate { align, .. } if align > STACK_ALIGN => {
                Err(self.unsupported(id, "is aligned more strictly than the stack"))
            }
            _ => Ok(native),
        }
    }

    fn lower_return(&self, id: TypeId, abi: Abi) -> Result<NativeType> {
        match self.resolved(id) {
            Kind::Array { .. } | Kind::Function(_) => {
                let message = format!("a function cannot return `{}`", self.spell(id));
                Err(Error::new(Status::TypeMismatch, message))
            }
            _ => self.lower(id, abi),
        }
    }

    fn lower(&self, id: TypeId, abi: Abi) -> Result<NativeType> {
        let resolved = self.resolve(id);
        match *self.kind(resolved) {
            Kind::Primitive(primitive) => self.lower_primitive(id, primitive, abi),
            Kind::Pointer(_) => Ok(NativeType::Pointer),
            Kind::Enumeration => {
                self.size(resolved)?;
                let integer = self.integer(resolved).unwrap_or(Primitive::Int);
                self.lower_primitive(id, integer, abi)
            }
            Kind::Record(_) => self.lower_record(resolved, abi),
            Kind::VaList => Ok(block(target::VA_LIST_SIZE, target::VA_LIST_ALIGN)),
            Kind::Vector { .. } => Err(self.unsupported(id, "is a vector")),
            _ => self.size(resolved).map(|_| NativeType::Pointer),
        }
    }

    fn lower_primitive(&self, id: TypeId, primitive: Primitive, abi: Abi) -> Result<NativeType> {
        Ok(match primitive {
            Primitive::Void => NativeType::Void,
            Primitive::Float => NativeType::F32,
            Primitive::Double => NativeType::F64,
            Primitive::LongDouble => NativeType::LongDouble,
            Primitive::ComplexFloat => NativeType::ComplexF32,
            Primitive::ComplexDouble => NativeType::ComplexF64,
            Primitive::ComplexLongDouble => NativeType::ComplexLongDouble,
            Primitive::Float16 if abi == Abi::SysV => aggregate(2, 2, vec![NativeType::F32]),
            Primitive::Int128 | Primitive::UnsignedInt128 if abi != Abi::Win64 => {
                aggregate(16, 16, vec![NativeType::I64; 2])
            }
            _ => {
                let native = integer(primitive.size(), primitive.is_signed());
                native
                    .filter(|_| primitive.is_integer())
                    .ok_or_else(|| self.unsupported(id, "has no place in libffi"))?
            }
        })
    }

    fn lower_record(&self, id: TypeId, abi: Abi) -> Result<NativeType> {
        let (size, align) = (self.size(id)?, self.align(id)?);
        if self.has_large_vector(id) {
            return Err(self.unsupported(id, "contains a vector"));
        }
        match abi {
            _ if size == 0 && abi == Abi::Win64 => Err(self.unsupported(id, "is empty")),
            _ if size == 0 => Ok(aggregate(0, align, vec![])),
            Abi::Win64 => Ok(block(size, align)),
            Abi::SysV => self.lower_sysv(id, size, align),
            Abi::Arm64 => self.lower_arm64(id, size, align),
        }
    }

    fn lower_sysv(&self, id: TypeId, size: usize, align: usize) -> Result<NativeType> {
        let leaves = if size > 16 { vec![] } else { self.leaves(id) };
        match classify::sysv(size, &leaves) {
            SysV::Registers(classes) => Ok(aggregate(size, align, eightbytes(size, &classes))),
            SysV::Memory => Ok(in_memory(size, align)),
            SysV::X87 => Ok(NativeType::LongDouble),
            SysV::Wide => Err(self.unsupported(id, "contains a vector or `_Float128`")),
        }
    }

    fn lower_arm64(&self, id: TypeId, size: usize, align: usize) -> Result<NativeType> {
        const LARGEST_HOMOGENEOUS: usize = 64;
        let leaves = if size > LARGEST_HOMOGENEOUS { vec![] } else { self.leaves(id) };
        let Some((kind, count)) = classify::homogeneous(size, &leaves) else {
            return Ok(block(size, align));
        };
        let element = match kind {
            LeafKind::Single => NativeType::F32,
            LeafKind::Double => NativeType::F64,
            LeafKind::LongDouble => NativeType::LongDouble,
            _ => return Err(self.unsupported(id, "is an aggregate of vectors or `_Float16`")),
        };
        Ok(aggregate(size, align, vec![element; count]))
    }

    fn unsupported(&self, id: TypeId, why: &str) -> Error {
        let message =
            format!("`{}` {why} and cannot be passed by value; pass a pointer", self.spell(id));
        Error::new(Status::Unsupported, message)
    }
}

fn integer(size: Option<usize>, signed: bool) -> Option<NativeType> {
    Some(match (size?, signed) {
        (1, true) => NativeType::I8,
        (1, false) => NativeType::U8,
        (2, true) => NativeType::I16,
        (2, false) => NativeType::U16,
        (4, true) => NativeType::I32,
        (4, false) => NativeType::U32,
        (8, true) => NativeType::I64,
        (8, false) => NativeType::U64,
        _ => return None,
    })
}

fn aggregate(size: usize, align: usize, elements: Vec<NativeType>) -> NativeType {
    NativeType::Aggregate { size, align, elements }
}

/// An aggregate without floats that matter: up to two registers, else by reference or in memory.
fn block(size: usize, align: usize) -> NativeType {
    aggregate(size, align, vec![NativeType::I64; size.div_ceil(8).min(2)])
}

/// libffi passes in memory what is larger than two eightbytes. It has no misaligned members, but
/// an aggregate is in memory if one of its elements is, however little room there is for it.
fn in_memory(size: usize, align: usize) -> NativeType {
    if size > 16 {
        return block(size, align);
    }
    aggregate(size, align, vec![block(64, 1)])
}

fn eightbytes(size: usize, classes: &[Class]) -> Vec<NativeType> {
    let element = |(index, class): (usize, &Class)| match class {
        // Holds the place of eight bytes that no register carries.
        Class::None => aggregate(8, 1, vec![]),
        Class::Integer => NativeType::I64,
        Class::Sse if size - 8 * index <= 4 => NativeType::F32,
        Class::Sse => NativeType::F64,
    };
    classes.iter().enumerate().map(element).collect()
}
