//! The layouts of C types, made once for each.

use std::sync::Arc;

use super::accept::Direction;
use super::ctype::{CType, Format, Representation};
use super::infer::infer;
use super::named_member::NamedMember;
use crate::backend::{Field, Layout, LayoutKind};
use crate::fork::Once;
use crate::signature::Kind;

impl CType {
    /// How its values lie in memory; `None` if it has none, or no definition yet.
    pub fn layout(&self) -> Option<Arc<Layout>> {
        let ctype = self.latest();
        if let Some(known) = ctype.layout.get() {
            return Some(known.clone());
        }
        // What is pointed to is laid out before what points there, however many levels there are.
        let mut levels = vec![ctype];
        while let Some(inner) = levels.last().and_then(|outer| outer.inner()) {
            levels.push(inner.latest());
        }
        levels.into_iter().rev().fold(None, |inner, outer| outer.layout_around(inner))
    }

    /// The same, where the layout of the target or the elements is `inner`.
    fn layout_around(&self, inner: Option<Arc<Layout>>) -> Option<Arc<Layout>> {
        if let Some(known) = self.layout.get() {
            return Some(known.clone());
        }
        let kind = kind(self, inner)?;
        // A pointer learns later what it points to.
        let settled = is_settled(&kind);
        let layout =
            Arc::new(Layout { size: self.size, constant: self.constant, kind, host: Once::new() });
        Some(if settled { self.layout.get_or_set(layout).clone() } else { layout })
    }
}

fn is_settled(mut kind: &LayoutKind) -> bool {
    loop {
        kind = match kind {
            LayoutKind::Pointer { target: Some(layout) }
            | LayoutKind::Array { element: layout, .. } => &layout.kind,
            LayoutKind::Pointer { target: None } => return false,
            _ => return true,
        }
    }
}

fn kind(ctype: &CType, inner: Option<Arc<Layout>>) -> Option<LayoutKind> {
    if let Some(kind) = scalar(ctype) {
        return Some(LayoutKind::Scalar(kind));
    }
    match ctype.class {
        Representation::Void | Representation::Function => None,
        Representation::Pointer(_) => Some(LayoutKind::Pointer { target: inner }),
        Representation::Array(_) => {
            Some(LayoutKind::Array { element: inner?, length: ctype.length() })
        }
        Representation::Record if ctype.complete => Some(LayoutKind::Record(fields(ctype))),
        Representation::Record => None,
        _ => ctype.is_complete().then_some(LayoutKind::Opaque),
    }
}

/// The members of a record, and those of its anonymous members.
fn fields(ctype: &CType) -> Box<[Field]> {
    let field = |part: &NamedMember| Field {
        name: part.name.clone(),
        offset: part.offset,
        scalar: if part.bits.is_none() { scalar(part.ctype()) } else { None },
        constant: ctype.constant || part.constant,
    };
    ctype.parts().iter().map(field).collect()
}

/// The kind of a number, a bool or a character that this machine has, too.
fn scalar(ctype: &CType) -> Option<Kind> {
    match ctype.class {
        Representation::Bool
        | Representation::Integer { .. }
        | Representation::Float(Format::Single | Format::Double)
            if ctype.is_complete() =>
        {
            infer(ctype, Direction::FromC).map(|info| info.r#type.kind())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::testing::Header;

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
