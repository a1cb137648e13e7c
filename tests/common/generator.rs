//! [`Generator`]: random records, defined at once in C text and in a [`Types`] arena.

use std::fmt::Write;

use metaffi::backend::c::types::{
    DeclaredMember, EnumOptions, Enumerator, FunctionType, Primitive, Qualifiers, RecordKind,
    RecordOptions, TypeId, Types,
};

use super::random::Random;

const ALIGNMENTS: [usize; 6] = [1, 2, 4, 8, 16, 32];

/// What a generated record may contain.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// The most members of one record.
    pub(crate) members: usize,
    /// Of 100 records, how many have an alignment or packing of their own.
    pub(crate) attributes: usize,
    /// Of 100 structs, how many end in a flexible array.
    pub(crate) flexible: usize,
    /// Of 100 scalar members, how many have at most 8 bytes.
    pub(crate) small: usize,
}

/// A record that both sides know.
pub(crate) struct Generated {
    pub(crate) id: TypeId,
    /// `struct s7`
    pub(crate) spelling: String,
}

pub(crate) struct Generator {
    pub(crate) types: Types,
    pub(crate) random: Random,
    /// The definitions so far.
    pub(crate) source: String,
    shape: Shape,
    scalars: Vec<TypeId>,
    small_scalars: Vec<TypeId>,
    bit_bases: Vec<TypeId>,
    /// Records that may be members of others.
    nestable: Vec<TypeId>,
    names: usize,
}

impl Generator {
    pub(crate) fn new(seed: u64, shape: Shape) -> Generator {
        let types = Types::new();
        let mut source = "#include <stdarg.h>\n#include <stddef.h>\n#include <stdint.h>\n\
                          #include <stdio.h>\n#include <string.h>\n#include <uchar.h>\n"
            .to_owned();
        let all = Primitive::ALL.into_iter().filter(|p| *p != Primitive::Void);
        let scalars: Vec<_> = all.map(|p| types.primitive(p)).collect();
        let mut generator = Generator {
            bit_bases: scalars.iter().copied().filter(|id| types.integer(*id).is_some()).collect(),
            small_scalars: vec![],
            scalars,
            random: Random::new(seed),
            shape,
            nestable: vec![],
            names: 0,
            source: String::new(),
            types,
        };
        generator.add_enumerations(&mut source);
        generator.add_derived(&mut source);
        generator.add_aligned(&mut source);
        generator.source = source;
        let small = |id: &&TypeId| generator.types.size(**id).is_ok_and(|size| size <= 8);
        generator.small_scalars = generator.scalars.iter().filter(small).copied().collect();
        generator
    }

    fn add_enumerations(&mut self, source: &mut String) {
        let kinds = [("plain", 3, false), ("negative", -3, false), ("tiny", 3, true)];
        for (tag, value, packed) in kinds {
            let name = format!("{tag}_a");
            let attribute = if packed { "__attribute__((packed))" } else { "" };
            writeln!(source, "enum {tag} {{ {name} = {value} }} {attribute};").unwrap();
            let options = EnumOptions { packed, underlying: None };
            let id = self.types.enumeration(Some(tag), vec![Enumerator { name, value }], options);
            let id = id.unwrap();
            self.scalars.push(id);
            self.bit_bases.push(id);
        }
    }

    fn add_derived(&mut self, source: &mut String) {
        let types = &self.types;
        let char = types.qualified(types.primitive(Primitive::Char), Qualifiers::CONST).unwrap();
        let int = types.primitive(Primitive::Int);
        let text = types.pointer(char);
        let function = types.function(FunctionType::new(int, vec![text, int])).unwrap();
        self.scalars.extend([text, types.pointer(function), types.named("size_t").unwrap()]);
        self.scalars.push(types.qualified(int, Qualifiers::VOLATILE).unwrap());
        let long = types.primitive(Primitive::LongLong);
        self.scalars.push(types.qualified(long, Qualifiers::ATOMIC).unwrap());
        let vector = types.vector(types.primitive(Primitive::Float), 16).unwrap();
        writeln!(source, "typedef {};", types.spell_named(vector, "float4")).unwrap();
        self.scalars.push(types.alias("float4", vector, None).unwrap());
        let vector = types.vector(types.primitive(Primitive::Int), 8).unwrap();
        writeln!(source, "typedef {};", types.spell_named(vector, "int2")).unwrap();
        self.scalars.push(types.alias("int2", vector, None).unwrap());
        self.scalars.push(types.va_list());
    }

    /// Typedefs that raise or lower an alignment.
    fn add_aligned(&mut self, source: &mut String) {
        let bases = [Primitive::Int, Primitive::Short, Primitive::LongLong, Primitive::Double];
        for (base, align) in bases.into_iter().flat_map(|b| [1, 4, 16].map(|align| (b, align))) {
            let base = self.types.primitive(base);
            let name = format!("aligned_{}_{align}", self.types.spell(base).replace(' ', "_"));
            let spelling = self.types.spell(base);
            writeln!(source, "typedef {spelling} {name} __attribute__((aligned({align})));")
                .unwrap();
            let id = self.types.alias(&name, base, Some(align)).unwrap();
            self.scalars.push(id);
            if self.types.integer(id).is_some() {
                self.bit_bases.push(id);
            }
        }
    }

    pub(crate) fn scalar_types(&self) -> &[TypeId] {
        &self.scalars
    }

