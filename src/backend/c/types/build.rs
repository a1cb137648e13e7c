//! Building types without text.

use std::sync::Arc;

use super::{FunctionType, Primitive, Qualifiers, TypeId, TypeKind, Types, store::Store, target};
use crate::error::{Error, Result};

impl Types {
    /// A keyword type.
    pub fn primitive(&self, primitive: Primitive) -> TypeId {
        self.write().intern(TypeKind::Primitive(primitive))
    }

    /// `void`.
    pub fn void(&self) -> TypeId {
        self.primitive(Primitive::Void)
    }

    /// The compiler's `va_list`, opaque.
    pub fn va_list(&self) -> TypeId {
        self.write().intern(TypeKind::VaList)
    }

    /// A pointer to `target`, which may be too deep; see [`Types::shallow`].
    pub fn pointer(&self, target: TypeId) -> TypeId {
        self.write().intern(TypeKind::Pointer(target))
    }

    /// An array of `length` elements, or `[]`.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if there cannot be an array of `element`; `OUT_OF_RANGE` if it would be
    /// larger than memory, or is built too deep.
    pub fn array(&self, element: TypeId, length: Option<usize>) -> Result<TypeId> {
        let mut store = self.write();
        check_element(&store, element, length)?;
        let id = store.intern(TypeKind::Array { element, length });
        store.shallow(id)
    }

    /// A GNU vector of `bytes` bytes: `__attribute__((vector_size(bytes)))`.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if `element` is not an integer or real floating type; `OUT_OF_RANGE` if
    /// `bytes` is not a power of two times its size.
    pub fn vector(&self, element: TypeId, bytes: usize) -> Result<TypeId> {
        let mut store = self.write();
        let size = match *store.resolved(element) {
            TypeKind::Primitive(p)
                if p != Primitive::Bool && p != Primitive::LongDouble && !p.is_complex() =>
            {
                p.size()
            }
            _ => None,
        };
        let Some(size) = size else {
            return Err(Error::mismatch(format!(
                "there is no vector of `{}`; use an integer or floating type",
                store.spell(element)
            )));
        };
        if !bytes.is_multiple_of(size)
            || !(bytes / size).is_power_of_two()
            || bytes > target::MAX_ALIGN
        {
            let element = store.spell(element);
            let message = format!("vector_size({bytes}) is no power of two times `{element}`");
            return Err(Error::out_of_range(message));
        }
        Ok(store.intern(TypeKind::Vector { element, lanes: bytes / size }))
    }

    /// A function; array and function parameters become the pointers they are passed as.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if it returns an array or function, or takes `void`; `OUT_OF_RANGE` if it is
    /// built too deep.
    pub fn function(&self, mut function: FunctionType) -> Result<TypeId> {
        let mut store = self.write();
        if let TypeKind::Array { .. } | TypeKind::Function(_) = store.resolved(function.returns) {
            return Err(Error::mismatch(format!(
                "a function cannot return `{}`; return a pointer",
                store.spell(function.returns)
            )));
        }
        for (index, parameter) in function.parameters.iter_mut().enumerate() {
            *parameter = adjust_parameter(&mut store, *parameter, index)?;
        }
        let id = store.intern(TypeKind::Function(Arc::new(function)));
        store.shallow(id)
    }

    /// The same type with qualifiers added; on an array they qualify the elements.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if the type cannot carry them.
    pub fn qualified(&self, id: TypeId, qualifiers: Qualifiers) -> Result<TypeId> {
        let mut store = self.write();
        check_qualifiers(&store, id, qualifiers)?;
        Ok(store.qualify(id, qualifiers))
    }

    /// The typedef name `name` for `target`, with the alignment that `aligned(n)` gives it. Saying
    /// the same twice is fine.
    ///
    /// `wchar_t`, `char16_t` and `char32_t` keep their own kind when a header defines them as
    /// integers of their size.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if the name already stands for another type; `OUT_OF_RANGE` if the alignment
    /// is no power of two.
    pub fn alias(&self, name: &str, target: TypeId, align: Option<usize>) -> Result<TypeId> {
        let mut store = self.write();
        if let Some(align) = align {
            check_align(align).map_err(|error| error.context(format!("typedef {name}")))?;
        }
        let id = match store.character(name, target) {
            Some(character) => character,
            None => store.intern(TypeKind::Alias { name: name.into(), target, align }),
        };
        match store.aliased(name) {
            None => store.set_alias(name, id),
            Some(before) if store.canonical(before) == store.canonical(id) => return Ok(before),
            Some(before) => {
                let before = store.canonical(before);
                return Err(Error::mismatch(format!(
                    "typedef `{name}` is declared twice: first as `{}`, now as `{}`",
                    store.spell(before),
                    store.spell(target)
                )));
            }
        }
        Ok(id)
    }
}

/// A power of two that an object can be aligned to.
pub(super) fn check_align(align: usize) -> Result<()> {
    if align.is_power_of_two() && align <= target::MAX_ALIGN {
        return Ok(());
    }
    let message = format!("alignment {align} is not a power of two up to {}", target::MAX_ALIGN);
    Err(Error::out_of_range(message))
}

fn check_element(store: &Store, element: TypeId, length: Option<usize>) -> Result<()> {
    let size = store
        .size(element)
        .map_err(|error| error.context(format!("array of `{}`", store.spell(element))))?;
    let align = store.align(element)?;
    if !size.is_multiple_of(align) {
        return Err(Error::mismatch(format!(
            "array of `{}`: its alignment {align} exceeds its size {size}, \
             so elements cannot follow each other",
            store.spell(element)
        )));
    }
    match size.checked_mul(length.unwrap_or(0)) {
        Some(bytes) if bytes <= target::MAX_SIZE => Ok(()),
        _ => Err(Error::out_of_range(format!(
            "array of {} `{}` is larger than memory",
            length.unwrap_or(0),
            store.spell(element)
        ))),
    }
}

fn adjust_parameter(store: &mut Store, parameter: TypeId, index: usize) -> Result<TypeId> {
    match *store.resolved(parameter) {
        TypeKind::Primitive(Primitive::Void) => Err(Error::mismatch(format!(
            "parameter {index} is `void`; a function without parameters has an empty list"
        ))),
        TypeKind::Array { element, .. } => {
            let qualifiers = store.qualifiers(parameter);
            let element = store.qualify(element, qualifiers);
            Ok(store.intern(TypeKind::Pointer(element)))
        }
        TypeKind::Function(_) => Ok(store.intern(TypeKind::Pointer(parameter))),
        _ => Ok(parameter),
    }
}

fn check_qualifiers(store: &Store, id: TypeId, qualifiers: Qualifiers) -> Result<()> {
    let kind = store.resolved(id);
    let pointer = matches!(kind, TypeKind::Pointer(_));
    let refused = if qualifiers.contains(Qualifiers::RESTRICT) && !pointer {
        "restrict"
    } else if qualifiers.contains(Qualifiers::ATOMIC)
        && matches!(kind, TypeKind::Array { .. } | TypeKind::Function(_))
    {
        "_Atomic"
    } else {
        return Ok(());
    };
    Err(Error::mismatch(format!("`{}` cannot be `{refused}`", store.spell(id))))
}
