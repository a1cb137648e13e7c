use super::*;

#[track_caller]
fn spelled(text: &str, expected: &str) {
    let declarations = declared("struct point { int x, y; };");
    let type_id = declarations.parse_type(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(declarations.types().spell(type_id), expected, "{text}");
}

#[test]
fn abstract_type_names_are_read_at_any_depth() {
    spelled("int (*)(const char *, ...)", "int (*)(const char *, ...)");
    spelled("struct point", "struct point");
    spelled("unsigned long[4]", "unsigned long [4]");
    spelled("void (*(*)(int))(double)", "void (*(*)(int))(double)");
    spelled("int (*[3])(void)", "int (*[3])(void)");
    spelled("char *const *volatile", "char *const *volatile");
    spelled("int (*)[2][3]", "int (*)[2][3]");
    spelled("void (*)()", "void (*)()");
}

#[test]
fn specifiers_come_in_any_order() {
    spelled("long long int unsigned", "unsigned long long");
    spelled("int long", "long");
    spelled("short const unsigned volatile int", "const volatile unsigned short");
    spelled("char signed", "signed char");
    spelled("double long", "long double");
    spelled("double _Complex", "_Complex double");
    spelled("complex float", "_Complex float");
    spelled("float complex", "_Complex float");
    spelled("long double complex", "_Complex long double");
    spelled("_Complex", "_Complex double");
    spelled("unsigned __int128", "unsigned __int128");
    spelled("__int128 const", "const __int128");
    spelled("_Float16", "_Float16");
    spelled("_Float32", "float");
    spelled("_Float64", "double");
    spelled("_Float32x", "double");
    spelled("_Float64x", "long double");
    spelled("__float128", "_Float128");
    spelled("bool", "bool");
    spelled("_Bool", "_Bool");
}

#[test]
fn combinations_that_c_has_not_are_refused() {
    for text in [
        "long char",
        "unsigned signed",
        "long long long",
        "short double",
        "int int",
        "unsigned float",
        "void int",
        "struct point int",
        "size_t unsigned",
    ] {
        let declarations = declared("struct point { int x; };");
        let error = declarations.parse_type(text).unwrap_err();
        assert_eq!(error.status(), Status::Syntax, "{text}: {error}");
    }
}

#[test]
fn well_known_names_need_no_header_and_may_be_declared_again() {
    spelled("size_t", "size_t");
    spelled("const uint8_t *", "const uint8_t *");
    spelled("va_list", "va_list");
    spelled("__builtin_va_list", "va_list");
    let declarations = declared(
        "typedef unsigned long size_t; typedef long long int64_t; typedef int bool;
         typedef int wchar_t;",
    );
    assert_eq!(size(&declarations, "bool"), 4);
    assert_eq!(declarations.get("size_t").unwrap().location.to_string(), "test:1:23");
    let message = refused("typedef unsigned size_t;");
    assert!(message.contains("<built-in>"), "{message}");
}

#[test]
fn typeof_takes_types_and_expressions() {
    let declarations = declared(
        "struct s { char name[8]; }; extern struct s one; int f(double);
         typeof(one.name) copy; __typeof__(int *) p; typeof(f(1)) result; typeof(&one) q;
         typeof(1 ? 2u : -1L) wide; typeof(f) g; typeof(((struct s *)0)->name[0]) c;
         extern const int limit; typeof_unqual(limit) plain;",
    );
    for (name, expected) in [
        ("copy", "char [8]"),
        ("p", "int *"),
        ("result", "int"),
        ("q", "struct s *"),
        ("wide", "long"),
        ("g", "int (double)"),
        ("c", "char"),
        ("plain", "int"),
    ] {
        assert_eq!(type_of(&declarations, name), expected, "{name}");
    }
}

#[test]
fn attributes_change_types() {
    let declarations = declared(
        "typedef int i8 __attribute__((mode(QI)));
         typedef unsigned int u16 __attribute__((__mode__(__HI__)));
         typedef int word __attribute__((mode(word)));
         typedef unsigned int u128 __attribute__((mode(TI)));
         typedef float d __attribute__((mode(DF)));
         typedef float v4 __attribute__((vector_size(16)));
         __attribute__((vector_size(8))) int v2;
         typedef int wide __attribute__((aligned(32)));
         typedef int biggest __attribute__((aligned));
         typedef int (__attribute__((ms_abi)) *windows)(int);",
    );
    assert_eq!(type_of(&declarations, "i8"), "signed char");
    assert_eq!(type_of(&declarations, "u16"), "unsigned short");
    assert_eq!(size(&declarations, "word"), size_of::<usize>());
    assert_eq!(type_of(&declarations, "u128"), "unsigned __int128");
    assert_eq!(type_of(&declarations, "d"), "double");
    assert_eq!(size(&declarations, "v4"), 16);
    assert_eq!(align(&declarations, "wide"), 32);
    assert_eq!(align(&declarations, "biggest"), 16);
    assert!(type_of(&declarations, "windows").contains("ms_abi"), "{declarations:?}");
}

#[test]
fn what_is_not_supported_says_so() {
    for text in [
        "_Decimal64 d;",
        "_Complex _Float16 c;",
        "__auto_type x = 1;",
        "typedef int t __attribute__((mode(V4SI)));",
        "extern \"C++\" int f(void);",
    ] {
        let result = Declarations::default().declare(text, "test");
        assert_eq!(result.unwrap_err().status(), Status::Unsupported, "{text}");
    }
    let error = Declarations::default().evaluate("_Generic(1, int: 2)").unwrap_err();
    assert!(error.message().contains("_Generic is not supported"), "{error}");
}

#[test]
fn a_type_without_a_tag_is_defined_by_its_name() {
    let declarations = Declarations::default();
    let size = |text| {
        let id = declarations.parse_type(text).unwrap();
        declarations.types().size(id).unwrap()
    };
    assert_eq!(size("struct { int x; }"), 4);
    assert_eq!(size("union { int a; long b; }"), 8);
    assert_eq!(size("struct { int x; } [3]"), 12);
    assert_eq!(size("struct tagged { int x; }"), 4);
}

#[test]
fn numbers_without_a_model_here_are_refused_where_they_are_named() {
    for name in [
        "_Complex int",
        "_Complex long",
        "long _Complex",
        "unsigned _Complex",
        "__complex__ long long",
        "char complex",
        "short _Complex",
        "_Complex __int128",
        "_Complex _Bool",
        "_Complex _Float128",
        "_Complex _Float16",
        "_Decimal64",
        "_BitInt(7)",
        "__bf16",
    ] {
        for text in [
            format!("void f({name} z);"),
            format!("{name} f(void);"),
            format!("struct s {{ {name} z; }};"),
            format!("typedef void (*f)(int n, {name} (*g)(void));"),
        ] {
            assert!(refused(&text).contains("is not supported"), "{text}: {}", refused(&text));
        }
        let error = Declarations::default().parse_type(name).unwrap_err();
        assert_eq!(error.status(), Status::Unsupported, "{name}: {error}");
    }
    for mode in ["CSI", "CQI", "TC"] {
        let text = format!("typedef _Complex int z __attribute__((mode({mode})));");
        assert!(refused(&text).contains("is not supported"), "{text}");
        let text = format!("typedef _Complex float z __attribute__((mode({mode})));");
        assert!(refused(&text).contains("is not known"), "{text}");
    }
}
