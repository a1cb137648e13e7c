//! Every constant, type and function of system headers, compared with what the C compiler says.

#[path = "support/compiler.rs"]
mod compiler;

use std::collections::BTreeSet;
use std::fmt::Write;

use metaffi::backend::c::parse::{Compiler, ConstantValue, Declaration, Declarations, Item};
use metaffi::backend::c::types::{TypeId, TypeKind, Types};

/// Prints where the ones in an object lie.
const BITS: &str = r#"
static void bits(const char *what, const unsigned char *object, size_t size) {
    size_t first = 0, count = 0;
    for (size_t i = 0; i < 8 * size; i++)
        if (object[i / 8] >> (i % 8) & 1 && count++ == 0) first = i;
    printf("%s %zu+%zu\n", what, first, count);
}
"#;

/// One program: what it prints line by line, and what we expect there.
#[derive(Default)]
struct Oracle {
    constants: String,
    types: String,
    expected: Vec<String>,
    expected_types: Vec<String>,
    undefined: BTreeSet<String>,
}

impl Oracle {
    fn of(header: &str) -> Oracle {
        let declarations = Declarations::default();
        declarations
            .declare_headers(&[header], &Compiler::default())
            .unwrap_or_else(|error| panic!("{header}: {error}"));
        let mut oracle = Oracle::default();
        for declaration in declarations.declarations() {
            oracle.declaration(&declarations, &declaration);
        }
        for tag in declarations.tags() {
            let spelling = declarations.types().spell(tag.type_id);
            oracle.undefined.insert(tag.name.to_string());
            oracle.type_of(declarations.types(), &spelling, tag.type_id);
        }
        oracle
    }

    fn declaration(&mut self, declarations: &Declarations, declaration: &Declaration) {
        let types = declarations.types();
        let name = &declaration.name;
        match &declaration.item {
            Item::Constant(constant) => {
                if let ConstantValue::Integer(value) = constant.value {
                    let pointer = matches!(types.resolved(constant.type_id), TypeKind::Pointer(_));
                    self.constant(name, value, pointer);
                }
            }
            Item::Typedef(type_id) => self.type_of(types, name, *type_id),
            Item::Function(function) => self.same_type(types, name, function.type_id),
            Item::Global(global) => self.same_type(types, name, global.type_id),
        }
    }

    fn constant(&mut self, name: &str, value: i128, pointer: bool) {
        let negative = if pointer { String::from("0") } else { format!("({name}) < 0") };
        let size = if pointer { String::from("8") } else { format!("sizeof({name})") };
        writeln!(
            self.constants,
            r#"printf("%s %lld %d %d\n", "{name}", (long long)({name}), {negative}, {size} > 0);"#
        )
        .unwrap();
        let negative = !pointer && value < 0;
        self.expected.push(format!("{name} {} {} 1", value as i64, i32::from(negative)));
    }

    fn type_of(&mut self, types: &Types, spelling: &str, type_id: TypeId) {
        let (Ok(size), Ok(align)) = (types.size(type_id), types.align(type_id)) else { return };
        writeln!(
            self.types,
            r#"printf("%s %zu %zu\n", "{spelling}", sizeof({spelling}), _Alignof({spelling}));"#
        )
        .unwrap();
        self.expected_types.push(format!("{spelling} {size} {align}"));
        let Some(record) = types.record(type_id) else { return };
        for member in &record.members {
            let Some(name) = &member.name else { continue };
            self.undefined.insert(name.to_string());
            if let Some(bits) = member.bits {
                self.bits(spelling, name, 8 * member.offset + bits.shift as usize, bits.width);
                continue;
            }
            writeln!(
                self.types,
                r#"printf("%s.%s %zu\n", "{spelling}", "{name}", __builtin_offsetof({spelling}, {name}));"#
            )
            .unwrap();
            self.expected_types.push(format!("{spelling}.{name} {}", member.offset));
        }
    }

    /// Where the ones of a bit-field lie that holds nothing else.
    fn bits(&mut self, spelling: &str, name: &str, first: usize, width: u32) {
        writeln!(
            self.types,
            r#"{{ static {spelling} o; memset(&o, 0, sizeof o); o.{name} = -1; bits("{spelling}.{name}", (void *)&o, sizeof o); }}"#
        )
        .unwrap();
        self.expected_types.push(format!("{spelling}.{name} {first}+{width}"));
    }

    fn same_type(&mut self, types: &Types, name: &str, type_id: TypeId) {
        let spelling = types.spell(type_id);
        writeln!(
            self.types,
            r#"printf("%s %d\n", "{name}", __builtin_types_compatible_p(__typeof__({name}), {spelling}));"#
        )
        .unwrap();
        self.expected_types.push(format!("{name} 1"));
    }

    fn program(&self, header: &str) -> String {
        let undefined: Vec<String> =
            self.undefined.iter().map(|name| format!("#undef {name}\n")).collect();
        format!(
            "#include <{header}>\n#include <stdio.h>\n#include <string.h>\n#include <stdarg.h>\n{BITS}\
             static void constants(void) {{\n{}}}\n{}\
             static void types(void) {{\n{}}}\nint main(void) {{ constants(); types(); }}\n",
            self.constants,
            undefined.concat(),
            self.types
        )
    }

    fn check(&self, header: &str) -> usize {
        // Without the instructions, gcc reports the alignment of wide vectors but does not use it.
        let wide = header == "immintrin.h" || header == EXTENSIONS;
        let wide = if wide { &["-mavx512f"][..] } else { &[] };
        let printed = compiler::run_c(&self.program(header), wide);
        let expected = self.expected.iter().chain(&self.expected_types);
        let both = printed.lines().zip(expected.clone());
        let wrong: Vec<_> = both.filter(|(compiler, model)| compiler != model).collect();
        assert!(wrong.is_empty(), "{header}: the compiler's and ours:\n{wrong:#?}");
        assert_eq!(printed.lines().count(), expected.count());
        printed.lines().count()
    }
}

/// What attributes and pragmas ask for.
const EXTENSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/headers/extensions.h");

#[test]
fn extensions() {
    let compared = Oracle::of(EXTENSIONS).check(EXTENSIONS);
    assert!(compared >= 250, "only {compared} facts compared");
}

macro_rules! headers {
    ($($test:ident $header:literal $least:literal)*) => {
        $(#[test]
        fn $test() {
            let compared = Oracle::of($header).check($header);
            assert!(compared >= $least, "only {compared} facts of {} compared", $header);
        })*
    };
}

headers! {
    stdio "stdio.h" 100
    stdlib "stdlib.h" 150
    string "string.h" 50
    math "math.h" 200
    complex "complex.h" 60
    time "time.h" 80
    sys_stat "sys/stat.h" 100
    sys_socket "sys/socket.h" 200
    pthread "pthread.h" 150
    signal "signal.h" 250
    zlib "zlib.h" 150
    sqlite3 "sqlite3.h" 800
    netdb "netdb.h" 200
    fcntl "fcntl.h" 120
    unistd "unistd.h" 300
    wchar "wchar.h" 80
    uchar "uchar.h" 10
    fenv "fenv.h" 20
    setjmp "setjmp.h" 10
    immintrin "immintrin.h" 1000
    sys_ioctl "sys/ioctl.h" 50
    errno "errno.h" 130
    stdint "stdint.h" 100
    inttypes "inttypes.h" 100
    limits "limits.h" 80
}
