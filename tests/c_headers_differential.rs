//! Every constant, type and function of system headers, compared with what the C compiler says.

#[path = "support/compiler.rs"]
mod compiler;

use std::collections::BTreeSet;
use std::fmt::Write;

use metaffi::backend::c::parse::{Compiler, ConstantValue, Declaration, Declarations, Item};
use metaffi::backend::c::types::{TypeId, TypeKind, Types};

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
            let (Some(name), None) = (&member.name, member.bits) else { continue };
            self.undefined.insert(name.to_string());
            writeln!(
                self.types,
                r#"printf("%s.%s %zu\n", "{spelling}", "{name}", __builtin_offsetof({spelling}, {name}));"#
            )
            .unwrap();
            self.expected_types.push(format!("{spelling}.{name} {}", member.offset));
        }
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
            "#include <{header}>\n#include <stdio.h>\n#include <stdarg.h>\n\
             static void constants(void) {{\n{}}}\n{}\
             static void types(void) {{\n{}}}\nint main(void) {{ constants(); types(); }}\n",
            self.constants,
            undefined.concat(),
            self.types
        )
    }

    fn check(&self, header: &str) -> usize {
        // Without the instructions, gcc reports the alignment of wide vectors but does not use it.
        let wide = if header == "immintrin.h" { &["-mavx512f"][..] } else { &[] };
        let printed = compiler::run_c(&self.program(header), wide);
        let expected = self.expected.iter().chain(&self.expected_types);
        for (line, expected) in printed.lines().zip(expected.clone()) {
            assert_eq!(expected, line, "{header}: ours on the left, the compiler's on the right");
        }
        assert_eq!(printed.lines().count(), expected.count());
        printed.lines().count()
    }
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
