//! What a type is lowered to, or why it cannot be passed.

use metaffi::backend::c::types::{Convention, Primitive, TypeId, TypeKind, Types};
use metaffi::call::plan::native_type::NativeType;

use crate::subject::{Subject, cover};

/// A subject with what its type is lowered to.
pub(crate) struct Natives<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) parameter: Option<NativeType>,
    pub(crate) returned: NativeType,
}

impl Natives<'_> {
    /// `None` if the type cannot be passed by value, which must have a reason.
    pub(crate) fn new<'a>(
        types: &Types,
        subject: &'a Subject,
        convention: Convention,
    ) -> Option<Natives<'a>> {
        let lowered = |result: metaffi::error::Result<NativeType>| match result {
            Ok(native) => Some(native),
            Err(error) => {
                let reason = refusal_is_right(types, subject.id, convention);
                assert!(reason, "{} is refused: {error}", subject.spelling);
                None
            }
        };
        let parameter = lowered(types.lower_parameter(subject.id, convention));
        let returned = lowered(types.lower_return(subject.id, convention))?;
        Some(Natives { subject, parameter, returned })
    }
}

pub(crate) fn refusal_is_right(types: &Types, id: TypeId, convention: Convention) -> bool {
    let kind = types.resolved(id);
    match kind {
        TypeKind::Vector { .. } => convention == Convention::Win64,
        TypeKind::Primitive(Primitive::Float16 | Primitive::Int128 | Primitive::UnsignedInt128) => {
            convention == Convention::Win64
        }
        TypeKind::Record(_) => {
            let size = types.size(id).unwrap();
            types.align(id).unwrap() > 16 || size == 0 || !has_values(types, id)
        }
        _ => false,
    }
}

/// Whether libffi cannot pass it.
pub(crate) fn is_vector(native: &NativeType) -> bool {
    match native {
        NativeType::Vector => true,
        NativeType::Aggregate { elements, .. } => elements.iter().any(is_vector),
        _ => false,
    }
}

/// Whether `cover` would find anything.
pub(crate) fn has_values(types: &Types, id: TypeId) -> bool {
    let size = types.size(id).unwrap();
    let mut mask = vec![0; size];
    cover(types, id, 0, &mut vec![0; size], &mut mask);
    mask.iter().any(|byte| *byte != 0)
}
