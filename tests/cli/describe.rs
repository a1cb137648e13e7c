use serde_json::{Value, json};

use crate::run::{printed, refused, shell};

const ZLIB: &str = "libz.so.1;zlib.h";

fn described(module: &str, filter: &str) -> Value {
    let text = printed(&["describe", "c", module, "--json", "--filter", filter]);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_table_has_a_line_for_each_entity() {
    let table = printed(&["describe", "c", ZLIB]);
    let line = |path: &str| {
        let word = |line: &&str| line.split_whitespace().nth(1) == Some(path);
        table.lines().find(word).unwrap_or_else(|| panic!("{path} is not in\n{table}"))
    };
    assert!(table.starts_with("KIND "), "{table}");
    assert!(line("callable=zlibVersion").contains("() -> (string8)"));
    assert!(line("callable=zlibVersion").ends_with("const char *zlibVersion(void)"));
    assert!(line("constant=Z_BEST_COMPRESSION").ends_with("= 9"));
    assert!(line("callable=gzprintf").contains(", ...) -> (int32)"));
}

#[test]
fn undeclared_symbols_are_listed_without_types() {
    let table = printed(&["describe", "c", "libm.so.6", "--filter", "callable=cbrt"]);
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let line = table.lines().map(words).find(|words| words[1] == "callable=cbrt").unwrap();
    assert_eq!(line, ["function", "callable=cbrt", "?"]);
}

#[test]
fn json_is_as_documented() {
    let document = include_str!("../../docs/describe.md");
    let example = document.split("```json").nth(1).and_then(|rest| rest.split("```").next());
    let example: Value = serde_json::from_str(example.expect("an example")).unwrap();
    let description = described(ZLIB, "callable=crc32");
    assert_eq!((&description["runtime"], &description["module"]), (&json!("c"), &json!(ZLIB)));
    let entities = description["entities"].as_array().unwrap();
    assert!(entities.contains(&example), "{description:#}");
    let fields = entities.iter().flat_map(|entity| entity.as_object().unwrap().keys());
    for field in fields {
        assert!(document.contains(&format!("| `{field}` |")), "{field} is not documented");
    }
}

#[test]
fn types_are_listed_with_their_parts() {
    let document = include_str!("../../docs/describe.md");
    let example = document.split("```json").nth(2).and_then(|rest| rest.split("```").next());
    let example: Value = serde_json::from_str(example.expect("an example")).unwrap();
    let description = described("time.h", "");
    let types = description["types"].as_array().unwrap();
    for expected in example.as_array().unwrap() {
        assert!(types.contains(expected), "{expected:#}");
    }
    let fields = types.iter().flat_map(|found| found.as_object().unwrap().keys());
    for field in fields.chain(description.as_object().unwrap().keys()) {
        assert!(document.contains(&format!("`{field}`")), "{field} is not documented");
    }
    let table = printed(&["describe", "c", "time.h", "--filter", "struct timespec"]);
    let parts = "{ tv_sec: __time_t at 0, tv_nsec: __syscall_slong_t at 8 }";
    assert!(table.contains("struct timespec") && table.contains("16 bytes"), "{table}");
    assert!(table.contains(parts), "{table}");
}

#[test]
fn constants_have_the_type_they_are_loaded_as() {
    let constant = |module: &str, name: &str| {
        let path = format!("constant={name}");
        let description = described(module, &path);
        let mut entities = description["entities"].as_array().unwrap().iter();
        let entity = entities.find(|entity| entity["path"] == *path).unwrap();
        (entity["returns"][0]["type"].clone(), entity["value"].clone())
    };
    let limits = "libc.so.6;limits.h;math.h";
    assert_eq!(constant(limits, "ULONG_MAX"), (json!("uint64"), json!(u64::MAX)));
    assert_eq!(constant(limits, "HUGE_VALF"), (json!("float64"), json!("Infinity")));
    assert_eq!(constant(limits, "M_PI"), (json!("float64"), json!(std::f64::consts::PI)));
    let (type_name, version) = constant(ZLIB, "ZLIB_VERSION");
    let loaded = printed(&["call", "c", ZLIB, "constant=ZLIB_VERSION"]);
    assert_eq!((type_name, loaded), (json!("string8"), format!("{version}\n")));
}

#[test]
fn a_filter_ignores_case() {
    assert_eq!(described(ZLIB, "ZLIBVERSION")["entities"].as_array().unwrap().len(), 1);
    assert_eq!(described(ZLIB, "no such thing")["entities"], json!([]));
}

#[test]
fn what_cannot_be_loaded_is_refused() {
    let message = refused(1, &["describe", "c", "libdoes_not_exist.so.9"]);
    assert!(message.starts_with("metaffi: cannot load library \"libdoes_not_exist.so.9\""));
    let text = std::env::temp_dir().join(format!("metaffi_text_{}.so", std::process::id()));
    std::fs::write(&text, "GROUP ( /lib/libsome.so.6 )\n").unwrap();
    let message = refused(1, &["describe", "c", text.to_str().unwrap()]);
    std::fs::remove_file(&text).unwrap();
    assert!(message.contains("is a text for linkers: cannot load library \"/lib/libsome.so.6\""));
    assert!(refused(1, &["describe", "cobol", ""]).contains("no runtime \"cobol\""));
    assert!(refused(2, &["describe", "c"]).contains("<MODULE>"));
}

#[test]
fn a_reader_may_stop_early_but_a_full_disk_is_a_failure() {
    let outcome = shell("metaffi describe c libc.so.6 | head -n 1");
    assert_eq!((outcome.code, &*outcome.err), (Some(0), ""));
    assert!(outcome.out.starts_with("KIND "));
    let outcome = shell("metaffi describe c libm.so.6 > /dev/full");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.starts_with("metaffi: the output cannot be written"), "{}", outcome.err);
}
