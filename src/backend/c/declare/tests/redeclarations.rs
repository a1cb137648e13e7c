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
    let size = || (declarations.types().len(), declarations.lock().sources.len());
    let before = size();
    for _ in 0..100 {
        declarations.declare(text, "again").unwrap();
        declarations.declare("struct { int x[91]; } *other; int *p[", "wrong").unwrap_err();
        declarations
            .declare("struct t { struct s s[17]; }; struct s { int other; };", "wrong")
            .unwrap_err();
        declarations.parse_type("struct { int x[92]; } (*)(").unwrap_err();
    }
    assert_eq!(size(), before);
    assert_eq!(declarations.types().tagged("t"), None);
    declarations.declare("struct t { struct s s[17]; };", "right").unwrap();
    assert!(size() > before);
}
