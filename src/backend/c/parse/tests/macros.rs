use super::*;

#[test]
fn macros_with_a_value_are_constants() {
    let declarations = declared(
        "#define ONE 1\n#define TWO (ONE + ONE) /* a\n comment */\n#define HALF .5f // half\n\
         #define NAME \"a\" \"b\"\n#define LONG \\\n  0x10L\n#define CAST ((unsigned char)300)\n\
         #  define EMPTY\n#define CALL(x) (x)\n#define CODE do { } while (0)\n#define TYPE int\n\
         #define MINUS -1\n#define FAILED ((void *)-1)\nint f(TYPE array[TWO]);\n#define ALIAS f\n",
    );
    assert_eq!(value(&declarations, "TWO"), ConstantValue::Integer(2));
    assert_eq!(value(&declarations, "HALF"), ConstantValue::Float(0.5));
    assert_eq!(value(&declarations, "NAME"), ConstantValue::Text(Arc::from(*b"ab")));
    assert_eq!(value(&declarations, "LONG"), ConstantValue::Integer(16));
    assert_eq!(value(&declarations, "CAST"), ConstantValue::Integer(44));
    assert_eq!(value(&declarations, "MINUS"), ConstantValue::Integer(-1));
    assert_eq!(type_of(&declarations, "FAILED"), "void *");
    assert_eq!(type_of(&declarations, "f"), "int (int *)");
    assert_eq!(type_of(&declarations, "ALIAS"), "int (int *)");
    let names: Vec<String> =
        declarations.declarations().iter().map(|one| one.name.to_string()).collect();
    assert_eq!(
        names,
        ["ONE", "TWO", "HALF", "NAME", "LONG", "CAST", "MINUS", "FAILED", "f", "ALIAS"]
    );
}

#[test]
fn a_macro_without_a_value_says_why() {
    let declarations =
        declared("#define EMPTY\n#define CALL(x) (x)\n#define CODE do { } while (0)\n");
    for (name, reason) in
        [("EMPTY", "stands for nothing"), ("CALL", "takes arguments"), ("CODE", "expression")]
    {
        let error = declarations.get(name).unwrap_err();
        assert_eq!(error.status(), Status::NotFound);
        assert!(error.message().contains("is not a constant"), "{error}");
        assert!(error.message().contains(reason), "{error}");
    }
}

#[test]
fn macros_are_undefined_and_defined_anew() {
    let declarations = declared("#define N 1\n#undef N\n#define N 2\n#define N 2 /* same */\n");
    assert_eq!(value(&declarations, "N"), ConstantValue::Integer(2));
    declarations.declare("#undef N", "second").unwrap();
    assert_eq!(declarations.get("N").unwrap_err().status(), Status::NotFound);
    let message = refused("#define N 1\n#define N 2\n");
    assert!(message.starts_with("test:2:9: the macro 'N' is already defined as '1' at test:1:9"));
}

#[test]
fn macros_that_explode_are_refused() {
    let mut text = String::from("#define A0 1 + 1\n");
    for level in 1..40 {
        text.push_str(&format!("#define A{level} A{} + A{}\n", level - 1, level - 1));
    }
    let declarations = declared(&text);
    let error = declarations.get("A39").unwrap_err();
    assert!(error.message().contains("too many tokens"), "{error}");
    let error = declarations.declare("int a[A39];", "later").unwrap_err();
    assert!(error.message().starts_with("later:1:7: the macro"), "{error}");
    let error = declared(&text.replace("1 + 1", "").replace(" + ", " ")).get("A39").unwrap_err();
    assert!(error.message().contains("too many tokens"), "{error}");
}

