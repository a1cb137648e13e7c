//! Enums: named integer constants and the integer type that holds them.

use std::sync::Arc;

use super::{Primitive, TypeId, TypeKind, Types};
use crate::error::{Error, Result};

/// One constant of an enum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enumerator {
    /// The name.
    pub name: String,
    /// The value.
    pub value: i128,
}

/// What attributes and a C23 type ask of an enum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EnumOptions {
    /// `__attribute__((packed))`: the smallest type that holds every value.
    pub packed: bool,
    /// The underlying type written in the declaration: `enum e : unsigned char`.
    pub underlying: Option<TypeId>,
}

/// A complete enum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enumeration {
    /// The tag, if it has one.
    pub tag: Option<Arc<str>>,
    /// The integer type that holds the values.
    pub underlying: Primitive,
    /// The constants in declaration order.
    pub enumerators: Vec<Enumerator>,
}

impl Types {
    /// The enum `tag`, incomplete if it is new; without a tag always a new one.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if the tag belongs to a struct or union.
    pub fn declare_enumeration(&self, tag: Option<&str>) -> Result<TypeId> {
        let mut store = self.write();
        if let Some(id) = tag.and_then(|tag| store.tagged(tag)) {
            return match store.kind(id) {
                TypeKind::Enumeration => Ok(id),
                _ => Err(store.tag_clash(id, "enum")),
            };
        }
        Ok(store.add_tagged(TypeKind::Enumeration, tag))
    }

    /// Gives a declared enum its constants. Saying the same twice is fine.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if it was completed differently before, or is no enum;
    /// `OUT_OF_RANGE` if a value fits no integer type, or not the one asked for.
    pub fn complete_enumeration(
        &self,
        id: TypeId,
        enumerators: Vec<Enumerator>,
        options: EnumOptions,
    ) -> Result<()> {
        let mut store = self.write();
        if !matches!(store.kind(id), TypeKind::Enumeration) {
            let message = format!("`{}` is not an enum and has no constants", store.spell(id));
            return Err(Error::mismatch(message));
        }
        let spelling = store.spell(id);
        let asked = match options.underlying {
            None => None,
            Some(asked) => Some(store.integer(asked).ok_or_else(|| {
                let asked = store.spell(asked);
                Error::mismatch(format!("{spelling}: `{asked}` is not an integer type"))
            })?),
        };
        let underlying = underlying(&enumerators, asked, options.packed)
            .map_err(|error| error.context(&spelling))?;
        let tag = store.tag(id).cloned();
        let complete = Enumeration { tag, underlying, enumerators };
        match store.enumeration(id) {
            Some(before) if **before == complete => Ok(()),
            Some(_) => Err(Error::mismatch(format!(
                "{spelling} is defined twice and differently; keep one definition"
            ))),
            None => {
                store.set_enumeration(id, complete);
                Ok(())
            }
        }
    }

    /// Declares and completes an enum in one step.
    ///
    /// # Errors
    /// Those of [`Types::declare_enumeration`] and [`Types::complete_enumeration`].
    pub fn enumeration(
        &self,
        tag: Option<&str>,
        enumerators: Vec<Enumerator>,
        options: EnumOptions,
    ) -> Result<TypeId> {
        let id = self.declare_enumeration(tag)?;
        self.complete_enumeration(id, enumerators, options)?;
        Ok(id)
    }

    /// The constants of a complete enum, seen through typedefs and qualifiers.
    pub fn enumeration_of(&self, id: TypeId) -> Option<Arc<Enumeration>> {
        let store = self.read();
        store.enumeration(store.resolve(id)).cloned()
    }
}

/// GCC's choice: `unsigned int` unless a value is negative or too large.
const ORDINARY: [Primitive; 4] =
    [Primitive::UnsignedInt, Primitive::Int, Primitive::UnsignedLong, Primitive::Long];
const SMALLEST: [Primitive; 8] = [
    Primitive::UnsignedChar,
    Primitive::SignedChar,
    Primitive::UnsignedShort,
    Primitive::Short,
    Primitive::UnsignedInt,
    Primitive::Int,
    Primitive::UnsignedLong,
    Primitive::Long,
];

fn underlying(
    enumerators: &[Enumerator],
    asked: Option<Primitive>,
    packed: bool,
) -> Result<Primitive> {
    if let Some(asked) = asked {
        return match enumerators.iter().find(|e| !holds(asked, e.value)) {
            None => Ok(asked),
            Some(e) => {
                let text = format!("{} = {} does not fit `{}`", e.name, e.value, asked.name());
                Err(Error::out_of_range(text))
            }
        };
    }
    let candidates: &[Primitive] = if packed { &SMALLEST } else { &ORDINARY };
    let all_fit = |p: &Primitive| enumerators.iter().all(|e| holds(*p, e.value));
    candidates
        .iter()
        .copied()
        .find(all_fit)
        .ok_or_else(|| Error::out_of_range("no 64-bit integer type holds all of its values"))
}

/// Whether an integer type of at most 64 bits (or 128) can represent `value`.
fn holds(primitive: Primitive, value: i128) -> bool {
    let bits = match primitive {
        Primitive::Bool => 1,
        _ => 8 * primitive.size().unwrap_or(0),
    };
    match (bits, primitive.is_signed()) {
        (128, true) => true,
        (128, false) => value >= 0,
        (_, true) => value >= -(1 << (bits - 1)) && value < 1 << (bits - 1),
        (_, false) => value >= 0 && value < 1 << bits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn constants(values: &[i128]) -> Vec<Enumerator> {
        let named =
            |(i, value): (usize, &i128)| Enumerator { name: format!("E{i}"), value: *value };
        values.iter().enumerate().map(named).collect()
    }

    fn chosen(values: &[i128], packed: bool) -> Primitive {
        underlying(&constants(values), None, packed).unwrap()
    }

    #[test]
    fn the_underlying_type_is_the_one_gcc_takes() {
        assert_eq!(chosen(&[], false), Primitive::UnsignedInt);
        assert_eq!(chosen(&[0, 4_294_967_295], false), Primitive::UnsignedInt);
        assert_eq!(chosen(&[-1, 1], false), Primitive::Int);
        assert_eq!(chosen(&[-1, 4_294_967_295], false), Primitive::Long);
        assert_eq!(chosen(&[1 << 63], false), Primitive::UnsignedLong);
        assert_eq!(chosen(&[255], true), Primitive::UnsignedChar);
        assert_eq!(chosen(&[-1, 200], true), Primitive::Short);
    }

    #[test]
    fn values_that_fit_nowhere_are_refused() {
        let error = underlying(&constants(&[-1, u64::MAX.into()]), None, false).unwrap_err();
        assert_eq!(error.status(), Status::OutOfRange);
        let error =
            underlying(&constants(&[256]), Some(Primitive::UnsignedChar), false).unwrap_err();
        assert!(error.message().contains("E0 = 256 does not fit `unsigned char`"), "{error}");
    }

    #[test]
    fn an_enum_is_completed_once() {
        let types = Types::new();
        let id = types.enumeration(Some("e"), constants(&[1, 2]), EnumOptions::default()).unwrap();
        let again = types.enumeration(Some("e"), constants(&[1, 2]), EnumOptions::default());
        assert_eq!(again.unwrap(), id);
        let other = types.enumeration(Some("e"), constants(&[1]), EnumOptions::default());
        assert!(other.unwrap_err().message().contains("enum e is defined twice"));
        assert_eq!(types.enumeration_of(id).unwrap().enumerators, constants(&[1, 2]));
    }
}
