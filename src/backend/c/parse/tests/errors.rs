use super::*;

#[test]
fn messages_have_the_place_what_was_expected_and_what_was_found() {
    for (text, expected) in [
        ("int x", "test:1:6: expected ',' or ';' after a declarator, found the end of the text"),
        ("int\n  ;", "test:1:1: the declaration declares nothing"),
        ("int f(int,);", "test:1:11: expected a type, found ')'"),
        ("struct { int a };", "test:1:16: expected ',' or ';' after a member, found '}'"),
        ("int (*)(void);", "test:1:7: expected a name, found ')'"),
        ("enum { A B };", "test:1:10: expected ',' or '}' after an enumerator, found 'B'"),
        ("int a[3;", "test:1:8: expected ']', found ';'"),
        ("struct s { int", "test:1:15: expected a name, found the end of the text"),
        ("/* open", "test:1:1: the comment is not closed by '*/'"),
        ("char *s = \"open;\n", "test:1:11: the string literal is not closed by '\"' on its line"),
        ("int @x;", "test:1:5: expected a name, found '@'"),
        ("int return;", "test:1:5: expected a name, found the keyword 'return'"),
        ("void f(void) {", "test:1:14: '{' is never closed"),
        ("typedef extern int x;", "test:1:9: expected only one storage class"),
        ("void x;", "test:1:6: a variable cannot be 'void'"),
        ("struct 5;", "test:1:8: expected a tag or '{', found 5"),
        ("int f(static int x);", "test:1:7: a parameter has no storage class"),
    ] {
        let message = refused(text);
        assert!(message.starts_with(expected), "{text}\n  {message}\n  {expected}");
    }
}

#[test]
fn unknown_types_come_with_a_hint() {
    let message = refused("size_tt length(void);");
    assert!(message.contains("unknown name 'size_tt' (did you mean \"size_t\"?)"), "{message}");
    let message = refused("struct point { int x; }; point origin;");
    assert!(message.contains("; write 'struct point'"), "{message}");
    let message = refused("#define API(x) extern x\nAPI(int) f(void);");
    assert!(message.contains("macro with arguments"), "{message}");
    let error = declared("int connect_all(void);").get("conect_all").unwrap_err();
    assert!(error.message().contains("did you mean \"connect_all\"?"), "{error}");
}

#[test]
fn a_tag_that_is_a_typedef_name_is_written_without_its_keyword() {
    let declarations = declared("typedef struct { int x; } point;");
    let error = declarations.parse_type("struct point *").unwrap_err();
    assert!(error.message().ends_with("'point' is a typedef name: write 'point'"), "{error}");
}

/// Runs on a thread with a small stack.
fn on_a_small_stack(body: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(384 << 10).spawn(body).unwrap().join().unwrap();
}

#[test]
fn deep_nesting_is_refused_and_overflows_nothing() {
    let many = 10_000;
    on_a_small_stack(move || {
        for text in [
            format!("int {}x{};", "(".repeat(many), ")".repeat(many)),
            format!("int {}x;", "*".repeat(many)),
            format!("int x{};", "[1]".repeat(many)),
            format!("{} x;", "struct {".repeat(many)),
            format!("int f{};", "(int (*)".repeat(many)),
            format!("enum {{ A = {} }};", "sizeof(int[".repeat(many)),
            format!("{} x;", "typeof(".repeat(many)),
            format!("{} x;", "int __attribute__((aligned(sizeof(".repeat(many)),
            format!(
                "#define F(x) (x)\n#define A {}1{}\nint x[A];",
                "F(".repeat(many),
                ")".repeat(many)
            ),
        ] {
            let message = refused(&text);
            assert!(message.contains("levels deep"), "{}: {message}", &text[..40]);
        }
        declared(&format!("enum {{ A = 1{} }};", " + 1".repeat(many)));
        declared(&format!("int (*{}x{})[2];", "(".repeat(60), ")".repeat(60)));
        let nested = format!("{}int x;{};", "struct {".repeat(60), "} m;".repeat(59) + "}");
        declared(&nested);
        declared(&format!("int x{};", "[1]".repeat(62)));
        declared(&format!("int f({}int{});", "int (*)(".repeat(60), ")".repeat(60)));
    });
}

#[test]
fn expressions_nest_as_deep_as_their_text() {
    let many = 10_000;
    on_a_small_stack(move || {
        for (before, value, after) in [
            ("(", "7", ")"),
            ("- - ", "7", ""),
            ("~~+", "7", ""),
            ("(int)", "7", ""),
            ("1 ? ", "7", " : 2"),
            ("0 ? 1 : ", "7", ""),
            ("(1, ", "7", ")"),
            ("0 + (", "7", ")"),
            ("1 * ((short)", "7", ")"),
        ] {
            let text = before.repeat(many) + value + &after.repeat(many);
            let constant = Declarations::default().evaluate(&text).unwrap();
            assert_eq!(constant.value, ConstantValue::Integer(7), "{before}");
        }
        let sized = format!("{} 1", "sizeof ".repeat(many));
        let size = ConstantValue::Integer(size_of::<usize>() as i128);
        assert_eq!(Declarations::default().evaluate(&sized).unwrap().value, size);
    });
}

#[test]
fn a_chain_of_unnamed_structs_is_compared_on_a_small_stack() {
    on_a_small_stack(|| {
        let mut text = String::from("typedef struct { int x; } t0;\n");
        for level in 1..3_000 {
            text.push_str(&format!("typedef struct {{ t{} *p; }} t{level};\n", level - 1));
        }
        let declarations = declared(&text);
        declarations.declare(&text, "again").unwrap();
        let other = text.replace("int x", "long x");
        assert!(declarations.declare(&other, "other").is_err());
    });
}

#[test]
fn types_built_up_by_names_are_limited_too() {
    let mut text = String::from("typedef int t0;\n");
    for level in 1..2000 {
        text.push_str(&format!("typedef t{} *t{level};\n", level - 1));
    }
    assert!(refused(&text).contains("levels deep"));
    let mut text = String::from("typedef void f0(void);\n");
    for level in 1..40 {
        let last = level - 1;
        text.push_str(&format!("typedef void f{level}(f{last} *, f{last} *);\n"));
    }
    let declarations = declared(&text);
    declarations.declare(&text, "again").unwrap();
}

#[test]
fn texts_that_need_more_than_a_very_small_stack_has_are_refused() {
    let deep = |levels| {
        let (open, close) = ("struct { int a; ".repeat(levels), "} b; ".repeat(levels));
        format!("{open}{} c;", close.strip_suffix(" b; ").unwrap())
    };
    let body = move || {
        for text in [deep(60), format!("int x[{}1{}];", "(".repeat(55), ")".repeat(55))] {
            let small = Declarations::default().declare(&text, "test");
            let message = small.map_or_else(|error| error.message().to_owned(), |()| String::new());
            let expected = "what is left of this thread's stack";
            assert!(message.is_empty() || message.contains(expected), "{message}");
        }
    };
    std::thread::Builder::new().stack_size(64 << 10).spawn(body).unwrap().join().unwrap();
    declared(&deep(60));
}
