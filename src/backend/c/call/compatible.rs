//! Function types that are not one, but through which the same code is called in the same way:
//! wherever C asks for the one, a function of the other goes as it is.

use std::collections::HashSet;

use crate::backend::c::convert::same_type;
use crate::backend::c::data::ctype::CType;
use crate::backend::c::types::{
    FunctionType, Primitive, Qualifiers, TypeId, TypeKind as CKind, Types,
};

/// Whether a function of one type can be called through a pointer to the other, by C's rules of
/// compatible types, which are loosened where no machine makes a difference: `void *` goes for every
/// pointer, and the qualifiers of what is pointed to do not matter. The types may be of two modules.
pub fn is_callable_as(own: &CType, wanted: &CType) -> bool {
    if own.is(wanted) {
        return true;
    }
    let mut pairs = Pairs { own, wanted, seen: HashSet::new(), waiting: Vec::new() };
    pairs.add(own.id, wanted.id);
    // Types of which much is shared are looked at once, and those of any depth without recursion.
    while let Some((own, wanted)) = pairs.waiting.pop() {
        if !pairs.agree(own, wanted) {
            return false;
        }
    }
    true
}

/// Pairs of types which must agree.
struct Pairs<'a> {
    own: &'a CType,
    wanted: &'a CType,
    seen: HashSet<(TypeId, TypeId)>,
    waiting: Vec<(TypeId, TypeId)>,
}

impl Pairs<'_> {
    fn add(&mut self, own: TypeId, wanted: TypeId) {
        if self.seen.insert((own, wanted)) {
            self.waiting.push((own, wanted));
        }
    }

    /// Whether two types agree if those that they are made of do.
    fn agree(&mut self, own: TypeId, wanted: TypeId) -> bool {
        let (ours, theirs): (&Types, &Types) = (&self.own.types, &self.wanted.types);
        let is_atomic = |types: &Types, id| types.qualifiers(id).contains(Qualifiers::ATOMIC);
        if is_atomic(ours, own) != is_atomic(theirs, wanted) {
            return false;
        }
        match (ours.resolved(own), theirs.resolved(wanted)) {
            (CKind::Pointer(own), CKind::Pointer(wanted)) => {
                if !is_void(ours, own) && !is_void(theirs, wanted) {
                    self.add(own, wanted);
                }
                true
            }
            (
                CKind::Array { element: own, length: a },
                CKind::Array { element: wanted, length: b },
            ) => {
                self.add(own, wanted);
                a == b || a.is_none() || b.is_none()
            }
            (CKind::Function(a), CKind::Function(b)) => self.functions(own, &a, wanted, &b),
            (CKind::Primitive(own), CKind::Primitive(wanted)) => own == wanted,
            (CKind::Enumeration, _) | (_, CKind::Enumeration) => {
                let integer = ours.integer(own);
                integer.is_some() && integer == theirs.integer(wanted)
            }
            _ => same_type(
                &CType::new(&self.own.types, own),
                &CType::new(&self.wanted.types, wanted),
            ),
        }
    }

    fn functions(
        &mut self,
        own: TypeId,
        a: &FunctionType,
        wanted: TypeId,
        b: &FunctionType,
    ) -> bool {
        let (ours, theirs): (&Types, &Types) = (&self.own.types, &self.wanted.types);
        self.add(a.returns, b.returns);
        if a.convention != b.convention || a.variadic != b.variadic {
            return false;
        }
        match (a.unspecified, b.unspecified) {
            (true, true) => true,
            // Whoever calls without a prototype promotes what it gives.
            (true, false) => !b.variadic && are_promoted(theirs, b),
            (false, true) => !a.variadic && are_promoted(ours, a),
            (false, false) => {
                for (own, wanted) in a.parameters.iter().zip(&b.parameters) {
                    self.add(*own, *wanted);
                }
                // What is passed by value may be aligned differently.
                a.parameters.len() == b.parameters.len()
                    && match (ours.lower_function(own), theirs.lower_function(wanted)) {
                        (Ok(own), Ok(wanted)) => own == wanted,
                        // What cannot be called yet, since a type is declared later.
                        (own, wanted) => own.is_err() && wanted.is_err(),
                    }
            }
        }
    }
}

fn is_void(types: &Types, id: TypeId) -> bool {
    types.resolved(id) == CKind::Primitive(Primitive::Void)
}

/// Whether no parameter is changed by C's default promotions of arguments.
fn are_promoted(types: &Types, function: &FunctionType) -> bool {
    function.parameters.iter().all(|id| types.promoted(*id) == *id)
}