#[test]
fn include_guards_and_what_the_text_itself_defines_are_known() {
    let text = "#ifndef GUARD_H\n#define GUARD_H\nint a(void);\n#ifdef GUARD_H\nint b(void);\n\
                #else\nint 1;\n#endif\n#if 0\n'don't' /* \n#endif */\n#if 1\n#endif\n#elif 0\n1;\n\
                #endif\n#if !defined(__cplusplus)\nint c(void);\n#endif\n#undef OPT\n\
                #if defined OPT\n1;\n#endif\n#endif /* GUARD_H */\n";
    let declarations = declared(text);
    declarations.declare(text, "again").unwrap();
    for name in ["a", "b", "c"] {
        assert_eq!(declarations.get(name).unwrap().location.origin.as_ref(), "test");
    }
}

#[test]
fn other_directives_ask_for_a_header() {
    for text in [
        "#include <stdio.h>\n",
        "#ifdef __linux__\n#endif\n",
        "#if A > 1\n#endif\n",
        "#import \"x\"\n",
    ] {
        assert!(refused(text).contains("ends in .h"), "{text}");
    }
    assert!(refused("#error no\n").contains("#error no"));
    assert!(refused("#ifndef X\n#define X\n").contains("no #endif"));
    assert!(refused("#endif\n").contains("without #if"));
    assert!(refused("#else\n").contains("without #if"));
    assert!(refused("#define 1\n").contains("name of a macro"));
    declared("#\n#warning w\n#ident \"x\"\n#pragma once\n#pragma GCC diagnostic push\n");
}

#[test]
fn line_markers_say_where_things_really_are() {
    let declarations = Declarations::default();
    let text = "# 42 \"foo.h\" 1\nint first(void);\n#line 7 \"bar.h\"\nint second(void);\n";
    declarations.declare(text, "pasted").unwrap();
    assert_eq!(declarations.get("first").unwrap().location.to_string(), "foo.h:42:5");
    assert_eq!(declarations.get("second").unwrap().location.to_string(), "bar.h:7:5");
    let error = declarations.declare("# 3 \"x.h\"\nint (;", "pasted").unwrap_err();
    assert!(error.message().starts_with("x.h:3:6: "), "{error}");
}

#[test]
fn a_preprocessed_text_keeps_its_macros_but_expands_nothing_again() {
    let declarations = Declarations::default();
    let text = "# 0 \"<built-in>\"\n#define __BASE__ 4\n# 1 \"a.h\"\n#define old new\n\
                #define SIZE (__BASE__ * 2)\nint old(void);\n#define SIZE2 1\n#define SIZE2 2\n\
                _Complex _Float16 strange(int);\nstruct s { int a[SIZE3]; };\n";
    let text = text.replace("[SIZE3]", "[8]");
    declarations.declare_preprocessed(&text, "a.h").unwrap();
    assert!(declarations.get("old").is_ok());
    assert_eq!(value(&declarations, "SIZE"), ConstantValue::Integer(8));
    assert_eq!(value(&declarations, "__BASE__"), ConstantValue::Integer(4));
    let names: Vec<_> = declarations.declarations().into_iter().map(|one| one.name).collect();
    assert!(!names.iter().any(|name| &**name == "__BASE__"), "{names:?}");
    let error = declarations.get("strange").unwrap_err();
    assert_eq!(error.status(), Status::Unsupported);
    assert!(error.message().contains("_Complex _Float16"), "{error}");
}

