//! The runtime python3 passes the suite that every runtime passes.

mod conformance;

use std::path::Path;

use conformance::{Subject, run};
use metaffi::backend::{Backend, Options, python};

#[test]
fn python_conforms() {
    let interpreter = std::env::var("METAFFI_TEST_PYTHON").ok();
    let options = interpreter.map(|path| ("interpreter".to_owned(), path));
    let backend = python::Backend;
    let options = Options::new("runtime python3", backend.options(), options).unwrap();
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/conformance.py");
    run(&Subject {
        backend: &backend,
        options,
        module: module.to_str().unwrap().to_owned(),
        declarations: None,
        path: |name| format!("callable={name}"),
    });
}
