//! Random types passed and returned by value, between calls and closures of ours and functions of the
//! C compiler.

#[path = "../common/mod.rs"]
mod common;

mod bridge;
mod closure;
mod natives;
mod source;
mod subject;

use bridge::{Bridge, Way};
use common::compiler::compile_text;
use common::generator::{Generator, Shape};
use common::random::Random;
use libloading::Library;
use metaffi::backend::c::types::{
    Convention, DeclaredMember, Primitive, RecordKind, RecordOptions, TypeId, TypeKind,
};
use natives::{Natives, is_vector};
use source::source;
use subject::Subject;

const RECORDS: usize = 500;
const SHAPE: Shape = Shape { members: 4, attributes: 9, flexible: 4, small: 88 };
const LARGEST: usize = 256;

pub(crate) const CONVENTIONS: &[(Convention, &str, &str)] = &[
    (Convention::Default, "native", ""),
    #[cfg(all(target_arch = "x86_64", unix))]
    (Convention::Win64, "win64", "__attribute__((ms_abi))"),
];

/// Types that hardly come up at random: unions with a bit-field of no bits.
fn rare(generator: &mut Generator) -> Vec<(TypeId, String)> {
    let (types, source) = (&generator.types, &mut generator.source);
    let unit = types.primitive(Primitive::Int);
    let parts = [Primitive::Float, Primitive::Double, Primitive::ComplexDouble];
    let mut union = |primitive: Primitive| {
        let (name, part) = (primitive.name(), types.primitive(primitive));
        let tag = format!("rare_{}", name.replace(' ', "_"));
        let id = types.declare_record(RecordKind::Union, Some(&tag)).unwrap();
        let fields = vec![DeclaredMember::bits(None, unit, 0), DeclaredMember::new("part", part)];
        types.complete_record(id, fields, RecordOptions::default()).unwrap();
        *source += &format!("union {tag} {{ int : 0; {name} part; }};\n");
        (id, types.spell(id))
    };
    parts.map(&mut union).to_vec()
}

#[test]
fn values_arrive_as_the_compiler_sends_them() {
    let mut generator = Generator::new(0xCA11, SHAPE);
    let mut random = Random::new(0xDA7A);
    let records: Vec<_> = (0..RECORDS).map(|_| generator.record()).collect();
    let rare = rare(&mut generator);
    let types = &generator.types;
    let scalars =
        generator.scalar_types().iter().filter(|id| types.resolved(**id) != TypeKind::VaList);
    let subjects = scalars.map(|id| (*id, types.spell(*id)));
    let subjects: Vec<_> = subjects
        .chain(rare)
        .chain(records.into_iter().map(|record| (record.id, record.spelling)))
        .filter(|(id, _)| types.size(*id).unwrap() <= LARGEST)
        .map(|(id, spelling)| Subject::new(types, id, spelling, &mut random))
        .collect();

    let directory = tempfile::tempdir().unwrap();
    let options = ["-O0", "-fPIC", "-shared"];
    let library =
        compile_text(directory.path(), &source(types, &generator.source, &subjects), &options);
    // SAFETY: the library has no initializers.
    let library = unsafe { Library::new(library) }.unwrap();

    let ways = [Way::Pointers, Way::Words, Way::Libffi];
    let ways = CONVENTIONS.iter().flat_map(|one| ways.map(|way| (one, way)));
    for ((convention, prefix, _), way) in ways {
        let bridge = Bridge { library: &library, convention: *convention, prefix, way };
        let natives: Vec<_> =
            subjects.iter().map(|s| Natives::new(types, s, *convention)).collect();
        let (mut passed, mut backs) = (0, 0);
        for (n, subject) in subjects.iter().enumerate() {
            let Some(own) = &natives[n] else { continue };
            let other = natives[(n + 1) % natives.len()].as_ref();
            let vectors = [Some(own), other].into_iter().flatten().any(|n| is_vector(&n.returned));
            if way == Way::Libffi && vectors {
                continue;
            }
            bridge.check(n, subject, own, other);
            passed += usize::from(own.parameter.is_some());
            if let (Way::Pointers, Some(other)) = (way, other) {
                backs += usize::from(bridge.check_back(types, n, own, other));
            }
        }
        println!("{prefix}, {way:?}: {passed} of {} types by value", subjects.len());
        assert!(passed > subjects.len() / 2, "{prefix}: only {passed} types");
        if way == Way::Pointers {
            println!("{prefix}: {backs} of {} types in closures", subjects.len());
            assert!(backs > subjects.len() / 2, "{prefix}: only {backs} types in closures");
        }
    }
}