#[test]
fn constants_may_be_made_by_macros_with_arguments() {
    let declarations = declared(
        "#define PASTE(c) c ## L\n#define MAX (PASTE(9223372036854775807))\n\
         #define CODE(group, n) (((group) << 8) | (n))\n#define FOUR 4\n\
         #define REQUEST CODE('t', (FOUR, 5))\n#define NESTED CODE(CODE(1, 2), FOUR)\n\
         #define ALL(...) sizeof(int[]) , __VA_ARGS__\n#define LAST(x, ...) (x, __VA_ARGS__)\n\
         #define THIRD LAST(1, 2, 3)\n#define NONE() 7\n#define SEVEN NONE()\n\
         #define WRONG CODE(1)\n#define BAD PASTE(+)\n#define OPEN CODE(1\n#define SELF SELF_(1)\n\
         #define SELF_(x) SELF_(x)\n#define HASH(x) #y\n#define UNQUOTED HASH(a)\n\
         #define OID 2L,5L,29L\n",
    );
    for (name, expected) in [
        ("MAX", i128::from(i64::MAX)),
        ("REQUEST", 0x7405),
        ("NESTED", 0x1_0204),
        ("THIRD", 3),
        ("SEVEN", 7),
    ] {
        assert_eq!(value(&declarations, name), ConstantValue::Integer(expected), "{name}");
    }
    for (name, reason) in [
        ("WRONG", "'CODE' takes 2 arguments, not 1"),
        ("BAD", "'##' makes no token of '+' and 'L'"),
        ("OPEN", "never closed"),
        ("SELF", "'SELF_' is not declared"),
        ("UNQUOTED", "'#' is not followed by a parameter"),
        ("OID", "expected the end of the text, found ','"),
    ] {
        let error = declarations.get(name).unwrap_err();
        assert!(error.message().contains(reason), "{error}");
    }
}

#[test]
fn macros_that_quote_and_join_have_texts_and_numbers() {
    let declarations = declared(
        "#define TEXT(x) #x\n#define SHOWN(x) TEXT(x)\n#define MAJOR 5\n#define MINOR 12\n\
         #define VERSION SHOWN(MAJOR) \".\" SHOWN( MINOR )\n#define NAME TEXT(MAJOR)\n\
         #define SPACED TEXT( a+  b /* c */ - \"q\\n\" '\"' )\n\
         #define ALL(x, ...) TEXT(x) #__VA_ARGS__\n#define LIST ALL(one, two,three)\n\
         #define JOIN(a, b) a##b\n#define JOINED(a, b) JOIN(a, b)\n#define MAJORMINOR 7\n\
         #define RAW JOIN(MAJOR, MINOR)\n#define BOTH JOINED(MAJOR, MINOR)\n\
         #define INNER SHOWN(x MAJOR y)\n#define WIDE JOIN(L, \"w\")\n",
    );
    let text = |name: &str| match value(&declarations, name) {
        ConstantValue::Text(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(text("VERSION"), "5.12");
    assert_eq!(text("NAME"), "MAJOR");
    assert_eq!(text("SPACED"), "a+ b - \"q\\n\" '\"'");
    assert_eq!(text("LIST"), "onetwo,three");
    assert_eq!(text("INNER"), "x 5 y");
    assert_eq!(type_of(&declarations, "WIDE"), "wchar_t [2]");
    assert_eq!(value(&declarations, "RAW"), ConstantValue::Integer(7));
    assert_eq!(value(&declarations, "BOTH"), ConstantValue::Integer(512));
}

#[test]
fn places_are_those_of_the_definition() {
    let declarations = Declarations::default();
    let text = "# 41 \"dir/a \\\"b\\\".h\"\n#define HERE __LINE__\n#define TEXT_(x) #x\n\
                #define TEXT(x) TEXT_(x)\n#define WHERE __FILE__ \":\" TEXT(__LINE__)\n";
    declarations.declare(text, "pasted").unwrap();
    assert_eq!(value(&declarations, "HERE"), ConstantValue::Integer(41));
    let place = ConstantValue::Text(Arc::from(*b"dir/a \"b\".h:44"));
    assert_eq!(value(&declarations, "WHERE"), place);
}

#[test]
fn another_name_of_an_item_has_its_symbol() {
    let declarations = declared(
        "int real(int);\nextern int counter;\nint labelled(void) asm(\"symbol\");\n\
         #define alias real\n#define again alias\n#define count counter\n#define other labelled\n",
    );
    let symbol = |name: &str| function(&declarations, name).asm_label;
    for (name, expected) in [("real", None), ("alias", Some("real")), ("again", Some("real"))] {
        assert_eq!(symbol(name).as_deref(), expected, "{name}");
    }
    assert_eq!(symbol("other").as_deref(), Some("symbol"));
    assert_eq!(global(&declarations, "count").asm_label.as_deref(), Some("counter"));
}
