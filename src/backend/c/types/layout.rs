//! Where the members of a record lie, as GCC places them.

use std::collections::HashSet;

use super::{
    BitField, DeclaredMember, Member, NameIndex, Primitive, Record, RecordKind, RecordOptions,
    TypeId, TypeKind, build::check_align, store::Store, target,
};
use crate::error::{Error, Result};

/// Lays out the record `id`.
pub(super) fn lay_out(
    store: &Store,
    id: TypeId,
    kind: RecordKind,
    fields: Vec<DeclaredMember>,
    options: RecordOptions,
) -> Result<Record> {
    for align in [options.align, options.pack].into_iter().flatten() {
        check_align(align)?;
    }
    check_names(store, &fields)?;
    let align = options.align.unwrap_or(1);
    let (members, padding) = (vec![], vec![]);
    let mut layout =
        RecordLayout { store, id, kind, options, end: 0, size: 0, align, members, padding };
    let last = fields.len().wrapping_sub(1);
    for (index, field) in fields.iter().enumerate() {
        layout.place(field, index == last).map_err(|error| error.context(label(field, index)))?;
    }
    let size = layout.size.div_ceil(8).next_multiple_of(layout.align as u128);
    let size = usize::try_from(size).ok().filter(|size| *size <= target::MAX_SIZE);
    let size = size.ok_or_else(|| Error::out_of_range("it is larger than memory"))?;
    let (parts, padding) = (&layout.members, layout.padding);
    let has_values = parts.iter().any(|part| part.bits.is_some() || store.has_values(part.type_id));
    let has_odd_vector = parts.iter().any(|part| store.has_odd_vector(part.type_id));
    Ok(Record {
        names: NameIndex::new(layout.members.iter().map(|member| member.name.as_deref())),
        kind,
        tag: store.tag(id).cloned(),
        size,
        align: layout.align,
        members: layout.members,
        padding,
        fields,
        options,
        has_values,
        has_odd_vector,
    })
}

/// Positions count bits, in a type that the bits of all memory cannot overflow.
struct RecordLayout<'a> {
    store: &'a Store,
    id: TypeId,
    kind: RecordKind,
    options: RecordOptions,
    /// Where the next member of a struct begins; 0 throughout a union.
    end: u128,
    size: u128,
    align: usize,
    members: Vec<Member>,
    padding: Vec<Member>,
}

