use super::*;

#[test]
fn character_constants_are_their_codes() {
    assert_eq!(integer(r"'\n'"), 10);
    assert_eq!(integer(r"'\0'"), 0);
    assert_eq!(integer(r"'\377'"), -1);
    let declarations = declared("enum { NEWLINE = '\\n', NUL = '\\0' };\n#define TAB '\\t'");
    assert_eq!(value(&declarations, "NEWLINE"), ConstantValue::Integer(10));
    assert_eq!(value(&declarations, "NUL"), ConstantValue::Integer(0));
    assert_eq!(value(&declarations, "TAB"), ConstantValue::Integer(9));
}

#[test]
fn operators_follow_c() {
    for (expression, expected) in [
        ("1 + 2 * 3 - 4 / 2 % 3", 5),
        ("-1 < 0u", 0),
        ("-1 < 0", 1),
        ("0xffffffff + 1", 0),
        ("0xffffffffL + 1", 1 << 32),
        ("~0u", 0xffff_ffff),
        ("1 ? 2 : 3 ? 4 : 5", 2),
        ("0 || 1 && 0", 0),
        ("1 ?: 2", 1),
        ("0 ?: 2", 2),
        ("(1, 2)", 2),
        ("-7 / 2", -3),
        ("-7 % 3", -1),
        ("-1 >> 1", -1),
        ("(unsigned)-1 >> 31", 1),
        ("1u - 2 > 0", 1),
        ("(int)3.9f", 3),
        ("(char)255", -1),
        ("(_Bool)256", 1),
        ("2147483647u + 2147483650u", 1),
        ("1 << 31", -2_147_483_648),
        ("sizeof(2147483647 + 1)", 4),
        ("0 ? 2147483647 + 1 : 3", 3),
        ("1 || (int)1e30", 1),
        ("0 && 1 / 0", 0),
        ("1 || 1 / 0", 1),
        ("1 ? 2 : 1 / 0", 2),
        ("sizeof(1 / 0)", 4),
        ("sizeof(int[3])", 12),
        ("sizeof \"abc\"", 4),
        ("sizeof(char) + sizeof 1", 5),
        ("_Alignof(double)", 8),
        ("(long)&((struct { char a; int b; } *)0)->b", 4),
        ("__builtin_offsetof(struct { char a; struct { int x[4]; } b; }, b.x[2])", 12),
        ("__builtin_types_compatible_p(int, signed int)", 1),
        ("(unsigned __int128)-1 > 0", 1),
        ("((__int128)1 << 100) >> 98", 4),
        ("true + false", 1),
        ("!\"text\"", 0),
        ("__extension__ (2)", 2),
        ("(long)((char *)8 + 2)", 10),
        ("(int *)16 - (int *)8", 2),
    ] {
        assert_eq!(integer(expression), expected, "{expression}");
    }
}

#[test]
fn what_has_no_value_is_an_error() {
    for (expression, problem) in [
        ("1 / 0", "division by zero"),
        ("1 % (2 - 2)", "division by zero"),
        ("1 << 32", "shift by 32"),
        ("1 >> -1", "shift by -1"),
        ("2147483647 + 1", "overflow in a constant expression: the result does not fit in 'int'"),
        ("-2147483647 - 2", "overflow"),
        ("65536 * 65536", "overflow"),
        ("-(-2147483647 - 1)", "overflow"),
        ("(-9223372036854775807LL - 1) / -1", "does not fit in 'long long'"),
        ("(-9223372036854775807L - 1) % -1", "does not fit in 'long'"),
        ("(int)2147483648.0", "overflow"),
        ("(unsigned char)-1.0", "does not fit in 'unsigned char'"),
        ("(int)(0.0 / 0.0)", "overflow"),
        ("1.5 % 2", "needs integers"),
        ("~1.5", "cannot be applied to 'double'"),
        ("x", "'x' is not declared"),
        ("1 +", "expected an expression, found the end of the text"),
        ("1 2", "expected the end of the text, found 2"),
        ("i++", "'i' is not declared"),
        ("sizeof(struct none)", "not defined"),
        ("(int[2])1", "no cast"),
        ("({ 1; })", "statement"),
        ("08", "'8' is no digit"),
        ("*1", "cannot be applied"),
        ("1[2]", "subscript"),
        ("size_t", "found the type 'size_t'"),
    ] {
        let error = Declarations::default().evaluate(expression).unwrap_err();
        assert!(error.message().contains(problem), "{expression}: {error}");
        assert!(error.message().starts_with("expression:1:"), "{expression}: {error}");
    }
}

