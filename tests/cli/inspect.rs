use serde_json::{Value, json};

use crate::run::{printed, refused};

fn inspected(arguments: &[&str]) -> Value {
    let text = printed(&[&["inspect", "--json"], arguments].concat());
    serde_json::from_str(&text).unwrap()
}

fn has(inspection: &Value, capability: &str) -> bool {
    inspection["capabilities"].as_array().unwrap().contains(&json!(capability))
}

fn member<'a>(inspection: &'a Value, name: &str) -> Option<&'a Value> {
    inspection["members"].as_array().unwrap().iter().find(|member| member["name"] == name)
}

#[test]
fn an_expression_of_python_is_evaluated() {
    let counter = inspected(&["python3", "collections", "Counter('abca')"]);
    assert_eq!(counter["runtime"], "python3");
    assert_eq!(counter["type"], "collections.Counter");
    assert!(has(&counter, "mapping") && has(&counter, "write_entries") && has(&counter, "iterate"));
    assert!(!has(&counter, "call") && !has(&counter, "await"));
    let most_common = member(&counter, "most_common").unwrap();
    assert_eq!(
        *most_common,
        json!({
            "name": "most_common", "kind": "method", "type": "def most_common(self, n=None)",
        })
    );
    assert!(member(&counter, "__init__").is_none());
    let all = inspected(&["--all", "python3", "collections", "Counter('abca')"]);
    assert_eq!(member(&all, "__init__").unwrap()["kind"], "method");
    let pi = inspected(&["python3", "math", "pi"]);
    assert_eq!((&pi["type"], &pi["value"]), (&json!("float64"), &json!(std::f64::consts::PI)));
    assert_eq!(pi["members"], json!([]));
}

#[test]
fn a_module_is_inspected_without_an_expression() {
    let module = inspected(&["python3", "json"]);
    assert!(has(&module, "module") && !has(&module, "call"));
    assert_eq!(member(&module, "decoder").unwrap()["kind"], "module");
    assert_eq!(member(&module, "JSONEncoder").unwrap()["kind"], "type");
    let table = printed(&["inspect", "python3", "json"]);
    let line = table.lines().find(|line| line.starts_with("method") && line.contains(" loads "));
    assert!(line.is_some_and(|line| line.contains("loads(s, *, cls=None")), "{table}");
    let refusal = refused(1, &["inspect", "c", "libm.so.6"]);
    assert!(refusal.contains("modules are no objects"), "{refusal}");
}

#[test]
fn a_path_leads_to_data_of_c() {
    let declared = ["--declare", "extern char **environ; int abs(int); enum { few = 3 };"];
    let c = |path| inspected(&[&declared[..], &["c", "", path]].concat());
    let environ = c("environ");
    assert!(has(&environ, "pointer") && has(&environ, "read_items") && !has(&environ, "length"));
    assert_eq!(c("environ[0]")["type"], "char *");
    assert_eq!((&c("few")["value"], &c("environ[0][0]")["type"]), (&json!(3), &json!("char8")));
    assert_eq!(c("abs")["type"], "function");
    let stream = inspected(&["c", "libz.so.1;zlib.h", "z_stream"]);
    assert_eq!(member(&stream, "avail_in").unwrap()["type"], "uInt");
    assert_eq!(member(&stream, "zalloc").unwrap()["kind"], "method");
}

#[test]
fn a_path_leads_into_a_type_of_c() {
    let declared = ["--declare", "struct point { int x; struct { short low, high; } at[2]; };"];
    let c = |path| inspected(&[&declared[..], &["c", "", path]].concat());
    assert_eq!(
        (&c("struct point.x")["type"], &c("struct point.x")["value"]),
        (&json!("int32"), &json!(0))
    );
    assert!(has(&c("struct point.at"), "length"));
    assert!(member(&c("struct point.at[1]"), "high").is_some());
    let refused = |path| refused(1, &[&["inspect"], &declared[..], &["c", "", path]].concat());
    assert!(refused("struct point.y").contains("no member `y`"), "{}", refused("struct point.y"));
    assert!(refused("struct line.x").contains("struct line"), "{}", refused("struct line.x"));
}

#[test]
fn what_is_called_shows_its_signature() {
    let signature = |module, name| inspected(&["python3", module, name])["signature"].clone();
    assert_eq!(signature("statistics", "mean"), "def mean(data)");
    assert_eq!(signature("statistics", "NormalDist.pdf"), "def pdf(self, x)");
    assert!(signature("statistics", "fsum").as_str().unwrap().starts_with("(seq"));
    assert!(signature("statistics", "[].append").is_null() && signature("math", "pi").is_null());
}

#[test]
fn what_is_not_there_is_said() {
    let refusal = refused(1, &["inspect", "c", "libz.so.1;zlib.h", "zlibVersions"]);
    assert!(refusal.contains("zlibVersion"), "{refusal}");
    let refusal = refused(1, &["inspect", "python3", "math", "pie"]);
    assert!(refusal.contains("NameError"), "{refusal}");
    let refusal = refused(1, &["inspect", "python3", "math", "pi +"]);
    assert!(refusal.contains("metaffi: "), "{refusal}");
    let declared = ["inspect", "--declare", "enum { few = 3 };", "c", "", "few.x"];
    let refusal = refused(1, &declared);
    assert!(refusal.contains("only objects have parts"), "{refusal}");
}
