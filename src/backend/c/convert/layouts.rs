//! The layouts of C types, made once for each as long as somebody has them.

use std::sync::Arc;

use super::origin::CTypeOrigin;
use super::{Direction, infer};
use crate::backend::c::data::ctype::{CType, Format, PointeeKind, Representation};
use crate::backend::c::data::named_member::NamedMember;
use crate::backend::c::types::TypeKind;
use crate::fork::Once;
use crate::object::layout::{Bits, NumberFormat, Precision};
use crate::object::layout::{Field, Layout, LayoutKind};
use crate::signature::Kind;

impl CType {
    /// How its values lie in memory; `None` if it has none, or no definition yet.
    pub fn layout(&self) -> Option<Arc<Layout>> {
        let ctype = self.latest();
        if let Some(known) = ctype.layout.lock().upgrade() {
            return Some(known);
        }
        let made = Arc::new(Layout {
            size: ctype.size,
            align: ctype.align,
            constant: ctype.constant,
            open: ctype.is_open_ended(),
            kind: kind(ctype)?,
            host: Once::new(),
            origin: Box::new(CTypeOrigin(ctype.clone())),
        });
        let mut known = ctype.layout.lock();
        if let Some(known) = known.upgrade() {
            return Some(known);
        }
        *known = Arc::downgrade(&made);
        Some(made)
    }
}

fn kind(ctype: &CType) -> Option<LayoutKind> {
    if let Some(kind) = scalar(ctype) {
        return Some(LayoutKind::Scalar(kind));
    }
    Some(match ctype.class {
        Representation::Void | Representation::Function => return None,
        Representation::Pointer(pointee) => {
            let is_void = |inner: &CType| matches!(inner.class, Representation::Void);
            LayoutKind::Pointer {
                code: pointee.kind == PointeeKind::Function,
                any: pointee.kind == PointeeKind::Unknown && ctype.inner().is_some_and(is_void),
            }
        }
        Representation::Array(_) => LayoutKind::Array { length: ctype.length() },
        Representation::Record if ctype.complete => LayoutKind::Record(fields(ctype)),
        _ if !ctype.is_complete() => return None,
        Representation::Wide { signed } => LayoutKind::Number(NumberFormat::Wide { signed }),
        Representation::Float(format) => LayoutKind::Number(NumberFormat::Real(precision(format))),
        Representation::Complex(format) => {
            LayoutKind::Number(NumberFormat::Complex(precision(format)))
        }
        _ => match ctype.types.resolved(ctype.id) {
            TypeKind::Vector { lanes, .. } => LayoutKind::Array { length: Some(lanes) },
            _ => LayoutKind::Opaque,
        },
    })
}

fn precision(format: Format) -> Precision {
    match format {
        Format::Half => Precision::Half,
        Format::Single => Precision::Single,
        Format::Double => Precision::Double,
        Format::Extended => Precision::Extended,
        Format::Quad => Precision::Quad,
    }
}

/// The members of a record, and those of its anonymous members.
fn fields(ctype: &CType) -> Box<[Field]> {
    let field = |part: &NamedMember| Field {
        name: part.name.clone(),
        offset: part.offset,
        bits: part.bits.map(|bits| Bits {
            shift: bits.shift,
            width: bits.width,
            signed: matches!(part.ctype().class, Representation::Integer { signed: true }),
        }),
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
            .enumerate()
            .map(|(index, field)| {
                let part = layout.origin.part(index).unwrap().origin.spell();
                (&*field.name, field.offset, field.bits.map(|bits| bits.width), part)
            })
            .collect();
        let expected = [
            ("tag", 0, None, "char"),
            ("i", 4, None, "int"),
            ("low", 4, None, "short"),
            ("high", 6, None, "short"),
            ("d", 8, None, "const double"),
            ("bits", 16, Some(3), "unsigned int"),
            ("a", 20, None, "int [2]"),
            ("next", 32, None, "struct s *"),
            ("wide", 48, None, "long double"),
        ];
        let expected = expected.map(|(name, at, bits, part)| (name, at, bits, part.to_owned()));
        assert_eq!(found, expected);
        assert!(layout.fields()[4].constant && !layout.fields()[3].constant);
        assert!(Arc::ptr_eq(&layout, &header.ctype("struct s").layout().unwrap()));
    }

    #[test]
    fn a_layout_leads_to_all_that_its_type_does() {
        let header = Header::new("struct p { int x; struct p *next; }; struct later;");
        let array = header.ctype("const float[2][3]").layout().unwrap();
        assert!(array.constant && array.size == 24);
        let row = array.origin.inner().unwrap();
        assert!(matches!(row.kind, LayoutKind::Array { length: Some(3) }));
        let element = row.origin.inner().unwrap();
        assert!(element.constant && matches!(element.kind, LayoutKind::Scalar(Kind::Float32)));
        let pointer = header.ctype("struct p *").layout().unwrap();
        let target = pointer.origin.inner().unwrap();
        assert!(Arc::ptr_eq(&target.origin.part(1).unwrap(), &pointer));
        assert!(Arc::ptr_eq(&target.origin.pointer().unwrap(), &pointer));
        assert!(header.ctype("void *").layout().unwrap().origin.inner().is_none());
        assert!(target.origin.array().unwrap().open);
    }

    #[test]
    fn the_members_of_what_is_const_are() {
        let header = Header::new("struct in { int x; }; struct out { struct in in; int a[2]; };");
        let layout = header.ctype("const struct out").layout().unwrap();
        for index in 0..2 {
            assert!(layout.fields()[index].constant);
            assert!(layout.origin.part(index).unwrap().constant);
        }
    }

    #[test]
    fn what_is_defined_later_has_a_layout_later() {
        let header = Header::new("struct later;");
        assert!(header.ctype("struct later").layout().is_none());
        let pointer = header.ctype("struct later *").layout().unwrap();
        assert!(pointer.origin.inner().is_none());
        header.declare("struct later { int x; };");
        assert_eq!(pointer.origin.inner().unwrap().fields().len(), 1);
    }
}