#[test]
fn lengths_need_constants() {
    assert!(refused("int n; int a[n];").contains("must be a constant expression"));
    assert!(refused("int a[-1];").contains("length of an array is -1"));
    assert!(refused("int a[1.5];").contains("must be an integer, not 'double'"));
    assert!(refused("int a[0xffffffffffffffff];").contains("memory"));
}

#[test]
fn static_assertions_are_evaluated() {
    declared(
        "_Static_assert(sizeof(void *) == 8, \"pointers\"); static_assert(1 < 2);\n\
         __extension__ _Static_assert(1, \"\"); struct s { int a; __extension__ _Static_assert(1, \"\");\
         __extension__ int b; }; __extension__ __extension__ int f(struct s);",
    );
    assert!(refused("_Static_assert(1 > 2, \"more \" \"text\");").contains("failed: more text"));
}

#[test]
fn a_constant_cannot_define_itself() {
    assert!(refused("enum { A = A };").contains("'A' is not declared"));
    assert!(refused("static const int n = n + 1;").contains("'n' is not declared"));
    let declarations = declared("#define LOOP LOOP\n#define PING PONG\n#define PONG PING + 1\n");
    for name in ["LOOP", "PING"] {
        let error = declarations.get(name).unwrap_err();
        assert!(error.message().contains("is not declared"), "{error}");
    }
}

#[test]
fn a_header_loses_only_what_overflows() {
    let declarations = Declarations::default();
    let header = "# 1 \"h.h\"\nenum { GOOD = 1 };\nenum { D = (-9223372036854775807LL-1)/-1 };\n\
                  static const int far = (int)1e30;\nint f(void);\n";
    declarations.declare_preprocessed(header, "h.h").unwrap();
    assert_eq!(value(&declarations, "GOOD"), ConstantValue::Integer(1));
    assert!(declarations.get("f").is_ok());
    for name in ["D", "far"] {
        let error = declarations.get(name).unwrap_err();
        assert!(error.message().contains("overflow in a constant expression"), "{error}");
    }
    assert!(refused("enum { D = (-9223372036854775807LL-1)/-1 };").contains("overflow"));
}

#[test]
fn an_enumerator_of_what_a_header_loses_comes_with_the_reason() {
    let declarations = Declarations::default();
    let header = "# 1 \"h.h\"\nstruct s { enum kind : int { FIRST, SECOND = sizeof(int[2]), LAST } k;\n\
                  int member; enum { D = (int)1e30, E }; struct { int inner, other; } more; };\n";
    declarations.declare_preprocessed(header, "h.h").unwrap();
    assert_eq!(value(&declarations, "LAST"), ConstantValue::Integer(9));
    for name in ["D", "E"] {
        let error = declarations.get(name).unwrap_err();
        assert_eq!(error.status(), Status::Unsupported);
        assert!(error.message().contains("declared at h.h:1:1: overflow"), "{error}");
    }
    for name in ["member", "inner", "other", "more"] {
        assert_eq!(declarations.get(name).unwrap_err().status(), Status::NotFound);
    }
}

#[test]
fn macros_whose_values_need_types_of_their_own_leave_none() {
    let declarations = declared("#define ROOM sizeof(struct { int a; char b[4]; })");
    let ask = |declarations: &Declarations| {
        assert_eq!(value(declarations, "ROOM"), ConstantValue::Integer(8));
        declarations.evaluate("sizeof(union { int a; char *b; })").unwrap();
        declarations.declarations();
    };
    (0..1000).for_each(|_| ask(&declarations));
    let types = declarations.types().len();
    (0..5000).for_each(|_| ask(&declarations));
    assert!(declarations.types().len() < types + 1000, "{types} grew");
}

#[test]
fn a_long_double_is_exact_or_refused() {
    let declarations = declared(
        "#define HALF 0.5L\n#define SUM (0.5L + 1)\n#define PI 3.141592653589793238462643383279502884L\n\
         #define MOST 1.18973149535723176502126385303097021e+4932L\n#define QUAD 0.1Q\n\
         #define THIRD (1.0L / 3)\n#define SHORT 0.1\n#define SIZE sizeof(0.1L)\n\
         #define INFINITE __builtin_infl()\n",
    );
    for (name, expected) in
        [("HALF", 0.5), ("SUM", 1.5), ("SHORT", 0.1), ("INFINITE", f64::INFINITY)]
    {
        assert_eq!(value(&declarations, name), ConstantValue::Float(expected), "{name}");
    }
    assert_eq!(value(&declarations, "SIZE"), ConstantValue::Integer(16));
    for name in ["PI", "MOST", "QUAD", "THIRD"] {
        let error = declarations.get(name).unwrap_err();
        assert!(error.message().contains("than a double"), "{error}");
    }
}
