use super::*;

const EVERYTHING: &str = "#define N 3\n\
    typedef struct { int a; struct { char b; } c; enum { X, Y } d; } anonymous;\n\
    typedef struct point { int x, y; } point; enum color { RED, GREEN = 4 };\n\
    typedef int (*callback)(const point *, int n); enum { LOOSE = 7 };\n\
    int f(callback, anonymous *); extern point origin; static const int five = 5;\n\
    typedef unsigned long size_t; union u { int i; float f; }; int g(); int g(int);\n\
    extern int table[]; int table[4]; typedef point again; typedef point again;\n\
    static inline int twice(int x) { return 2 * x; } struct later;\n";

#[test]
fn the_same_text_twice_is_fine() {
    let declarations = declared(EVERYTHING);
    let before = declarations.declarations();
    declarations.declare(EVERYTHING, "again").unwrap();
    assert_eq!(declarations.declarations(), before);
    assert_eq!(type_of(&declarations, "table"), "int [4]");
    assert_eq!(type_of(&declarations, "g"), "int (int)");
}

#[test]
fn conflicts_name_both_places() {
    for conflicting in [
        "#define N 4\n",
        "typedef struct { long a; } anonymous;",
        "struct point { int x; };",
        "struct point { int y, x; };",
        "union point;",
        "enum color { RED, GREEN };",
        "enum color { RED, GREEN = 4, BLUE };",
        "enum { LOOSE = 8 };",
        "int f(callback);",
        "void origin(void);",
        "extern int origin;",
        "static const int five = 6;",
        "extern int table[5];",
        "typedef int point;",
        "int RED;",
        "int twice(int);long twice(int);",
    ] {
        let declarations = declared(EVERYTHING);
        let error = declarations.declare(conflicting, "second").unwrap_err();
        let message = error.message();
        assert!(message.starts_with("second:1:"), "{conflicting}: {message}");
        assert!(message.contains("test:"), "{conflicting}: {message}");
    }
}

#[test]
fn nothing_stays_of_a_text_that_fails() {
    let declarations = declared("struct hidden; extern int open[];");
    let before = (declarations.declarations(), declarations.tags());
    let text = "struct hidden { int a; }; struct fresh { int b; }; typedef int number; int open[3];
                enum e { E }; #define M 1\n int f(struct fresh *);\n#define M 1\nint broken(;";
    assert!(declarations.declare(&text.replace("#define M 1\n int", "int"), "bad").is_err());
    assert_eq!((declarations.declarations(), declarations.tags()), before);
    for name in ["number", "E", "M", "f"] {
        assert!(declarations.get(name).is_err(), "{name}");
    }
    let other = "struct hidden { long z; }; union fresh { char c; }; typedef float number;
                 enum e { OTHER }; int open[5];";
    declarations.declare(other, "good").unwrap();
    assert_eq!(size(&declarations, "struct hidden"), 8);
    assert_eq!(type_of(&declarations, "number"), "float");
}

#[test]
fn what_declares_nothing_new_takes_no_memory() {
    let text = "#define N 3
                struct s { struct { int a, b; } in[N]; union { float f; } *u; };
                enum { RED, GREEN }; typedef struct { long l; } named; int f(named *, int (*)[7]);";
    let declarations = declared(text);
    let types = || declarations.types().len();
    let state = || {
        let state = declarations.lock();
        (state.sources.len(), state.symbols.len(), state.entries.len())
    };
    let before = (types(), state());
    for _ in 0..2000 {
        declarations.declare(text, "again").unwrap();
        declarations.declare("struct { int x[91]; } *other; int *p[", "wrong").unwrap_err();
        declarations
            .declare("struct t { struct s s[17]; }; struct s { int other; };", "wrong")
            .unwrap_err();
        declarations.parse_type("struct { int x[92]; } (*)(").unwrap_err();
    }
    // Types go by the hundred.
    assert!(types() < before.0 + 800, "{} types, {} before", types(), before.0);
    assert_eq!(state(), before.1);
    assert_eq!(declarations.types().tagged("t"), None);
    declarations.declare("struct t { struct s s[17]; };", "right").unwrap();
    assert!(state() > before.1);
}

#[test]
fn a_type_text_takes_memory_only_for_what_it_names() {
    let declarations = declared("struct s { int a; };");
    let types = declarations.types();
    let parsed = |text: &str| {
        let parsed = types.passing(|| declarations.parse_type(text));
        parsed.unwrap_or_else(|error| panic!("{text}: {error}"))
    };
    let size = || {
        let state = declarations.lock();
        (state.sources.len(), state.symbols.len())
    };
    let before = (size(), types.len());
    let kept = parsed("struct { struct { short x; } inner[111111]; } *");
    for n in 1..3000 {
        let text =
            format!("struct {{ struct s a{n}; union {{ char b; int c[{n}]; }}; }} *(*)[{n}]");
        assert_eq!(parsed(&text).target().unwrap().length(), Some(n));
        parsed(&format!("char (*(*)(struct s *, float[{n}]))[{n}]"));
        assert!(declarations.parse_type(&format!("struct none_{n} *")).is_err());
        assert!(declarations.parse_type(&format!("int[{n}] +")).is_err());
    }
    assert_eq!(size(), before.0);
    assert!(types.len() < before.1 + 1200, "{} types, {} before", types.len(), before.1);
    assert_eq!(kept.target().unwrap().size, 222_222);
    // What a text names is declared.
    parsed("struct named { enum { ONE, TWO } e; } *");
    drop(parsed("struct named"));
    assert!(size() > before.0 && declarations.get("TWO").is_ok());
    assert_eq!(types.tagged("named").map(|id| types.size(id).unwrap()), Some(4));
}
