//! C types as a calling convention sees them.
//!
//! libffi knows scalars and structs of scalars. Unions, bit-fields, packed structs and the like
//! become a *surrogate*: an aggregate of the same size and alignment with elements that libffi
//! classifies as the C compiler classifies the original.

use super::{
    FunctionType, Primitive, TypeId, TypeKind, Types, arm64,
    leaf::LeafKind,
    store::Store,
    sysv::EightbyteClass,
    target::{self, Abi},
};
use crate::call::plan::native_type::{Convention, NativeSignature, NativeType};
use crate::error::{Error, Result};

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
        let TypeKind::Function(function) = store.resolved(id) else {
            return Err(Error::mismatch(format!("`{}` is not a function", store.spell(id))));
        };
        store.lower_function(function)
    }

    /// The type an argument after `...` is passed as: C's default argument promotions.
    pub fn promoted(&self, id: TypeId) -> TypeId {
        let mut store = self.write();
        let int = Primitive::Int;
        let promoted = match (store.resolved(id), store.integer(id)) {
            (TypeKind::Primitive(Primitive::Float), _) => Primitive::Double,
            (_, Some(integer)) if integer.size() < int.size() => int,
            _ => return id,
        };
        store.intern(TypeKind::Primitive(promoted))
    }
}

fn abi(convention: Convention) -> Result<Abi> {
    target::abi(convention).ok_or_else(|| {
        let message = match convention {
            Convention::Default => "the C calling convention of this processor is not known".into(),
            other => format!("there is no {other:?} calling convention on this platform"),
        };
        Error::unsupported(message)
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
            TypeKind::Array { .. } | TypeKind::Function(_) => return Ok(NativeType::Pointer),
            TypeKind::VaList if target::VA_LIST_IS_ARRAY => return Ok(NativeType::Pointer),
            _ => {}
        }
        let native = self.lower(id, abi)?;
        match native {
            NativeType::Void => Err(Error::mismatch("`void` has no values")),
            // libffi aligns the slot, but not the stack it lies on.
            NativeType::Aggregate { align, .. } if align > STACK_ALIGN => {
                Err(self.unsupported(id, "is aligned more strictly than the stack"))
            }
            // A record that is returned like its `long double` lies where its own alignment says.
            NativeType::LongDouble => match self.align(self.resolve(id))? {
                align if align < target::LONG_DOUBLE_SIZE => {
                    Ok(in_memory(target::LONG_DOUBLE_SIZE, align))
                }
                _ => Ok(native),
            },
            _ => Ok(native),
        }
    }

    fn lower_return(&self, id: TypeId, abi: Abi) -> Result<NativeType> {
        let returnable = match self.resolved(id) {
            TypeKind::Array { .. } | TypeKind::Function(_) => false,
            TypeKind::VaList => !target::VA_LIST_IS_ARRAY,
            _ => true,
        };
        if returnable {
            let wide = matches!(
                self.resolved(id),
                TypeKind::Primitive(Primitive::Int128 | Primitive::UnsignedInt128)
            );
            if wide && abi == Abi::Win64 {
                return Err(Error::unsupported(format!(
                    "`{}` is returned in a vector register by this convention, which is not \
                         supported; return a struct of one",
                    self.spell(id)
                )));
            }
            return self.lower(id, abi);
        }
        Err(Error::mismatch(format!("a function cannot return `{}`", self.spell(id))))
    }

    fn lower(&self, id: TypeId, abi: Abi) -> Result<NativeType> {
        let resolved = self.resolve(id);
        match *self.kind(resolved) {
            TypeKind::Primitive(primitive) => self.lower_primitive(id, primitive, abi),
            TypeKind::Pointer(_) => Ok(NativeType::Pointer),
            TypeKind::Enumeration => {
                self.size(resolved)?;
                let integer = self.integer(resolved).unwrap_or(Primitive::Int);
                self.lower_primitive(id, integer, abi)
            }
            TypeKind::Record(_) => self.lower_record(resolved, abi),
            TypeKind::VaList => Ok(block(target::VA_LIST_SIZE, target::VA_LIST_ALIGN)),
            TypeKind::Vector { .. } => self.lower_vector(resolved, abi),
            _ => self.size(resolved).map(|_| NativeType::Pointer),
        }
    }

    fn lower_primitive(&self, id: TypeId, primitive: Primitive, abi: Abi) -> Result<NativeType> {
        if abi == Abi::Win64
            && let Some(block) = win64(primitive)
        {
            return Ok(block);
        }
        Ok(match primitive {
            Primitive::Void => NativeType::Void,
            Primitive::Float => NativeType::F32,
            Primitive::Double => NativeType::F64,
            Primitive::LongDouble => NativeType::LongDouble,
            Primitive::ComplexFloat => NativeType::ComplexF32,
            Primitive::ComplexDouble => NativeType::ComplexF64,
            Primitive::ComplexLongDouble => NativeType::ComplexLongDouble,
            Primitive::Float16 if abi == Abi::SysV => aggregate(2, 2, vec![NativeType::F32]),
            Primitive::Float128 if abi == Abi::SysV => NativeType::Vector,
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

    /// A vector has a register where it is as large as one, or half of it.
    fn lower_vector(&self, id: TypeId, abi: Abi) -> Result<NativeType> {
        match self.size(id)? {
            16 if abi == Abi::SysV => Ok(NativeType::Vector),
            8 if abi == Abi::SysV && !self.has_odd_vector(id) => {
                Ok(aggregate(8, self.align(id)?, vec![NativeType::F64]))
            }
            _ => Err(self.unsupported(id, "is a vector that has no register everywhere")),
        }
    }

    fn lower_record(&self, id: TypeId, abi: Abi) -> Result<NativeType> {
        let (size, align) = (self.size(id)?, self.align(id)?);
        if self.has_odd_vector(id) {
            return Err(self.unsupported(id, "contains a vector that has no register everywhere"));
        }
        if size > 0 && !self.has_values(id) {
            // GCC gives it a register, but no room on the stack; others give it neither.
            return Err(self.unsupported(id, "has padding only"));
        }
        match abi {
            _ if size == 0 && abi == Abi::Win64 => Err(self.unsupported(id, "is empty")),
            _ if size == 0 => Ok(aggregate(0, align, vec![])),
            Abi::Win64 => Ok(block(size, align)),
            Abi::SysV => Ok(self.lower_sysv(id, size, align)),
            Abi::Arm64 => self.lower_arm64(id, size, align),
        }
    }

    fn lower_sysv(&self, id: TypeId, size: usize, align: usize) -> NativeType {
        match self.sysv(id, 0).as_deref() {
            None => in_memory(size, align),
            Some([EightbyteClass::X87, EightbyteClass::X87Up]) => NativeType::LongDouble,
            // The halves of a `long double` come only as a pair.
            Some(classes) if classes.contains(&EightbyteClass::X87) => in_memory(size, align),
            Some([EightbyteClass::Sse, EightbyteClass::SseUp]) => {
                aggregate(size, align, vec![NativeType::Vector])
            }
            Some(classes) => aggregate(size, align, eightbytes(size, classes)),
        }
    }

    fn lower_arm64(&self, id: TypeId, size: usize, align: usize) -> Result<NativeType> {
        const LARGEST_HOMOGENEOUS: usize = 64;
        let leaves = if size > LARGEST_HOMOGENEOUS { vec![] } else { self.leaves(id) };
        let Some((kind, count)) = arm64::homogeneous(size, &leaves) else {
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
        Error::unsupported(message)
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

/// What Microsoft's convention passes as a block of bytes, by reference where it is no register.
fn win64(primitive: Primitive) -> Option<NativeType> {
    match primitive {
        Primitive::Int128 | Primitive::UnsignedInt128 | Primitive::Float128 => Some(block(16, 16)),
        Primitive::ComplexFloat => Some(block(8, 4)),
        Primitive::ComplexDouble => Some(block(16, 8)),
        Primitive::ComplexLongDouble => Some(block(32, 16)),
        _ => None,
    }
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

fn eightbytes(size: usize, classes: &[EightbyteClass]) -> Vec<NativeType> {
    let element = |(index, class): (usize, &EightbyteClass)| match class {
        // Holds the place of eight bytes that no register carries.
        EightbyteClass::None => aggregate(8, 1, vec![]),
        EightbyteClass::Integer => NativeType::I64,
        EightbyteClass::Sse if size - 8 * index <= 4 => NativeType::F32,
        EightbyteClass::Sse
        | EightbyteClass::SseUp
        | EightbyteClass::X87
        | EightbyteClass::X87Up => NativeType::F64,
    };
    classes.iter().enumerate().map(element).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::types::{DeclaredMember, RecordKind, RecordOptions};
    use crate::error::Status;

    fn record(types: &Types, tag: &str, packed: bool, fields: Vec<DeclaredMember>) -> TypeId {
        let id = types.declare_record(RecordKind::Struct, Some(tag)).unwrap();
        let options = RecordOptions { packed, ..RecordOptions::default() };
        types.complete_record(id, fields, options).unwrap();
        id
    }

    fn field(types: &Types, name: &str, primitive: Primitive) -> DeclaredMember {
        DeclaredMember::new(name, types.primitive(primitive))
    }

    fn lowered(types: &Types, id: TypeId, abi: Abi) -> NativeType {
        types.read().lower_parameter(id, abi).unwrap()
    }

    #[test]
    fn each_standard_sees_a_record_its_own_way() {
        use NativeType::{F32, F64, I64};
        let types = Types::new();
        let names = ["a", "b", "c"];
        let floats = names.map(|name| field(&types, name, Primitive::Float));
        let floats = record(&types, "floats", false, floats.to_vec());
        assert_eq!(lowered(&types, floats, Abi::SysV), aggregate(12, 4, vec![F64, F32]));
        assert_eq!(lowered(&types, floats, Abi::Arm64), aggregate(12, 4, vec![F32; 3]));
        assert_eq!(lowered(&types, floats, Abi::Win64), aggregate(12, 4, vec![I64; 2]));

        let fields = vec![
            field(&types, "a", Primitive::Double),
            DeclaredMember::bits(Some("b"), types.primitive(Primitive::Int), 3),
        ];
        let mixed = record(&types, "mixed", false, fields);
        assert_eq!(lowered(&types, mixed, Abi::SysV), aggregate(16, 8, vec![F64, I64]));
        assert_eq!(lowered(&types, mixed, Abi::Arm64), aggregate(16, 8, vec![I64; 2]));
    }

    #[test]
    fn a_small_packed_struct_with_a_misaligned_member_is_in_memory() {
        let types = Types::new();
        let fields = vec![field(&types, "a", Primitive::Char), field(&types, "b", Primitive::Int)];
        let id = record(&types, "odd", true, fields);
        let NativeType::Aggregate { size, elements, .. } = lowered(&types, id, Abi::SysV) else {
            panic!("a struct is an aggregate");
        };
        assert_eq!(size, 5);
        assert!(elements.iter().any(|element| element.size() > 32), "{elements:?}");
    }

    #[test]
    fn a_packed_long_double_is_passed_by_its_own_alignment() {
        let types = Types::new();
        let fields = vec![field(&types, "a", Primitive::LongDouble)];
        let natural = record(&types, "natural", false, fields.clone());
        let packed = record(&types, "packed", true, fields);
        assert_eq!(lowered(&types, natural, Abi::SysV), NativeType::LongDouble);
        assert_eq!(lowered(&types, packed, Abi::SysV), in_memory(16, 1));
        let returned = types.read().lower_return(packed, Abi::SysV).unwrap();
        assert_eq!(returned, NativeType::LongDouble);
    }

    #[test]
    fn a_union_over_a_long_double_merges_half_by_half() {
        let types = Types::new();
        let union = |tag, fields| {
            let id = types.declare_record(RecordKind::Union, Some(tag)).unwrap();
            types.complete_record(id, fields, RecordOptions::default()).unwrap();
            id
        };
        let real = || field(&types, "real", Primitive::LongDouble);
        let half = union("half", vec![real(), field(&types, "i", Primitive::Long)]);
        assert_eq!(lowered(&types, half, Abi::SysV), in_memory(16, 16));
        let pair = types.array(types.primitive(Primitive::Long), Some(2)).unwrap();
        let both = union("both", vec![real(), DeclaredMember::new("pair", pair)]);
        let expected = aggregate(16, 16, vec![NativeType::I64; 2]);
        assert_eq!(lowered(&types, both, Abi::SysV), expected);
    }

    #[test]
    fn what_cannot_be_passed_is_refused_by_name() {
        let types = Types::new();
        let float = types.primitive(Primitive::Float);
        let vector = types.vector(float, 32).unwrap();
        let holder = record(&types, "holder", false, vec![DeclaredMember::new("v", vector)]);
        let hidden = types.declare_record(RecordKind::Struct, Some("hidden")).unwrap();
        let refusal = |id| types.lower_return(id, Convention::Default).unwrap_err();
        for (id, text) in [
            (vector, "`float __attribute__((vector_size(32)))` is a vector"),
            (holder, "`struct holder` contains a vector"),
            (hidden, "`struct hidden` is declared but not defined"),
        ] {
            let error = refusal(id);
            assert!(error.message().contains(text), "{error}");
        }
        assert_eq!(refusal(vector).status(), Status::Unsupported);
        assert_eq!(refusal(hidden).status(), Status::TypeMismatch);
    }

    #[test]
    fn what_has_a_vector_register_of_its_own_is_passed_in_it() {
        let types = Types::new();
        let float128 = types.primitive(Primitive::Float128);
        let four = types.vector(types.primitive(Primitive::Float), 16).unwrap();
        let holder = record(&types, "holder", false, vec![DeclaredMember::new("v", four)]);
        for id in [float128, four] {
            assert_eq!(lowered(&types, id, Abi::SysV), NativeType::Vector);
        }
        let expected = aggregate(16, 16, vec![NativeType::Vector]);
        assert_eq!(lowered(&types, holder, Abi::SysV), expected);
        assert_eq!(lowered(&types, float128, Abi::Win64), block(16, 16));
        let wide = types.primitive(Primitive::Int128);
        assert_eq!(lowered(&types, wide, Abi::Win64), block(16, 16));
        assert!(types.lower_return(wide, Convention::Win64).is_err());
    }

    #[test]
    fn a_function_is_lowered_as_a_whole() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let text = types.pointer(types.primitive(Primitive::Char));
        let mut function = FunctionType::new(types.void(), vec![text, types.va_list(), int]);
        function.variadic = true;
        let id = types.function(function).unwrap();
        let native = types.lower_function(id).unwrap();
        assert_eq!(native.returns, NativeType::Void);
        assert_eq!(
            (&native.parameters[0], &native.parameters[2]),
            (&NativeType::Pointer, &NativeType::I32)
        );
        assert!(native.variadic);

        let vector = types.vector(int, 32).unwrap();
        let id = types.function(FunctionType::new(int, vec![int, vector])).unwrap();
        let error = types.lower_function(id).unwrap_err();
        assert!(error.message().starts_with("parameter 1: `int __attribute__"), "{error}");
        assert!(types.lower_function(int).is_err());
    }

    #[test]
    fn variadic_arguments_are_promoted() {
        let types = Types::new();
        for (from, to) in [
            (Primitive::Char, Primitive::Int),
            (Primitive::Bool, Primitive::Int),
            (Primitive::UnsignedShort, Primitive::Int),
            (Primitive::UnsignedInt, Primitive::UnsignedInt),
            (Primitive::Float, Primitive::Double),
            (Primitive::LongDouble, Primitive::LongDouble),
        ] {
            assert_eq!(types.promoted(types.primitive(from)), types.primitive(to));
        }
    }
}
