use crate::run::{printed, refused};

const ZLIB: &str = "libz.so.1;zlib.h";
const SNPRINTF: &str = "int snprintf(char *s, size_t n, const char *format, ...);";
const ABS: [&str; 5] = ["call", "c", "", "callable=abs", "--declare=int abs(int number);"];

/// A call of a function of the C library by its declaration.
fn c(name: &str, declaration: &str, arguments: &[&str]) -> String {
    let entity = format!("callable={name}");
    let command = ["call", "c", "", &entity, "--declare", declaration];
    printed(&[&command, arguments].concat())
}

fn abs_refuses(code: i32, arguments: &[&str]) -> String {
    refused(code, &[&ABS, arguments].concat())
}

#[test]
fn types_are_given_or_declared() {
    let pow = ["call", "c", "libm.so.6", "callable=pow"];
    let types = ["--params", "float64,float64", "--returns", "float64"];
    assert_eq!(printed(&[&pow, &types[..], &["2", "10"]].concat()), "1024.0\n");
    assert_eq!(printed(&[&pow, &types[..], &["-2", "3"]].concat()), "-8.0\n");
    assert_eq!(printed(&[&pow, &types[..], &["10", "--", "-inf"]].concat()), "0.0\n");
    assert_eq!(printed(&[&pow, &types[..], &["-1", "0.5"]].concat()), "\"NaN\"\n");
    assert_eq!(
        printed(&[&["call", "c", "libm.so.6;math.h", "callable=pow"], &["2", "-1"][..]].concat()),
        "0.5\n"
    );
    assert_eq!(c("strlen", "size_t strlen(const char *s);", &["hello"]), "5\n");
    assert_eq!(c("strlen", "size_t strlen(const char *s);", &["--", "-é"]), "3\n");
}

#[test]
fn a_header_declares_functions_and_constants() {
    let version = printed(&["call", "c", ZLIB, "callable=zlibVersion"]);
    assert_eq!(version, printed(&["call", "c", ZLIB, "constant=ZLIB_VERSION"]));
    assert_eq!(printed(&["call", "c", ZLIB, "constant=Z_BEST_COMPRESSION"]), "9\n");
    let crc = ["call", "c", ZLIB, "callable=crc32", "0"];
    assert_eq!(printed(&[&crc, &["hello", "5"][..]].concat()), "907060870\n");
    assert_eq!(printed(&[&crc, &["null", "0"][..]].concat()), "0\n");
    let bytes = ["--params", "uint64,uint8_array,uint32", "[104,101,108,108,111]", "0x5"];
    assert_eq!(printed(&[&crc, &bytes[..]].concat()), "907060870\n");
}

#[test]
fn a_module_has_options() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("optional.h"), "#define TWICE (2 * NUMBER)\n").unwrap();
    let include = format!("include_dirs={}", folder.path().display());
    let call = ["call", "c", "optional.h", "constant=TWICE", "--option", &include, "--option"];
    assert_eq!(printed(&[&call[..], &["define=NUMBER=21"]].concat()), "42\n");
    assert!(refused(2, &[&call[..], &["define"]].concat()).contains("NAME=VALUE"));
    assert!(refused(1, &[&call[..], &["includes=."]].concat()).contains("include_dirs"));
}

