//! The runtime c passes the suite that every runtime passes.

#[path = "support/compiler.rs"]
mod compiler;
mod conformance;

use conformance::{Subject, run};
use metaffi::backend::{Options, c};

const DECLARATIONS: &str = "
    struct box { int64_t number, list[3]; };
    void nop(void);
    int64_t add(int64_t a, int64_t b);
    double multiply(double a, double b);
    bool negate(bool truth);
    const char *echo(const char *text);
    double total(const double *numbers, size_t count);
    int64_t apply(int64_t (*function)(int64_t, int64_t), int64_t a, int64_t b);
    struct box make(int64_t number);
    int64_t read_box(const struct box *box);
";

#[test]
fn c_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let library = compiler::compile_guest(directory.path(), "conformance.c", &["-O1"]);
    run(&Subject {
        backend: &c::Backend,
        options: Options::default(),
        module: library.to_str().unwrap().to_owned(),
        declarations: Some(DECLARATIONS.to_owned()),
        has_methods: false,
        collect: None,
        path: |name| match name {
            "read" => "callable=read_box".to_owned(),
            name => format!("callable={name}"),
        },
    });
}