    /// Defines one more record.
    pub(crate) fn record(&mut self) -> Generated {
        let kind = if self.random.chance(25) { RecordKind::Union } else { RecordKind::Struct };
        let tag = self.fresh("s");
        let id = self.types.declare_record(kind, Some(&tag)).unwrap();
        let pack = self.random.chance(self.shape.attributes / 2);
        let pack = pack.then(|| *self.random.pick(&[1, 2, 4, 8, 16]));
        let (text, flexible) = self.define(id, kind, Some(&tag), pack, 0);
        match pack {
            Some(n) => {
                writeln!(self.source, "#pragma pack(push, {n})\n{text};\n#pragma pack(pop)")
            }
            None => writeln!(self.source, "{text};"),
        }
        .unwrap();
        if !flexible {
            self.nestable.push(id);
        }
        Generated { id, spelling: format!("{} {tag}", kind.keyword()) }
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// Completes `id`; returns its definition and whether it ends in a flexible array.
    fn define(
        &mut self,
        id: TypeId,
        kind: RecordKind,
        tag: Option<&str>,
        pack: Option<usize>,
        depth: usize,
    ) -> (String, bool) {
        let mut fields = vec![];
        let mut body = String::new();
        for _ in 0..self.random.below(self.shape.members + 1) {
            let (field, text) = self.field(pack, depth);
            writeln!(body, "  {text};").unwrap();
            fields.push(field);
        }
        let named = fields.iter().any(|field| field.name.is_some());
        let flexible = kind == RecordKind::Struct
            && depth == 0
            && named
            && self.random.chance(self.shape.flexible);
        if flexible {
            let element = *self.random.pick(&self.small_scalars);
            if let Ok(array) = self.types.array(element, None) {
                let name = self.fresh("f");
                writeln!(body, "  {};", self.types.spell_named(array, &name)).unwrap();
                fields.push(DeclaredMember::new(name, array));
            }
        }
        let mut options = RecordOptions { pack, ..RecordOptions::default() };
        let mut attributes = String::new();
        if self.random.chance(self.shape.attributes) {
            options.packed = true;
            attributes += " __attribute__((packed))";
        }
        if self.random.chance(self.shape.attributes / 2) {
            let align = *self.random.pick(&ALIGNMENTS);
            options.align = Some(align);
            write!(attributes, " __attribute__((aligned({align})))").unwrap();
        }
        self.types.complete_record(id, fields, options).unwrap();
        let tag = tag.unwrap_or_default();
        (format!("{} {tag} {{\n{body}}}{attributes}", kind.keyword()), flexible)
    }

    fn field(&mut self, pack: Option<usize>, depth: usize) -> (DeclaredMember, String) {
        if depth < 2 && self.random.chance(8) {
            return self.anonymous(pack, depth);
        }
        if self.random.chance(35) { self.bit_field() } else { self.member() }
    }

    fn anonymous(&mut self, pack: Option<usize>, depth: usize) -> (DeclaredMember, String) {
        let kind = *self.random.pick(&[RecordKind::Struct, RecordKind::Union]);
        let id = self.types.declare_record(kind, None).unwrap();
        let (text, _) = self.define(id, kind, None, pack, depth + 1);
        (DeclaredMember::anonymous(id), text)
    }

    fn member(&mut self) -> (DeclaredMember, String) {
        let type_id = self.member_type();
        let mut field = DeclaredMember::new(self.fresh("m"), type_id);
        let mut text = self.types.spell_named(type_id, field.name.as_deref().unwrap());
        let align = *self.random.pick(&ALIGNMENTS);
        if self.random.chance(self.shape.attributes / 2) {
            field.align = Some(align);
            // `_Alignas` may not ask for less than the type has.
            if self.random.chance(50) && align >= self.types.align(type_id).unwrap() {
                text = format!("_Alignas({align}) {text}");
            } else {
                write!(text, " __attribute__((aligned({align})))").unwrap();
            }
        }
        self.pack_member(&mut field, &mut text);
        (field, text)
    }

    fn pack_member(&mut self, field: &mut DeclaredMember, text: &mut String) {
        if self.random.chance(self.shape.attributes / 3) {
            field.packed = true;
            text.push_str(" __attribute__((packed))");
        }
    }

    fn member_type(&mut self) -> TypeId {
        let mut id = if !self.nestable.is_empty() && self.random.chance(12) {
            *self.random.pick(&self.nestable)
        } else if self.random.chance(self.shape.small) {
            *self.random.pick(&self.small_scalars)
        } else {
            *self.random.pick(&self.scalars)
        };
        while self.random.chance(12) {
            let length = self.random.below(4);
            // An element whose alignment exceeds its size makes no array.
            id = self.types.array(id, Some(length)).unwrap_or(id);
        }
        id
    }

    fn bit_field(&mut self) -> (DeclaredMember, String) {
        let base = *self.random.pick(&self.bit_bases);
        let most = match self.types.integer(base) {
            Some(Primitive::Bool) => 1,
            _ => 8 * self.types.size(base).unwrap(),
        };
        let name = (!self.random.chance(15)).then(|| self.fresh("b"));
        let width = match self.random.below(10) {
            0 if name.is_none() => 0,
            1 => most,
            2 => most.min(8),
            3 => most.min(16),
            _ => 1 + self.random.below(most.min(40)),
        };
        let mut field = DeclaredMember::bits(name.as_deref(), base, width as u32);
        let declared = self.types.spell_named(base, name.as_deref().unwrap_or_default());
        let mut text = format!("{declared} : {width}");
        if width > 0 && name.is_some() && self.random.chance(self.shape.attributes / 3) {
            let align = *self.random.pick(&ALIGNMENTS);
            field.align = Some(align);
            write!(text, " __attribute__((aligned({align})))").unwrap();
        }
        self.pack_member(&mut field, &mut text);
        (field, text)
    }
}
