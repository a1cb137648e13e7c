//! Random constant expressions, compared with what the C compiler makes of them.

#[path = "support/compiler.rs"]
mod compiler;

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::process::Command;

use metaffi::backend::c::parse::{ConstantValue, Declarations};
use metaffi::error::Result;

const EXPRESSIONS: usize = 4000;

const DECLARATIONS: &str = "struct pair { char a; long b[3]; };\n\
    enum size { SMALL = -3, LARGE = 5000000000 };\n\
    typedef unsigned short u16;\n";

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[(self.next() % choices.len() as u64) as usize]
    }
}

const LITERALS: &[&str] = &[
    "0",
    "1",
    "2",
    "7",
    "-1",
    "127",
    "128",
    "255",
    "32767",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "0x7fffffff",
    "0x80000000",
    "0xffffffff",
    "0xFFFFFFFFFFFFFFFF",
    "0b1011",
    "017",
    "1u",
    "3U",
    "1L",
    "5l",
    "2UL",
    "7ull",
    "9LL",
    "0xffu",
    "1'000'000",
    "'a'",
    "'\\n'",
    "'\\0'",
    "'\\377'",
    "'ab'",
    "L'x'",
    "u'\\u20ac'",
    "U'y'",
    "SMALL",
    "LARGE",
    "sizeof(int)",
    "sizeof(struct pair)",
    "_Alignof(long)",
    "__builtin_offsetof(struct pair, b[2])",
    "sizeof \"text\"",
    "sizeof(u16)",
    "(char)200",
    "(u16)-1",
    "(_Bool)5",
    "(signed char)-128",
    "(enum size)7",
    "((unsigned __int128)-5)",
    "(short)70000",
    "(int)3.99",
    "(unsigned)1e3f",
    "(long)-2.5",
    "(int)(1.5f * 2)",
    "(int)(0x1.8p3 / 5)",
    "(7.5 > 2)",
    "(0.1f == 0.1)",
];

const TYPES: &[&str] = &[
    "char",
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "unsigned",
    "long",
    "unsigned long",
    "long long",
    "unsigned long long int",
    "_Bool",
    "u16",
    "enum size",
    "__int128",
    "unsigned __int128",
];

fn expression(random: &mut Random, depth: u32) -> String {
    if depth == 0 {
        return random.one_of(LITERALS).to_owned();
    }
    let choice = random.next() % 12;
    let mut operand = || expression(random, depth - 1);
    let (left, right) = (operand(), operand());
    match choice {
        0 => format!("({})", left),
        1 => format!("({}){}", random.one_of(TYPES), parenthesized(&left)),
        2 => format!("{}{}", random.one_of(&["~", "!", "+", "-"]), parenthesized(&left)),
        3 => {
            let condition = expression(random, depth - 1);
            format!("({condition} ? {left} : {right})")
        }
        4 => format!("({left} {} {right})", random.one_of(&["&&", "||"])),
        5 => format!("({left} {} {right})", random.one_of(&["/", "%"])),
        6 => format!("({left} {} ({right} & 15))", random.one_of(&["<<", ">>"])),
        7 => format!("({left} {} {right})", random.one_of(&["<", ">", "<=", ">=", "==", "!="])),
        8 => format!("sizeof({left} + {right})"),
        _ => format!("({left} {} {right})", random.one_of(&["+", "-", "*", "&", "|", "^"])),
    }
}

fn parenthesized(expression: &str) -> String {
    format!("({expression})")
}

fn integer(declarations: &Declarations, expression: &str) -> Result<i128> {
    match declarations.evaluate(expression)?.value {
        ConstantValue::Integer(value) => Ok(value),
        other => panic!("{expression} is {other}"),
    }
}

/// The separator of digits is newer than the dialect the compiler is asked for.
fn compilers(expression: &str) -> String {
    expression.replace("1'000'000", "1000000")
}

fn diagnose(program: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("oracle.c");
    fs::write(&source, program).unwrap();
    let options = ["-std=gnu17", "-pedantic", "-fsyntax-only", "-fmax-errors=0"];
    let output = Command::new("cc").args(options).arg(&source).env("LC_ALL", "C").output();
    String::from_utf8(output.expect("a C compiler").stderr).unwrap()
}

/// Which expressions the compiler complains of, and whether it says that the whole has no value.
///
/// It warns of an operation also where `sizeof` leaves it undone, and no longer counts one whose
/// result it could do without.
fn complaints(expressions: &[String]) -> HashMap<usize, bool> {
    let mut program = DECLARATIONS.to_owned();
    let first = program.lines().count() + 1;
    for (index, expression) in expressions.iter().enumerate() {
        writeln!(program, "enum {{ E{index} = !({}) }};", compilers(expression)).unwrap();
    }
    let mut complaints = HashMap::new();
    for line in diagnose(&program).lines() {
        let Some((place, message)) = line.split_once(": ") else { continue };
        let whole = message.contains("overflow in constant expression")
            || message.ends_with("is not an integer constant");
        let flags = ["[-Woverflow]", "[-Wdiv-by-zero]", "[-Wshift-count-"];
        let number = place.split(':').nth(1).and_then(|number| number.parse::<usize>().ok());
        if let Some(number) = number
            && (whole || flags.iter().any(|flag| message.contains(flag)))
        {
            *complaints.entry(number - first).or_default() |= whole;
        }
    }
    complaints
}

#[test]
fn constant_expressions_have_the_compilers_values_and_types() {
    let declarations = Declarations::default();
    declarations.declare(DECLARATIONS, "test").unwrap();
    let mut random = Random(20);
    let all: Vec<String> =
        (0..EXPRESSIONS).map(|n| expression(&mut random, 1 + n as u32 % 4)).collect();
    let complaints = complaints(&all);
    let mut expressions = Vec::new();
    for (index, expression) in all.iter().enumerate() {
        match (integer(&declarations, expression), complaints.get(&index)) {
            (Ok(value), None | Some(false)) => expressions.push((expression, value)),
            (Err(_), Some(_)) => {}
            // Of these it warns without a place.
            (Err(error), None) if error.message().contains("division by zero") => {}
            (ours, _) => panic!("{expression}: {ours:?}, which the compiler denies"),
        }
    }
    let refused = complaints.values().filter(|whole| **whole).count();
    assert!(expressions.len() > EXPRESSIONS / 2 && refused > EXPRESSIONS / 40, "{refused}");
    let mut program = format!("#include <stdio.h>\n{DECLARATIONS}");
    program
        .push_str("static const struct { long long value, high; int size, negative; } all[] = {\n");
    for (expression, _) in &expressions {
        let expression = compilers(expression);
        writeln!(
            program,
            "{{ (long long)({expression}), (long long)((__int128)({expression}) >> 64), \
             sizeof({expression}), (({expression}) * 0 - 1) < 0 }},"
        )
        .unwrap();
    }
    program.push_str(
        "};\nint main(void) { for (unsigned i = 0; i < sizeof all / sizeof *all; i++) \
         printf(\"%lld %lld %d %d\\n\", all[i].value, all[i].high, all[i].size, \
         all[i].negative); }\n",
    );
    let printed = compiler::run_c(&program, &[]);
    assert_eq!(printed.lines().count(), expressions.len());
    for ((expression, value), line) in expressions.into_iter().zip(printed.lines()) {
        let (value, high) = (value as i64, (value >> 64) as i64);
        let size = integer(&declarations, &format!("sizeof({expression})")).unwrap();
        let negative = integer(&declarations, &format!("(({expression}) * 0 - 1) < 0")).unwrap();
        assert_eq!(format!("{value} {high} {size} {negative}"), line, "{expression}");
    }
}