#[test]
fn literals_of_any_width_are_text() {
    for literal in ["\"é😀\"", "L\"é😀\"", "u\"é😀\"", "U\"é😀\"", "u8\"é😀\""] {
        let definition = format!("#define GREETING {literal}");
        let text = printed(&["call", "c", "", "constant=GREETING", "--declare", &definition]);
        assert_eq!(text, "\"é😀\"\n", "{literal}");
    }
    let broken = ["call", "c", "", "constant=BROKEN", "--declare", r#"#define BROKEN "a\xff""#];
    assert!(refused(1, &broken).contains("invalid UTF-8 at byte 1"));
}

#[test]
fn variadic_arguments_have_the_types_they_are_written_in() {
    let text = &["null", "0", "%s %ld %.1f", "hello", "42", "1.5"];
    assert_eq!(c("snprintf", SNPRINTF, text), "12\n");
    let typed = &["--params", "any,size,string8,int32", "null", "0", "%d", "-42"];
    assert_eq!(c("snprintf", SNPRINTF, typed), "3\n");
}

#[test]
fn results_are_json() {
    let atol = "unsigned long strtoul(const char *text, char **end, int base);";
    assert_eq!(c("strtoul", atol, &["ffffffffffffffff", "null", "16"]), "18446744073709551615\n");
    let strchr = "char *strchr(const char *text, int unit);";
    assert_eq!(c("strchr", strchr, &["a \"b\"", "0x20"]), "\" \\\"b\\\"\"\n");
    assert_eq!(c("strchr", strchr, &["abc", "122"]), "null\n");
    let div = "typedef struct { int quot, rem; } div_t; div_t div(int numerator, int denominator);";
    assert_eq!(c("div", div, &["7", "2"]), "{\"object\":\"div_t\",\"runtime\":\"c\"}\n");
    assert_eq!(c("srand", "void srand(unsigned seed);", &["1"]), "");
    assert_eq!(c("abs", "int abs(int);", &["-5", "--returns", ""]), "");
    let signal = "void (*signal(int number, void (*handler)(int)))(int);";
    assert_eq!(c("signal", signal, &["10", "null"]), "null\n");
    let name = ["global=program_invocation_short_name", "--declare"];
    let declaration = "extern char *program_invocation_short_name;";
    let command = [&["call", "c", ""], &name[..], &[declaration]].concat();
    assert_eq!(printed(&command), "\"metaffi\"\n");
}

#[test]
fn arguments_that_do_not_fit_are_named() {
    let starts = |text: String, start: &str| assert!(text.starts_with(start), "{text}");
    starts(abs_refuses(1, &["x"]), "metaffi: argument 0 (number): \"x\" is no int32; write an int");
    starts(
        abs_refuses(1, &["3000000000"]),
        "metaffi: argument 0 (number): 3000000000 does not fit",
    );
    starts(abs_refuses(1, &[]), "metaffi: 0 arguments given, but the signature has 1");
    starts(abs_refuses(1, &["1", "2"]), "metaffi: 2 arguments given, but the signature has 1");
    let qsort = "void qsort(void *, size_t, size_t, int (*)(const void *, const void *));";
    let command = ["call", "c", "", "callable=qsort", "--declare", qsort, "[2,1]", "2", "8", "f"];
    let message = refused(1, &command);
    starts(message.clone(), "metaffi: argument 3: callable<");
    assert!(message.contains("cannot be written as text"), "{message}");
    let free = ["call", "c", "", "callable=free", "--declare", "void free(void *memory);"];
    let message = refused(1, &[&free[..], &["--params", "handle", "5"]].concat());
    starts(message, "metaffi: argument 0 (memory): handle takes an object");
}

#[test]
fn entities_that_are_not_there_are_named() {
    let call = |arguments: &[&str]| refused(1, &[&["call", "c", ""], arguments].concat());
    let message = call(&["callable=no_such", "--declare", "int no_such(int);", "1"]);
    assert_eq!(
        message,
        "metaffi: entity \"callable=no_such\": no symbol \"no_such\" in this process; if a library has \
         it, put that into the module's path, as in libz.so.1;zlib.h\n"
    );
    assert!(call(&["callable=abs", "1"]).contains("nothing declares 'abs'"));
    assert!(call(&["calable=abs"]).contains("did you mean \"callable\""));
    assert!(call(&["callable=abs", "--declare", "int abs(int"]).contains("declarations:1:"));
    assert!(refused(1, &["call", "cobol", "", "callable=f"]).contains("no runtime \"cobol\""));
}

#[test]
fn a_wrong_command_exits_with_2() {
    assert!(abs_refuses(2, &["--params", "in64"]).contains("did you mean \"int64\""));
    assert!(abs_refuses(2, &["--parms", "int64"]).contains("'--params'"));
    assert!(abs_refuses(2, &["-x"]).contains("use '-- -x'"));
    assert!(refused(2, &["call", "c", ""]).contains("<ENTITY>"));
}
