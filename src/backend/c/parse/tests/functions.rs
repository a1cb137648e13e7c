use super::*;
use crate::backend::c::types::Convention;

#[test]
fn prototypes_are_read_as_man_pages_print_them() {
    let declarations = declared(
        "void qsort(void base[.size * .nmemb], size_t nmemb, size_t size,
                    int (*compar)(const void [.size], const void [.size]));
         int printf(const char *restrict format, ...) __attribute__((format(printf, 1, 2)));
         extern char *strdup(const char *__s) __attribute__((__malloc__)) __asm__(\"__strdup\");
         void (*signal(int sig, void (*func)(int)))(int);
         int main(int argc, char *argv[static 1], char *const envp[restrict]);
         void matrix(int n, double m[n][n], int (*)[*]);
         int old();
         _Noreturn void die(void);
         __attribute__((noreturn)) void stop(int), *pointer(void);
         double complex cexp(double complex z);",
    );
    for (name, expected) in [
        ("printf", "int (const char *restrict, ...)"),
        ("signal", "void (*(int, void (*)(int)))(int)"),
        ("main", "int (int, char **, char *const *)"),
        ("old", "int ()"),
        ("pointer", "void *(void)"),
        ("cexp", "_Complex double (_Complex double)"),
    ] {
        assert_eq!(type_of(&declarations, name), expected);
    }
    assert_eq!(function(&declarations, "strdup").asm_label.as_deref(), Some("__strdup"));
    assert!(function(&declarations, "die").noreturn);
    assert!(function(&declarations, "stop").noreturn);
    assert!(!function(&declarations, "printf").noreturn);
}

#[test]
fn bodies_are_skipped() {
    let declarations = declared(
        "static inline int twice(int x) { if (x) { return 2 * x; } return '}' + \"}\"[0]; }
         int after(void);
         inline long add(long a, long b) { return a + b; }
         extern inline int also(void) { return 1; }",
    );
    assert!(function(&declarations, "twice").inline);
    assert!(function(&declarations, "add").inline);
    assert!(!function(&declarations, "also").inline);
    assert!(!function(&declarations, "after").inline);
}

#[test]
fn linkage_blocks_are_looked_through() {
    let declarations = declared(
        "#ifdef __cplusplus
         extern \"C\" {
         #endif
         int a(void);
         #ifdef __cplusplus
         }
         #endif
         extern \"C\" { int b(void); extern \"C\" { int c; } }
         extern \"C\" int d(void);",
    );
    for name in ["a", "b", "c", "d"] {
        assert!(declarations.get(name).is_ok(), "{name}");
    }
    assert!(refused("extern \"C\" { int b(void);").contains("never closed"));
    assert!(refused("int b(void); }").contains("found '}'"));
}

#[test]
fn conventions_belong_to_the_function() {
    let declarations = declared(
        "__attribute__((ms_abi)) int f(int);
         int g(int) __attribute__((sysv_abi));
         typedef void (*callback)(int) __attribute__((ms_abi));
         [[gnu::ms_abi]] int h(void (*plain)(int));",
    );
    assert_eq!(
        type_of(&declarations, "f"),
        type_of(&declared("__attribute__((ms_abi)) int f(int);"), "f")
    );
    let convention = |name: &str| {
        let type_id = function(&declarations, name).type_id;
        match declarations.types().kind(type_id) {
            crate::backend::c::types::TypeKind::Function(function) => function.convention,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(convention("f"), Convention::Win64);
    assert_eq!(convention("g"), Convention::SysV);
    assert_eq!(convention("h"), Convention::Win64);
}

#[test]
fn unknown_attributes_and_qualifiers_anywhere_are_harmless() {
    let declarations = declared(
        "__extension__ extern __inline__ __attribute__((nonnull(1), unknown_thing(1, \"x\", (2)),
         visibility(\"default\"), , __nothrow__)) const char *volatile
         __attribute__((returns_nonnull)) name(int __attribute__((unused)) a, int (b), int (*)(int),
         int ([3]), register int r) __attribute__((deprecated(\"why\")));
         [[nodiscard, vendor::thing(1)]] int f([[maybe_unused]] int x) [[gnu::pure]];
         void nothing(void) asm (\"one\" \"two\") __attribute__((weak));
         __asm__(\".globl x\");",
    );
    assert_eq!(
        type_of(&declarations, "name"),
        "const char *volatile (int, int, int (*)(int), int *, int)"
    );
    assert_eq!(function(&declarations, "nothing").asm_label.as_deref(), Some("onetwo"));
}

#[test]
fn a_pragma_gives_a_name_another_symbol() {
    let declarations = declared(
        "int early(void);\n#pragma redefine_extname old_name real_name\n
         #pragma redefine_extname early real_early\n
         int old_name(int); int other(void); int labelled(void) __asm__(\"label\");\n
         #pragma redefine_extname labelled never\n;",
    );
    let label = |name| function(&declarations, name).asm_label;
    assert_eq!(label("old_name").as_deref(), Some("real_name"));
    assert_eq!(label("early").as_deref(), Some("real_early"));
    assert_eq!(label("labelled").as_deref(), Some("label"));
    assert_eq!(label("other"), None);
}

#[test]
fn the_header_of_another_number_is_declared() {
    if super::super::preprocess(&["quadmath.h"], &Compiler::default()).is_err() {
        return;
    }
    let declarations = Declarations::default();
    declarations.declare_headers(&["quadmath.h"], &Compiler::default()).unwrap();
    assert_eq!(function(&declarations, "strtoflt128").names.len(), 2);
}
