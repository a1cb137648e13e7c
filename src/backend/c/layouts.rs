//! The layouts of C types, made once for each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::convert::{Direction, infer};
use super::ctype::{CType, Class, Format};
use super::types::{Kind as CKind, Member, Qualifiers, TypeId, Types};
use crate::backend::{Field, Layout, Shape};
use crate::signature::Kind;

/// Those that were asked for.
#[derive(Default)]
pub(super) struct Layouts(Mutex<HashMap<TypeId, Arc<Layout>>>);

impl CType {
    /// How its values lie in memory; `None` if it has none, or no definition yet.
    pub fn layout(&self) -> Option<Arc<Layout>> {
        let known = |types: &Types| {
            types.layouts.0.lock().unwrap_or_else(PoisonError::into_inner).get(&self.id).cloned()
        };
        if let Some(known) = known(&self.types) {
            return Some(known);
        }
        let ctype = self.refreshed();
        let shape = shape(&ctype)?;
        // A pointer learns later what it points to.
        let settled = is_settled(&shape);
        let layout = Arc::new(Layout {
            spelling: ctype.spell(),
            size: ctype.size,
            constant: is_constant(&ctype, ctype.id),
            shape,
            host: OnceLock::new(),
        });
        if !settled {
            return Some(layout);
        }
        let mut made = self.types.layouts.0.lock().unwrap_or_else(PoisonError::into_inner);
        Some(made.entry(self.id).or_insert(layout).clone())
    }
}

fn is_settled(shape: &Shape) -> bool {
    match shape {
        Shape::Pointer { target: None } => false,
        Shape::Pointer { target: Some(layout) } | Shape::Array { element: layout, .. } => {
            is_settled(&layout.shape)
        }
        _ => true,
    }
}

fn shape(ctype: &CType) -> Option<Shape> {
    if let Some(kind) = scalar(ctype) {
        return Some(Shape::Scalar(kind));
    }
    match ctype.class {
        Class::Void | Class::Function => None,
        Class::Pointer(_) => {
            Some(Shape::Pointer { target: ctype.target().and_then(|target| target.layout()) })
        }
        Class::Array(_) => {
            let element = ctype.target()?.layout()?;
            Some(Shape::Array { element, length: ctype.length() })
        }
        Class::Record => {
            let mut fields = Vec::new();
            add_fields(ctype, 0, is_constant(ctype, ctype.id), &mut fields)?;
            Some(Shape::Record(fields.into()))
        }
        _ => ctype.is_complete().then_some(Shape::Opaque),
    }
}

/// The members of a record, and those of its anonymous members. The first of a name counts.
fn add_fields(ctype: &CType, offset: usize, constant: bool, fields: &mut Vec<Field>) -> Option<()> {
    let record = ctype.types.record(ctype.id)?;
    for member in &record.members {
        let inner = CType::new(&ctype.types, member.type_id);
        let constant = constant || is_constant(&inner, member.type_id);
        let offset = offset + member.offset;
        match &member.name {
            Some(name) if fields.iter().all(|field| *field.name != **name) => fields.push(Field {
                name: (**name).into(),
                offset,
                scalar: whole_scalar(member, &inner),
                constant,
            }),
            Some(_) => {}
            None => add_fields(&inner, offset, constant, fields)?,
        }
    }
    Some(())
}

fn whole_scalar(member: &Member, ctype: &CType) -> Option<Kind> {
    member.bits.is_none().then(|| scalar(ctype)).flatten()
}

/// The kind of a number, a bool or a character that this machine has, too.
fn scalar(ctype: &CType) -> Option<Kind> {
    match ctype.class {
        Class::Bool | Class::Integer { .. } | Class::Float(Format::Single | Format::Double)
            if ctype.is_complete() =>
        {
            infer(ctype, Direction::FromC).map(|info| info.r#type.kind())
        }
        _ => None,
    }
}

/// Whether values of the type are `const`, or elements that are.
pub(super) fn is_constant(ctype: &CType, mut id: TypeId) -> bool {
    loop {
        if ctype.types.qualifiers(id).contains(Qualifiers::CONST) {
            return true;
        }
        let CKind::Array { element, .. } = ctype.types.resolved(id) else { return false };
        id = element;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Header;
    use super::*;

    #[test]
    fn a_record_has_the_fields_of_its_anonymous_members_too() {
        let header = Header::new(
            "struct s { char tag; union { int i; struct { short low, high; }; }; const double d;
                        unsigned bits : 3; int a[2]; struct s *next; long double wide; };",
        );
        let layout = header.ctype("struct s").layout().unwrap();
        let found: Vec<_> = layout
            .fields()
            .iter()
            .map(|field| (&*field.name, field.offset, field.scalar, field.constant))
            .collect();
        assert_eq!(
            found,
            [
                ("tag", 0, Some(Kind::Char8), false),
                ("i", 4, Some(Kind::Int32), false),
                ("low", 4, Some(Kind::Int16), false),
                ("high", 6, Some(Kind::Int16), false),
                ("d", 8, Some(Kind::Float64), true),
                ("bits", 16, None, false),
                ("a", 20, None, false),
                ("next", 32, None, false),
                ("wide", 48, None, false),
            ]
        );
        assert!(Arc::ptr_eq(&layout, &header.ctype("struct s").layout().unwrap()));
    }

    #[test]
    fn an_array_knows_its_elements_and_a_pointer_its_target() {
        let header = Header::new("struct p { int x; }; struct later;");
        let array = header.ctype("const float[2][3]").layout().unwrap();
        assert_eq!(array.scalars(), Some(Kind::Float32));
        assert_eq!(array.extents(), [Some(2), Some(3)]);
        assert!(array.constant && array.size == 24);
        let pointer = header.ctype("struct p *").layout().unwrap();
        assert_eq!(&*pointer.fields()[0].name, "x");
        assert!(header.ctype("void *").layout().unwrap().element().is_none());
    }

    #[test]
    fn what_is_defined_later_has_a_layout_later() {
        let header = Header::new("struct later;");
        assert!(header.ctype("struct later").layout().is_none());
        assert!(header.ctype("struct later *").layout().unwrap().fields().is_empty());
        header.declare("struct later { int x; };");
        assert_eq!(header.ctype("struct later *").layout().unwrap().fields().len(), 1);
    }
}