impl RecordLayout<'_> {
    fn place(&mut self, field: &DeclaredMember, last: bool) -> Result<()> {
        if let Some(align) = field.align {
            check_align(align)?;
        }
        match field.width {
            None => self.place_member(field, last),
            Some(0) => self.end_storage_unit(field),
            Some(width) => self.place_bits(field, width),
        }
    }

    fn packed(&self, field: &DeclaredMember) -> bool {
        self.options.packed || field.packed
    }

    fn place_member(&mut self, field: &DeclaredMember, last: bool) -> Result<()> {
        let size = self.member_size(field, last)?;
        let natural = if self.packed(field) { 1 } else { self.store.align(field.type_id)? };
        let asked = natural.max(field.align.unwrap_or(1));
        let align = self.options.pack.map_or(asked, |pack| asked.min(pack));
        self.align = self.align.max(align);
        let start = self.end.next_multiple_of(8 * align as u128);
        self.push(field, start, 8 * size as u128, true)
    }

    /// Bytes of the member; 0 for a flexible array.
    fn member_size(&self, field: &DeclaredMember, last: bool) -> Result<usize> {
        let store = self.store;
        match *store.resolved(field.type_id) {
            TypeKind::Array { element, length: None } => {
                if !last && self.kind == RecordKind::Struct {
                    return Err(Error::mismatch(
                        "a flexible array must be the last member".to_owned(),
                    ));
                }
                store.size(element).map(|_| 0)
            }
            _ if store.innermost(field.type_id) == self.id => {
                Err(Error::mismatch("a record cannot contain itself; use a pointer".to_owned()))
            }
            _ => store.size(field.type_id),
        }
    }

    /// `int : 0`: the next member begins at a boundary of the type, whatever packing says.
    fn end_storage_unit(&mut self, field: &DeclaredMember) -> Result<()> {
        self.bit_field_base(field, 0)?;
        if field.name.is_some() {
            return Err(Error::out_of_range("a bit-field with a name needs at least one bit"));
        }
        let align = self.store.align(field.type_id)?.max(field.align.unwrap_or(1));
        if target::UNNAMED_BIT_FIELD_ALIGNS {
            self.align = self.align.max(align);
        }
        match self.kind {
            RecordKind::Struct => {
                self.end = self.end.next_multiple_of(8 * align as u128);
                self.size = self.size.max(self.end);
                Ok(())
            }
            // It ends nothing there, but is a member like any other.
            RecordKind::Union => self.push(field, 0, 0, true),
        }
    }

    fn place_bits(&mut self, field: &DeclaredMember, width: u32) -> Result<()> {
        self.bit_field_base(field, width)?;
        let (store, packed, pack) = (self.store, self.packed(field), self.options.pack);
        let unit = 8 * store.size(field.type_id)? as u128;
        let natural = 8 * store.align(field.type_id)? as u128;
        let pack = pack.map(|pack| 8 * pack as u128);
        let width = u128::from(width);

        let mut start_align = field.align.map_or(1, |align| 8 * align as u128);
        // A bit-field that fills an aligned integer is laid out as that integer.
        let integer = width.is_power_of_two()
            && width >= 8
            && !(packed && width > 8)
            && self.end.is_multiple_of(width);
        if integer {
            start_align = start_align.max(width);
        }
        let cap = |align: u128| pack.map_or(align, |pack| align.min(pack));
        start_align = cap(start_align);
        if field.name.is_some() || target::UNNAMED_BIT_FIELD_ALIGNS {
            let implied = if pack.is_none() && packed { 8 } else { cap(natural) };
            let align = start_align.max(implied).div_ceil(8);
            self.align = self.align.max(usize::try_from(align).unwrap_or(target::MAX_ALIGN));
        }

        let mut start = self.end.next_multiple_of(start_align);
        let spans = (start % natural + width).div_ceil(natural) > unit / natural;
        if !integer && !packed && pack.is_none() && spans {
            start = start.next_multiple_of(natural);
        }
        self.push(field, start, width, integer)
    }

    /// Checks that the type can be that of a bit-field of `width` bits.
    fn bit_field_base(&self, field: &DeclaredMember, width: u32) -> Result<()> {
        let spelling = || self.store.spell(field.type_id);
        let Some(base) = self.store.integer(field.type_id) else {
            let message = format!("`{}` cannot be the type of a bit-field", spelling());
            return Err(Error::mismatch(message));
        };
        let most = match base {
            Primitive::Bool => 1,
            _ => 8 * base.size().unwrap_or(0),
        };
        if width as usize <= most {
            return Ok(());
        }
        let message =
            format!("a bit-field of `{}` has at most {most} bits, not {width}", spelling());
        Err(Error::out_of_range(message))
    }

    fn push(
        &mut self,
        field: &DeclaredMember,
        start: u128,
        length: u128,
        ordinary: bool,
    ) -> Result<()> {
        let end = start + length;
        self.size = self.size.max(end);
        if self.kind == RecordKind::Struct {
            self.end = end;
        }
        let offset = usize::try_from(start / 8)
            .map_err(|_| Error::out_of_range("it lies beyond the end of memory"))?;
        let bits = field.width.map(|width| BitField { shift: (start % 8) as u32, width });
        let name = field.name.as_deref().map(Into::into);
        let list = match bits {
            Some(_) if name.is_none() => &mut self.padding,
            _ => &mut self.members,
        };
        list.push(Member { name, type_id: field.type_id, offset, bits, ordinary });
        Ok(())
    }
}

fn label(field: &DeclaredMember, index: usize) -> String {
    match &field.name {
        Some(name) => format!("member `{name}`"),
        None => format!("member {index} (unnamed)"),
    }
}

/// Every name, those reachable through anonymous members included, is used once.
fn check_names(store: &Store, fields: &[DeclaredMember]) -> Result<()> {
    let mut seen = HashSet::new();
    for field in fields {
        let mut names = vec![];
        match &field.name {
            Some(name) => names.push(name.clone()),
            None => store.reachable_names(field.type_id, &mut names, &mut HashSet::new()),
        }
        for name in names {
            if let Some(twice) = seen.replace(name) {
                return Err(Error::mismatch(format!("member `{twice}` is declared twice")));
            }
        }
    }
    Ok(())
}

impl Store {
    /// What an array of arrays is an array of.
    fn innermost(&self, mut id: TypeId) -> TypeId {
        while let TypeKind::Array { element, .. } = *self.resolved(id) {
            id = element;
        }
        self.resolve(id)
    }

