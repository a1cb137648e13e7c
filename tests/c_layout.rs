//! The layout of random records, compared with what the C compiler makes of the same text.

mod common;

use std::fmt::Write;
use std::process::Command;

use common::compiler::compile_text;
use common::generator::{Generated, Generator, Shape};
use metaffi::backend::c::types::{MemberLocation, TypeId, TypeKind, Types};

const RECORDS: usize = 1500;
const SHAPE: Shape = Shape { members: 7, attributes: 15, flexible: 10, small: 60 };

/// Prints where the ones of a bit-field set to all ones lie.
const PREAMBLE: &str = r#"
static void bits(const char *what, const unsigned char *object, size_t size) {
    size_t first = 0, count = 0;
    for (size_t i = 0; i < 8 * size; i++)
        if (object[i / 8] >> (i % 8) & 1 && count++ == 0) first = i;
    printf("%s bits %zu+%zu\n", what, first, count);
}
#define BITS(what, type, member) \
    { static type object; memset(&object, 0, sizeof object); object.member = -1; \
      bits(what, (unsigned char *)&object, sizeof object); }
#define NUMBER(what, value) printf("%s %zu\n", what, (size_t)(value));
"#;

/// The questions in C and the model's answers, in the same order.
#[derive(Default)]
struct Facts {
    functions: String,
    calls: String,
    answers: Vec<String>,
}

impl Facts {
    fn number(&mut self, what: &str, c: &str, value: usize) {
        writeln!(self.functions, "    NUMBER(\"{what}\", {c})").unwrap();
        self.answers.push(format!("{what} {value}"));
    }

    fn record(&mut self, types: &Types, record: &Generated) {
        let Generated { id, spelling } = record;
        let function = spelling.replace(' ', "_");
        writeln!(self.functions, "static void {function}(void) {{").unwrap();
        writeln!(self.calls, "    {function}();").unwrap();
        let size = types.size(*id).unwrap();
        self.number(&format!("{spelling} size"), &format!("sizeof({spelling})"), size);
        let align = types.align(*id).unwrap();
        self.number(&format!("{spelling} align"), &format!("_Alignof({spelling})"), align);
        for path in paths(types, *id, 0) {
            let place = types.path(*id, &path).unwrap();
            self.place(spelling, &path, place);
        }
        self.functions.push_str("}\n");
    }

    fn place(&mut self, spelling: &str, path: &str, place: MemberLocation) {
        let what = format!("{spelling} {path}");
        let Some(bits) = place.bits else {
            return self.number(&what, &format!("offsetof({spelling}, {path})"), place.offset);
        };
        writeln!(self.functions, "    BITS(\"{what}\", {spelling}, {path})").unwrap();
        let first = 8 * place.offset + bits.shift as usize;
        self.answers.push(format!("{what} bits {first}+{}", bits.width));
    }
}

/// Every named part of a record, to a depth of three.
fn paths(types: &Types, id: TypeId, depth: usize) -> Vec<String> {
    let Some(record) = types.record(id).filter(|_| depth < 3) else { return vec![] };
    let mut all = vec![];
    for member in &record.members {
        let inner = paths(types, inhabited(types, member.type_id), depth + 1);
        let Some(name) = &member.name else {
            all.extend(inner);
            continue;
        };
        all.push(name.to_string());
        let index = indexes(types, member.type_id);
        all.extend(index.into_iter().flat_map(|index| {
            let prefix = format!("{name}{index}");
            let inner = inner.iter().map(move |path| format!("{prefix}.{path}"));
            [format!("{name}{index}")].into_iter().chain(inner).collect::<Vec<_>>()
        }));
    }
    all.retain(|path| !path.is_empty());
    all.dedup();
    all
}

/// The element type of an array of any rank.
fn inhabited(types: &Types, id: TypeId) -> TypeId {
    match types.resolved(id) {
        TypeKind::Array { element, .. } => inhabited(types, element),
        _ => id,
    }
}

/// The index text of the last element: `[1][2]`; none if there is no element.
fn indexes(types: &Types, id: TypeId) -> Option<String> {
    match types.resolved(id) {
        TypeKind::Array { element, length } => {
            let last = length?.checked_sub(1)?;
            Some(format!("[{last}]{}", indexes(types, element)?))
        }
        _ => Some(String::new()),
    }
}

#[test]
fn layouts_are_those_of_the_compiler() {
    let mut generator = Generator::new(0x5EED, SHAPE);
    let records: Vec<_> = (0..RECORDS).map(|_| generator.record()).collect();
    let types = &generator.types;
    let mut facts = Facts::default();
    records.iter().for_each(|record| facts.record(types, record));
    let scalars = generator.scalar_types().iter().map(|id| types.spell(*id));
    let scalars: String = scalars.map(|s| format!("    NUMBER(\"{s}\", sizeof({s}))\n")).collect();
    let source = format!(
        "{}{PREAMBLE}{}static void scalars(void) {{\n{scalars}}}\n\
         int main(void) {{\n{}    scalars();\n    return 0;\n}}\n",
        generator.source, facts.functions, facts.calls
    );
    for id in generator.scalar_types() {
        facts.answers.push(format!("{} {}", types.spell(*id), types.size(*id).unwrap()));
    }

    let directory = tempfile::tempdir().unwrap();
    let program = compile_text(directory.path(), &source, &["-O0"]);
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success());
    let output = String::from_utf8(output.stdout).unwrap();

    let compiled: Vec<_> = output.lines().collect();
    assert_eq!(compiled.len(), facts.answers.len());
    let wrong: Vec<_> = compiled
        .iter()
        .zip(&facts.answers)
        .filter(|(compiler, model)| compiler != model)
        .map(|(compiler, model)| format!("compiler: {compiler}, model: {model}"))
        .collect();
    println!("{} facts about {RECORDS} records compared", compiled.len());
    assert!(compiled.len() > 5 * RECORDS, "only {} facts", compiled.len());
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}