    /// A record without names has none the next time either.
    fn reachable_names(&self, id: TypeId, names: &mut Vec<String>, nameless: &mut HashSet<TypeId>) {
        let id = self.resolve(id);
        if nameless.contains(&id) {
            return;
        }
        let before = names.len();
        let Some(record) = self.record(id) else { return };
        for member in &record.members {
            match &member.name {
                Some(name) => names.push(name.to_string()),
                None => self.reachable_names(member.type_id, names, nameless),
            }
        }
        if names.len() == before {
            nameless.insert(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::types::Types;

    fn complete(types: &Types, tag: &str, fields: Vec<DeclaredMember>) -> Result<TypeId> {
        let id = types.declare_record(RecordKind::Struct, Some(tag))?;
        types.complete_record(id, fields, RecordOptions::default())?;
        Ok(id)
    }

    fn refusal(types: &Types, fields: Vec<DeclaredMember>) -> String {
        complete(types, "s", fields).unwrap_err().message().to_owned()
    }

    #[test]
    fn members_without_a_name_take_their_place() {
        let types = Types::new();
        let (char, int) = (types.primitive(Primitive::Char), types.primitive(Primitive::Int));
        let id = types.declare_record(RecordKind::Struct, None).unwrap();
        let fields = vec![
            DeclaredMember::anonymous(char),
            DeclaredMember::anonymous(int),
            DeclaredMember::new("c", char),
        ];
        types.complete_record(id, fields, RecordOptions::default()).unwrap();
        assert_eq!((types.size(id).unwrap(), types.path(id, "c").unwrap().offset), (12, 8));
        assert_eq!(types.record(id).unwrap().members[1].offset, 4);
    }

    #[test]
    fn an_empty_struct_has_no_size() {
        let types = Types::new();
        let id = complete(&types, "empty", vec![]).unwrap();
        assert_eq!((types.size(id).unwrap(), types.align(id).unwrap()), (0, 1));
    }

    #[test]
    fn impossible_members_are_refused_by_name() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let hidden = types.declare_record(RecordKind::Struct, Some("hidden")).unwrap();
        let own = types.declare_record(RecordKind::Struct, Some("s")).unwrap();
        let open = types.array(int, None).unwrap();
        let float = types.primitive(Primitive::Float);
        let of = |fields| refusal(&types, fields);
        assert_eq!(
            of(vec![DeclaredMember::new("a", own)]),
            "struct s: member `a`: a record cannot contain itself; use a pointer"
        );
        assert!(
            of(vec![DeclaredMember::new("a", hidden)])
                .contains("`struct hidden` is declared but not")
        );
        assert!(
            of(vec![DeclaredMember::new("a", open), DeclaredMember::new("b", int)])
                .contains("must be the last")
        );
        assert!(
            of(vec![DeclaredMember::new("a", int), DeclaredMember::new("a", int)])
                .contains("`a` is declared twice")
        );
        assert!(
            of(vec![DeclaredMember::bits(Some("a"), int, 33)]).contains("at most 32 bits, not 33")
        );
        assert!(of(vec![DeclaredMember::bits(Some("a"), int, 0)]).contains("at least one bit"));
        assert!(
            of(vec![DeclaredMember::bits(Some("a"), float, 3)])
                .contains("`float` cannot be the type")
        );
        let odd = DeclaredMember { align: Some(3), ..DeclaredMember::new("a", int) };
        assert!(of(vec![odd]).contains("alignment 3 is not a power of two"));
    }

    #[test]
    fn sizes_beyond_memory_are_refused() {
        let types = Types::new();
        let char = types.primitive(Primitive::Char);
        let half = types.array(char, Some(target::MAX_SIZE)).unwrap();
        let error =
            refusal(&types, vec![DeclaredMember::new("a", half), DeclaredMember::new("b", half)]);
        assert!(error.contains("larger than memory"), "{error}");
    }

    #[test]
    fn a_record_is_completed_once() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let number = types.alias("number", int, None).unwrap();
        let id = complete(&types, "s", vec![DeclaredMember::new("a", int)]).unwrap();
        assert_eq!(complete(&types, "s", vec![DeclaredMember::new("a", number)]).unwrap(), id);
        let error = refusal(&types, vec![DeclaredMember::new("b", int)]);
        assert!(error.contains("first as `{ int a; }`, now as `{ int b; }`"), "{error}");
        let clash = types.declare_record(RecordKind::Union, Some("s")).unwrap_err();
        assert!(clash.message().contains("already belongs to `struct s`"), "{clash}");
    }
}
